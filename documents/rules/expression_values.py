"""The values 值 that expressions calculate with, and how they compare.

Both sides follow these rules; portal/static/js/values.js is the twin of this file.

- A number is decimal: twelve places, halves rounded away from zero, and below 10^18. A number beyond that has
  no value (null).
- Yes and no count as 1 and 0 beside numbers.
- A date is its text (2026-02-24), a moment its text with the zone (2026-02-24T08:40:00+08:00). Two moments
  compare by what the clocks of the world say; a date and a moment by the day that is written in the moment.
- Other texts compare by their characters' code points.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

PLACES = 12
GREATEST = Decimal(10) ** 18
# Room for the exact product of two numbers, and for a quotient that rounds the same as the exact one.
EXACT = Context(prec=64, rounding=ROUND_HALF_UP)
_PLAIN = frozenset({type(None), str, bool, list, dict})
_SMALLEST = Decimal(1).scaleb(-PLACES)
_WHEN = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(Z|[+-][0-9]{2}:[0-9]{2}))?"
)


def plain(value: Any) -> Any:
    """The value as expressions see it: None, bool, Decimal, text, list or table; anything else is None."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, int | Decimal | float):
        return number(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, str | list | Mapping) else None


def at_home(value: Any, zone: tzinfo) -> Any:
    """The value with every moment on the clocks of the zone, in which its day is written."""
    if isinstance(value, datetime):
        return value.astimezone(zone)
    if isinstance(value, list):
        return [at_home(member, zone) for member in value]
    if isinstance(value, Mapping):
        return {name: at_home(part, zone) for name, part in value.items()}
    return value


def number(value: Any) -> Decimal | None:
    """The value as a number within the bounds; None when it is none."""
    if isinstance(value, Decimal):
        return bounded(value)
    if isinstance(value, int):
        return Decimal(value) if abs(value) < GREATEST else None
    return bounded(Decimal(repr(value))) if isinstance(value, float) else None


def bounded(value: Decimal) -> Decimal | None:
    """The number rounded to twelve places; None when it is too large to be one."""
    if not value.is_finite() or abs(value) >= GREATEST:
        return None
    if int(value.as_tuple().exponent) < -PLACES:
        value = value.quantize(_SMALLEST, context=EXACT)
    return value if abs(value) < GREATEST else None


def result(value: Decimal | None) -> int | Decimal | None:
    """A calculated number as it is kept: a whole number as int, no zeros at the end of another."""
    kept = None if value is None else bounded(value)
    if kept is None:
        return None
    return int(kept) if kept == kept.to_integral_value() else kept.normalize(EXACT)


def truthy(value: Any) -> bool:
    """Whether the value counts as yes: null, no, zero and what is empty do not."""
    return bool(plain(value))


def is_empty(value: Any) -> bool:
    """Whether the value says nothing; a number beyond the bounds is none."""
    value = plain(value)
    return value is None or (isinstance(value, str | list | tuple | Mapping) and not value)


def equal(left: Any, right: Any) -> bool:
    """Whether the two values are the same."""
    one, other = plain(left), plain(right)
    if isinstance(one, str) and isinstance(other, str):
        return one == other or compare_texts(one, other) == 0
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(equal(one.get(name), other.get(name)) for name in {*one, *other})
    return bool(one == other)


def compared(left: Any, right: Any) -> int | None:
    """-1, 0 or 1 as the left value comes before, with or after the right one; None: no order between them."""
    one, other = plain(left), plain(right)
    if isinstance(one, bool | Decimal) and isinstance(other, bool | Decimal):
        return (one > other) - (one < other)
    if isinstance(one, str) and isinstance(other, str):
        return compare_texts(one, other)
    return None


def compare_texts(left: str, right: str) -> int:
    """The order of two texts; dates and moments in the order of time."""
    one, other = when(left), when(right)
    if one is None or other is None:
        return (left > right) - (left < right)
    if one.instant is not None and other.instant is not None:
        return (one.instant > other.instant) - (one.instant < other.instant)
    return (one.day > other.day) - (one.day < other.day)


class When(NamedTuple):
    """A date, or a moment with its microsecond in the world's time."""

    day: int
    instant: int | None


def when(text: str) -> When | None:
    """The date or moment that the text is; None when it is neither."""
    return _when(text) if 10 <= len(text) <= 32 and text[4] == "-" else None


@lru_cache(maxsize=1024)
def _when(text: str) -> When | None:
    found = _WHEN.fullmatch(text)
    if found is None:
        return None
    try:
        day = date.fromisoformat(found[1]).toordinal()
    except ValueError:
        return None
    if found[2] is None:
        return When(day, None)
    hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
    away = _minutes_of(found[6])
    if hour > 23 or minute > 59 or second > 59 or away is None:
        return None
    seconds = ((day * 24 + hour) * 60 + minute - away) * 60 + second
    return When(day, seconds * 1_000_000 + int((found[5] or "").ljust(6, "0")))


def _minutes_of(offset: str) -> int | None:
    if offset == "Z":
        return 0
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    if hours > 23 or minutes > 59:
        return None
    return (hours * 60 + minutes) * (-1 if offset[0] == "-" else 1)


def as_json(value: Any) -> Any:
    """A value as it travels to the page; a fraction as {"#": its digits}, so that none is lost."""
    value = plain(value)
    if isinstance(value, Decimal):
        kept = result(value)
        return kept if isinstance(kept, int) and abs(kept) < 2**53 else {"#": f"{Decimal(kept or 0):f}"}
    if isinstance(value, list):
        return [as_json(member) for member in value]
    if isinstance(value, Mapping):
        return {str(name): as_json(part) for name, part in value.items()}
    return value
