"""No silent boxes: every character either has a glyph in the archive fonts or is replaced visibly."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

import uharfbuzz

from documents.rules.volume import ReplacedCharacter
from pdf import fonts

Value = TypeVar("Value")

# These have no form of their own: joiners, emoji and glyph variants, the byte order mark, soft hyphen.
FORMLESS = frozenset(
    {0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
)
SPACES = frozenset({0x09, 0x0A, 0x0D})
BREAKS = frozenset({0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029})  # they end a line and are not seen
EXCERPT = 24  # so many printed characters tell which text it was
NO_FORM = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff"
    "\ufe00-\ufe0f\ufeff\ufff0-\uffff\U000e0000-\U0010ffff]"
)


class Ledger:
    """Counts what was replaced, where it was seen first, and what stood there 替换字符登记."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._places: dict[int, str] = {}
        self._originals: list[str] = []

    def note(self, code_point: int, place: str) -> None:
        """Count one replaced character."""
        self._counts[code_point] += 1
        self._places.setdefault(code_point, place)

    def keep(self, place: str, printed: str, runs: Sequence[tuple[int, str]]) -> None:
        """Keep what a text said: at which character of the printed one, and what stood there."""
        record = {"place": place, "printed": printed[:EXCERPT], "originals": runs}
        self._originals.append(_escaped(json.dumps(record, ensure_ascii=False, separators=(",", ":"))))

    def originals(self) -> tuple[str, ...]:
        """The texts that were changed, as JSON; characters without form are escaped in it."""
        return tuple(self._originals)

    def rows(self) -> tuple[ReplacedCharacter, ...]:
        """The replaced characters in the order of their code points."""
        return tuple(
            ReplacedCharacter(point, count, self._places[point])
            for point, count in sorted(self._counts.items())
        )


def printable(text: str, ledger: Ledger, place: str) -> str:
    """The text with each character that no font shows written as [U+1F600]."""
    pieces: list[str] = []
    runs: list[tuple[int, str]] = []
    done = length = 0
    for match in _unshown().finditer(text):
        plain, shown = text[done : match.start()], "".join(_stand_in(one, ledger, place) for one in match[0])
        runs.append((length + len(plain), match[0]))
        pieces += (plain, shown)
        length += len(plain) + len(shown)
        done = match.end()
    if not runs:
        return text
    printed = "".join((*pieces, text[done:]))
    ledger.keep(place, printed, runs)
    return printed


def restored(printed: str, runs: Iterable[tuple[int, str]]) -> str:
    """The text as it was written, from the printed one and what the ledger kept of it."""
    pieces: list[str] = []
    done = 0
    for start, original in runs:
        pieces += (printed[done:start], original)
        done = start + len(printable(original, Ledger(), ""))
    return "".join((*pieces, printed[done:]))


def _stand_in(character: str, ledger: Ledger, place: str) -> str:
    code_point = ord(character)
    if code_point in FORMLESS:
        return ""
    if code_point in BREAKS:
        return "\n"
    ledger.note(code_point, place)
    return f"[U+{code_point:04X}]"


def _escaped(text: str) -> str:
    """JSON that any XML can carry and everybody can see: nothing without form stands in it as itself."""
    return NO_FORM.sub(lambda match: json.dumps(match[0])[1:-1], text)


def spelled(value: Value, ledger: Ledger, place: str) -> Value:
    """The same value with every text in it made printable, down to the last field."""
    result: Any = value
    if isinstance(value, str):
        result = printable(value, ledger, place)
    elif isinstance(value, tuple):
        result = tuple(spelled(part, ledger, place) for part in value)
    elif is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: getattr(value, part.name) for part in fields(value)}
        result = replace(value, **{name: spelled(part, ledger, place) for name, part in parts.items()})
    return result


@cache
def covered() -> frozenset[int]:
    """Code points that at least one archive font can show."""
    points: set[int] = set()
    for name in fonts.FILES:
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(fonts.folder() / name)))
        points.update(face.unicodes)
    return frozenset(point for point in points | SPACES if point in SPACES or _has_form(point))


@cache
def _unshown() -> re.Pattern[str]:
    return re.compile(f"[^{_ranges(covered())}]+")


def _has_form(point: int) -> bool:
    """Controls, direction overrides and surrogates stay unshown even if a font maps them."""
    return point not in FORMLESS and unicodedata.category(chr(point)) not in {"Cc", "Cf", "Cs", "Co"}


def _ranges(points: Iterable[int]) -> str:
    parts: list[str] = []
    start = last = -2
    for point in sorted(points):
        if point != last + 1:
            parts.append(_span(start, last))
            start = point
        last = point
    parts.append(_span(start, last))
    return "".join(parts)


def _span(start: int, last: int) -> str:
    return "" if start < 0 else f"\\U{start:08x}-\\U{last:08x}"
