"""Previews 预览: papers made at once by the press of real papers, in a child with limits; nothing is kept."""

from __future__ import annotations

from threading import Lock

from documents.rules.broken import RuleBroken
from documents.rules.papers import FilledForm, LetterPaper
from documents.rules.volume import SpineSheet
from pdf.sandbox import Limits, RenderFailed, Sandbox

LIMITS = Limits(cpu_seconds=30, wall_seconds=60)
_turn = Lock()  # one preview at a time in a process of the portal: each costs a processor


def rendered(paper: LetterPaper | FilledForm | SpineSheet) -> bytes:
    """The PDF of a paper; raises RuleBroken("not_rendered")."""
    try:
        with _turn, Sandbox(LIMITS) as child:
            return child.paper(paper)
    except RenderFailed as error:
        raise RuleBroken("not_rendered", reason=error.reason) from error
