"""Covering 遮盖 of what a reader may not know, in texts that are written already.

Known words are covered wherever they stand, and so is what looks like the number of a telephone, an identity
card or an account, or like an e-mail address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Final, TypeVar

COVERED: Final = "※※"
SHORTEST: Final = 2  # a word of one character stands everywhere
# Neither letters nor digits beside it: a piece of a SHA-256 is no telephone number.
EDGE: Final = r"(?<![0-9A-Za-z])"
END: Final = r"(?![0-9A-Za-z])"
IDENTITY: Final = re.compile(EDGE + r"([1-9]\d{2})\d{11,12}(\d{2}[\dXx])" + END)
ACCOUNT: Final = re.compile(EDGE + r"\d{12,15}(\d{4})" + END)
PHONE: Final = re.compile(EDGE + r"(1[3-9]\d)\d{4}(\d{4})" + END)
MAIL: Final = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9.-]+\.[A-Za-z]{2,})")

Value = TypeVar("Value")


@dataclass(frozen=True)
class Cover:
    """What is to be covered 遮盖: words with what stands for them, and whether to look for numbers."""

    words: Mapping[str, str] = field(default_factory=dict)
    numbers: bool = True

    def text(self, text: str) -> str:
        """The text with everything covered that is not for the reader."""
        for word in sorted(self.words, key=len, reverse=True):
            if len(word) >= SHORTEST:
                text = text.replace(word, self.words[word])
        return _numbers(text) if self.numbers else text

    def value(self, value: Value) -> Value:
        """The same value with every text in it covered, down to the last field."""
        result: Any = value
        if isinstance(value, str):
            result = self.text(value)
        elif isinstance(value, tuple):
            result = tuple(self.value(part) for part in value)
        elif is_dataclass(value) and not isinstance(value, type):
            parts = {part.name: getattr(value, part.name) for part in fields(value)}
            result = replace(value, **{name: self.value(part) for name, part in parts.items()})
        found: Value = result
        return found


def _numbers(text: str) -> str:
    text = IDENTITY.sub(r"\1****\2", text)
    text = ACCOUNT.sub(r"**** \1", text)
    text = PHONE.sub(r"\1****\2", text)
    return MAIL.sub(r"\1****@\2", text)
