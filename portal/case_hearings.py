"""Who was asked for a statement 听取申辩, as the page of the case shows it to the people on it."""

from __future__ import annotations

from dataclasses import dataclass

from documents.case_parts import Hearing
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import view_of
from documents.rules.hearing import ASKED
from documents.rules.policy_fields import all_fields
from portal.case_retold import name_of_heard
from portal.language import said


@dataclass(frozen=True)
class HeardLine:
    """One who was asked, whether he can still sign in, what was kept back from him; for this viewer."""

    asked: Hearing
    name: str
    has_left: bool
    withheld: str


def heard_lines(case: Complaint) -> list[HeardLine]:
    """Everybody who was asked, the newest first."""
    waiting = [one.person for one in case.hearings if one.state == ASKED]
    there = {one.id for one in Person.objects(id__in=waiting, active=True).only("id")} if waiting else set()
    return [
        HeardLine(
            one, name_of_heard(case, one), one.state == ASKED and one.person not in there, _names(case, one)
        )
        for one in reversed(case.hearings)
    ]


def _names(case: Complaint, one: Hearing) -> str:
    fields = all_fields(view_of(case.policy, one.policy_version).definition) if one.withheld else {}
    return "、".join(said(fields[key]["label"]) for key in one.withheld if key in fields)
