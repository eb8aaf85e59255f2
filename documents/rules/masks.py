"""What somebody sees of an answer that they may not read 脱敏显示: enough to tell it from another.

Who may read a field sees it whole (`documents/rules/access.py`); a field without a mask shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from documents.rules.field_addresses import in_parts, text_of
from documents.rules.fields import Definition

STARS: Final = "****"
LARGE_PARTS: Final = ("province", "city", "county")
SHORTEST: Final = 8  # of what shows its beginning and its end


def masked(definition: Definition, value: Any) -> str:
    """The masked answer; nothing when the field shows nothing of it, or is sealed 密封."""
    mask = None if definition.get("sealed_to") else MASKS.get(str(definition.get("mask")))
    told = value.get("words", value) if isinstance(value, Mapping) else value
    if mask is None or not told:
        return ""
    if definition["type"] == "address":
        return _address(definition, value)
    said = told.get("zh", told.get("name", "")) if isinstance(told, Mapping) else told
    text = str(said).strip()
    return mask(text) if text else ""


def _both_ends(begin: int, end: int) -> Callable[[str], str]:
    def cover(text: str) -> str:
        if len(text) < max(SHORTEST, begin + end + 1):
            return STARS
        return f"{text[:begin]}{STARS}{text[-end:]}"

    return cover


def _account(text: str) -> str:
    return f"{STARS} {text[-4:]}" if len(text) >= SHORTEST else STARS


def _email(text: str) -> str:
    name, at, domain = text.rpartition("@")
    return f"{name[0]}{STARS}@{domain}" if at and name else STARS


def _name(text: str) -> str:
    return f"{text[0]}**"


def _place(text: str) -> str:
    return f"{text[:3]}{STARS}" if len(text) >= SHORTEST else STARS


def _address(definition: Definition, value: Any) -> str:
    """Of an address in parts the large ones, of a line its beginning."""
    parts = in_parts(definition, value) if isinstance(value, Mapping) else {}
    known = "".join(dict.fromkeys(str(parts[name]) for name in LARGE_PARTS if parts.get(name)))
    return f"{known}{STARS}" if known else _place(str(text_of(value)))


MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "phone": _both_ends(3, 4),
    "id_number": _both_ends(3, 4),
    "account": _account,
    "email": _email,
    "name": _name,
    "address": _place,
}
