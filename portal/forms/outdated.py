"""Forms of an older version 旧版表单: what was typed into one, put into the form as it is now.

A field, a column or an option that was renamed or merged is found again; what has no place any more is
told, and kept until the form is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from documents.policy import Policy, identity_between, view_of
from documents.rules.fields import fields_of, members
from documents.rules.identity import Identity
from documents.rules.options import option_keys
from documents.rules.policy import PolicyView
from documents.rules.policy_fields import all_fields
from documents.upload import Draft
from portal.forms.compile import PREFIX, from_draft
from portal.held import keep_draft, version_of
from portal.language import said
from portal.signing_in import me

Definition = Mapping[str, Any]
Typed = dict[str, list[str]]
BESIDE = frozenset({"kept", "shown"})  # marks of the input, which nobody typed; see portal/forms/covering.py
CELL = re.compile(r"^-(\d+)-(.+)$")


@dataclass(frozen=True)
class Outdated:
    """A form begun under an older version 表单改版: what now stands where, and what has no place."""

    values: Typed
    lost: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Target:
    """The form as it is now 现行表单; `former` is what it was in a version, where that is known."""

    view: PolicyView
    version: int
    form: str
    former: str = ""

    def carried(self, typed: Mapping[str, Sequence[str]], shown: int) -> Outdated:
        """What was typed into the form of the version shown."""
        former = self.former or identity_between(self.view.key, self.version, shown).key("form", self.form)
        move = _Move(self, view_of(self.view.key, shown), shown, former)
        values: Typed = {}
        lost: list[tuple[str, str]] = []
        for name, texts in typed.items():
            place, kept, gone = move.one(name, list(texts))
            values[place] = kept
            lost += gone
        return Outdated(values, lost)


class _Move:
    """From the form of one version to that of another."""

    def __init__(self, target: Target, old: PolicyView, shown: int, former: str) -> None:
        self.old, self.new, self.former = old, target.view, former
        self.way: Identity = identity_between(target.view.key, shown, target.version)
        known = next((one for one in old.forms() if one["key"] == former), None)
        self.before = {one["key"]: one for one in fields_of(known)} if known else all_fields(old.definition)
        self.after = {one["key"]: one for one in fields_of(target.view.form(target.form))}

    def one(self, name: str, texts: list[str]) -> tuple[str, list[str], list[tuple[str, str]]]:
        """One input of the page: its name now, what it says now, and what has no place."""
        key, mark, rest = name.removeprefix(PREFIX).partition("-")
        field = self.before.get(key)
        if not name.startswith(PREFIX) or field is None:
            return name, texts, []
        goal = self.way.key("field", key, self.former)
        if rest in BESIDE:
            return f"{PREFIX}{goal}{mark}{rest}", texts, []
        there, label, tail = self.after.get(goal), said(field["label"]), mark + rest
        cell = CELL.match(tail) if field["type"] == "table" else None
        if cell:
            field = next((one for one in members(field, "fields") if one["key"] == cell[2]), field)
            column = self.way.key("column", cell[2], key)
            there = next((one for one in members(there or {}, "fields") if one["key"] == column), None)
            label, tail = f"{label} · {said(field['label'])}", f"-{cell[1]}-{column}"
        kept, gone = self._options(field, there, texts)
        written = "、".join(one for one in gone if one)
        return f"{PREFIX}{goal}{tail}", kept, [(label, written)] if written else []

    def _options(
        self, field: Definition, there: Definition | None, texts: list[str]
    ) -> tuple[list[str], list[str]]:
        """What can still be said, and in words what cannot."""
        listed = field.get("options")
        named = [self.way.key("option", one, str(listed)) for one in texts] if listed else texts
        offered = (there or {}).get("options")
        possible = option_keys(self.new.lists, str(offered)) if offered else None
        gone = [
            self._words(listed, text)
            for text, name in zip(texts, named, strict=True)
            if text and (there is None or (possible is not None and name not in possible))
        ]
        return named, gone

    def _words(self, listed: str | None, text: str) -> str:
        return said(self.old.option_label(listed, text)) if listed else text


def outdated(draft: Draft, target: Target) -> Outdated | None:
    """The draft in the keys of this version; None when all of it was typed under it."""
    old = bool(draft.version) and draft.version != target.version
    carried = target.carried(draft.values, draft.version) if old else None
    lost = [
        one
        for before in draft.earlier
        for one in target.carried(before["values"], before["version"]).lost
        if before["version"] != target.version
    ]
    if carried is None and not lost:
        return None
    found = list(dict.fromkeys([*lost, *(carried.lost if carried else ())]))
    return Outdated(carried.values if carried else dict(draft.values), found)


def shown_version(policy: str) -> int | None:
    """The version of the policy under which the form of this request was opened, if there is such a one."""
    version = version_of(request.form.get("policy_version", ""))
    return version if version and Policy.objects(key=policy, version=version).only("id").first() else None


def carried_fields(
    fields: MultiDict[str, str], target: Target, shown: int | None
) -> tuple[MultiDict[str, str], Outdated | None]:
    """A sent form in the names that it has now; what has no place is kept in the draft 填写期间制度改版."""
    if not shown or shown == target.version:
        return fields, None
    typed = fields.to_dict(flat=False)
    old = target.carried(typed, shown)
    keep_draft(me().id, request.path, typed)
    return from_draft(old.values), old
