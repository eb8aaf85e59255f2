"""Lookups 引用: what a linked case, a unit or a person says at this moment, taken as a snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from documents.complaint import Complaint
from documents.dossier_words import Names, Wording
from documents.person import Person
from documents.rules.access import READ, Reach, may
from documents.rules.broken import RuleBroken
from documents.rules.fields import Definition, fields_of
from documents.rules.lookups import SOURCES, of_answer
from documents.rules.options import OUTCOMES
from documents.rules.policy import PolicyView
from documents.unit import Unit

LANGUAGES = ("zh", "en")


class Library(Protocol):
    """Where cases, units and people are looked up."""

    def view(self, policy: str, version: int) -> PolicyView:
        """The version of a policy that a case pins."""

    def roles(self, policy: str) -> Sequence[Definition]:
        """What each role of a policy may now."""

    def unit(self, code: str) -> Unit:
        """A unit; raises RuleBroken("unknown_unit")."""

    def person(self, person: str) -> Person:
        """A person; raises RuleBroken("unknown_person")."""

    def case_for(self, number: str, reader: Person, now: datetime) -> Complaint | None:
        """A case that the reader may see, as himself or for whom he acts at the moment."""

    def reach(self, reader: Person, now: datetime) -> Reach:
        """How far the reader's posts reach at the moment."""


@dataclass(frozen=True)
class Found:
    """A value with the field that says how it reads."""

    value: Any
    words: Mapping[str, str]


@dataclass(frozen=True)
class Lookups:
    """Snapshots for one reader 引用: a case that the reader may not see gives nothing."""

    library: Library
    reader: Person
    now: datetime

    def snapshot(self, lookup: Mapping[str, Any], kind: str, key: Any) -> dict[str, Any] | None:
        """What the source says now, with where it comes from; nothing when there is nothing to say."""
        if not isinstance(key, str) or kind not in SOURCES:
            return None
        try:
            found = self._find(kind, key, str(lookup["field"]))
        except RuleBroken:  # no such unit, no such person
            return None
        if found is None or found.value in (None, "", [], {}):
            return None
        source = {"of": kind, "id": key, "field": lookup["field"], "at": self.now}
        return {"snapshot": found.value, "words": dict(found.words), **source}

    def _find(self, kind: str, key: str, field: str) -> Found | None:
        if kind == "case":
            return self._of_case(key, field)
        return self._of_unit(key, field) if kind == "unit" else self._of_person(key, field)

    def _of_unit(self, code: str, field: str) -> Found | None:
        unit = self.library.unit(code)
        if field == "name":
            return _named(unit.name)
        if field == "parent":
            return _named(self.library.unit(unit.parent).name) if unit.parent else None
        holder = unit.deputy if field == "deputy" else unit.head
        person = self.library.person(holder) if holder else None
        return _plain(person and (person.phone if field == "head_phone" else person.name))

    def _of_person(self, key: str, field: str) -> Found | None:
        person = self.library.person(key)
        if field == "unit":
            return _named(self.library.unit(person.posts[0].unit).name) if person.posts else None
        return _plain({"name": person.name, "phone": person.phone, "email": person.email}[field])

    def _of_case(self, number: str, field: str) -> Found | None:
        case = self.library.case_for(number.strip(), self.reader, self.now)
        if case is None:
            return None
        view = self.library.view(case.policy, case.policy_version)
        if of_answer({"field": field}, "case"):
            return self._of_answer(case, view, field)
        if field == "stage":
            return Found(case.stage, view.stage(case.case_type, case.stage)["label"])
        if field == "outcome":
            return Found(case.outcome, view.option_label(OUTCOMES, case.outcome)) if case.outcome else None
        if field == "received_at":
            return _worded({"key": field, "type": "datetime"}, case.received_at, view)
        return _plain({"number": case.number, "title": case.title}[field])

    def _of_answer(self, case: Complaint, view: PolicyView, field: str) -> Found | None:
        definition = next(
            (one for form in view.forms() for one in fields_of(form) if one["key"] == field), None
        )
        if definition is None or not self._may_read(case, definition):
            return None
        return _worded(definition, case.facts().get(field), view)

    def _may_read(self, case: Complaint, field: Definition) -> bool:
        reach, roles = self.library.reach(self.reader, self.now), self.library.roles(case.policy)
        return bool(may(reach, READ, case.case_scope(), roles=roles, field=field))


def _named(name: Mapping[str, str]) -> Found:
    return Found(name["zh"], {"zh": name["zh"], "en": name.get("en", name["zh"])})


def _plain(text: Any) -> Found | None:
    return Found(text, {"zh": str(text), "en": str(text)}) if text else None


def _worded(definition: Definition, value: Any, view: PolicyView) -> Found:
    words = {
        language: Wording(view, Names(language), language=language).words(definition, value)
        for language in LANGUAGES
    }
    return Found(value, words)
