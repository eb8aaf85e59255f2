"""Reporting retaliation 打击报复举报: by anybody of the house, past the unit and the people concerned.

It becomes a confidential case of its own at the unit that the policy names. Whoever is reported, the head of
the unit reported and who worked on the original case know nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.actions.change import Change, Submission
from documents.actions.recusing import take_off
from documents.actions.registration import Pinned, blank, open_case
from documents.complaint import Complaint
from documents.database import transaction
from documents.person import Person
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.unit import Unit

TITLE = "打击报复举报"
LINK = "retaliation_of"
LONGEST = 4_000


@dataclass(frozen=True)
class Report:
    """What is reported: what happened, by whom, in which unit, and after which complaint."""

    facts: str
    about: str = ""
    about_unit: str = ""
    original: str = ""
    anonymous: bool = False


def rules_of(policy: Policy) -> Mapping[str, Any] | None:
    """Where a policy sends such reports; None when it says nothing of them."""
    found: Mapping[str, Any] | None = policy.definition.get("policy", {}).get("retaliation")
    return found


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
        known: Complaint | None = Complaint.objects(submission=submission).first()
        if known is not None:
            return known
        pressed = Submission(actor, now, submission)
        pinned = Pinned(policy.key, policy.version, policy.view())
        change = blank(pinned, str(rules["case_type"]), pressed)
        original = _original(change, told.original)
        for person, why in _concerned(change, told, original):
            take_off(change, person, why, _told_in(rules))
        unit = _unit(change, rules, told)
        change.case.known_to = _readers(change, rules, unit)
        if original is not None:
            change.case.links = [{"kind": LINK, "number": original.number}]
        return open_case(change, _values(rules, told, actor, original), pressed, unit.id)

    return transaction(run)


def _told_in(rules: Mapping[str, Any]) -> list[str]:
    """The fields in which the report stands."""
    return [str(rules["columns"][name]) for name in ("facts", "original") if name in rules["columns"]]


def _original(change: Change, number: str) -> Complaint | None:
    """The complaint after which it happened, if the reporter may see it."""
    asked = number.strip()
    return change.surroundings.case_for(asked, change.actor, change.now) if asked else None


def _concerned(change: Change, told: Report, original: Complaint | None) -> Iterator[tuple[str, str]]:
    """Who must know nothing of it: who is named, the head of the unit, who worked on the original."""
    if told.about.strip():
        yield from ((one.id, "named") for one in Person.objects(name=told.about.strip()).only("id"))
    if told.about_unit:
        head = change.surroundings.unit(told.about_unit).head
        yield from [(head, "head")] if head else []
    for person in original.workers() if original else ():
        if person != change.actor.id:
            yield person, "worker"


def _unit(change: Change, rules: Mapping[str, Any], told: Report) -> Unit:
    """The unit that the policy names, seen from the reporter; or the nearest above that is not concerned."""
    house, posts = change.surroundings, list(change.actor.posts)
    if not posts:
        raise RuleBroken("nobody_to_report_to")
    own = house.unit(posts[0].unit)
    slots = house.slots(change.view, {"received": own.id})
    at: str | None = slots.get(str(rules.get("at") or "")) or own.ancestors[-1]
    while at:
        unit = house.unit(at)
        reported = bool(told.about_unit) and told.about_unit in unit.ancestors
        if not reported and unit.head and unit.head not in change.case.recused:
            return unit
        at = unit.parent
    raise RuleBroken("nobody_to_report_to")


def _readers(change: Change, rules: Mapping[str, Any], unit: Unit) -> list[str]:
    """Who knows of it: the head of the unit, who holds the post there that the policy names, the reporter."""
    holders = change.surroundings.holders(str(rules["to"]), unit.id) if rules.get("to") else ()
    people = dict.fromkeys([str(unit.head), *holders, change.actor.id])
    return [one for one in people if one not in change.case.recused]


def _values(
    rules: Mapping[str, Any], told: Report, actor: Person, original: Complaint | None
) -> dict[str, Any]:
    """The report as the form of the case type has it."""
    lines = [told.facts.strip()[:LONGEST]]
    lines += [f"被举报人：{told.about.strip()}"] if told.about.strip() else []
    lines += [f"被举报单位：{Unit.get(told.about_unit).name['zh']}"] if told.about_unit else []
    lines += [f"原投诉：{told.original.strip()}"] if told.original.strip() and original is None else []
    said = {
        "title": TITLE,
        "facts": "\n".join(lines),
        "name": "匿名" if told.anonymous else actor.name,
        "original": original.number if original else None,
    }
    columns = rules["columns"]
    return {columns[name]: value for name, value in said.items() if name in columns and value}
