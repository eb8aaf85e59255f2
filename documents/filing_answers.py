"""What was filled in once for a batch 共用填写, as one person may see it: by class, and under its masks.

It is to become an answer of every case of the form, so it is as closed as the most closed of them. Who may
read a masked answer sees it whole for a while after saying why; what a second person must release 须他人批准
stays under its mask here and is revealed on the page of the case, once it is filed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

from documents.dossier_words import Names, Wording
from documents.filing_forms import SharedForm, asked_in
from documents.policy import roles_of
from documents.rules.access import PUBLIC, READ, CaseScope, Reach, may
from documents.rules.field_reading import is_empty
from documents.rules.fields import Definition, members
from documents.rules.masks import masked
from documents.rules.revealing import RevealRules, beneath, in_table, name_in, veil_of, veiled, waits

COVERED: Final = "※"


class Told(NamedTuple):
    """One answer in words 答复, or what stands for it."""

    label: Mapping[str, str]
    text: str
    covered: bool  # not all of it is told


@dataclass(frozen=True)
class SharedAnswers:
    """The answers before one person; `revealed` are the fields that he sees in full now, and until when."""

    shared: SharedForm
    reach: Reach
    revealed: Mapping[str, datetime] = field(default_factory=dict)

    @cached_property
    def _own(self) -> Reach:
        return replace(self.reach, instead=())  # filing passes to no deputy

    @cached_property
    def _roles(self) -> list[Definition]:
        return list(roles_of(self.shared.place.policy))

    @cached_property
    def _in_sight(self) -> list[CaseScope]:
        # Many cases of a batch lie in the same scope.
        found = dict.fromkeys(self.shared.scopes)
        return [one for one in found if may(self._own, READ, one, roles=self._roles)]

    @cached_property
    def _rules(self) -> RevealRules:
        return RevealRules.of(self.shared.view.definition)

    def may_read(self, one: Definition) -> bool:
        """Whether every case of the form that the person sees opens the field to him."""
        told = (may(self._own, READ, case, roles=self._roles, field=one) for case in self._in_sight)
        return bool(self._in_sight) and all(told)

    def opens(self, one: Definition) -> bool:
        """Whether the form may open the answer again: not what would wait for a second person."""
        inside = beneath(one)
        return self.may_read(one) and not (inside and waits(self._rules, [one], inside))

    def words(self, language: str) -> list[Told]:
        """What was filled in, for reading."""
        wording = Wording(self.shared.view, Names(language), language=language)
        return [self.told(one, self.shared.earlier.get(one["key"]), wording) for one in self._asked()]

    def told(self, one: Definition, value: Any, wording: Wording) -> Told:
        """An answer in words; a table with its rows in one line."""
        if is_empty(value):
            return Told(one["label"], "", False)
        if one["type"] == "table" and self.may_read(one):
            return self._table(one, value, wording)
        if self._clear(one):
            return Told(one["label"], wording.words(one, value), False)
        return Told(one["label"], self._covered(one, value), True)

    def _table(self, one: Definition, rows: Sequence[Mapping[str, Any]], wording: Wording) -> Told:
        clear, columns = self._clear(one), members(one, "fields")

        def cell(column: Definition, value: Any) -> str:
            if is_empty(value):
                return ""
            is_clear = name_in(one, column) in clear
            return wording.words(column, value) if is_clear else self._covered(in_table(column, one), value)

        cells = ([cell(each, row.get(each["key"])) for each in columns] for row in rows)
        lines = ["，".join(filter(None, row)) for row in cells]
        shut = [each["key"] for each in columns if name_in(one, each) not in clear]
        hidden = any(not is_empty(row.get(key)) for row in rows for key in shut)
        return Told(one["label"], "；".join(lines), hidden)

    @property
    def shown(self) -> list[str]:
        """The protected fields, and columns, that stand there in clear, for the trail."""
        found = set[str]()
        for one in self._answered():
            found |= {name for name, each in self._clear(one).items() if each.get("class", PUBLIC) != PUBLIC}
        return sorted(found)

    @property
    def hidden(self) -> list[str]:
        """What lies under a mask now and the person may have revealed at once."""
        return [name for one in self._answered() for name in self._maskable(one)]

    def _maskable(self, one: Definition) -> Iterator[str]:
        if not self.may_read(one):
            return
        for name, each in beneath(one).items():
            inside = in_table(each, one) if one["type"] == "table" else each
            value = self.shared.earlier[one["key"]]
            cells = [row.get(each["key"]) for row in value] if one["type"] == "table" else [value]
            waiting = name in self.revealed or self._rules.needs_release(inside)
            if self.may_read(each) and not waiting and not all(map(is_empty, cells)):
                yield name

    def _clear(self, one: Definition) -> dict[str, Definition]:
        """What is told in full of a field, by its name: itself, or those of its columns."""
        if not self.may_read(one):
            return {}
        named = {str(one["key"]): one}
        if one["type"] == "table":
            columns = [each for each in members(one, "fields") if self.may_read(each)]
            named = {name_in(one, each): in_table(each, one) for each in columns}
        return {name: each for name, each in named.items() if not veil_of(each) or name in self.revealed}

    def _covered(self, one: Definition, value: Any) -> str:
        return (veiled(one, value) if self.may_read(one) else masked(one, value)) or COVERED

    def _asked(self) -> Iterator[Definition]:
        return asked_in(self.shared.definition)

    def _answered(self) -> Iterator[Definition]:
        return (one for one in self._asked() if not is_empty(self.shared.earlier.get(one["key"])))
