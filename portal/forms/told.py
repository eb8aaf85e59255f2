"""What a form showed in full 已显示内容: marks beside its inputs, to tell it from what somebody typed.

Only the server makes such a mark, of an answer that it shows, and what is sent is held against the mark
alone: whether a typed word is the answer itself is never asked, so no guess is confirmed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from documents import blind_index
from documents.rules.revealing import beneath

Definition = Mapping[str, Any]
MOST = 20_000  # characters of a mark


@dataclass(frozen=True)
class Marks:
    """The marks of one field: of the whole answer, and of each cell in the masked columns of a table."""

    whole: str = ""
    cells: frozenset[str] = frozenset()

    @classmethod
    def of(cls, definition: Definition, data: Any) -> Marks:
        """The marks of what the page shows."""
        if not says_something(data):
            return cls()
        return cls(_mark(data), frozenset(_mark(text) for text in _cells(definition, data)))

    @classmethod
    def read(cls, text: str) -> Marks:
        """The marks as a page sends them back."""
        whole, *cells = text[:MOST].split() or [""]
        return cls(whole, frozenset(cells))

    def __bool__(self) -> bool:
        return bool(self.whole)

    def __str__(self) -> str:
        return " ".join((self.whole, *sorted(self.cells))).strip()

    def is_all_of(self, data: Any) -> bool:
        """Whether that is just what was shown."""
        return bool(self.whole) and self.whole == _mark(data)

    def is_in(self, definition: Definition, data: Any) -> bool:
        """Whether that says anything again that was shown."""
        return self.is_all_of(data) or any(_mark(text) in self.cells for text in _cells(definition, data))

    def says(self, text: str) -> bool:
        """Whether this text, of whatever input of the field, was shown."""
        return _mark(text) in {self.whole, *self.cells}


def says_something(data: Any) -> bool:
    """Whether anything was answered."""
    return bool(_plain(data))


def _cells(definition: Definition, data: Any) -> Iterator[Any]:
    if definition["type"] == "table":
        keys = [str(one["key"]) for one in beneath(definition).values()]
        yield from (row[key] for row in data or () for key in keys if says_something(row.get(key)))


def _mark(data: Any) -> str:
    return blind_index.told(json.dumps(_plain(data), ensure_ascii=False, sort_keys=True))


def _plain(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _plain(value) for key, value in data.items() if value}
    return [_plain(one) for one in data] if isinstance(data, list) else (data or "").strip()
