"""Which papers of a case each of its volumes holds: what came in between one handing over and the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from documents.case_parts import Event
from documents.complaint import Complaint
from documents.rules.broken import RuleBroken

PAPERS = ("answers", "letters", "attachments")


def papers_of(case: Complaint) -> dict[str, int]:
    """How many papers the case has by now."""
    return {kind: len(getattr(case, kind)) for kind in PAPERS}


def held(case: Complaint, number: str, kind: str) -> Sequence[Any]:
    """The papers of this kind that go into this volume of the case 卷内文件."""
    first = 0
    for volume in case.volumes:
        last = (volume.holds or papers_of(case))[kind]
        if volume.number == number:
            return list(getattr(case, kind))[first:last]
        first = last
    raise RuleBroken("unknown_volume", volume=number)


def told(case: Complaint, number: str) -> Sequence[Event]:
    """The events 经过 that this volume tells: from the sealing of the one before to its own handing over."""
    seals = [index for index, event in enumerate(case.events) if event.verb == "seal"]
    position = [volume.number for volume in case.volumes].index(number)
    first = seals[position - 1] if position else 0
    last = seals[position] if position < len(seals) else len(case.events)
    return list(case.events)[first:last]


def later_papers(case: Complaint) -> dict[str, int]:
    """How many papers came in since the last volume was handed over, by kind."""
    before = (case.volumes[-1].holds or papers_of(case)) if case.volumes else dict.fromkeys(PAPERS, 0)
    return {kind: count - before[kind] for kind, count in papers_of(case).items()}


def mark_later(case: Complaint) -> None:
    """Note on a sealed case whether papers came in since, for a supplement volume 补充卷."""
    if case.volume is not None and case.in_the_making is None:
        case.later = any(later_papers(case).values()) or None
