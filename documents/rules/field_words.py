"""Values in words 取值的说法, in both languages: lengths of time, percentages, numbers with their unit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

HOUR = 60


def duration_words(minutes: int, language: str = "zh") -> str:
    """1小时30分 / 1 h 30 min."""
    hours, rest = divmod(int(minutes), HOUR)
    if language == "zh":
        whole = f"{hours}小时" if hours else ""
        return f"{whole}{rest}分{'' if hours else '钟'}" if rest or not hours else whole
    parts = ([f"{hours} h"] if hours else []) + ([f"{rest} min"] if rest or not hours else [])
    return " ".join(parts)


def typed_duration(minutes: int) -> str:
    """1:30, as somebody would type it; below an hour the minutes alone."""
    hours, rest = divmod(int(minutes), HOUR)
    return f"{hours}:{rest:02}" if hours else str(rest)


def percent_words(value: Any) -> str:
    """12.5%."""
    return f"{plain_number(value)}%"


def plain_number(value: Any) -> str:
    """A number without the tail of noughts behind its point."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number_words(definition: Mapping[str, Any], value: Any, language: str = "zh") -> str:
    """5 件."""
    unit = definition.get("unit_label", {}).get(language, "")
    return f"{plain_number(value)} {unit}".strip()
