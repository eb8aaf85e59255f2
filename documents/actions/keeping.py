"""Keeping 保存: how a changed case is written, and what lists and searches read of it."""

from __future__ import annotations

from typing import Any

from documents import blind_index
from documents.case_parts import stored_value
from documents.complaint import Complaint
from documents.rules.access import case_keys
from documents.rules.broken import RuleBroken
from documents.rules.policy import PolicyView
from documents.rules.searching import EVERYBODY, mark_of, searched, searched_classes, searched_fields, words
from documents.unit import Unit

# A word beyond this many characters of a text is not found: each character costs the index about 20 bytes.
MOST_SEARCHED = 600


def refresh(case: Complaint, view: PolicyView) -> None:
    """Derive what lists and searches read: scope keys, next deadline, search pieces."""
    people = [case.handler, case.registrar, *(one["person"] for one in case.stand_ins)]
    case.scope = case_keys(case.units, Unit.ancestors_of(case.units.values()), people)
    running = [clock for clock in case.clocks if clock.state == "running"]
    watched = [clock for clock in running if view.limit(clock.limit).get("ladder")] or running
    first = min(watched, key=lambda clock: clock.due_at, default=None)
    case.next_due, case.next_limit = (first.due_at, first.limit) if first else (None, None)
    case.next_calendar = first.calendar if first else None
    case.next_uncertain = True if first and not first.certain else None
    case.paused = first is None and any(clock.state == "paused" for clock in case.clocks)
    find_by(case, view)


def find_by(case: Complaint, view: PolicyView) -> None:
    """By what the case is searched; the words of a field that is not for everybody carry its mark."""
    own = (case.title, case.summary or "")
    found = [*((EVERYBODY, text) for text in own), *_text_values(case, view)]
    kept = [(mark, text[:MOST_SEARCHED]) for mark, text in dict.fromkeys(found)]
    case.grams, case.texts = blind_index.words_of(kept, single=case.title), []
    case.attrs = searchable(case, view)


def _text_values(case: Complaint, view: PolicyView) -> list[tuple[str, str]]:
    facts, marks = case.facts(), searched_classes(view, "text")
    return [
        (mark_of(marks[name]), words(view, field, value))
        for name, field in searched_fields(view, "text").items()
        for value in searched(facts, name)
    ]


def searchable(case: Complaint, view: PolicyView) -> list[dict[str, Any]]:
    """The answers marked searchable, for the attribute index: open ranges as they are, else digests."""
    facts, closed = case.facts(), searched_classes(view, "exact", "range")
    found = [
        (name, stored_value(value), field.get("search") == "range" and not closed[name])
        for name, field in searched_fields(view, "exact", "range").items()
        for value in searched(facts, name)
    ]
    return [
        {"k": name, "v": value if compared else blind_index.answer(value)} for name, value, compared in found
    ]


def insert(case: Complaint) -> None:
    """Write a new case."""
    case.validate()
    Complaint.collection().insert_one(case.to_mongo())


def replace(case: Complaint) -> None:
    """Write the changed case unless somebody was faster; raises RuleBroken("changed_meanwhile")."""
    case.validate()
    revision = case.revision
    case.revision = revision + 1
    case.turn += 1
    result = Complaint.collection().replace_one({"_id": case.id, "revision": revision}, case.to_mongo())
    if result.matched_count != 1:
        raise RuleBroken("changed_meanwhile", number=case.number)
