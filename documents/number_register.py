"""The register of archive numbers 档号登记: what was given out in each series, what is missing or twice."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from documents.archive_number import STATES, ArchiveNumber
from documents.policy import newest_versions, view_of
from documents.rules.numbering import series_head
from documents.sequence import Sequence as Series

MOST_SHOWN = 200
MOST_NAMED = 50  # gaps of a series
KEY = "volume"


@dataclass
class SeriesLine:
    """One series of archive numbers 档号流水, with how far it has come."""

    series: str
    policy: str
    retention: str
    last: int = 0
    states: Counter[str] = field(default_factory=Counter)
    gaps: Sequence[int] = ()
    repeated: Sequence[int] = ()

    @property
    def whole(self) -> bool:
        """Whether every number from the first to the last is accounted for, once."""
        return not self.gaps and not self.repeated


def series_of(owner: str, fonds: str, year: int) -> list[SeriesLine]:
    """Every series of a unit and year, with its gaps 缺号 and repeated numbers 重号."""
    given: defaultdict[str, Counter[int]] = defaultdict(Counter)
    found: dict[str, SeriesLine] = {}
    wanted = {"owner": owner, "year": year, "series": {"$ne": None}}
    columns = {"series": 1, "sequence": 1, "state": 1, "policy": 1, "retention": 1}
    for row in ArchiveNumber.collection().find(wanted, columns):
        series = row["series"]
        line = found.setdefault(series, SeriesLine(series, row["policy"], row["retention"].get("code", "")))
        line.states[row["state"]] += 1
        given[series][row["sequence"]] += 1
    for row in _running(fonds, year):
        line = found.setdefault(row["_id"], SeriesLine(row["_id"], row["_id"].partition(".")[0], ""))
        line.last = row["value"]
    for series, line in found.items():
        line.last = max([line.last, *given[series]])
        line.gaps = [one for one in range(1, line.last + 1) if one not in given[series]]
        line.repeated = sorted(one for one, times in given[series].items() if times > 1)
    return sorted(found.values(), key=lambda line: line.series)


def _running(fonds: str, year: int) -> Iterable[Mapping[str, Any]]:
    """The running numbers of the year under this fonds, in all policies that keep an archive."""
    policies = [key for key, version in newest_versions() if "archive" in view_of(key, version).definition]
    heads = "|".join(re.escape(series_head(key, KEY)) for key in policies)
    pattern = f"^({heads}):{re.escape(fonds)}/[^:]*:{year}$"
    return list(Series.collection().find({"_id": {"$regex": pattern}})) if policies else []


def numbers(
    owner: str, year: int, *, state: str = "", words: str = "", by_case: bool = True
) -> list[ArchiveNumber]:
    """The numbers of a unit and year, the newest first, as far as they are shown.

    They are found by how they begin, or by a case that they were given out for.
    """
    found = ArchiveNumber.objects(owner=owner, year=year)
    if state in STATES:
        found = found.filter(state=state)
    if words:
        begins = {"_id": {"$regex": f"^{re.escape(words)}"}}
        cases = [{"cases": words}, {"left_out.case": words}] if by_case else []
        found = found.filter(__raw__={"$or": [begins, *cases]})
    return list(found.order_by("-reserved_at", "-id").limit(MOST_SHOWN + 1))
