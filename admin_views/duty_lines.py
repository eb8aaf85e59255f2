"""What the page of duties shows 任务清单: filters, the months of a year, and lines with their counters."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from flask import g, request
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from mongoengine import Q

from admin_views.standing import may_do, me, now, roles, said, today, zone
from documents.duty import DONE, DROPPED, OPEN, WAIVED, Duty
from documents.duty_rights import DutyRights, Seat
from documents.rules.access import for_whom
from documents.rules.whole_numbers import number_or_none
from documents.unit import Unit, names_of

MOST = 1_500
MOST_OVERDUE, MOST_COMING = 60, 20
STATES: Mapping[str, Any] = {
    "open": _l("待完成"),
    "late": _l("逾期"),
    "done": _l("已完成"),
    "waived": _l("不适用"),
    "dropped": _l("已取消"),
}
FIRST_YEAR, LAST_YEAR = 2000, 2100


def rights() -> DutyRights:
    """What the person may do, read once for a request."""
    if "duty_rights" not in g:
        g.duty_rights = DutyRights(me(), now())
    found: DutyRights = g.duty_rights
    return found


def reach() -> dict[str, Any]:
    """Whose duties the person sees: an administrator all, others those of the units in their reach.

    With these are those that the absent would see for whom the person acts 代办.
    """
    if may_do("administer"):
        return {}
    return {"unit__in": sorted(unit for one in _units() for unit in one)}


def _units() -> list[set[str]]:
    """The units in reach of each seat: the person's own, then those of the absent."""
    if "duty_units" not in g:
        g.duty_units = [_units_of(one, one.person.keys(roles())) for one in rights().seats]
    found: list[set[str]] = g.duty_units
    return found


def _units_of(seat: Seat, keys: Sequence[str]) -> set[str]:
    trees = {*(key[2:] for key in keys if key.startswith("t:")), *seat.headed}
    below = [unit.id for unit in Unit.objects(ancestors__in=sorted(trees)).only("id")] if trees else []
    return {*below, *(key[2:] for key in keys if key.startswith("u:"))}


def seen_for(found: Iterable[Duty]) -> dict[str, Any]:
    """For the trail: the absent in whose reach alone some of these duties are 代办."""
    if may_do("administer") or len(rights().seats) == 1:
        return {}
    own, *others = _units()
    strange = {one.unit for one in found} - own
    absent = [
        seat.person.id for seat, units in zip(rights().seats[1:], others, strict=True) if units & strange
    ]
    return for_whom(absent)


def owed_by_mine() -> dict[str, Any]:
    """The same, for what several units owe together."""
    mine = reach().get("unit__in")
    return {} if mine is None else {"units__in": mine}


@dataclass(frozen=True)
class Line:
    """One duty of one unit in one period 一行: an occurrence, or several with their counter."""

    duties: tuple[Duty, ...]

    @property
    def first(self) -> Duty:
        """The occurrence that the line leads to: the next to be done, else the last."""
        return next((one for one in self.duties if one.state == OPEN), self.duties[-1])

    @property
    def asked(self) -> int:
        """How many were to be done."""
        return sum(one.state in (OPEN, DONE) for one in self.duties)

    @property
    def done(self) -> int:
        """How many were done."""
        return sum(one.state == DONE for one in self.duties)

    @property
    def late(self) -> int:
        """How many are overdue, or were done late."""
        return sum(one.is_late(now()) for one in self.duties)

    @property
    def overdue(self) -> int:
        """How many are overdue and still open."""
        return sum(one.state == OPEN and one.is_late(now()) for one in self.duties)


@dataclass(frozen=True)
class Month:
    """One month of the year's strip 月份."""

    number: int
    words: str
    done: int
    asked: int
    overdue: int


@dataclass(frozen=True)
class Asked:
    """What the person asked to see; what cannot be read is left out."""

    year: int
    month: int | None
    unit: str = ""
    duty: str = ""
    state: str = ""

    @classmethod
    def read(cls) -> Asked:
        """From the address of the page; without a choice the month of today."""
        given, day = request.args, today()
        year = _number(given.get("year"), FIRST_YEAR, LAST_YEAR) or day.year
        month = _number(given.get("month"), 1, 12)
        state = given.get("state", "") if given.get("state") in STATES else ""
        if month is None and not state and given.get("month") != "all":
            month = day.month if year == day.year else 1
        return cls(year, month, given.get("unit", ""), given.get("duty", ""), state)

    def address(self, **changed: Any) -> dict[str, Any]:
        """The arguments of this page with some of them changed."""
        month = "all" if self.month is None and not self.state else self.month
        every = {"year": self.year, "month": month, "unit": self.unit, "duty": self.duty, "state": self.state}
        return {name: value for name, value in {**every, **changed}.items() if value}

    @cached_property
    def narrowed(self) -> dict[str, Any]:
        """The chosen unit and duty, within the person's reach."""
        policy, _colon, key = self.duty.partition(":")
        chosen: dict[str, Any] = {"unit": self.unit} if self.unit else {}
        return {**chosen, **({"policy": policy, "key": key} if key else {})}

    def found(self) -> list[Duty]:
        """The duties of the month or year, by their due date."""
        first, last = self._span(self.month)
        mine = Duty.objects(**reach(), due_at__gte=first, due_at__lt=last).filter(**self.narrowed)
        return list(mine.filter(self._state()).order_by("due_at", "unit", "id").limit(MOST))

    def _state(self) -> Q:
        if self.state == "late":
            return Q(__raw__=_late(now()))
        return Q(state=self.state) if self.state else Q(state__ne=DROPPED)

    def overdue(self) -> list[Duty]:
        """What is overdue in earlier months than the one on the page."""
        before = min(self._span(self.month)[0], now())
        mine = Duty.objects(**reach(), state=OPEN, due_at__lt=before).filter(**self.narrowed)
        return list(mine.order_by("due_at").limit(MOST_OVERDUE))

    def coming(self) -> list[Duty]:
        """What is due next after the month on the page; what recurs day by day is seen in its month."""
        after = max(self._span(self.month)[1], now())
        longer = {"$expr": {"$ne": ["$period.first", "$period.last"]}}
        mine = Duty.objects(**reach(), state=OPEN, due_at__gte=after).filter(**self.narrowed)
        return list(mine.filter(__raw__=longer).order_by("due_at").limit(MOST_COMING))

    def _span(self, month: int | None) -> tuple[datetime, datetime]:
        first = date(self.year, month or 1, 1)
        after = date(self.year + 1, 1, 1) if month in (None, 12) else date(self.year, (month or 1) + 1, 1)
        return _midnight(first), _midnight(after)

    def months(self) -> list[Month]:
        """The year's months, counted by the database."""
        first, last = self._span(None)
        mine = Duty.objects(**reach(), due_at__gte=first, due_at__lt=last, state__in=(OPEN, DONE))
        month = {"$month": {"date": "$due_at", "timezone": str(zone())}}
        late = {"$and": [{"$eq": ["$state", OPEN]}, {"$lt": ["$due_at", now()]}]}
        counted = {
            "_id": month,
            "asked": {"$sum": 1},
            "done": {"$sum": {"$cond": [{"$eq": ["$state", DONE]}, 1, 0]}},
            "overdue": {"$sum": {"$cond": [late, 1, 0]}},
        }
        rows = {row["_id"]: row for row in mine.filter(**self.narrowed).aggregate([{"$group": counted}])}
        empty = {"asked": 0, "done": 0, "overdue": 0}
        return [_month(number, rows.get(number, empty)) for number in range(1, 13)]


