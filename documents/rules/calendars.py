"""Work calendars 工作日历: which days and hours are worked, and counting in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from documents.rules.broken import RuleBroken
from documents.rules.durations import (
    MIDNIGHT,
    ONE_DAY,
    aware,
    instant,
    parse_clock,
    parse_day,
    refuse_unknown,
    required,
)

Interval = tuple[time, time]  # an end at 00:00 means 24:00
Offsets = tuple[timedelta, timedelta]  # the same interval, counted from midnight

OFFICE_HOURS: tuple[Interval, ...] = ((time(8, 30), time(12)), (time(14), time(17, 30)))
OFFICE_WEEK: tuple[tuple[Interval, ...], ...] = (OFFICE_HOURS,) * 5 + ((), ())
LONGEST_WALK = 40_000  # days, over a century: a longer count is a mistake in the definition
LONGEST_REST = 400  # days without a working day: the calendar never works again


@dataclass(frozen=True)
class Line:
    """One line that a person reads, in Chinese and English."""

    zh: str
    en: str


class Unsound(ValueError):
    """What makes no calendar 日历有误, in words for whoever writes it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.line = Line(zh, en)


@dataclass(frozen=True)
class WorkCalendar:
    """工作日历: the weekly hours, the days off and the make-up working days of one organisation."""

    key: str
    zone: str = "Asia/Shanghai"
    week: tuple[tuple[Interval, ...], ...] = OFFICE_WEEK
    days_off: Mapping[date, str] = field(default_factory=dict)
    makeup_days: Mapping[date, str] = field(default_factory=dict)
    special_hours: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)
    covered_years: frozenset[int] = frozenset()
    works_makeup_days: bool = True  # an exchange 交易所 never does
    title: Line | None = field(default=None, compare=False)  # what people call it
    version: int = field(default=1, compare=False)
    tz: ZoneInfo = field(init=False, repr=False, compare=False)
    makeup_hours: tuple[Interval, ...] = field(init=False, repr=False, compare=False)
    _offsets: Mapping[tuple[Interval, ...], tuple[Offsets, ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "tz", _zone(self.zone))
        object.__setattr__(self, "makeup_hours", next(filter(None, self.week), ()))
        _check_week(self.week, self.special_hours)
        known = {*self.week, *self.special_hours.values()}
        object.__setattr__(self, "_offsets", {hours: tuple(map(_from_midnight, hours)) for hours in known})
        _check_days(self)

    @classmethod
    def from_definition(cls, definition: Mapping[str, object]) -> "WorkCalendar":
        """The calendar as it is stored; whatever it does not understand it refuses."""
        refuse_unknown(definition, DEFINITION_KEYS, "calendar")
        calendar = cls(
            key=required(definition, "key", "calendar"),
            zone=str(definition.get("zone", "Asia/Shanghai")),
            week=_week(definition.get("week")),
            days_off=_named_days(definition.get("days_off", {})),
            makeup_days=_named_days(definition.get("makeup_days", {})),
            special_hours=_special_hours(definition.get("special_hours", {})),
            covered_years=_years(definition.get("covered_years", ())),
            works_makeup_days=_yes_or_no(definition.get("works_makeup_days", True)),
        )
        if not any(calendar.week):
            raise Unsound("一周七天都不上班", f"calendar {calendar.key!r}: no day of the week is worked")
        return calendar

    def local(self, moment: datetime) -> datetime:
        """The moment as the clock on this calendar's wall shows it."""
        return aware(moment).astimezone(self.tz)

    def hours(self, day: date) -> tuple[Interval, ...]:
        """The hours of a day; a make-up day 调休上班日 has those of the first working weekday."""
        if day in self.special_hours:
            return self.special_hours[day]
        if day in self.makeup_days:
            return self.makeup_hours
        if day in self.days_off:
            return ()
        return self.week[day.weekday()]

    def is_working(self, day: date) -> bool:
        """Whether the day is a working day 工作日; half a day is one."""
        return bool(self.hours(day))

    def covers(self, day: date) -> bool:
        """Whether the official notice of the day's year is loaded."""
        return day.year in self.covered_years

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The worked intervals of a day as moments (UTC)."""
        hours = self.hours(day)
        if not hours:
            return []
        shift = self._shift(day)
        if shift != self._shift(day + ONE_DAY):
            return self._spans_of_clock_change(day)
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - shift
        return [(midnight + start, midnight + end) for start, end in self._offsets[hours]]

    def _shift(self, day: date) -> timedelta:
        return datetime(day.year, day.month, day.day, tzinfo=self.tz).utcoffset() or timedelta(0)

    def _spans_of_clock_change(self, day: date) -> list[tuple[datetime, datetime]]:
        found = []
        for opening, closing in self.hours(day):
            end_day = day + ONE_DAY if closing == MIDNIGHT else day
            span = instant(day, opening, self.tz), instant(end_day, closing, self.tz)
            if span[0] < span[1]:
                found.append(span)
        return found

    def closing(self, day: date) -> datetime | None:
        """Close of business 营业终了 on a day, None when nobody works."""
        spans = self.spans(day)
        return spans[-1][1] if spans else None

    def opening(self, day: date) -> datetime | None:
        """When work begins on a day, None when nobody works."""
        spans = self.spans(day)
        return spans[0][0] if spans else None

    def is_open(self, moment: datetime) -> bool:
        """Whether the moment is inside working hours; the closing moment is outside."""
        return any(start <= moment < end for start, end in self.spans(self.local(moment).date()))

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself when it is inside working hours, else the next moment that is."""
        for start, end in self._spans_from(moment):
            if moment < end:
                return max(start, moment).astimezone(UTC)
        raise AssertionError("unreachable: the walk ends by raising")

    def next_working_day(self, day: date) -> date:
        """The first working day after a day."""
        return next(later for later, working in self.walk(day + ONE_DAY) if working)

    def add_working_days(self, day: date, count: int) -> date:
        """The day so many working days later (earlier when negative); the day itself for 0."""
        step = 1 if count > 0 else -1
        left = abs(count)
        if not left:
            return day
        for later, working in self.walk(day + step * ONE_DAY, step=step):
            left -= working
            if not left:
                return later
        raise AssertionError("unreachable: the walk ends by raising")

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after `first` up to `last`, which counts; negative for a `last` before `first`."""
        if last < first:
            return -sum(map(self.is_working, _days(last, first)))
        return sum(map(self.is_working, _days(first + ONE_DAY, last + ONE_DAY)))

    def add_working_time(self, moment: datetime, amount: timedelta) -> datetime:
        """The first moment (the last, counting back) with so much working time between; 0 leaves it."""
        moment = aware(moment).astimezone(UTC)
        if not amount:
            return moment
        if amount < timedelta(0):
            return self._time_back(moment, -amount)
        for start, end in self._spans_from(moment):
            begin = max(start, moment)
            room = end - begin
            if amount <= room:
                return begin + amount
            amount -= max(room, timedelta(0))
        raise AssertionError("unreachable: the walk ends by raising")

    def _time_back(self, moment: datetime, amount: timedelta) -> datetime:
        for day, _ in self.walk(self.local(moment).date(), step=-1):
            for start, end in reversed(self.spans(day)):
                finish = min(end, moment)
                room = finish - start
                if amount <= room:
                    return finish - amount
                amount -= max(room, timedelta(0))
        raise AssertionError("unreachable: the walk ends by raising")

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from start to end; negative when end is the earlier."""
        if end < start:
            return -self.working_minutes_between(end, start)
        return self.working_time_between(start, end) // timedelta(minutes=1)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from start to end, nothing when end is not later."""
        total = timedelta(0)
        for day in _days(self.local(start).date(), self.local(end).date() + ONE_DAY):
            for opening, closing in self.spans(day):
                if opening < end and start < closing:
                    total += min(closing, end) - max(opening, start)
        return total

    def _spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        for day, working in self.walk(self.local(moment).date()):
            if working:
                yield from self.spans(day)

    def walk(self, day: date, *, step: int = 1) -> Iterator[tuple[date, bool]]:
        """Day after day and whether it is worked; raises when no working day comes, or out of bounds."""
        rested = 0
        for offset in range(0, step * LONGEST_WALK, step):
            try:
                reached = day + timedelta(days=offset)
            except OverflowError:
                break
            working = self.is_working(reached)
            rested = 0 if working else rested + 1
            if rested > LONGEST_REST:
                raise RuleBroken("calendar_never_works", calendar=self.key, since=reached.isoformat())
            yield reached, working
        raise RuleBroken("count_too_long", calendar=self.key, since=day.isoformat())


DEFINITION_KEYS = frozenset(
    {"key", "zone", "week", "days_off", "makeup_days", "special_hours", "covered_years", "works_makeup_days"}
)


def _days(first: date, end: date) -> Iterator[date]:
    for offset in range((end - first).days):
        yield first + timedelta(days=offset)


def _from_midnight(interval: Interval) -> Offsets:
    start, end = (timedelta(hours=clock.hour, minutes=clock.minute) for clock in interval)
    return start, end or ONE_DAY


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error


def _check_week(week: tuple[tuple[Interval, ...], ...], special: Mapping[date, tuple[Interval, ...]]) -> None:
    if len(week) != 7:
        raise ValueError(f"a week has seven days, not {len(week)}")
    for intervals in (*week, *special.values()):
        _check_intervals(intervals)


def _check_intervals(intervals: tuple[Interval, ...]) -> None:
    free_from = MIDNIGHT
    for index, (start, end) in enumerate(intervals):
        if start >= end and end != MIDNIGHT:
            hours = f"{start:%H:%M}-{end:%H:%M}"
            raise Unsound(f"{hours} 的结束早于开始", f"working hours {hours} end before they start")
        if start < free_from or (index and free_from == MIDNIGHT):
            told = f"{start:%H:%M}"
            raise Unsound(
                f"{told} 起的时段与前一段重叠", f"working hours from {told} overlap the interval before"
            )
        free_from = end


def _check_days(calendar: WorkCalendar) -> None:
    open_days = {*calendar.makeup_days, *calendar.special_hours}
    both = ", ".join(sorted(day.isoformat() for day in open_days & set(calendar.days_off)))
    if both:
        raise Unsound(f"{both} 既放假又上班", f"both day off and worked: {both}")
    if calendar.makeup_days and not calendar.works_makeup_days:
        day = min(calendar.makeup_days).isoformat()
        raise Unsound(
            f"交易日历没有 {day} 这样的调休上班日",
            f"trading days: an exchange never works on a make-up day like {day}",
        )


def _week(definition: object) -> tuple[tuple[Interval, ...], ...]:
    if definition is None:
        return OFFICE_WEEK
    if not isinstance(definition, (list, tuple)):
        raise ValueError(f"week: {definition!r} is not a list of seven days")
    return tuple(map(_intervals, definition))


def _intervals(texts: object) -> tuple[Interval, ...]:
    if not isinstance(texts, (list, tuple)):
        raise ValueError(f"{texts!r} is not a list of working hours like 08:30-12:00")
    return tuple(map(_interval, texts))


def _interval(text: object) -> Interval:
    start, _, end = str(text).partition("-")
    try:
        return parse_clock(start), MIDNIGHT if end == "24:00" else parse_clock(end)
    except ValueError as error:
        raise Unsound(
            f"“{text}”不是 08:30-12:00 这样的时段", f"{text!r} is not an interval like 08:30-12:00: {error}"
        ) from error


def _named_days(definition: object) -> dict[date, str]:
    if not isinstance(definition, Mapping):
        raise ValueError(f"{definition!r} is not a table of days and names")
    return {parse_day(day): str(name) for day, name in definition.items()}


def _special_hours(definition: object) -> dict[date, tuple[Interval, ...]]:
    if not isinstance(definition, Mapping):
        raise ValueError(f"{definition!r} is not a table of days and hours")
    return {parse_day(day): _intervals(hours) for day, hours in definition.items()}


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _years(definition: object) -> frozenset[int]:
    if not isinstance(definition, (list, tuple, set, frozenset)):
        raise ValueError(f"covered_years: {definition!r} is not a list of years")
    return frozenset(int(year) for year in definition)
