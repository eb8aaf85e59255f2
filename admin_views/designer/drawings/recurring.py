"""The canvases of numbers and duties 编号与周期事项画布: the next numbers, and the due days of two years."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from admin_views.designer.bench import Bench
from admin_views.designer.drawings.examples import calendar_for
from admin_views.designer.drawings.facts import facts
from admin_views.designer.drawings.limits import moment
from admin_views.designer.told import person
from admin_views.designer.words import spoken
from admin_views.standing import today
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.durations import day_start
from documents.rules.grammar.times import RESETS
from documents.rules.numbering import number, series
from documents.rules.periods import Occurrence, Recurrence, occurrences
from documents.rules.policy_problems import table

Definition = Mapping[str, Any]
MOST_SHOWN, FEW = 24, 12
PART = re.compile(r"\{(\w+)")
DATES = frozenset({"seq", "yyyy", "mm", "dd"})
SOME_PARTS = {"category": "TS", "fonds": "0301", "retention": "D10", "year": "2026"}


@dataclass(frozen=True)
class Example:
    """An example number 示例编号 of a day."""

    day: date
    number: str
    why: str


@dataclass(frozen=True)
class DueDay:
    """One time that a duty is due, moved from another day where that day is off."""

    once: Occurrence
    reason: str
    past: bool


def draw_numbering(bench: Bench) -> dict[str, Any]:
    """A series with its next numbers."""
    rule = table(bench.value)
    scopes = {one.key: one.label for one in bench.known.offers.slots}
    found = bench.known.used.of(bench.element)
    scope = rule.get("scope")
    return {
        "examples": list(_numbers(rule)),
        "reset": spoken(RESETS.get(str(rule.get("reset", "year")))) or str(rule.get("reset")),
        "scope": [scopes.get(str(one), str(one)) for one in scope] if isinstance(scope, list) else [],
        "uses": list(dict.fromkeys(one.path for one in found)),
    }


def _numbers(rule: Definition) -> Iterator[Example]:
    day = today()
    times = [(day, each, _("今天第 %(count)s 个", count=each)) for each in (1, 2, 3)]
    tomorrow, year_end, new_year = day + timedelta(days=1), date(day.year, 12, 31), date(day.year + 1, 1, 1)
    if rule.get("reset", "year") == "day":
        times.append((tomorrow, 1, _("次日重新从 1 起")))
    elif rule.get("reset", "year") == "year":
        times += [(year_end, 128, _("年末继续")), (new_year, 1, _("元旦重新从 1 起"))]
    else:
        times += [(year_end, 128, _("年末继续")), (new_year, 129, _("跨年不重新起号"))]
    names = {name for name in PART.findall(str(rule.get("pattern", ""))) if name not in DATES}
    scope = rule.get("scope")
    names |= {str(one) for one in scope} if isinstance(scope, list) else set()
    known = {name: SOME_PARTS.get(name, "…") for name in names}
    try:
        for when, sequence, why in times:
            series("", {"key": "", **rule}, when, known)
            yield Example(when, number(rule, when, sequence, known), str(why))
    except (PolicyInvalid, KeyError, TypeError, ValueError):
        return


def draw_duty(bench: Bench) -> dict[str, Any]:
    """A duty with its due days in this year and the next."""
    duty = table(bench.value)
    calendar, rule, this = calendar_for(bench), _recurrence(duty), today().year
    years = (
        [(year, list(_due_days(rule, year, calendar))) for year in (this, this + 1)]
        if rule and calendar
        else []
    )
    owner, remind = table(duty.get("owner")), duty.get("remind")
    kinds = {one.key: one.label for one in bench.known.offers.kind("unit_kinds")}
    report = str(duty.get("report") or "")
    return {
        "years": [(year, _shown(found), len(found)) for year, found in years],
        "calendar": calendar,
        "facts": facts(bench, "recurrence", table(duty.get("recurrence")), f"{bench.element}.recurrence"),
        "owner": person(bench, {"role": owner.get("role")}) if owner.get("role") else "",
        "owner_kind": kinds.get(str(owner.get("kind")), str(owner.get("kind") or "")),
        "who": [person(bench, one) for one in duty.get("who") or () if isinstance(one, Mapping)],
        "reminders": [moment(str(one.get("at") if isinstance(one, Mapping) else one)) for one in remind or ()]
        if isinstance(remind, list)
        else [],
        "report": (
            {one.key: one.label for one in bench.known.offers.kind("reports")}.get(report, report),
            bench.address(f"reports[{report}]"),
        )
        if report
        else None,
    }


def _shown(found: list[DueDay]) -> list[DueDay]:
    """All of them; of what comes round often, the next few."""
    if len(found) <= MOST_SHOWN:
        return found
    return [one for one in found if not one.past][:FEW] or found[:FEW]


def _recurrence(duty: Definition) -> Recurrence | None:
    try:
        return Recurrence.from_definition({"key": str(duty.get("key")), **table(duty.get("recurrence"))})
    except (ValueError, TypeError, KeyError, RuleBroken, PolicyInvalid):
        return None


def _due_days(rule: Recurrence, year: int, calendar: WorkCalendar) -> Iterator[DueDay]:
    start = day_start(date(year, 1, 1), calendar.tz)
    # The end of 31 December is the beginning of the new year, and still this year's.
    end = day_start(date(year + 1, 1, 1), calendar.tz) + timedelta(seconds=1)
    for once in occurrences(rule, start + timedelta(seconds=1), end, calendar):
        yield DueDay(once, _reason(once, calendar), once.due_at < _now_of(calendar))


def _now_of(calendar: WorkCalendar) -> datetime:
    return day_start(today(), calendar.tz).astimezone(UTC)


def _reason(once: Occurrence, calendar: WorkCalendar) -> str:
    """Why a day was moved: the holiday, or the weekend."""
    if once.day == once.nominal:
        return ""
    name = calendar.days_off.get(once.nominal)
    off = str(_("%(name)s放假", name=name)) if name else str(_("休息日"))
    if once.day < once.nominal:
        return str(_("%(day)s 是%(off)s，提前", day=once.nominal.isoformat(), off=off))
    return str(_("%(day)s 是%(off)s，顺延", day=once.nominal.isoformat(), off=off))
