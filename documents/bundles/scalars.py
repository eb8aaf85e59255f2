"""Plain values in YAML 1.2 纯量: what is a number, a truth value or nothing; all else is text.

The core schema, narrowed to what is written on purpose: `on`, `no`, `yes`, `06-15`, `1:30`, `2026-01-01`,
`0668`, `1e5` and `0x1F` stay text.
"""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
# What other YAML 1.2 tools take for a number; written in quotes, so that nobody reads it differently.
NUMBER_ELSEWHERE = re.compile(
    r"[-+]?(?:0o[0-7]+|0x[0-9a-fA-F]+|\.(?:inf|Inf|INF)|(?:\.[0-9]+|[0-9]+\.?[0-9]*)(?:[eE][-+]?[0-9]+)?)"
    r"|\.(?:nan|NaN|NAN)"
)
LARGEST = 2**63 - 1  # what the database keeps as a whole number
DIGITS = 15  # what a binary fraction keeps exactly


class NumberTooLong(ValueError):
    """A number that could not be kept exactly."""


def plain_value(text: str) -> Scalar:
    """The value of a word that is written without quotes; raises NumberTooLong."""
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        if len(text) > DIGITS + 5 or abs(int(text)) > LARGEST:
            raise NumberTooLong(text)
        return int(text)
    if DECIMAL.fullmatch(text):
        if len(text.lstrip("-0.").replace(".", "")) > DIGITS:
            raise NumberTooLong(text)
        return float(text)
    return text


def needs_quotes(text: str) -> bool:
    """Whether a text would be taken for something else when it stood without quotes."""
    return text in WORDS or NUMBER_ELSEWHERE.fullmatch(text) is not None
