"""The canvases of limits and ladders 时限与阶梯画布: the time line of an example, redrawn by every edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from admin_views.designer.bench import Bench
from admin_views.designer.condition_words import condition_words
from admin_views.designer.drawings.examples import calendar_for, example_limit, example_start
from admin_views.designer.drawings.facts import facts
from admin_views.designer.told import person
from admin_views.designer.words import name_of
from admin_views.policy_words import COUNTED, STEPS, PolicyWords
from admin_views.standing import day_words
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.limits import SET_BY_SOMEBODY
from documents.rules.policy_problems import elements, table
from documents.rules.reminders import OFFSET, SHARE, STEP
from documents.rules.time_lines import MINUTE, WIDTH, Mark, TimeLine, spread, time_line

Definition = Mapping[str, Any]
SHORT = timedelta(hours=36)  # what is due sooner is shown by hours
PARTS = tuple(timedelta(minutes=one) for one in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360))
MOST_PARTS = 14
WORKED = frozenset({"working_days", "working_hours", "working_minutes"})


@dataclass(frozen=True)
class Cell:
    """A day of the strip, or a part of a day; `kind` is counted, off, start or after."""

    x: float
    width: float
    kind: str
    title: str
    label: str = ""
    below: str = ""
    day: str = ""  # worked or rest, of a whole day


@dataclass(frozen=True)
class Strip:
    """The time line as the page draws it: its days counted or not, its marks with who is told."""

    line: TimeLine
    cells: tuple[Cell, ...]
    told: tuple[tuple[Mark, tuple[str, ...], str], ...]  # mark, who, address of the rung

    @property
    def height(self) -> int:
        """How many marks stand one above the other."""
        return max((mark.lane for mark, _who, _place in self.told), default=0)


@dataclass(frozen=True)
class RungCard:
    """A rung of the staircase 级."""

    place: str
    name: str
    level: int
    moment: str
    who: tuple[str, ...]
    again: str
    at: datetime | None
    wrong: int
    when: str = ""


def draw_limit(bench: Bench) -> dict[str, Any]:
    """A limit with the example of a case."""
    limit = table(bench.value)
    ladder = str(limit.get("ladder") or "")
    return {
        "headline": amount(limit),
        "facts": facts(bench, "limit", limit, bench.element, without=("counted_in", "amount", "ladder")),
        "starts": uses(bench, "start"),
        "ends": uses(bench, "stop"),
        "ladder": (ladder, bench.address(f"ladders[{ladder}]"), _label(bench, "ladders", ladder))
        if ladder
        else None,
        **_example(bench, limit),
    }


def draw_ladder(bench: Bench) -> dict[str, Any]:
    """A ladder as a staircase, with the example of a limit that uses it."""
    ladder = table(bench.value)
    using = [one for one in elements(bench.definition, "limits") if one.get("ladder") == ladder.get("key")]
    chosen = example_limit([str(one.get("key")) for one in using])
    limit = next((one for one in using if one.get("key") == chosen), None)
    shown = _example(bench, limit) if limit else {"strip": None, "start": None, "calendar": None}
    strip = shown["strip"]
    fired = {mark.rung: mark.at for mark in reversed(strip.line.marks)} if strip else {}
    return {
        "rungs": [_rung(bench, one, fired) for one in elements(ladder, "rungs") if one.get("key")],
        "otherwise": [
            person(bench, who) for who in ladder.get("otherwise") or () if isinstance(who, Mapping)
        ],
        "using": [(str(one.get("key")), f"{name_of(one)} · {amount(one)}") for one in using],
        "limit": limit,
        "limit_address": bench.address(f"limits[{chosen}]") if limit else "",
        **shown,
    }


def amount(limit: Definition) -> str:
    """7 个工作日."""
    number, kind = limit.get("amount"), str(limit.get("counted_in", ""))
    if kind == "immediately" and number is not None:
        return str(_("立即（内部掌握 %(minutes)s 分钟）", minutes=number))
    unit = str(COUNTED.get(kind, kind))
    return f"{number} {unit}" if number is not None else unit


def _label(bench: Bench, kind: str, key: str) -> str:
    return {one.key: one.label for one in bench.known.offers.kind(kind)}.get(key, key)


def _example(bench: Bench, limit: Definition) -> dict[str, Any]:
    calendar = calendar_for(bench)
    if calendar is None:
        return {"strip": None, "start": None, "calendar": None, "agreed": False}
    start = example_start(calendar.tz)
    return {
        "strip": _strip(bench, limit, start, calendar),
        "start": start,
        "calendar": calendar,
        "rung_moment": moment,
        "agreed": limit.get("counted_in") in SET_BY_SOMEBODY,
    }


def _strip(bench: Bench, limit: Definition, start: datetime, calendar: WorkCalendar) -> Strip | None:
    """The time line; None while the limit or its ladder cannot be counted with."""
    try:
        line = time_line(bench.view, limit, start, calendar)
    except (PolicyInvalid, RuleBroken, ValueError, KeyError, TypeError):
        return None
    if line is None:
        return None
    first, last = line.marks[0].at, line.marks[-1].at
    if last - first < SHORT:
        marks = spread(line.marks)
        return Strip(line, tuple(_parts_of_days(line, limit, calendar)), tuple(_told(bench, marks, limit)))
    return Strip(line, tuple(_days(line, limit, calendar)), tuple(_told(bench, line.marks, limit)))


def _days(line: TimeLine, limit: Definition, calendar: WorkCalendar) -> Iterator[Cell]:
    first, due = (calendar.local(_at(line, kind)).date() for kind in ("start", "due"))
    for one in line.days:
        kind = "counted"
        if one.day > due:
            kind = "after"
        elif one.day < first or (one.day == first and not _counts_first(limit)):
            kind = "start"
        elif limit.get("counted_in") in WORKED and not one.working:
            kind = "off"
        label = one.day.strftime("%m-%d") if one.width > 44 else str(one.day.day) if one.width > 26 else ""
        below = one.day.strftime("%m-%d") if not label and one.day.weekday() == 0 else ""
        worked = "worked" if one.working else "rest"
        yield Cell(one.x, one.width, kind, day_words(one.day), label, below, worked)


def _at(line: TimeLine, kind: str) -> datetime:
    return next(mark.at for mark in line.marks if mark.kind == kind)


def _parts_of_days(line: TimeLine, limit: Definition, calendar: WorkCalendar) -> Iterator[Cell]:
    """Hours or minutes, for what is due within a day or so."""
    first, last, due = line.marks[0].at, line.marks[-1].at, _at(line, "due")
    whole = max(last - first, MINUTE)
    part = next((one for one in PARTS if whole / one <= MOST_PARTS), PARTS[-1])
    local = calendar.local(first)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    begin = first - (local - midnight) % part
    while begin < last:
        end = begin + part
        x, right = (WIDTH * ((min(max(one, first), last) - first) / whole) for one in (begin, end))
        shut = limit.get("counted_in") in WORKED and not calendar.is_open(max(begin, first))
        kind = "after" if begin >= due else "off" if shut else "counted"
        label = calendar.local(begin).strftime("%H:%M")
        yield Cell(round(x, 2), round(right - x, 2), kind, label, label if right - x > 40 else "")
        begin = end


def _counts_first(limit: Definition) -> bool:
    in_days = limit.get("counted_in") in ("working_days", "natural_days", "months")
    return bool(limit.get("start_day_counts")) or not in_days


def _told(
    bench: Bench, marks: Sequence[Mark], limit: Definition
) -> Iterator[tuple[Mark, tuple[str, ...], str]]:
    for mark in marks:
        place = f"ladders[{limit.get('ladder')}].rungs[{mark.rung}]" if mark.rung else ""
        yield mark, tuple(person(bench, who) for who in mark.tell), place


def _rung(bench: Bench, one: Definition, fired: Mapping[str, datetime]) -> RungCard:
    place = f"{bench.element}.rungs[{one.get('key')}]"
    level, repeat = one.get("level"), table(one.get("repeat"))
    found = STEP.fullmatch(str(repeat.get("every", "")))
    again = f"{found[1]} {STEPS[found[2]]} × {repeat.get('max', '?')}" if found else ""
    return RungCard(
        place,
        name_of(one),
        level if isinstance(level, int) and 0 <= level <= 9 else 0,
        moment(str(one.get("at", ""))),
        tuple(person(bench, who) for who in one.get("tell") or () if isinstance(who, Mapping)),
        again,
        fired.get(str(one.get("key"))),
        len(bench.troubles_in(place)),
        condition_words(bench, one.get("when")),
    )


def moment(at: str) -> str:
    """到期前 2 个工作日; what cannot be read yet stays as it is."""
    if not (SHARE.fullmatch(at) or OFFSET.fullmatch(at)):
        return at
    return PolicyWords.moment(None, at)  # type: ignore[arg-type]  # reads nothing of itself


def uses(bench: Bench, effect: str) -> list[tuple[str, str]]:
    """Which steps and registrations start or end the limit: (words, address)."""
    found = [one for one in bench.known.used.of(bench.element) if _does(bench, one.path, effect)]
    pairs = dict.fromkeys((_short(bench, one.path), one.path) for one in found)
    return [(words, bench.address(path)) for words, path in pairs]


def _does(bench: Bench, place: str, effect: str) -> bool:
    key = table(bench.value).get("key")
    listed = table(bench.reach(place)).get("effects")
    return any(isinstance(one, Mapping) and one.get(effect) == key for one in listed or ())


def _short(bench: Bench, place: str) -> str:
    """What a step is called; a registration after its case type."""
    if place.endswith(".register"):
        return str(_("登记%(what)s", what=name_of(bench.reach(place.removesuffix(".register")))))
    return name_of(bench.reach(place))
