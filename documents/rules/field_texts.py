"""Reading texts 文字: lengths, formats, addresses of all kinds."""

from __future__ import annotations

import re
from typing import Any

from documents.rules.field_reading import Definition, Reading, Unreadable, narrow
from documents.rules.patterns import PATTERNS, id_number_holds
from documents.rules.text import tidy

TEXT_LIMITS = {
    "text": 200,
    "longtext": 8_000,
    "address": 300,
    "phone": 40,
    "email": 200,
    "id_number": 30,
    "case": 40,
    "signature": 60,
}
EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$")
PHONE = re.compile(r"^[0-9+][0-9 ()\-]{4,}$")
DASHES = str.maketrans("‐‑‒–—―−", "-------")


def text(definition: Definition, raw: Any, _reading: Reading) -> str:
    """A text of the wanted length and format."""
    if not isinstance(raw, str):
        raise Unreadable("not_text")
    value = tidy(raw, keep_lines=definition["type"] == "longtext")
    if definition.get("pattern") and value:
        value = _of_pattern(definition["pattern"], value)
    longest = definition.get("max", TEXT_LIMITS.get(definition["type"], 200))
    if len(value) > longest:
        raise Unreadable("too_long", max=longest, length=len(value))
    if value and len(value) < definition.get("min", 0):
        raise Unreadable("too_short", min=definition["min"])
    return value


def _of_pattern(name: str, value: str) -> str:
    pattern = PATTERNS.get(name)
    if pattern is None:
        raise Unreadable("unknown_type", type=name)
    found = pattern.read(value)
    if found is None:
        raise Unreadable("not_of_pattern", pattern=name, message=pattern.message)
    return found


def email(definition: Definition, raw: Any, reading: Reading) -> str:
    """An e-mail address 电子邮箱."""
    value = text(definition, _narrowed(raw), reading)
    if value and not EMAIL.match(value):
        raise Unreadable("not_email")
    return value


def phone(definition: Definition, raw: Any, reading: Reading) -> str:
    """A telephone number 电话."""
    value = text(definition, _narrowed(raw), reading)
    if value and not PHONE.match(value):
        raise Unreadable("not_phone")
    return value


def id_number(definition: Definition, raw: Any, reading: Reading) -> str:
    """The number of an identity document 证件号码; a resident's number must check."""
    value = text(definition, _narrowed(raw), reading).upper()
    if re.fullmatch(r"[0-9]{17}[0-9X]", value) and not id_number_holds(value):
        raise Unreadable("id_checksum")
    return value


def _narrowed(raw: Any) -> Any:
    return narrow(raw).translate(DASHES) if isinstance(raw, str) else raw


def key(_definition: Definition, raw: Any, _reading: Reading) -> str:
    """The key of a unit or a person."""
    if not isinstance(raw, str) or len(raw) > 80:
        raise Unreadable("not_text")
    return raw.strip()
