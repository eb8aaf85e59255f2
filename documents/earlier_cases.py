"""Earlier cases 原投诉: an event that recuses who worked on one tells it to who may see that case alone."""

from __future__ import annotations

from collections.abc import Iterable

from documents.case_parts import Event
from documents.complaint import Complaint
from documents.policy import view_of
from documents.rules.fields import fields_of
from documents.rules.recusal import EARLIER, REASONS

SAID = REASONS["worker"]["zh"]


def earlier_cases(case: Complaint, event: Event) -> set[str]:
    """The numbers of the cases that an event speaks of, by whoever worked on them; usually none.

    Events from before the number was kept may speak of any that the case names.
    """
    kept = (event.facts or {}).get(EARLIER)
    if kept:
        return {str(kept)}
    return _named(case) if str(event.note or "").endswith(f"：{SAID}") else set()


def _named(case: Complaint) -> set[str]:
    forms, facts = view_of(case.policy, case.policy_version).forms(), case.facts()
    asked = {field["key"] for form in forms for field in fields_of(form) if field["type"] == "case"}
    named = {str(facts[key]) for key in asked if facts.get(key)}
    return named.union(link["number"] for link in case.links)


def as_open(numbers: Iterable[str], case: Complaint) -> set[str]:
    """Of these cases those that nobody is kept from who may see this one 不回避且在知悉名单."""
    asked = sorted(set(numbers))
    found = Complaint.objects(number__in=asked).only("number", "known_to", "recused") if asked else ()
    return {one.number for one in found if _is_as_open(one, case)}


def _is_as_open(linked: Complaint, case: Complaint) -> bool:
    listed = not linked.known_to or bool(case.known_to and set(case.known_to) <= set(linked.known_to))
    return listed and set(linked.recused) <= set(case.recused)
