"""Drafts of an older form 旧版草稿: what was typed under an older version, put into the form as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from documents.policy import identity_between, view_of
from documents.rules.fields import fields_of
from documents.rules.policy import PolicyView
from documents.upload import Draft
from portal.forms.compile import PREFIX
from portal.language import said

Typed = dict[str, list[str]]


@dataclass(frozen=True)
class Outdated:
    """A draft begun under an older version 表单改版: what now stands where, and what has no place."""

    values: Typed
    lost: Sequence[tuple[str, str]]


def outdated(draft: Draft, view: PolicyView, version: int, *, form: str, former: str) -> Outdated | None:
    """The draft in the keys of this version; None when it was begun under it.

    `form` is the form as it is now, `former` the one that the draft was begun in.
    """
    if not draft.version or draft.version == version:
        return None
    way, old = identity_between(view.key, draft.version, version), view_of(view.key, draft.version)
    labels = {one["key"]: said(one["label"]) for one in fields_of(old.form(former))}
    known = {one["key"] for one in fields_of(view.form(form))}
    values: Typed = {}
    lost: list[tuple[str, str]] = []
    for name, typed in draft.values.items():
        key, rest = _parts(name)
        goal = way.key("field", key, former)
        values[f"{PREFIX}{goal}{rest}"] = typed
        written = "、".join(one for one in typed if one)
        if goal not in known and written and key in labels:
            lost.append((labels[key], written))
    return Outdated(values, lost)


def _parts(name: str) -> tuple[str, str]:
    """The key of a field, and what follows it in the name of a cell."""
    key, mark, rest = name.removeprefix(PREFIX).partition("-")
    return key, mark + rest
