"""The completeness bar 完整性条: every number of the year in one line of coloured pieces."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from documents.transfer import Check

# Why a number is not inside: the words, and the tone of its piece.
REASONS: dict[str, tuple[Any, str]] = {
    "rendering": (_l("制卷中"), "blue"),
    "not_submitted": (_l("已办结未归档"), "amber"),
    "problem": (_l("制卷未成功"), "red"),
    "open": (_l("办理中"), "grey"),
    "held": (_l("冻结"), "blue"),
    "sealed": (_l("封存，暂不移交"), "amber"),
    "confidential": (_l("保密，另行移交或尚未归档"), "amber"),
    "recused": (_l("制作人须回避"), "amber"),
    "general": (_l("在普通移交包"), "outline"),
    "handed_over": (_l("已先行移交"), "outline"),
    "other_year": (_l("归入其他年度"), "outline"),
    "destroyed": (_l("已销毁"), "outline"),
}


@dataclass(frozen=True)
class Piece:
    """A piece of the bar."""

    words: Any
    tone: str
    count: int
    start: float
    width: float


@dataclass(frozen=True)
class Bar:
    """The whole bar, in per cent."""

    pieces: tuple[Piece, ...]
    total: int
    lost: int


def bar_of(check: Check) -> Bar:
    """The bar of a check; lost numbers stand at its end in red."""
    reasons = Counter(one.code for one in check.absent)
    counted = [(_l("已入包"), "green", check.inside)]
    counted += [(label, tone, reasons[code]) for code, (label, tone) in REASONS.items() if reasons[code]]
    lost = len(check.gaps) + len(check.strays)
    if lost:
        counted.append((_l("去向不明"), "lost", lost))
    total = sum(count for _label, _tone, count in counted)
    pieces, start = [], 0.0
    for label, tone, count in counted:
        width = 100 * count / total if total else 0.0
        pieces.append(Piece(label, tone, count, round(start, 3), round(width, 3)))
        start += width
    return Bar(tuple(pieces), total, lost)
