"""Asking for paper 文书 right after a step, so that nobody waits for the clock to find it."""

from __future__ import annotations

import logging

from redis import RedisError

from documents.complaint import Complaint
from jobs import queues
from portal.clock import now

log = logging.getLogger(__name__)


def ask_for_papers(case: Complaint) -> None:
    """Queue the letters and the case file that have no PDF yet; asking twice does no harm."""
    letters = [letter.seq for letter in case.letters if not letter.file_id]
    volume = case.in_the_making
    try:
        for letter in letters:
            queues.render_letter(case.number, letter, now=now())
        if volume is not None and not volume.problem:
            queues.render_volume(volume.number, now=now())
    except RedisError:
        # Nothing is lost: the clock looks for missing papers every minute.
        log.exception("the papers of %s are left to the clock: Valkey does not answer", case.number)
