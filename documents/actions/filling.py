"""Filling in a form 填表: the check of what was typed, with everything that only the server knows.

The page and the action go through the same check, so that nothing the page shows as right is refused
later. What a page says about snapshots, numbers, names and files is never believed.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from documents.complaint import Complaint
from documents.lookups import Library, Lookups
from documents.offering import Directory, Offer
from documents.person import Person
from documents.rules.field_files import FileFacts, wrong_files
from documents.rules.fields import Definition, fields_of, members
from documents.rules.forms import Checked, Checker, Problem
from documents.rules.policy import PolicyView
from documents.rules.stamping import Signer, drawn_in, stamped, wrong_names
from documents.upload import Upload

KEYED = frozenset({"unit", "person"})


class Cabinet(Library, Directory, Protocol):
    """Where a filled form finds what it names."""

    def uploads(self, keys: list[str], by: str) -> Mapping[str, Upload]:
        """The uploads of this person that are there."""


@dataclass(frozen=True)
class Filling:
    """One form while one person fills it in 填表."""

    view: PolicyView
    actor: Person
    now: datetime
    facts: Mapping[str, Any]
    cabinet: Cabinet
    kept: dict[str, Any] = field(default_factory=dict)  # what the actor may not read, see documents.unread
    case: Complaint | None = None  # the one that is there already

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(ZoneInfo(self.view.zone)).date()

    @property
    def signer(self) -> Signer:
        """Who signs, and when."""
        return Signer(self.actor.id, self.actor.name, self.now)

    def checked(self, form: Definition, submitted: Mapping[str, Any]) -> Checked:
        """The clean values and every problem."""
        lookups = [one for one in fields_of(form) if one["type"] == "lookup"]
        typed = {**submitted, **dict.fromkeys(one["key"] for one in lookups)}
        found = self._check(form, typed)
        if lookups:
            found = self._check(form, {**typed, **self._snapshots(lookups, form, found.values)})
        return Checked(found.values, (*found.problems, *self._more_problems(form, found.values)))

    def _check(self, form: Definition, submitted: Mapping[str, Any]) -> Checked:
        checker = Checker(form, self.kept)
        return checker.check(submitted, lists=self.view.lists, facts=self.facts, today=self.today)

    def _snapshots(
        self, lookups: list[Definition], form: Definition, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        known, kinds = {**self.facts, **values}, kinds_of(self.view, form)
        reader = Lookups(self.cabinet, self.actor, self.now)
        return {
            one["key"]: reader.snapshot(
                one["lookup"], kinds.get(one["lookup"]["of"], ""), known.get(one["lookup"]["of"])
            )
            for one in lookups
        }

    def _more_problems(self, form: Definition, values: Mapping[str, Any]) -> list[Any]:
        named = [
            key for one in fields_of(form) if one["type"] == "files" for key in values.get(one["key"], ())
        ]
        drawn = drawn_in(form, values)
        asked = [*named, *drawn.values()]
        found = self.cabinet.uploads(asked, self.actor.id) if asked else {}
        files = {key: FileFacts(one.name, one.size) for key, one in found.items()}
        gone = [key for key, upload in drawn.items() if upload not in found or not found[upload].drawn]
        return [
            *(Problem(key, "drawing_gone") for key in gone),
            *self._unknown(form, values),
            *wrong_files(form, values, files),
            *wrong_names(form, values, self.signer),
        ]

    def _unknown(self, form: Definition, values: Mapping[str, Any]) -> Iterator[Problem]:
        """Units and people that are not offered: the page has none, so somebody typed a key."""
        for one in fields_of(form):
            key, kind = str(one["key"]), str(one["type"])
            earlier = self.facts.get(key)
            if kind in KEYED and not self._is_offered(one, values.get(key), (earlier,)):
                yield Problem(key, f"unknown_{kind}", {kind: values[key]})
            given = values.get(key) or ()
            keyed = [each for each in members(one, "fields") if given and each["type"] in KEYED]
            before = {str(each["key"]): [row.get(each["key"]) for row in earlier or ()] for each in keyed}
            for index, row in enumerate(given if keyed else ()):
                for column in keyed:
                    name, kind = str(column["key"]), str(column["type"])
                    if not self._is_offered(column, row.get(name), before[name]):
                        yield Problem(key, f"unknown_{kind}", {kind: row[name]}, index, name)

    def _is_offered(self, field: Definition, key: str | None, earlier: Container[Any]) -> bool:
        """Whether it may be chosen; who was the answer before may stay, even after leaving."""
        return not key or key in earlier or self._offer.fits(field, key)

    @cached_property
    def _offer(self) -> Offer:
        return Offer(self.cabinet, self.actor, self.case)

    def stamped(self, form: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as they are kept: consents and signatures carry what they stand for."""
        return stamped(form, values, self.signer)


def kinds_of(view: PolicyView, form: Definition) -> dict[str, str]:
    """The type of every field that a lookup of the form may start from."""
    found = {one["key"]: str(one["type"]) for other in view.forms() for one in fields_of(other)}
    return {**found, **{one["key"]: str(one["type"]) for one in fields_of(form)}}
