"""Why a case has its level 定级说明: each rule in a sentence, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from documents.rules.calendars import Line
from documents.rules.severity_scale import Rule, Scale, Similar, Span

UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "hours": ("小时", "hour"),
    "natural_days": ("个自然日", "natural day"),
    "months": ("个月", "month"),
}


@dataclass(frozen=True)
class Look:
    """One rule held against a case 逐条比对."""

    rule: Rule
    holds: bool
    stated: bool  # whether its condition holds
    over_at: datetime | None  # when its time is over
    in_time: bool  # whether that moment is past
    counted: int  # how many of the same type, this one too


@dataclass(frozen=True)
class Reason:
    """What one rule says about a case 逐条说明."""

    rule: str
    level: str
    holds: bool
    passed_over: bool
    line: Line


def span_words(span: Span) -> Line:
    """A span in words: 7 个自然日."""
    zh, en = UNITS[span.counted_in]
    return Line(f"{span.amount} {zh}", f"{span.amount} {en}{'s' if span.amount > 1 else ''}")


def reason(look: Look, scale: Scale, *, passed_over: bool) -> Reason:
    """A rule held against a case, as a sentence."""
    rule, level = look.rule, scale.label(look.rule.level)
    parts = [_time(look, scale.zone), _others(look)]
    zh, en = ("；".join(one.zh for one in parts if one), "; ".join(one.en for one in parts if one))
    verdict = Line("符合", "holds") if look.holds else Line("不符合", "does not hold")
    if passed_over:
        verdict = Line("符合，人工定级时已考虑", "holds, and was known when a person set the level")
    elif not look.stated and look.over_at is not None:
        verdict = Line("不符合：其他条件不具备", "does not hold: its other conditions are not met")
    line = Line(
        f"{level['zh']} · {rule.label['zh']}：{verdict.zh}{f'（{zh}）' if zh else ''}。",
        f"{level['en']} · {rule.label['en']}: {verdict.en}{f' ({en})' if en else ''}.",
    )
    return Reason(rule.key, rule.level, look.holds, passed_over, line)


def _time(look: Look, zone: ZoneInfo) -> Line | None:
    if look.over_at is None or look.rule.unresolved is None:
        return None
    span, moment = span_words(look.rule.unresolved), moment_words(look.over_at, zone)
    if look.in_time:
        return Line(f"收到后满 {span.zh}，{moment} 已到", f"{span.en} after receipt were over at {moment}")
    return Line(f"收到后满 {span.zh}，{moment} 才到", f"{span.en} after receipt are over at {moment}")


def _others(look: Look) -> Line | None:
    """Whether there are enough others, not how many: the reader may be kept from some of them."""
    similar = look.rule.similar
    if similar is None:
        return None
    span = span_words(similar.span)
    zh, en = _whose(similar)
    if look.counted >= similar.at_least:
        return Line(f"{span.zh}内{zh}已满 {similar.at_least} 件", f"{similar.at_least} {en} within {span.en}")
    return Line(
        f"{span.zh}内{zh}未满 {similar.at_least} 件",
        f"fewer than {similar.at_least} {en} within {span.en}",
    )


def _whose(similar: Similar) -> tuple[str, str]:
    if similar.by == "same":
        return "同一投诉人办结后又投诉同类问题", "of the same type by the same complainant after a closed one"
    return "不同投诉人同类投诉", "of the same type by different complainants"


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """A moment; midnight is told as 24:00 of the day that ends."""
    local = moment.astimezone(zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{local.date() - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"
