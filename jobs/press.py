"""Sending paper to be rendered (付印): what a case has waiting, queued by id."""

from __future__ import annotations

from datetime import datetime

from documents import papers
from documents.complaint import Complaint
from documents.papers import WaitingPaper
from jobs import queues


def queue(paper: WaitingPaper, *, now: datetime) -> None:
    """Queue one letter or case file."""
    if paper.letter is None:
        queues.render_volume(paper.number, now=now)
    else:
        queues.render_letter(paper.number, paper.letter, now=now)


def queue_papers(case: Complaint, *, now: datetime) -> int:
    """Queue everything of a case that waits, right after the action that planned it.

    Forgetting to call this only costs time: the timetable finds what waits.
    """
    waiting = list(papers.waiting_of(case))
    for paper in waiting:
        queue(paper, now=now)
    return len(waiting)
