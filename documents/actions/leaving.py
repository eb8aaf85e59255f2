"""Leaving 离任: who stood in where others must step aside 代行 leaves, and the next one higher takes over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from documents.actions import recusing
from documents.actions.change import Change, Submission, write
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import view_of
from documents.rules.broken import RuleBroken

REROUTED = {"zh": "重新确定代行人", "en": "Who stands in was decided anew"}


def reroute_without(person: Person, units: Iterable[str], *, actor: Person, now: datetime) -> int:
    """Find anew who stands in, in the cases of the person and of the units that the person left.

    These are the open ones, and the closed ones that wait for their filing 待归档.

    Joins the running transaction, in which the person has left; how many cases changed.
    Raises RuleBroken("nobody_stands_in") where nobody higher is left.
    """
    keys = [f"p:{person.id}", *(f"u:{unit}" for unit in sorted(set(units)))]
    unfiled = {"$or": [{"status": "open"}, {"status": "closed", "volume": None}]}
    asked = {"scope": {"$in": keys}, **unfiled, "recused.0": {"$exists": True}}
    return sum(_reroute(case, person, actor, now) for case in Complaint.objects(__raw__=asked).order_by("id"))


def _reroute(case: Complaint, person: Person, actor: Person, now: datetime) -> bool:
    change = Change(case, view_of(case.policy, case.policy_version), actor, now, {"key": "reroute"})
    before = case.state().stand_ins
    nobody = recusing.reroute(change)
    if case.state().stand_ins == before:
        return False
    if any(one == person.id and (role, unit) in nobody for role, unit, one in before):
        raise RuleBroken("nobody_stands_in", number=case.number, name=person.name)
    submission = Submission(actor, now, f"reroute:{case.number}:{now.isoformat()}")
    write(change, label=REROUTED, from_stage=case.stage, submission=submission, note=f"{person.name}离任")
    return True
