"""What every reader of a field value 字段取值 shares: what it reads with, and how it refuses."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from documents.rules.options import walk

Definition = Mapping[str, Any]


class Unreadable(Exception):
    """A single value cannot be taken; carries the problem's code and facts."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Reading:
    """What values are read with: the option lists, the local day, and the case's earlier answers."""

    lists: Mapping[str, Any]
    today: date
    before: Mapping[str, Any] = field(default_factory=dict)
    _options: dict[str, dict[str, bool]] = field(default_factory=dict)

    def options(self, name: str) -> Mapping[str, bool]:
        """The keys of an option list, each with whether it is retired 停用; looked through once."""
        if name not in self._options:
            self._options[name] = {
                path[-1]["key"]: any(step.get("retired") for step in path)
                for path in walk(self.lists.get(name, ()))
            }
        return self._options[name]


def is_empty(value: Any) -> bool:
    """Whether a value says nothing."""
    return value is None or value in ("", [], {})


def narrow(raw: Any) -> str:
    """What was typed, with full-width digits, letters and marks 全角 made narrow."""
    return unicodedata.normalize("NFKC", str(raw)).strip()
