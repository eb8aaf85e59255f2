"""Reporting retaliation 打击报复举报: by anybody of the house, past the unit and the people concerned.

It becomes a confidential case of its own at the unit that the policy names. Whoever is reported, the head of
the unit reported and who worked on the original case know nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.actions.change import Change, Submission
from documents.actions.recusing import take_off, take_off_named, take_off_workers
from documents.actions.registration import Pinned, blank, open_case, sent_before
from documents.actions.surroundings import STORED
from documents.complaint import Complaint
from documents.database import transaction
from documents.events import SYSTEM
from documents.person import Person
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.rules.naming import named_in
from documents.unit import Unit
from documents.upload import Upload

TITLE = "打击报复举报"
LINK = "retaliation_of"
LONGEST = 4_000
NAMELESS = Person(id=SYSTEM, name="匿名")


@dataclass(frozen=True)
class Report:
    """What is reported: what happened, by whom, in which unit, and after which complaint."""

    facts: str
    about: str = ""
    about_unit: str = ""
    original: str = ""
    anonymous: bool = False
    uploads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reporting:
    """A report on its way: by what rules, who reports, and the original if the reporter may see it."""

    told: Report
    rules: Mapping[str, Any]
    reporter: Person
    original: Complaint | None

    @property
    def signed(self) -> Person:
        """In whose name it is registered: nobody's when the reporter does not sign 匿名."""
        return NAMELESS if self.told.anonymous else self.reporter


def rules_of(policy: Policy) -> Mapping[str, Any] | None:
    """Where a policy sends such reports; None when it says nothing of them."""
    found: Mapping[str, Any] | None = policy.definition.get("policy", {}).get("retaliation")
    return found


def unknown_in(told: Report) -> Sequence[str]:
    """Whom the report names without anybody of the house being called so."""
    return named_in(told.about, STORED.staff()).unknown


def report(policy: Policy, told: Report, *, actor: Person, now: datetime, submission: str) -> Complaint:
    """举报: open the confidential case. The same `submission` twice gives the same case.

    Raises RuleBroken("retaliation_without_facts"), ("retaliation_closed"), ("nobody_to_report_to").
    """
    rules = rules_of(policy)
    if rules is None:
        raise RuleBroken("retaliation_closed")
    if not told.facts.strip():
        raise RuleBroken("retaliation_without_facts")

    def run() -> Complaint:
        known = sent_before(submission, NAMELESS if told.anonymous else actor)
        if known is not None:
            return known
        one = Reporting(told, rules, actor, _original(told.original, actor, now))
        pressed = Submission(one.signed, now, submission, _handed(one))
        change = blank(Pinned(policy.key, policy.version, policy.view()), str(rules["case_type"]), pressed)
        return _opened(change, one, pressed)

    return transaction(run)


def _told_in(rules: Mapping[str, Any]) -> list[str]:
    """The fields in which the report stands."""
    return [str(rules["columns"][name]) for name in ("facts", "original") if name in rules["columns"]]


def _opened(change: Change, one: Reporting, pressed: Submission) -> Complaint:
    case = change.case
    case.registrar = None if one.told.anonymous else one.reporter.id
    _keep_off(change, one)
    unit = _unit(change, one)
    case.known_to = _readers(change, one, unit)
    if one.original is not None:
        case.links = [{"kind": LINK, "number": one.original.number}]
    return open_case(change, _values(one), pressed, unit.id)


def _original(number: str, reporter: Person, now: datetime) -> Complaint | None:
    """The complaint after which it happened, if the reporter may see it."""
    return STORED.case_for(number.strip(), reporter, now) if number.strip() else None


def _handed(one: Reporting) -> tuple[str, ...]:
    """The reporter's own uploads, from now on of whoever the report is signed by."""
    own = Upload.objects(id__in=list(one.told.uploads), by=one.reporter.id, case=None)
    found = [upload.id for upload in own.only("id")]
    Upload.collection().update_many({"_id": {"$in": found}}, {"$set": {"by": one.signed.id}})
    return tuple(key for key in one.told.uploads if key in found)


def _keep_off(change: Change, one: Reporting) -> None:
    """Who must know nothing of it: who is named, the head of the unit, who worked on the original."""
    told, house, source = one.told, change.surroundings, _told_in(one.rules)
    take_off_named(change, told.about, house.staff(), source)
    head = house.unit(told.about_unit).head if told.about_unit else None
    if head:
        take_off(change, head, "head", source)
    # Without a name all of them: whoever were left out would be known for the reporter.
    workers = one.original.workers() if one.original else ()
    others = [person for person in workers if person != one.signed.id]
    take_off_workers(change, one.original, others, source)


def _unit(change: Change, one: Reporting) -> Unit:
    """The unit that the policy names, seen from the reporter; or the nearest above that is not concerned."""
    house, posts, about = change.surroundings, list(one.reporter.posts), one.told.about_unit
    if not posts:
        raise RuleBroken("nobody_to_report_to")
    own = house.unit(posts[0].unit)
    slots = house.slots(change.view, {"received": own.id})
    at: str | None = slots.get(str(one.rules.get("at") or "")) or own.ancestors[-1]
    while at:
        unit = house.unit(at)
        reported = bool(about) and about in unit.ancestors
        if not reported and unit.head and unit.head not in change.case.recused:
            return unit
        at = unit.parent
    raise RuleBroken("nobody_to_report_to")


def _readers(change: Change, one: Reporting, unit: Unit) -> list[str]:
    """Who knows of it: the head of the unit, who holds the post that the policy names, who signed it."""
    post = str(one.rules.get("to") or "")
    holders = change.surroundings.holders(post, unit.id) if post else ()
    people = dict.fromkeys([str(unit.head), *holders, *([] if one.told.anonymous else [one.reporter.id])])
    return [person for person in people if person not in change.case.recused]


def _values(one: Reporting) -> dict[str, Any]:
    """The report as the form of the case type has it."""
    told = one.told
    named = None if told.anonymous else one.original  # a form takes the numbers that its filler may see
    lines = [told.facts.strip()[:LONGEST]]
    lines += [f"被举报人：{told.about.strip()}"] if told.about.strip() else []
    lines += [f"被举报单位：{Unit.get(told.about_unit).name['zh']}"] if told.about_unit else []
    lines += [f"原投诉：{told.original.strip()}"] if told.original.strip() and named is None else []
    said = {
        "title": TITLE,
        "facts": "\n".join(lines),
        "name": one.signed.name,
        "original": named.number if named else None,
    }
    columns = one.rules["columns"]
    return {columns[name]: value for name, value in said.items() if name in columns and value}
