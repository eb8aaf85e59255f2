"""Reading one field value 字段取值 in its own type: text, int, Decimal, date, datetime, bool, list.

What people type is read tolerantly; what cannot be read raises Unreadable with a code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from documents.rules.field_reading import Definition, Reading, Unreadable, is_empty
from documents.rules.options import option_keys
from documents.rules.text import tidy

TEXT_LIMITS = {
    "text": 200,
    "longtext": 8_000,
    "address": 300,
    "phone": 40,
    "email": 200,
    "id_number": 30,
    "case": 40,
}
EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$")
PHONE = re.compile(r"^[0-9+][0-9 ()\-]{4,}$")


def read_value(definition: Definition, raw: Any, reading: Reading) -> Any:
    """One value in its own type; raises Unreadable."""
    if is_empty(raw):
        return None
    reader = READERS.get(definition["type"])
    if reader is None:
        raise Unreadable("unknown_type", type=definition["type"])
    value = reader(definition, raw, reading)
    _check_bounds(definition, value, reading.today)
    return value


def _check_bounds(definition: Definition, value: Any, today: date) -> None:
    if value is None or isinstance(value, str | list | bool):
        return
    day = value.date() if isinstance(value, datetime) else value
    for name, code in (("min", "too_low"), ("max", "too_high")):
        bound = definition.get(name)
        if bound is None:
            continue
        limit = _bound(bound, today, isinstance(day, date))
        if (name == "min" and day < limit) or (name == "max" and day > limit):
            raise Unreadable(code, bound=str(limit))


def _bound(bound: Any, today: date, is_day: bool) -> Any:
    if not is_day:
        return Decimal(str(bound))
    return today if bound == "today" else date.fromisoformat(str(bound))


def _text(definition: Definition, raw: Any, _reading: Reading) -> str:
    if not isinstance(raw, str):
        raise Unreadable("not_text")
    value = tidy(raw, keep_lines=definition["type"] == "longtext")
    longest = definition.get("max", TEXT_LIMITS.get(definition["type"], 200))
    if len(value) > longest:
        raise Unreadable("too_long", max=longest, length=len(value))
    if value and len(value) < definition.get("min", 0):
        raise Unreadable("too_short", min=definition["min"])
    return value


def _email(definition: Definition, raw: Any, reading: Reading) -> str:
    value = _text(definition, raw, reading)
    if value and not EMAIL.match(value):
        raise Unreadable("not_email")
    return value


def _phone(definition: Definition, raw: Any, reading: Reading) -> str:
    value = _text(definition, raw, reading)
    if value and not PHONE.match(value):
        raise Unreadable("not_phone")
    return value


def _id_number(definition: Definition, raw: Any, reading: Reading) -> str:
    value = _text(definition, raw, reading).upper()
    if re.fullmatch(r"[0-9]{17}[0-9X]", value) and not _checksum_holds(value):
        raise Unreadable("id_checksum")
    return value


def _checksum_holds(number: str) -> bool:
    """The check character of an 18-digit identity number 公民身份号码 (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    return "10X98765432"[total % 11] == number[-1]


def _number(_definition: Definition, raw: Any, _reading: Reading) -> int | Decimal:
    try:
        value = Decimal(str(raw).replace(",", "").strip())
    except InvalidOperation as error:
        raise Unreadable("not_number") from error
    if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
        raise Unreadable("not_number")
    return int(value) if value == value.to_integral_value() else value


def _money(definition: Definition, raw: Any, reading: Reading) -> Decimal:
    value = Decimal(_number(definition, raw, reading))
    if value != value.quantize(Decimal("0.01")):
        raise Unreadable("money_places")
    return value.quantize(Decimal("0.01"))


def _date(_definition: Definition, raw: Any, _reading: Reading) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw).strip())
    except ValueError as error:
        raise Unreadable("not_date") from error


def _datetime(_definition: Definition, raw: Any, _reading: Reading) -> datetime:
    try:
        value = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw).strip())
    except ValueError as error:
        raise Unreadable("not_datetime") from error
    if value.tzinfo is None:
        raise Unreadable("not_datetime")
    return value


def _bool(_definition: Definition, raw: Any, _reading: Reading) -> bool:
    return raw in (True, "true", "yes", "1", "on", "y")


def _choice(definition: Definition, raw: Any, reading: Reading) -> str:
    if raw not in option_keys(reading.lists, definition["options"]):
        raise Unreadable("not_an_option", value=str(raw)[:80])
    return str(raw)


def _choices(definition: Definition, raw: Any, reading: Reading) -> list[str]:
    picked = [raw] if isinstance(raw, str) else list(raw)
    return [_choice(definition, item, reading) for item in picked]


def _key(_definition: Definition, raw: Any, _reading: Reading) -> str:
    if not isinstance(raw, str) or len(raw) > 80:
        raise Unreadable("not_text")
    return raw.strip()


def _files(_definition: Definition, raw: Any, _reading: Reading) -> list[str]:
    return [str(item) for item in ([raw] if isinstance(raw, str) else raw)]


READERS: dict[str, Callable[[Definition, Any, Reading], Any]] = {
    "text": _text,
    "longtext": _text,
    "address": _text,
    "phone": _phone,
    "email": _email,
    "id_number": _id_number,
    "case": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "datetime": _datetime,
    "bool": _bool,
    "choice": _choice,
    "choices": _choices,
    "tree": _choice,
    "person": _key,
    "unit": _key,
    "files": _files,
}
