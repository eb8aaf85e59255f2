"""What the page of a case retells 转述, for the person behind the request: notes, reasons, names.

Each is as closed as the field it comes from; instead of a name it says that there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from documents.actions.notices import ledger
from documents.case_parts import ClockPause, Event, Hearing
from documents.complaint import Complaint
from documents.notice import Notice
from documents.retold import ABOUT_LIST, behind_event, behind_hearing, behind_level, behind_pause, knew
from documents.rules.recipients import is_barred
from documents.rules.retelling import FOUND, Definition
from documents.rules.revealing import veil_of
from portal.case_earlier import sees_earlier
from portal.signing_in import me
from portal.standing import may_on, person_name

STATED = ":stated:"  # in the key of a notice: somebody has given the statement


def opens(case: Complaint, fields: Sequence[Definition]) -> bool:
    """Whether the viewer reads all of these fields at once; a masked one is revealed in its form alone."""
    return all(veil_of(one) is None and may_on(case, field=one) for one in fields)


def note_of(case: Complaint, event: Event) -> str:
    """The words of an event, as far as the viewer may know them."""
    if not event.note:
        return ""
    if event.verb in ABOUT_LIST and me().id not in knew(case, event):
        return ""
    if opens(case, behind_event(case, event)) and sees_earlier(case, event):
        return str(event.note)
    return _("一人须回避") if event.verb == FOUND else ""


def reason_of_level(case: Complaint) -> str:
    """Why a person set the level."""
    said = case.severity.reason if case.severity else None
    return str(said) if said and opens(case, behind_level(case)) else ""


def reason_of_pause(case: Complaint, pause: ClockPause) -> str:
    """Why a clock stands still."""
    return str(pause.reason) if pause.reason and opens(case, behind_pause(case, pause)) else ""


def name_of_heard(case: Complaint, one: Hearing) -> str:
    """Who was asked for a statement."""
    if not opens(case, behind_hearing(case, one)):
        return _("一人")
    return one.person_name or person_name(one.person)


def may_name_recused(case: Complaint) -> bool:
    """Whether the viewer may know who had to step aside because of what somebody answered."""
    found = [one for one in case.events if one.verb == FOUND]
    told = (behind_event(case, one) for one in found)
    asked = (behind_hearing(case, one) for one in case.hearings)
    named = not case.recused_unsaid and all(sees_earlier(case, one) for one in found)
    return named and all(opens(case, fields) for fields in (*told, *asked))


def notices_of(case: Complaint) -> list[Notice]:
    """What was sent about the case, or not and why, without the names that the viewer may not know."""
    found = ledger(str(case.id))
    if not case.recused or may_name_recused(case):
        return found
    for notice in found:
        if not notice.sent and (notice.person in case.recused or is_barred(notice.reason_not_sent)):
            notice.person = None
        if STATED in notice.id:
            notice.title = {language: _nameless(words, case) for language, words in notice.title.items()}
    return found


def _nameless(title: Any, case: Complaint) -> str:
    """【已说明】 and the number; once the name of who was asked stood after it."""
    before, number, _name = str(title).partition(str(case.number))
    return f"{before}{number}"
