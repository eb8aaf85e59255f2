"""The parts of a year that reports cover 统计期间: one by fixed days, or one a month, quarter, half-year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from documents.rules.broken import PolicyInvalid
from documents.rules.durations import parse_month_day
from documents.rules.periods import MONTHS, period_of

Period = Mapping[str, Any]  # of a report: {from, cut_off}, or {kind}
Text = Mapping[str, str]

HALVES = ({"zh": "上半年", "en": "first half"}, {"zh": "下半年", "en": "second half"})
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
YEAR_ITSELF: Text = {"zh": "", "en": ""}


def parts(period: Period) -> int:
    """How many such reports a year has."""
    return 12 // MONTHS[period["kind"]] if "kind" in period else 1


def part_of(period: Period, day: date) -> int:
    """The part of its year, from 1, in which a day lies."""
    return (day.month - 1) * parts(period) // 12 + 1


def span(period: Period, year: int, part: int = 1) -> tuple[date, date]:
    """The first day and the cut-off 统计截止日; raises PolicyInvalid("unknown_key") for no such part."""
    if not 1 <= part <= parts(period):
        raise PolicyInvalid("unknown_key", kind="period", key=str(part))
    if "kind" not in period:
        first, last = (parse_month_day(period[name]) for name in ("from", "cut_off"))
        return date(year, *first), date(year, *last)
    found = period_of(date(year, (part - 1) * MONTHS[period["kind"]] + 1, 1), period["kind"])
    return found.first, found.last


def part_name(period: Period, part: int) -> Text:
    """What a part is called after its year: 3月, 第2季度, 下半年; nothing when the report has the year."""
    kind = period.get("kind")
    if kind == "month":
        return {"zh": f"{part}月", "en": MONTH_NAMES[part - 1]}
    if kind == "quarter":
        return {"zh": f"第{part}季度", "en": f"quarter {part}"}
    return HALVES[part - 1] if kind == "half_year" else YEAR_ITSELF
