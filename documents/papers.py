"""What waits to be rendered 待生成文书: found again by an index, however many cases there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from documents.complaint import Complaint


class WaitingPaper(NamedTuple):
    """A letter 函件 of a case, or its case file 案卷 (no letter)."""

    number: str
    letter: int | None


def waiting(most: int) -> Iterator[WaitingPaper]:
    """What was planned and is not rendered yet, the longest waiting first; what was set aside is not here."""
    rows = Complaint.collection().find({"papers": {"$gt": ""}}, {"number": 1, "papers": 1})
    for row in rows.sort("_id").limit(most):
        yield from _waiting(row["number"], row["papers"])


def waiting_of(case: Complaint) -> Iterator[WaitingPaper]:
    """What waits to be rendered of one case."""
    yield from _waiting(case.number, case.papers)


def _waiting(number: str, papers: Iterable[str]) -> Iterator[WaitingPaper]:
    for paper in papers:
        kind, _, seq = paper.partition(":")
        yield WaitingPaper(number, int(seq) if kind == "letter" else None)
