"""Reading numbers 数字: amounts, percentages, lengths of time, as people write them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from documents.rules.field_reading import Definition, Reading, Unreadable, narrow

LARGEST = Decimal(10) ** 15
LONGEST = 10_000_000  # minutes: nineteen years
MOST_PLACES = 9
_NUMBER = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,4}(?:,[0-9]{4})+)?(\.[0-9]*)?")
_MULTIPLES = {"万": 10_000, "亿": 100_000_000}
_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "。": ".", "’": "'", "、": ","})
_SPACES = re.compile(r"\s+")
_NUMERALS = str.maketrans("一二两三四五六七八九", "1223456789")
_PART = r"(?:([0-9]+(?:\.[0-9]+)?)(个半|个)?(?:{units})(半)?)?"
_WORDS = re.compile(
    _PART.format(units="天|日|days?|d")
    + _PART.format(units="小时|钟头|时|hours?|hrs?|hr|h")
    + r"(?:零)?(?:([0-9]+)(?:分钟|分|minutes?|mins?|min|m|'))?"
)
HALF_HOUR, HOUR, DAY = 30, 60, 1440


def number(definition: Definition, raw: Any, _reading: Reading) -> int | Decimal:
    """A number 数字, whole ones as int."""
    value = _measured(definition, raw, definition.get("places"))
    return int(value) if value == value.to_integral_value() else value


def money(definition: Definition, raw: Any, _reading: Reading) -> Decimal:
    """An amount of money 金额 to the cent."""
    value = read_number(raw, definition)
    if value != value.quantize(Decimal("0.01")):
        raise Unreadable("money_places")
    _check_step(definition, value)
    return value.quantize(Decimal("0.01"))


def percent(definition: Definition, raw: Any, _reading: Reading) -> Decimal:
    """A percentage 百分比: 12.5 means 12.5 %."""
    if isinstance(raw, str):
        raw = narrow(raw).removeprefix("百分之").removesuffix("%")
    value = _measured(definition, raw, definition.get("places", 2))
    low, high = definition.get("min", 0), definition.get("max", 100)
    if value < Decimal(str(low)):
        raise Unreadable("too_low", bound=f"{low}%")
    if value > Decimal(str(high)):
        raise Unreadable("too_high", bound=f"{high}%")
    return value


def _measured(definition: Definition, raw: Any, places: int | None) -> Decimal:
    value = read_number(raw, definition)
    if places is not None and value != round(value, places):
        raise Unreadable("too_many_places", places=places) if places else Unreadable("not_whole")
    _check_step(definition, value)
    return value


def _check_step(definition: Definition, value: Decimal) -> None:
    step = definition.get("step")
    if step is None:
        return
    start = definition.get("min", 0) if isinstance(definition.get("min", 0), int | float) else 0
    if (value - Decimal(str(start))) % Decimal(str(step)):
        raise Unreadable("not_a_step", step=step, start=start)


def read_number(raw: Any, definition: Definition | None = None) -> Decimal:
    """The number that was typed: 1，200.50, ￥3, 1.2万, 5 件 where 件 is the unit."""
    if isinstance(raw, bool):
        raise Unreadable("not_number")
    value = _plain(raw) if isinstance(raw, int | float | Decimal) else _typed(str(raw), definition or {})
    if not value.is_finite() or abs(value) >= LARGEST:
        raise Unreadable("not_number")
    if value != round(value, MOST_PLACES):
        raise Unreadable("too_many_places", places=MOST_PLACES)
    return value


def _plain(raw: float | Decimal) -> Decimal:
    try:
        return Decimal(str(raw))
    except InvalidOperation as error:  # a signalling NaN
        raise Unreadable("not_number") from error


def _typed(raw: str, definition: Definition) -> Decimal:
    text = _SPACES.sub("", narrow(raw[:80])).translate(_SIGNS)
    for word in ("人民币", "¥", "RMB", "CNY"):
        text = text.removeprefix(word)
    for word in ("元整", "元", "圆", *(narrow(one) for one in definition.get("unit_label", {}).values())):
        text = text.removesuffix(word)
    times = _MULTIPLES.get(text[-1:], 1)
    found = _NUMBER.fullmatch(text if times == 1 else text[:-1])
    if found is None or not any(char.isdigit() for char in found.group()):
        raise Unreadable("not_number")
    return Decimal(found.group().replace(",", "")) * times


def duration(definition: Definition, raw: Any, _reading: Reading) -> int:
    """A length of time 时长 in whole minutes: 90, 1:30, 1小时30分, 半小时, 1.5h."""
    value = read_minutes(raw, days=definition.get("counted_in") != "working_minutes")
    if value is None or value > LONGEST:
        raise Unreadable("not_duration")
    return value


def read_minutes(raw: Any, *, days: bool = True) -> int | None:
    """The minutes that were typed; nothing when it cannot be read. A day has 24 hours."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float | Decimal):
        return _whole_minutes(raw)
    text = _SPACES.sub("", narrow(str(raw)[:40])).lower().translate(_NUMERALS)
    text = text.replace("点", ".").replace("刻钟", "刻").replace("1刻", "15分").replace("半个", "半")
    if re.fullmatch(r"[0-9]{1,8}", text):
        return int(text)
    clock = re.fullmatch(r"([0-9]{1,5}):([0-5]?[0-9])", text)
    if clock:
        return int(clock.group(1)) * HOUR + int(clock.group(2))
    text = "0.5" + text[1:] if text.startswith("半") else text
    return _spoken(text, days=days)


def _whole_minutes(raw: float | Decimal) -> int | None:
    if isinstance(raw, Decimal) and not raw.is_finite():
        return None  # what is no number compares with nothing
    return int(raw) if 0 <= raw <= LONGEST and raw == int(raw) else None


def _spoken(text: str, *, days: bool) -> int | None:
    found = _WORDS.fullmatch(text)
    if found is None or not text or (found.group(1) and not days):
        return None
    total = Decimal(0)
    for group, minutes in ((1, DAY), (4, HOUR)):
        amount, half, after = found.group(group), found.group(group + 1), found.group(group + 2)
        halves = Decimal("0.5") if half == "个半" or after else Decimal(0)
        total += (Decimal(amount) + halves if amount else Decimal(0)) * minutes
    total += Decimal(found.group(7) or 0)
    return int(total) if total == total.to_integral_value() else None
