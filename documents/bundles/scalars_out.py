"""Plain values as YAML 写值: without quotes where every reader of YAML 1.2 understands the same."""

from __future__ import annotations

import re
from decimal import Decimal

from documents.bundles.scalars import Scalar, needs_quotes

# What may stand without quotes, also between brackets: begins with no sign, holds no bracket or comma.
PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`.=~<][^,\[\]{}\n\r\t]*")
UNSAFE = re.compile(r": |:$| #|\s$")
PRINTED = re.compile("[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def scalar(value: Scalar) -> str:
    """A value as it is written."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _decimal(value)
    return text(value) if isinstance(value, str) else str(value)


def _decimal(value: float) -> str:
    written = format(Decimal(repr(value)), "f")
    return written if "." in written else f"{written}.0"


def text(value: str) -> str:
    """A text, in quotes when it would be taken for something else without."""
    plain = PLAIN.fullmatch(value) and not UNSAFE.search(value) and not needs_quotes(value)
    if plain and PRINTED.fullmatch(value):
        return value
    if not PRINTED.fullmatch(value) or ("'" in value and '"' not in value and "\\" not in value):
        return f'"{"".join(map(_escaped, value))}"'
    return "'" + value.replace("'", "''") + "'"


def _escaped(character: str) -> str:
    if character in ESCAPES:
        return ESCAPES[character]
    if PRINTED.fullmatch(character):
        return character
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"
