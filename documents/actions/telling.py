"""Telling the archive 告知档案人员: of a thing of the archive room hears who may know of all its cases.

Where everybody must step aside, the administrators hear that something waits, and not what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from documents.actions import notices
from documents.actions.notices import Message
from documents.keepers import administrators
from documents.withheld import told

NOBODY = {"zh": "归档室有事项无人可办", "en": "Nobody may deal with something in the archive room"}
WHAT_TO_DO = {
    "zh": "现有的档案人员都须回避，或不在知悉名单上。请在“人员”页给一位不须回避的人员分派有归档权限的岗位；"
    "涉及保密投诉的，再由知悉名单上的人把他列入名单。",
    "en": "Everybody who keeps this archive is recused, or not on the need-to-know list. Give a post with "
    "the right to archive to somebody who is not recused, on the page “People”; for a confidential "
    "complaint, somebody on its list then puts that person on it.",
}


def announce(people: Collection[str], about: Iterable[str], message: Message, *, now: datetime) -> int:
    """Tell those of the people who may know of these cases and volumes; how many. Joins the transaction."""
    able = told(people, about)
    if able or not people:
        return notices.announce(able, message, now=now)
    return notices.announce(administrators(), replace(message, title=NOBODY, body=WHAT_TO_DO), now=now)
