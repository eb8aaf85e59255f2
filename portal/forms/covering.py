"""Masked answers in a form that opens them again 遮盖栏目: they stand there as their mask and stay.

Once they are revealed they stand there to be changed. A mark in the form tells what it showed as a mask, so
that no mask is ever taken for an answer. What a draft remembers of a time when more was revealed is covered
again: another mark tells what the form had shown in full. What somebody typed himself is not covered, and
never held against the answer: a right guess looks like a wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from documents.rules.field_reading import is_empty
from documents.rules.fields import fields_of, members
from documents.rules.revealing import beneath, in_table, name_in
from documents.unread import masked_among
from portal.forms.compile import PREFIX, PolicyForm
from portal.forms.earlier import Earlier
from portal.forms.told import Marks, says_something
from portal.forms.values import typed
from portal.reading import shown_field

Definition = Mapping[str, Any]


@dataclass
class Cover:
    """The masked answers of one form for one person: which stay under their mask, and which are revealed."""

    covered: dict[str, Any] = field(default_factory=dict)
    revealed: dict[str, datetime] = field(default_factory=dict)  # until when
    aside: set[str] = field(default_factory=set)  # where a draft says something else than what was shown
    own: set[str] = field(default_factory=set)  # where somebody typed his own words over a masked answer
    told: dict[str, Marks] = field(default_factory=dict)  # what the inputs show, or showed, of such answers
    earlier: dict[str, Any] = field(default_factory=dict)  # all of them

    @classmethod
    def of(cls, earlier: Earlier | None, form: Definition) -> Cover:
        """The form as it opens."""
        found = cls()
        if earlier is None:
            return found
        known = earlier.revealed
        found.earlier = masked_among(earlier.answers, form, earlier.may_read)
        for one in fields_of(form):
            key, names = str(one["key"]), beneath(one)
            if key not in found.earlier:
                continue
            if all(name in known for name in names):
                found.revealed[key] = min(known[name] for name in names)
            else:
                found.covered[key] = found.earlier[key]
        return found

    def note_opened(self, form: PolicyForm) -> None:
        """The form as it opened: what it shows of masked answers is marked."""
        for key in self.revealed:
            if PREFIX + key in form:
                shown = form[PREFIX + key]
                self.told[key] = Marks.of(shown.definition, shown.data)

    def settle(self, form: PolicyForm, sent: MultiDict[str, str]) -> None:
        """The form as it was sent or kept as a draft: own words stay open, what was only shown is covered.

        Own words are what does not say again what a page had shown, be it the answer or not.
        """
        for key, value in self.earlier.items():
            if PREFIX + key not in form:
                continue
            shown = form[PREFIX + key]
            masked, told = f"{shown.name}-kept" in sent, Marks.read(sent.get(f"{shown.name}-shown", ""))
            if key in self.revealed:
                if masked and not says_something(shown.data):
                    shown.data = typed(shown.definition, value)
                    told = Marks.of(shown.definition, shown.data)
                self.told[key] = told
            elif masked or told.is_in(shown.definition, shown.data):
                if says_something(shown.data) and not told.is_all_of(shown.data):
                    self.aside.add(key)
                shown.data = [] if shown.kind == "table" else None
            else:
                del self.covered[key]
                self.own.add(key)


def note_shown(earlier: Earlier, form: PolicyForm, kept: Mapping[str, Any]) -> None:
    """The page shows earlier answers in its inputs; what is not public of them is remembered."""
    answers, known = earlier.answers() or {}, earlier.revealed
    for shown in form:
        one = shown.definition
        if shown.key in kept or is_empty(answers.get(shown.key)) or not says_something(shown.data):
            continue
        hidden = beneath(one).keys() - known.keys()  # here stands what somebody typed himself
        if shown.key not in hidden:
            shown_field(one)
        for column in members(one, "fields"):
            if name_in(one, column) not in hidden:
                shown_field(in_table(column, one), name_in(one, column))
