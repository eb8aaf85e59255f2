"""What waits to be rendered 待生成文书: found again by an index, however many cases there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from documents.archive_number import waiting_numbers
from documents.complaint import Complaint


class WaitingPaper(NamedTuple):
    """A letter 函件 of the case with this number, or the volume 案卷 with this archive number (no letter)."""

    number: str
    letter: int | None


def waiting(most: int) -> Iterator[WaitingPaper]:
    """What was planned and is not rendered yet, the longest waiting first; what was set aside is not here."""
    rows = Complaint.collection().find({"papers": {"$gt": ""}}, {"number": 1, "papers": 1})
    for row in rows.sort("_id").limit(most):
        yield from _waiting(row["number"], row["papers"])
    yield from (WaitingPaper(number, None) for number in waiting_numbers(most))


def waiting_of(case: Complaint) -> Iterator[WaitingPaper]:
    """What waits to be rendered of one case."""
    yield from _waiting(case.number, case.papers)
    volume = case.in_the_making
    if volume is not None and not volume.problem:
        yield WaitingPaper(volume.number, None)


def _waiting(number: str, papers: Iterable[str]) -> Iterator[WaitingPaper]:
    for paper in papers:
        yield WaitingPaper(number, int(paper.removeprefix("letter:")))
