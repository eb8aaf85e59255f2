"""Veiled numbers 编号遮蔽: pages of the administration call a confidential case by a mark, not by its number.

Whoever is not on its list sees that something was done or is due, and that it is the same case each time.
The mark comes of a key of the house: nobody gets from it to the number. The trail itself is as it was.
"""

from __future__ import annotations

from flask import g
from flask_babel import gettext as _

from admin_views.standing import me
from documents import blind_index
from documents.complaint import CONFIDENTIAL, Complaint


def kept() -> dict[str, str]:
    """The numbers of the confidential cases of which the person may not know, each with its mark."""
    if "veiled_numbers" not in g:
        closed = {**CONFIDENTIAL, "known_to": {"$ne": me().id}}
        rows = Complaint.collection().find(closed, {"number": 1, "_id": 0})
        g.veiled_numbers = {row["number"]: mark_of(row["number"]) for row in rows}
    found: dict[str, str] = g.veiled_numbers
    return found


def mark_of(number: str) -> str:
    """What such a case is called 保密案件: always the same for a case."""
    return str(_("保密案件 %(mark)s", mark=blind_index.mark(number)))


def veil(text: str) -> str:
    """The text with a mark for each number that the person may not know."""
    for number, mark in kept().items():
        if number in text:
            text = text.replace(number, mark)
    return text
