"""Moments, days and months: the arithmetic under calendars and deadlines."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1900, 2200  # of the days that people send
ONE_SECOND = timedelta(seconds=1)
MIDNIGHT = time(0)


def aware(moment: datetime) -> datetime:
    """The moment itself; a naive one is refused, because Python would read it in the machine's zone."""
    if moment.tzinfo is None:
        raise ValueError(f"moment {moment!r} has no time zone")
    return moment


def instant(day: date, clock: time, zone: tzinfo) -> datetime:
    """First instant (UTC) at which the local clock shows this time or a later one on this day."""
    local = datetime.combine(day, clock, tzinfo=zone).replace(fold=0)
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    if before is None or after is None:
        raise ValueError(f"zone {zone!r} has no offset on {day}")
    if before < after:
        return _clock_change(local)
    return local.astimezone(UTC)


def _clock_change(skipped: datetime) -> datetime:
    """The moment at which the clocks jumped over this local time, to the second."""
    low = skipped.replace(fold=1).astimezone(UTC)
    high = skipped.astimezone(UTC)
    new_offset = skipped.replace(fold=1).utcoffset()
    while high - low > ONE_SECOND:
        middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
        if middle.astimezone(skipped.tzinfo).utcoffset() == new_offset:
            high = middle
        else:
            low = middle
    return high


def day_start(day: date, zone: tzinfo) -> datetime:
    """The first instant of a local day."""
    return instant(day, MIDNIGHT, zone)


def day_end(day: date, zone: tzinfo) -> datetime:
    """The last second of a local day: 24:00 in law, stored as 23:59:59 so that its date prints right."""
    return day_start(day + ONE_DAY, zone) - ONE_SECOND


def day_of_month(year: int, month: int, day: int) -> date:
    """The day, or the last of the month when the month has no such day (民法典 Art. 202)."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def add_months(day: date, months: int) -> date:
    """The corresponding day so many months later, or the end of that month (民法典 Art. 202)."""
    years, month = divmod(day.month - 1 + months, 12)
    return day_of_month(day.year + years, month + 1, day.day)


def is_zone(name: object) -> bool:
    """Whether there is a time zone 时区 of this name."""
    try:
        return bool(ZoneInfo(str(name)))
    except (KeyError, ValueError, OSError):  # unknown, or no name of a zone at all
        return False


def parse_day(text: object) -> date:
    """A date from ISO text; YAML hands over dates that it has already read."""
    if isinstance(text, datetime) or not isinstance(text, (str, date)):
        raise ValueError(f"{text!r} is not a date like 2026-02-14")
    return text if isinstance(text, date) else date.fromisoformat(text)


def parse_clock(text: object) -> time:
    """A clock time such as 17:30."""
    if isinstance(text, time):
        return text
    if not isinstance(text, str) or len(text) != 5 or text[2] != ":":
        raise ValueError(f"{text!r} is not a clock time like 17:30")
    return time.fromisoformat(text)


def written_day(text: str | None) -> date | None:
    """A day as a person sends it; None for what is no day, and for one beside which no other moment fits."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if in_reach(found) else None


def written_moment(text: str) -> datetime | None:
    """A moment as an address names it; None for what is none, and for one that no other zone can write."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if in_reach(found.date()) else None


def in_reach(day: date) -> bool:
    """Whether a limit can be counted from a day and to it; 9999-12-31 has no day after it."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def parse_month_day(text: object) -> tuple[int, int]:
    """A day of every year such as 06-15; 02-29 is allowed and means the month end in other years."""
    if not isinstance(text, str) or len(text) != 5 or text[2] != "-":
        raise ValueError(f"{text!r} is not a day of the year like 06-15")
    try:
        leap_day = date.fromisoformat(f"2024-{text}")
    except ValueError as error:
        raise ValueError(f"{text!r}: no year has such a day, {error}") from error
    return leap_day.month, leap_day.day


def refuse_unknown(definition: Mapping[str, object], known: frozenset[str], noun: str) -> None:
    """Refuse a definition with a key that nothing would read."""
    unknown = sorted(set(definition) - known)
    if unknown:
        known_names = ", ".join(sorted(known))
        raise ValueError(f"{noun}: unknown {', '.join(map(repr, unknown))}; known are {known_names}")


def required(definition: Mapping[str, object], name: str, noun: str) -> str:
    """A word that a definition cannot do without."""
    if name not in definition:
        raise ValueError(f"{noun} {definition.get('key', '')!r}: {name} is missing")
    return str(definition[name])
