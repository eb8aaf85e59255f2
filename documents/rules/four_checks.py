"""四性检测: authenticity, integrity, usability and safety of a volume or a package, item by item.

The items are our own default list, put together after the headings of DA/T 70-2018 as others quote them; the
text of the standard was not at hand. A house may switch items off, with a reason that stands in the report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

PASSED, FAILED, NOT_APPLICABLE, BY_HAND = "passed", "failed", "not_applicable", "by_hand"
RESULTS: Mapping[str, tuple[str, str]] = {
    PASSED: ("通过", "passed"),
    FAILED: ("不通过", "failed"),
    NOT_APPLICABLE: ("不适用", "not applicable"),
    BY_HAND: ("需人工", "by hand"),
}
NATURES: Mapping[str, tuple[str, str]] = {
    "authenticity": ("真实性", "Authenticity"),
    "integrity": ("完整性", "Integrity"),
    "usability": ("可用性", "Usability"),
    "safety": ("安全性", "Safety"),
}
FILING, HAND_OVER, KEEPING = "filing", "hand_over", "keeping"
STAGES: Mapping[str, tuple[str, str]] = {
    FILING: ("归档", "Filing"),
    HAND_OVER: ("移交与接收", "Hand-over"),
    KEEPING: ("长期保存", "Long-term keeping"),
}
VOLUME, PACKAGE = "volume", "package"
SOURCE = (
    "检测项目为本系统的可配置缺省项目，参照 DA/T 70-2018 的条目名称整理，未与标准原文逐条核对。",
    "The items are this system's defaults, after headings of DA/T 70-2018; not compared with its text.",
)

Text = tuple[str, str]  # Chinese, English
Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Item:
    """One thing that is checked 检测项目: of what, how, and whether a failure keeps a volume unsealed."""

    key: str
    nature: str
    subject: str
    name: Text
    method: Text
    blocks: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a check found, and what it compared 检测结果与证据."""

    result: str
    evidence: Text


@dataclass(frozen=True)
class Finding:
    """An item with its outcome."""

    item: Item
    outcome: Outcome

    def as_row(self) -> dict[str, Any]:
        """The finding as it is stored and written to JSON."""
        return {
            "key": self.item.key,
            "nature": self.item.nature,
            "name": _pair(self.item.name),
            "method": _pair(self.item.method),
            "result": self.outcome.result,
            "evidence": _pair(self.outcome.evidence),
            "blocks": self.item.blocks,
        }


@dataclass(frozen=True)
class Inspected:
    """A whole inspection 检测: what was checked, when, at which stage, with all findings."""

    subject: str
    number: str
    title: str
    stage: str
    at: datetime
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many items ended how."""
        found = Counter(one.outcome.result for one in self.findings)
        return {result: found[result] for result in RESULTS}

    @property
    def ok(self) -> bool:
        """Whether no item failed."""
        return not self.counts[FAILED]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Failures that keep a volume from being sealed."""
        return tuple(one for one in self.findings if one.item.blocks and one.outcome.result == FAILED)


Check = Callable[[Facts], Outcome]


def run(
    items: Sequence[Item], checks: Mapping[str, Check[Facts]], facts: Facts, off: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Check every item; those that the house switched off say so."""
    return tuple(Finding(item, _outcome(item, checks, facts, off)) for item in items)


def _outcome(item: Item, checks: Mapping[str, Check[Facts]], facts: Facts, off: Mapping[str, str]) -> Outcome:
    if item.key in off:
        return not_applicable(f"本单位不检测：{off[item.key]}", f"switched off here: {off[item.key]}")
    return checks[item.key](facts)


def passed(zh: str, en: str) -> Outcome:
    """通过, with what was compared."""
    return Outcome(PASSED, (zh, en))


def failed(zh: str, en: str) -> Outcome:
    """不通过, with what is wrong."""
    return Outcome(FAILED, (zh, en))


def not_applicable(zh: str, en: str) -> Outcome:
    """不适用, with the reason."""
    return Outcome(NOT_APPLICABLE, (zh, en))


def by_hand(zh: str, en: str) -> Outcome:
    """需人工: a person has to look."""
    return Outcome(BY_HAND, (zh, en))


def judged(wrong: Iterable[str], zh: str, en: str) -> Outcome:
    """通过 with the given evidence, or 不通过 naming what is wrong."""
    found = list(wrong)
    if not found:
        return passed(zh, en)
    listed = "；".join(found[:MOST_NAMED]) + ("……" if len(found) > MOST_NAMED else "")
    return failed(listed, f"{len(found)} wrong: {listed}")


MOST_NAMED = 5


def _pair(text: Text) -> dict[str, str]:
    return {"zh": text[0], "en": text[1]}