def _month(number: int, row: Mapping[str, int]) -> Month:
    words = str(format_date(date(2000, number, 1), "LLL"))
    return Month(number, words, row["done"], row["asked"], row["overdue"])


def _late(moment: datetime) -> dict[str, Any]:
    """Overdue and open, or done after it was due."""
    done = {"$gt": [{"$ifNull": ["$done_at", "$completed_at"]}, "$due_at"]}
    return {"$or": [{"state": OPEN, "due_at": {"$lt": moment}}, {"state": DONE, "$expr": done}]}


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone()).astimezone(UTC)


def _number(text: str | None, least: int, most: int) -> int | None:
    number = number_or_none(text or "")
    return number if number is not None and least <= number <= most else None


def grouped(found: Iterable[Duty]) -> list[tuple[str, list[Line]]]:
    """The lines under the period that they are owed for, the shortest period first."""
    lines: dict[tuple[Any, ...], list[Duty]] = {}
    for one in found:
        span = _period(one)
        lines.setdefault((*span, one.policy, one.key, one.unit), []).append(one)
    groups: dict[tuple[date, date], list[Line]] = {}
    for place, duties in lines.items():
        groups.setdefault((place[0], place[1]), []).append(Line(tuple(duties)))
    spans = sorted(groups, key=lambda span: (span[1] - span[0], span[0]))
    return [(period_words(*span), groups[span]) for span in spans]


def ungrouped(found: Iterable[Duty]) -> list[Line]:
    """The lines by the date on which they are next due."""
    lines = [line for _words, group in grouped(found) for line in group]
    return sorted(lines, key=lambda line: line.first.due_at)


def _period(duty: Duty) -> tuple[date, date]:
    """The period of a duty; the days of a month stand together."""
    first, last = (date.fromisoformat(duty.period[name]) for name in ("first", "last"))
    if first == last:
        return first.replace(day=1), first.replace(day=monthrange(first.year, first.month)[1])
    return first, last


def period_words(first: date, last: date) -> str:
    """2026 年 6 月, 2026 年第 2 季度 …"""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if first.day == 1 and months == 1 and last.day > 27:
        return str(_("%(year)s 年 %(month)s 月", year=first.year, month=first.month))
    if first.day == 1 and months == 3:
        return str(_("%(year)s 年第 %(number)s 季度", year=first.year, number=(first.month + 2) // 3))
    if first.day == 1 and months == 6:
        half = _("上半年") if first.month == 1 else _("下半年")
        return str(_("%(year)s 年%(half)s", year=first.year, half=half))
    if first.day == 1 and months == 12:
        return str(_("%(year)s 年全年", year=first.year))
    return f"{first.isoformat()} – {last.isoformat()}"


def offered(year: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The units and the duties of the person's reach that a filter may name: (key, words)."""
    mine = Duty.objects(**reach(), due_at__gte=_midnight(date(year, 1, 1)))
    mine = mine.filter(due_at__lt=_midnight(date(year + 1, 1, 1)))
    names = names_of(list(mine.distinct("unit")))
    units = [(code, said(name)) for code, name in names.items()]
    kinds = mine.aggregate(
        [{"$group": {"_id": {"policy": "$policy", "key": "$key"}, "label": {"$last": "$label"}}}]
    )
    duties = [(f"{row['_id']['policy']}:{row['_id']['key']}", said(row["label"])) for row in kinds]
    return sorted(units, key=lambda one: one[1]), sorted(duties, key=lambda one: one[1])


def state_words(duty: Duty) -> tuple[str, str]:
    """What has become of a duty: words and tone."""
    late = duty.is_late(now())
    if duty.state == DONE:
        return (str(_("逾期完成")), "amber") if late else (str(_("已完成")), "green")
    if duty.state == OPEN:
        return (str(_("逾期")), "red") if late else (str(_("待完成")), "grey")
    return (str(_("不适用")), "outline") if duty.state == WAIVED else (str(_("已取消")), "outline")
