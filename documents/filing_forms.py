"""The archiving form 归档表单 of a batch: filled once, it holds for every case whose step asks for it.

Cases share a form when they stand under the same version of the same policy. What is signed or attached
belongs to one case: a form that insists on it is filled on the page of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from documents.case_parts import plain_value
from documents.complaint import Complaint
from documents.filing_batch import FilingBatch, FilingEntry
from documents.policy import view_of
from documents.rules import workflow
from documents.rules.access import PUBLIC, CaseScope
from documents.rules.broken import RuleBroken
from documents.rules.fields import GROUP, Definition, fields_of, members
from documents.rules.forms import NOT_ASKED
from documents.rules.policy import PolicyView

NOTE = "archive_note"  # 备考说明 in the forms of the shipped policies
ONE_BY_ONE = frozenset({"signature", "files"})


class FormPlace(NamedTuple):
    """Which form of which version of which policy 表单出处."""

    policy: str
    version: int
    form: str


@dataclass(frozen=True)
class SharedForm:
    """A form that cases of a batch ask for 共用的归档表单, with what was filled in for all of them."""

    place: FormPlace
    label: Mapping[str, str]  # of the step
    cases: Sequence[str]
    given: Mapping[str, Any]  # {typed, values, by_name, at}; empty: not filled yet
    note: str  # of the batch, which the form proposes
    scopes: Sequence[CaseScope]  # of the cases: what is filled in is as closed as in each of them
    mark: str  # by which what is revealed of it is remembered

    @property
    def view(self) -> PolicyView:
        """The version of the policy."""
        return view_of(self.place.policy, self.place.version)

    @cached_property
    def definition(self) -> Definition:
        """The form without what belongs to a single case."""
        return shared_part(self.view.form(self.place.form))

    @property
    def must_be_filled(self) -> bool:
        """Whether something in it is required, perhaps only of some cases."""
        return any(one.get("required") for one in asked_in(self.definition))

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What all the cases say alike and everybody may read: more no condition of the page knows."""
        zone, view = ZoneInfo(self.view.zone), self.view
        fields = [one for form in view.forms() for one in fields_of(form)]
        closed = {one["key"] for one in fields if one.get("class", PUBLIC) != PUBLIC}
        found = [case.facts(zone) for _number, case in Complaint.in_turn(list(self.cases)) if case]
        first = found[0] if found else {}
        return {
            name: value
            for name, value in first.items()
            if name not in closed and all(name in one and one[name] == value for one in found)
        }

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, each value in its own type; before, what the batch knows."""
        if not self.given:
            return {NOTE: self.note} if self.note else {}
        return {key: plain_value(value) for key, value in self.given.get("values", {}).items()}

    @property
    def earlier(self) -> dict[str, Any]:
        """What was filled in once, and is opened again."""
        return self.values if self.given else {}


def shared_forms(batch: FilingBatch, entries: Iterable[FilingEntry]) -> list[SharedForm]:
    """The forms that cases of the batch ask for, beyond the note of the batch."""
    inside: dict[FormPlace, list[FilingEntry]] = {}
    labels: dict[FormPlace, Mapping[str, str]] = {}
    for entry in entries:
        view = view_of(entry.policy, entry.policy_version)
        form = None if entry.supplement else archiving_form(view, entry.case_type)
        if form is not None:
            place = FormPlace(entry.policy, entry.policy_version, form)
            inside.setdefault(place, []).append(entry)
            labels[place] = view.transition(entry.case_type, archiving_step(view, entry.case_type))["label"]
    found = [_shared(batch, place, labels[place], entries) for place, entries in sorted(inside.items())]
    return [one for one in found if any(field["key"] != NOTE for field in asked_in(one.definition))]


def _shared(
    batch: FilingBatch, place: FormPlace, label: Mapping[str, str], entries: Sequence[FilingEntry]
) -> SharedForm:
    return SharedForm(
        place,
        label,
        cases=tuple(one.case for one in entries),
        given=batch.given_in(place),
        note=batch.note or "",
        scopes=tuple(one.case_scope() for one in entries),
        mark=":".join(("filing", str(batch.id), *map(str, place))),
    )


def asked_in(form: Definition) -> Iterator[Definition]:
    """The fields that somebody fills in."""
    for one in fields_of(form):
        if one["type"] not in NOT_ASKED and one["type"] != "note" and not one.get("retired"):
            yield one


def is_shared(one: Definition) -> bool:
    """Whether a field can be filled once for several cases."""
    return one["type"] not in ONE_BY_ONE and not any(
        column["type"] in ONE_BY_ONE for column in members(one, "fields")
    )


def shared_part(form: Definition) -> Definition:
    """The form without the fields that belong to a single case."""

    def kept(box: Definition) -> list[Definition]:
        return [
            {**one, "fields": kept(one)} if one["type"] == GROUP else one
            for one in box["fields"]
            if one["type"] == GROUP or is_shared(one)
        ]

    return {**form, "sections": [{**section, "fields": kept(section)} for section in form["sections"]]}


def filled(case: Complaint, view: PolicyView, batch: FilingBatch) -> dict[str, Any]:
    """What the batch fills into the form of the archiving step of a case."""
    form = archiving_form(view, case.case_type)
    if form is None:
        return {}
    has_note = any(one["key"] == NOTE for one in fields_of(view.form(form)))
    note = {NOTE: batch.note} if batch.note and has_note else {}
    given = batch.given_in(FormPlace(case.policy, case.policy_version, form))
    return {**note, **given.get("typed", {})}


def archiving_form(view: PolicyView, case_type: str) -> str | None:
    """The form of the step that hands a case to the archive; raises RuleBroken("no_archiving_step")."""
    form = view.transition(case_type, archiving_step(view, case_type)).get("form")
    return str(form) if form else None


def archiving_step(view: PolicyView, case_type: str) -> str:
    """The transition that hands a case to the archive; raises RuleBroken("no_archiving_step")."""
    for one in view.transitions(case_type):
        if workflow.hands_over(one):
            return str(one["key"])
    raise RuleBroken("no_archiving_step", case_type=case_type)
