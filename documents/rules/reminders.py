"""Ladders of reminders and escalations 提醒与升级: when each rung falls due."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from documents.rules.calendars import Line, WorkCalendar
from documents.rules.durations import aware, instant, refuse_unknown, required

MOST_REPEATS = 366
SHARE = re.compile(r"([1-9]\d?)%")
OFFSET = re.compile(r"(start|due)(?:([+-])([1-9]\d{0,4})(wd|wh|wmin|d|h|min))?")
STEP = re.compile(r"([1-9]\d{0,4})(wd|wh|wmin|d|h|min)")
RUNG_KEYS = frozenset(
    {"key", "at", "label", "tell", "level", "repeat", "if_past", "source", "basis", "note"}
    | {"channels", "letter", "digest", "quiet", "when"}
)


@dataclass(frozen=True)
class Rung:
    """阶梯的一级: when somebody is told, whom, and how often again.

    `at` is a share of the limit (`50%`, of its working time), or `start` or `due` with an offset:
    `due-1wd` working days, `due-4wh` working hours, `due-30wmin` working minutes, `due+2d` natural days,
    `due-6h` hours, `due+30min` minutes. Rungs in working time land inside working hours.
    `every` repeats it, `most` times in all. `if_past` says what becomes of a rung before the due moment
    that would fall before the start: it is dropped, because a reminder that a limit is half over makes no
    sense when the limit begins, or it fires `at_once`.
    """

    key: str
    at: str
    tell: tuple[Mapping[str, object], ...]
    name: Line
    every: str | None = None
    max: int = 1
    level: int = 0
    if_past: str = "drop"

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise ValueError(f"rung {self.key!r}: {problem}")

    @classmethod
    def from_definition(cls, definition: Mapping[str, object]) -> "Rung":
        """The rung as a policy writes it: label {zh, en}, repeat {every, max}."""
        refuse_unknown(definition, RUNG_KEYS, f"rung {definition.get('key')!r}")
        repeat = _table(definition.get("repeat") or {}, "repeat")
        refuse_unknown(repeat, frozenset({"every", "max"}), "repeat")
        label = _table(definition.get("label") or {}, "label")
        return cls(
            key=required(definition, "key", "rung"),
            at=required(definition, "at", "rung"),
            tell=_recipients(definition.get("tell")),
            name=Line(str(label.get("zh", "")), str(label.get("en", ""))),
            every=required(repeat, "every", "repeat") if repeat else None,
            max=_whole(repeat.get("max", 1)),
            level=_whole(definition.get("level") or 0),
            if_past=str(definition.get("if_past", "drop")),
        )


def _table(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{name}: {value!r} is not a table")
    return value


def _recipients(value: object) -> tuple[Mapping[str, object], ...]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"tell: {value!r} is not a list of recipients")
    return tuple(_table(who, "tell") for who in value)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{value!r} is not a whole number")
    return value


def _problems(rung: Rung) -> list[str]:
    problems = []
    if not (SHARE.fullmatch(rung.at) or OFFSET.fullmatch(rung.at)):
        problems.append(f"cannot read at {rung.at!r}; write 50%, due, due-1wd, due-4wh, due+30min, start+2wh")
    elif rung.at.startswith("start-"):
        problems.append("nothing can fire before the start")
    if not rung.tell:
        problems.append("tells nobody")
    if rung.every is not None and not STEP.fullmatch(rung.every):
        problems.append(f"cannot repeat every {rung.every!r}; write 1wd, 4wh, 1d, 6h, 30min")
    if not 1 <= rung.max <= MOST_REPEATS or (rung.max > 1) != (rung.every is not None):
        problems.append(f"repeating needs both every and max (2 to {MOST_REPEATS})")
    if rung.if_past not in {"drop", "at_once"}:
        problems.append(f"if_past {rung.if_past!r} is neither drop nor at_once")
    return problems


@dataclass(frozen=True)
class PlannedTimer:
    """计划的提醒: one firing of a rung."""

    rung: str
    number: int
    due: datetime


@dataclass(frozen=True)
class DroppedRung:
    """不设的提醒: a rung that has no firing in this deadline, and why."""

    rung: str
    reason: Line


def plan(
    ladder: Sequence[Rung], started_at: datetime, due_at: datetime, calendar: WorkCalendar
) -> list[PlannedTimer]:
    """Every firing of the ladder, earliest first, in ladder order where two fall together."""
    start, end = aware(started_at).astimezone(UTC), aware(due_at).astimezone(UTC)
    planned = [
        PlannedTimer(rung.key, number, moment)
        for rung in ladder
        for number, moment in enumerate(_firings(rung, start, end, calendar), start=1)
    ]
    return sorted(planned, key=lambda timer: timer.due)


def dropped(
    ladder: Sequence[Rung], started_at: datetime, due_at: datetime, calendar: WorkCalendar
) -> list[DroppedRung]:
    """The rungs that `plan` leaves out, so that each has a recorded reason."""
    reason = Line(
        "该时刻不在起算与到期之间，不设提醒",
        "Its moment does not lie between the start and the due moment; it is not planned.",
    )
    return [
        DroppedRung(rung.key, reason) for rung in ladder if not _firings(rung, started_at, due_at, calendar)
    ]


def _firings(rung: Rung, started_at: datetime, due_at: datetime, calendar: WorkCalendar) -> list[datetime]:
    first = _moment(rung.at, started_at, due_at, calendar)
    early = first < due_at
    if SHARE.fullmatch(rung.at) and not early:
        return []
    if first < started_at:
        if rung.if_past == "drop":
            return []
        first = started_at
    moments = [first]
    while len(moments) < rung.max:
        moments.append(_after(moments[-1], str(rung.every), calendar))
    return [moment for moment in moments if moment < due_at or not early]


def _moment(at: str, started_at: datetime, due_at: datetime, calendar: WorkCalendar) -> datetime:
    share = SHARE.fullmatch(at)
    if share:
        return _share(int(share[1]), started_at, due_at, calendar)
    found = OFFSET.fullmatch(at)
    if found is None:
        raise ValueError(f"cannot read at {at!r}")
    anchor = started_at if found[1] == "start" else due_at
    if found[2] is None:
        return anchor
    if found[2] == "-":
        return _before(anchor, found[3] + found[4], calendar)
    return _after(anchor, found[3] + found[4], calendar)


def _share(percent: int, started_at: datetime, due_at: datetime, calendar: WorkCalendar) -> datetime:
    """A share of the working time; of the time by the clock when nobody works in between."""
    working = calendar.working_time_between(started_at, due_at)
    if not working:
        return _whole_second(started_at + (due_at - started_at) * percent / 100)
    return calendar.next_opening(
        _whole_second(calendar.add_working_time(started_at, working * percent / 100))
    )


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _after(moment: datetime, step: str, calendar: WorkCalendar) -> datetime:
    amount, unit = _read_step(step)
    if unit == "wd":
        return _days_after(calendar.next_opening(moment), amount, calendar)
    if unit in WORKING:
        return calendar.next_opening(calendar.add_working_time(moment, amount * WORKING[unit]))
    return _by_the_clock(moment, amount, unit, calendar)


def _before(moment: datetime, step: str, calendar: WorkCalendar) -> datetime:
    amount, unit = _read_step(step)
    if unit == "wd":
        return _days_before(moment, amount, calendar)
    if unit in WORKING:
        return calendar.add_working_time(moment, -amount * WORKING[unit])
    return _by_the_clock(moment, -amount, unit, calendar)


WORKING = {"wh": timedelta(hours=1), "wmin": timedelta(minutes=1)}
CLOCK = {"h": timedelta(hours=1), "min": timedelta(minutes=1)}


def _read_step(step: str) -> tuple[int, str]:
    found = STEP.fullmatch(step)
    if found is None:
        raise ValueError(f"cannot read the step {step!r}")
    return int(found[1]), found[2]


def _by_the_clock(moment: datetime, amount: int, unit: str, calendar: WorkCalendar) -> datetime:
    if unit in CLOCK:
        return moment + amount * CLOCK[unit]
    local = calendar.local(moment)
    return instant(local.date() + timedelta(days=amount), local.time(), calendar.tz)


def _days_after(opening: datetime, amount: int, calendar: WorkCalendar) -> datetime:
    """The same clock time so many working days later, moved to the next opening if nobody works then."""
    local = calendar.local(opening)
    day = calendar.add_working_days(local.date(), amount)
    return calendar.next_opening(instant(day, local.time(), calendar.tz))


def _days_before(moment: datetime, amount: int, calendar: WorkCalendar) -> datetime:
    """The same clock time so many working days earlier; outside working hours, that day's opening.

    A limit that ends at 24:00 or at close of business is so announced in the morning, not when people
    go home.
    """
    local = calendar.local(moment)
    day = calendar.add_working_days(local.date(), -amount)
    same_clock = instant(day, local.time(), calendar.tz)
    opening = calendar.opening(day)
    return same_clock if opening is None or calendar.is_open(same_clock) else opening
