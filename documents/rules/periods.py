"""Recurring duties 周期性义务 and the periods that reports cover 报告期."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from documents.rules.broken import RuleBroken
from documents.rules.calendars import LONGEST_REST, WorkCalendar
from documents.rules.durations import (
    ONE_DAY,
    add_months,
    day_end,
    day_of_month,
    instant,
    parse_clock,
    parse_month_day,
    refuse_unknown,
    required,
)

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
EVERY = frozenset({"day", "working_day", "week", *MONTHS})
NONWORKING = frozenset({"keep", "before", "after"})
LONGEST_WINDOW = timedelta(days=3_660)
DUTY_KEYS = frozenset({"key", "every", "on", "day", "weekday", "times", "at", "nonworking"})


@dataclass(frozen=True)
class Recurrence:
    """周期: when a duty that belongs to no case comes round.

    `every` day, working_day, week, month, quarter, half_year or year; `on` fixed days of the year, `day`
    of the month, `weekday` 1–7; without them the duty is due when its period ends. `times` is how often
    in each period. It is due at 24:00, `at` a clock time, or at `close` of business. A due day that is
    not worked is kept, or moved before or after.
    """

    key: str
    every: str
    on: tuple[tuple[int, int], ...] = ()
    day: int | None = None
    weekday: int | None = None
    times: int = 1
    at: time | None = None
    at_close: bool = False
    nonworking: str = "keep"

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise ValueError(f"recurrence {self.key!r}: {problem}")

    @classmethod
    def from_definition(cls, definition: Mapping[str, object]) -> "Recurrence":
        """The recurrence as a policy writes it; what it does not understand it refuses by name."""
        refuse_unknown(definition, DUTY_KEYS, f"recurrence {definition.get('key')!r}")
        at, on = definition.get("at"), definition.get("on") or ()
        if not isinstance(on, (list, tuple)):
            raise ValueError(f"on: {on!r} is not a list of days like 06-15")
        return cls(
            key=required(definition, "key", "recurrence"),
            every=required(definition, "every", "recurrence"),
            on=tuple(map(parse_month_day, on)),
            day=_number(definition.get("day")),
            weekday=_number(definition.get("weekday")),
            times=_number(definition.get("times")) or 1,
            at=None if at in {None, "close"} else parse_clock(at),
            at_close=at == "close",
            nonworking=str(definition.get("nonworking", "keep")),
        )


def _number(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"{value!r} is not a whole number")


def _problems(duty: Recurrence) -> list[str]:
    problems = []
    if duty.every not in EVERY:
        problems.append(f"every {duty.every!r} is unknown; known are {', '.join(sorted(EVERY))}")
    if duty.nonworking not in NONWORKING:
        problems.append(f"nonworking {duty.nonworking!r} is none of keep, before, after")
    if bool(duty.on) and duty.every != "year":
        problems.append("`on` goes with every: year")
    if duty.day is not None and (duty.every != "month" or not 1 <= duty.day <= 31):
        problems.append("`day` 1 to 31 goes with every: month")
    if (duty.weekday is not None) != (duty.every == "week") or not 1 <= (duty.weekday or 1) <= 7:
        problems.append("`weekday` 1 to 7 goes with every: week, and week needs it")
    if duty.nonworking != "keep" and duty.every in {"day", "working_day"}:
        problems.append(f"every {duty.every} has no other day to move to")
    if not 1 <= duty.times <= 100:
        problems.append(f"{duty.times} times in one period")
    return problems


@dataclass(frozen=True)
class Period:
    """期间: its first and its last day, both in it."""

    first: date
    last: date


@dataclass(frozen=True)
class Occurrence:
    """一次义务: one time that a duty is due; `certain` is False without the notice of its year."""

    due_at: datetime
    day: date
    nominal: date
    period: Period
    number: int = 1
    certain: bool = True


def occurrences(duty: Recurrence, start: datetime, end: datetime, calendar: WorkCalendar) -> list[Occurrence]:
    """Every occurrence due from `start` until before `end`, so that adjoining windows share none."""
    if end - start > LONGEST_WINDOW:
        raise RuleBroken("window_too_long", start=start.isoformat(), end=end.isoformat())
    # Moved days come from outside the window too.
    reach = timedelta(days=LONGEST_REST if duty.nonworking != "keep" else 1)
    first, last = calendar.local(start).date() - reach, calendar.local(end).date() + reach
    found = []
    for period, nominal in _nominal_days(duty, first, last, calendar):
        once = _occurrence(duty, period, nominal, calendar)
        if start <= once.due_at < end:
            found += [_numbered(once, number) for number in range(1, duty.times + 1)]
    return sorted(found, key=lambda occurrence: occurrence.due_at)


def _numbered(once: Occurrence, number: int) -> Occurrence:
    return Occurrence(once.due_at, once.day, once.nominal, once.period, number, once.certain)


def _nominal_days(
    duty: Recurrence, first: date, last: date, calendar: WorkCalendar
) -> Iterator[tuple[Period, date]]:
    if duty.every in MONTHS:
        yield from _days_of_periods(duty, first, last)
        return
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if duty.every == "week" and day.isoweekday() == duty.weekday:
            yield Period(day - timedelta(days=day.weekday()), day + timedelta(days=6 - day.weekday())), day
        elif duty.every == "day" or (duty.every == "working_day" and calendar.is_working(day)):
            yield Period(day, day), day


def _days_of_periods(duty: Recurrence, first: date, last: date) -> Iterator[tuple[Period, date]]:
    period = period_of(first, duty.every)
    while period.first <= last:
        for nominal in _days_in(duty, period):
            yield period, nominal
        period = period_of(period.last + ONE_DAY, duty.every)


def _days_in(duty: Recurrence, period: Period) -> list[date]:
    if duty.on:
        return sorted(day_of_month(period.first.year, month, day) for month, day in duty.on)
    if duty.day is not None:
        return [day_of_month(period.first.year, period.first.month, duty.day)]
    return [period.last]


def period_of(day: date, kind: str) -> Period:
    """The calendar month, quarter, half-year or year in which a day lies."""
    months = MONTHS[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, add_months(first, months) - ONE_DAY)


def _occurrence(duty: Recurrence, period: Period, nominal: date, calendar: WorkCalendar) -> Occurrence:
    day = nominal
    if duty.nonworking != "keep" and not calendar.is_working(nominal):
        day = calendar.add_working_days(nominal, 1 if duty.nonworking == "after" else -1)
    asked = duty.nonworking != "keep" or duty.every == "working_day" or duty.at_close
    certain = not asked or (calendar.covers(nominal) and calendar.covers(day))
    return Occurrence(_due_at(duty, day, calendar), day, nominal, period, certain=certain)


def _due_at(duty: Recurrence, day: date, calendar: WorkCalendar) -> datetime:
    if duty.at is not None:
        return instant(day, duty.at, calendar.tz)
    closing = calendar.closing(day) if duty.at_close else None
    return (closing or day_end(day, calendar.tz)).astimezone(UTC)


@dataclass(frozen=True)
class ReportPeriod:
    """报告期: which days a report covers, although it may be due before its period ends (P01 Art. 23).

    Without `cut_offs` a period is complete when it ends. A cut-off (05-31) closes the period in which it
    lies. Such a period begins with the calendar, or, with `from_last_cut_off`, on the day after the cut-off
    before, so that no day is left out.
    """

    kind: str
    cut_offs: tuple[tuple[int, int], ...] = ()
    from_last_cut_off: bool = False

    def __post_init__(self) -> None:
        if self.kind not in MONTHS:
            raise ValueError(f"report period {self.kind!r} is none of {', '.join(MONTHS)}")

    @classmethod
    def from_definition(cls, definition: Mapping[str, object]) -> "ReportPeriod":
        """{kind: half_year, cut_offs: ["05-31"], from_last_cut_off: false}."""
        known = frozenset({"kind", "cut_offs", "from_last_cut_off"})
        refuse_unknown(definition, known, "report period")
        cut_offs = definition.get("cut_offs") or ()
        if not isinstance(cut_offs, (list, tuple)):
            raise ValueError(f"cut_offs: {cut_offs!r} is not a list of days like 05-31")
        from_last = bool(definition.get("from_last_cut_off", False))
        return cls(
            required(definition, "kind", "report period"), tuple(map(parse_month_day, cut_offs)), from_last
        )


def period(rule: ReportPeriod, due: date) -> Period:
    """The newest period that has been cut off on or before the day on which its report is due."""
    cuts = _cut_offs(rule, due)
    last = cuts[-1]
    if rule.from_last_cut_off and rule.cut_offs:
        return Period(cuts[-2] + ONE_DAY, last)
    return Period(period_of(last, rule.kind).first, last)


def _cut_offs(rule: ReportPeriod, due: date) -> list[date]:
    """The cut-offs up to a day, oldest first; at least two of them."""
    if not rule.cut_offs:
        ended = period_of(due, rule.kind)
        while ended.last > due:
            ended = period_of(ended.first - ONE_DAY, rule.kind)
        return [ended.first - ONE_DAY, ended.last]
    years = range(due.year - 2, due.year + 1)
    cuts = sorted(day_of_month(year, month, day) for year in years for month, day in rule.cut_offs)
    return [cut for cut in cuts if cut <= due]
