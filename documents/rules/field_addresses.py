"""Addresses 地址: one line of text, or the parts 省/市/县区/街道/详址 with the text that they make together.

A field that asks for parts still reads what was one line before: the whole line stands in its last part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from documents.rules import field_texts
from documents.rules.field_reading import Definition, Reading, Unreadable
from documents.rules.grammar.forms import ADDRESS_PARTS

TEXT: Final = "text"  # the whole address, beside its parts
MOST_OF_A_PART: Final = 120
SPACED: Final = re.compile(r"[A-Za-z0-9.,]")


def parts_of(definition: Definition) -> tuple[str, ...]:
    """The parts that the field asks for, from the largest to the smallest; none when it is one line."""
    asked = definition.get("parts") or ()
    named = ADDRESS_PARTS if asked is True else [name for name in ADDRESS_PARTS if name in asked]
    return tuple(named)


def address(definition: Definition, raw: Any, reading: Reading) -> str | dict[str, str] | None:
    """An address as the field asks for it; raises Unreadable("parts_missing")."""
    parts = parts_of(definition)
    if not parts:
        return field_texts.text(definition, text_of(raw), reading)
    given = in_parts(definition, raw)
    part = {"type": "address", "max": MOST_OF_A_PART}
    read = {name: field_texts.text(part, given[name], reading) for name in parts if given.get(name)}
    said = {name: value for name, value in read.items() if value}
    if not said:
        return None
    missing = [name for name in parts if name in (definition.get("parts_needed") or ()) and name not in said]
    if missing:
        raise Unreadable("parts_missing", parts=_words(missing))
    return {**said, TEXT: field_texts.text(definition, joined(said), reading)}


def in_parts(definition: Definition, value: Any) -> Mapping[str, Any]:
    """A value by its parts; a line without parts stands in the last part that is asked."""
    if isinstance(value, Mapping):
        return value
    return {parts_of(definition)[-1]: value} if value else {}


def sent(definition: Definition, name: str, typed: Callable[[str], str | None]) -> Any:
    """An address as a page sends it: a line under its name, the parts under names of their own."""
    given = {part: typed(f"{name}-{part}") for part in ADDRESS_PARTS}
    said = {part: value for part, value in given.items() if value and value.strip()}
    if not parts_of(definition):
        return typed(name) or joined(said)
    return said or in_parts(definition, typed(name)) or None


def text_of(value: Any) -> Any:
    """The address as one line."""
    return value.get(TEXT) or joined(value) if isinstance(value, Mapping) else value


def joined(parts: Mapping[str, Any]) -> str:
    """The canonical text 规范写法; a municipality stands once, Latin parts stand apart."""
    text = last = ""
    for name in ADDRESS_PARTS:
        part = str(parts.get(name) or "")
        if not part or part == last:
            continue
        apart = text and SPACED.match(text[-1]) and SPACED.match(part[0])
        text, last = f"{text}{' ' if apart else ''}{part}", part
    return text


def _words(names: list[str]) -> dict[str, str]:
    pairs = [ADDRESS_PARTS[name] for name in names]
    return {"zh": "、".join(zh for zh, _ in pairs), "en": ", ".join(en for _, en in pairs)}
