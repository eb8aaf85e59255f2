"""Masked answers in a form that opens them again 遮盖栏目: they stand there as their mask and stay.

Once they are revealed they stand there to be changed. A mark in the form tells what it showed as a mask, so
that no mask is ever taken for an answer. What a draft remembers of a time when more was revealed is covered
again; what somebody typed himself is not.
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
from portal.forms.values import typed
from portal.reading import shown_field

Definition = Mapping[str, Any]


@dataclass
class Cover:
    """The masked answers of one form for one person: which stay under their mask, and which are revealed."""

    covered: dict[str, Any] = field(default_factory=dict)
    revealed: dict[str, datetime] = field(default_factory=dict)  # until when
    aside: set[str] = field(default_factory=set)  # where a draft says something else than the covered answer
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

    def settle(self, form: PolicyForm, sent: MultiDict[str, str]) -> None:
        """The form as it was sent or kept as a draft: own words stay open, what was only shown is covered."""
        for key, value in self.earlier.items():
            if PREFIX + key not in form:
                continue
            shown = form[PREFIX + key]
            marked = f"{shown.name}-kept" in sent
            if key in self.revealed:
                if marked and not _says_something(shown.data):
                    shown.data = typed(shown.definition, value)
            elif marked or _tells(shown.definition, shown.data, value):
                if _says_something(shown.data) and not _same(shown.data, typed(shown.definition, value)):
                    self.aside.add(key)
                shown.data = [] if shown.kind == "table" else None
            else:
                del self.covered[key]


def note_shown(earlier: Earlier, form: PolicyForm, kept: Mapping[str, Any]) -> None:
    """The page shows earlier answers in its inputs; what is not public of them is remembered."""
    answers, known = earlier.answers() or {}, earlier.revealed
    for shown in form:
        one = shown.definition
        if shown.key in kept or is_empty(answers.get(shown.key)) or not _says_something(shown.data):
            continue
        hidden = beneath(one).keys() - known.keys()  # here stands what somebody typed himself
        if shown.key not in hidden:
            shown_field(one)
        for column in members(one, "fields"):
            if name_in(one, column) not in hidden:
                shown_field(in_table(column, one), name_in(one, column))


def _tells(definition: Definition, data: Any, value: Any) -> bool:
    """Whether what was sent says again what lies under the mask."""
    if definition["type"] != "table":
        return _same(data, typed(definition, value))
    columns = [str(one["key"]) for one in beneath(definition).values()]
    shown, before = data or (), typed(definition, value)
    return any({row.get(key) for row in shown} & {row[key] for row in before} - {None, ""} for key in columns)


def _same(one: Any, other: Any) -> bool:
    return bool(_plain(one) == _plain(other))


def _plain(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _plain(value) for key, value in data.items() if value}
    return [_plain(one) for one in data] if isinstance(data, list) else (data or "").strip()


def _says_something(data: Any) -> bool:
    return bool(_plain(data))
