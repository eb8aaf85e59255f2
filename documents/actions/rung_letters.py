"""Letters of rungs 提醒函件: a letter of the policy as the text of a reminder, for the eyes of one reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from bson import ObjectId

from documents.case_parts import Letter, stored_value
from documents.complaint import Complaint
from documents.dossier_letters import letter_facts
from documents.dossier_words import Names, Wording
from documents.policy import roles_of
from documents.rules.access import READ, may, reach_of
from documents.rules.expressions import holds
from documents.rules.fields import fields_of
from documents.rules.merging import merged, names_of
from documents.rules.moments import moment_facts
from documents.rules.policy import PolicyView
from documents.rules.workflow import Viewer
from documents.staff import Contact
from documents.unit import Unit


@dataclass
class RungLetter:
    """A letter that a rung says about a case, read when it is first needed."""

    case_id: ObjectId
    key: str
    view: PolicyView

    @cached_property
    def case(self) -> Complaint:
        """The case as it stands."""
        found: Complaint = Complaint.objects.get(id=self.case_id)
        return found

    def written(self, person: str, reader: Contact, now: datetime) -> dict[str, str]:
        """The text in both languages; what the reader may not see is left out."""
        template = self.view.letter(self.key)
        known = self.case.facts()
        facts = {**known, **moment_facts(now, self.view.zone)}
        letter = Letter(
            key=self.key,
            at=now,
            values={key: stored_value(value) for key, value in known.items()},
            policy_version=self.case.policy_version,
        )
        hidden = self._hidden(person, reader)
        return {
            language: self._text(template, language, (letter, facts, hidden)) for language in ("zh", "en")
        }

    def _text(
        self, template: Mapping[str, Any], language: str, known: tuple[Letter, Mapping[str, Any], set[str]]
    ) -> str:
        letter, kept, hidden = known
        facts = letter_facts(self.case, letter, Wording(self.view, Names(language)))
        shown = {name: value for name, value in facts.items() if name not in hidden}
        said = [one for one in template["paragraphs"] if holds(one.get("when"), kept)]
        return "\n".join(merged(one[language], shown) for one in said)

    def _hidden(self, person: str, reader: Contact) -> set[str]:
        """The merge fields that the reader may not see; what is restricted, nobody reads in a message."""
        viewer = Viewer(person, frozenset(reader.posts))
        roles = roles_of(self.view.key)
        reach = reach_of(viewer, roles, Unit.kinds_above(unit for _, unit in reader.posts))
        hidden: set[str] = set()
        for one in (one for form in self.view.forms() for one in fields_of(form)):
            if one.get("class", "public") == "public":
                continue
            scope = self.case.case_scope()
            allowed = may(reach, READ, scope, roles=roles, field=one)
            if one["class"] == "restricted" or not allowed:
                hidden |= names_of(one)
        return hidden
