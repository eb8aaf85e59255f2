"""The second person 检查人 of a filing batch: who else in the house could check it, and where nobody can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.complaint import Complaint
from documents.filing_batch import FilingBatch, FilingEntry
from documents.filing_forms import archiving_step
from documents.keepers import RIGHT, keepers, keeping
from documents.person import Person
from documents.policy import roles_of, view_of
from documents.rules import filing, workflow
from documents.rules.workflow import CaseState

Row = Mapping[str, Any]
Post = tuple[str, int, str, str]  # policy, version, role, unit


@dataclass(frozen=True)
class Nobody:
    """That no other person can check the batch 无人可检查: for which cases, and which posts 岗位 could."""

    alone: Sequence[str]  # nobody else may archive these; empty: no one person may archive all
    posts: Sequence[Post]


def nobody_else(batch: FilingBatch, entries: Sequence[FilingEntry]) -> Nobody | None:
    """Whether the batch waits for a second person who is not there; None when there is somebody.

    Four eyes need two people, not two roles: one role that two people hold is enough.
    """
    watched = [one for one in entries if needs_second(one)]
    if not watched:
        return None
    rows = {row["number"]: row for row in _rows(entries)}
    able = [_able(person, entries, rows) for person in _others(batch, entries)]
    alone = [one for one in watched if not any(one.case in each for each in able)]
    if alone:
        posts = dict.fromkeys(post for one in alone for post in _posts(one, rows.get(one.case, {})))
        return Nobody([one.case for one in alone], list(posts))
    return None if any(len(each) == len(entries) for each in able) else Nobody((), ())


def needs_second(entry: FilingEntry) -> bool:
    """Whether somebody else must check this case 须另一人检查, by its own policy."""
    return filing.needs_second(view_of(entry.policy, entry.policy_version).definition["archive"])


def _rows(entries: Iterable[FilingEntry]) -> list[Row]:
    wanted = {"number": {"$in": [one.case for one in entries]}}
    names = ("number", "case_type", "units", "handler", "registrar")
    return list(Complaint.collection().find(wanted, names))


def _others(batch: FilingBatch, entries: Iterable[FilingEntry]) -> list[Person]:
    found = {person for owner in {one.owner for one in entries} for person in keepers(owner)}
    return list(Person.objects(id__in=sorted(found - {batch.prepared_by})))


def _able(person: Person, entries: Sequence[FilingEntry], rows: Mapping[str, Row]) -> set[str]:
    """The cases that this person could hand to the archive: in reach, with the post that the step names."""
    keeps, viewer = keeping(person), person.viewer()
    known: dict[Any, bool] = {}
    found = set()
    for one in entries:
        scope, row = one.case_scope(), rows.get(one.case, {})
        key = (scope, one.supplement, *_place(one), str(row.get("units")), row.get("handler"))
        if key not in known:
            step = [] if one.supplement else _who(one)
            state = _state(row)
            known[key] = bool(keeps(scope)) and (
                one.supplement or any(workflow.matches(who, state, viewer) for who in step)
            )
        if known[key]:
            found.add(one.case)
    return found


def _place(entry: FilingEntry) -> tuple[str, int, str]:
    return entry.policy, entry.policy_version, entry.case_type


def _state(row: Row) -> CaseState:
    units = row.get("units", {})
    return CaseState("", False, units, handler=row.get("handler"), registrar=row.get("registrar"))


def _who(entry: FilingEntry) -> list[Row]:
    view = view_of(entry.policy, entry.policy_version)
    return list(view.transition(entry.case_type, archiving_step(view, entry.case_type))["who"])


def _posts(entry: FilingEntry, row: Row) -> Iterable[Post]:
    """The posts whose holder could check the case: a role with the right to the archive, and its unit."""
    able = {one["key"] for one in roles_of(entry.policy) if RIGHT in one.get("may", ())}
    for who in _who(entry):
        if who.get("role") in able:
            unit = row.get("units", {}).get(who.get("at"), "") or entry.owner
            yield entry.policy, entry.policy_version, str(who["role"]), str(unit)
