"""How long a volume is kept 保管期限: from which year it counts, and in which year it falls due 到期鉴定.

A term of ten years for what was closed in 2015 runs from 2016 to 2025; it is appraised from 2026 on.
Nothing follows from a term that has run out but that somebody looks at the volume.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

CLOSING, FILING = "closing_year", "filing_year"
COUNTED_FROM: Final = {
    CLOSING: ("办结年度的次年", "the year after the case was closed"),
    FILING: ("归档年度的次年", "the year after the case was filed"),
}
MOST_YEARS: Final = 200


@dataclass(frozen=True)
class RetentionRule:
    """From which year terms count 保管期限起算, by the archive rules of a policy."""

    counted_from: str = CLOSING

    @classmethod
    def of(cls, archive: Mapping[str, Any]) -> RetentionRule:
        """The rule of a policy; without one, terms count from the year after the closing."""
        return cls(str(archive.get("counted_from") or CLOSING))

    def base_year(self, closed_on: str, filed_in: int) -> int:
        """The year after which the term begins."""
        return filed_in if self.counted_from == FILING else int(closed_on[:4])

    def due_year(self, closed_on: str, filed_in: int, years: int | None) -> int | None:
        """The first year in which the volume is due for appraisal; None: it is kept for ever."""
        return None if years is None else self.base_year(closed_on, filed_in) + years + 1

    def bounds(self, years: int, first: int | None, last: int) -> dict[str, Any]:
        """The volumes of a term of so many years that fall due from `first` to `last`, for the database.

        Whatever the rule, a case is closed before it is filed, so the index of closing days leads there.
        """
        closed = {"$lt": f"{last - years:04}-01-01"}
        if self.counted_from == FILING:
            filed = {"$lte": last - years - 1} | ({"$gte": first - years - 1} if first else {})
            return {"closed_on": closed, "year": filed}
        return {"closed_on": closed | ({"$gte": f"{first - years - 1:04}-01-01"} if first else {})}


def is_due(due_year: int | None, today: date) -> bool:
    """Whether the term has run out."""
    return due_year is not None and due_year <= today.year


def lengthened(retention: Mapping[str, Any], more: int) -> dict[str, Any]:
    """The term with so many years more 延长保管期限."""
    years = int(retention["years"]) + more
    return {"zh": f"{years}年", "en": f"{years} years", "code": f"D{years}", "years": years}


def permanent(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Kept for ever 永久, under the name and code that the policy gives it."""
    for one in terms.get("retention", ()):
        if one.get("years") is None:
            return {**one["label"], "code": one["code"], "years": None}
    return {"zh": "永久", "en": "Permanent", "code": "Y", "years": None}
