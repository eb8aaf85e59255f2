"""Sending paper to be rendered (付印): what a case has waiting, queued by id."""

from __future__ import annotations

from datetime import datetime, timedelta

from documents import papers
from documents.complaint import Complaint
from documents.papers import WaitingPaper
from documents.print_order import waiting_orders
from documents.report import waiting_reports
from documents.transfer import stalled
from jobs import queues

PATIENCE = timedelta(minutes=2)  # an export that was asked for just now is in the queue already


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


def queue_lost(most: int, *, now: datetime) -> int:
    """Queue again whatever was planned and is not made: letters, case files, reports, exports, packages."""
    queued = 0
    for paper in papers.waiting(most):
        queue(paper, now=now)
        queued += 1
    for report in waiting_reports(most):
        queues.render_report(report, now=now)
        queued += 1
    for order in waiting_orders(most, before=now - PATIENCE):
        queues.print_register(order, now=now)
        queued += 1
    for package in stalled(now):
        again = queues.check_package if package.state == "checking" else queues.build_package
        again(package.id, now=now)
        queued += 1
    return queued
