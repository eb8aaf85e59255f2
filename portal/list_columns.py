"""The columns of an exported list 清单栏目: what was asked at registration, each field once.

A field that was renamed is one column. A case whose version never asked for a field has no such column,
which is not the same as not having answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _

from documents.case_parts import plain_value
from documents.complaint import Complaint
from documents.policy import identity_between, view_of
from documents.rules.access import PUBLIC
from documents.rules.field_reading import is_empty
from documents.rules.fields import fields_of
from documents.rules.policy import PolicyView
from portal.columns import column_field
from portal.forms.answers import covered, in_words
from portal.language import said
from portal.reading import shown_field
from portal.revealing import veil
from portal.standing import may_on_row

Definition = Mapping[str, Any]
Row = Mapping[str, Any]
# What does not fit into a cell, and what the list says of a case anyway.
NO_CELL: Final = frozenset({"table", "files", "signature", "consent", "note"})
SAID_ALREADY: Final = ("title", "category", "received_at")
RESTRICTED = "restricted"
FORMS: Final = ("policy", "answers.form", "answers.policy_version")
VALUES: Final = ("number", "policy", "policy_version", "scope", "recused", "known_to", "answers")
AT_ONCE = 500


class Form(NamedTuple):
    """What a case was registered with 登记所用表单: a version of the policy, and a form of it."""

    version: int
    key: str


class Lack(NamedTuple):
    """A version without a column 缺栏: the forms in which it is not, and how many cases that concerns."""

    column: str
    policy: str
    version: int
    forms: tuple[str, ...]
    cases: int

    @property
    def where(self) -> str:
        """The policy and its version in words."""
        head = view_of(self.policy, self.version).definition["policy"]
        short = said(head.get("short") or head["title"])
        return str(_("%(policy)s 第 %(version)s 版", policy=short, version=self.version))


def forms_of(rows: Iterable[Row]) -> dict[Any, Form]:
    """With what each case of a list was registered."""
    ids = [row["_id"] for row in rows]
    found = Complaint.collection().find({"_id": {"$in": ids}}, list(FORMS))
    return {row["_id"]: form for row in found if (form := _registered_with(row)) is not None}


def _registered_with(row: Row) -> Form | None:
    """The form of the registration, as it was last filled in."""
    answers = row.get("answers") or ()
    if not answers:
        return None
    first = Form(answers[0]["policy_version"], answers[0]["form"])
    for one in reversed(answers):
        way = identity_between(row["policy"], first.version, one["policy_version"])
        if way.key("form", first.key) == one["form"]:
            return Form(one["policy_version"], one["form"])
    return first


@dataclass(frozen=True)
class Columns:
    """The columns of cases of one policy: first those that the newest of their versions asks for."""

    policy: str
    forms: Mapping[Any, Form]  # of each case
    _known: dict[Form, dict[str, Definition]] = field(default_factory=dict)

    @cached_property
    def counts(self) -> Counter[Form]:
        """How many cases were registered with each form."""
        return Counter(self.forms.values())

    @cached_property
    def labels(self) -> dict[str, str]:
        """What each column is called, as the newest version that has it says."""
        found: dict[str, str] = {}
        for form in sorted(self.counts, key=lambda form: (-form.version, form.key)):
            for key, one in self.fields(form).items():
                found.setdefault(key, said(one["label"]))
        return found

    def fields(self, form: Form) -> dict[str, Definition]:
        """The fields of a form as its version has them, by the name that the newest version has for them."""
        if form not in self._known:
            view, newest = view_of(self.policy, form.version), max(one.version for one in self.counts)
            way, elsewhere = identity_between(self.policy, form.version, newest), _said_elsewhere(view)
            self._known[form] = {
                way.key("field", str(one["key"]), form.key): one
                for one in fields_of(view.form(form.key))
                if one["type"] not in NO_CELL
                and one.get("class", PUBLIC) != RESTRICTED
                and one["key"] not in elsewhere
            }
        return self._known[form]

    def cells(self, rows: Sequence[Row]) -> Iterator[list[str | None]]:
        """What each case of the list says in each column; None where its version has no such column."""
        for first in range(0, len(rows), AT_ONCE):
            some = rows[first : first + AT_ONCE]
            wanted = {"_id": {"$in": [row["_id"] for row in some]}}
            found = {row["_id"]: row for row in Complaint.collection().find(wanted, list(VALUES))}
            for row in some:
                yield self._cells(found.get(row["_id"]), self.forms.get(row["_id"]))

    def _cells(self, row: Row | None, form: Form | None) -> list[str | None]:
        if row is None or form is None:
            return [None] * len(self.labels)
        fields, view = self.fields(form), view_of(self.policy, form.version)
        sets = [one for one in row["answers"] if Form(one["policy_version"], one["form"]) == form]
        values = sets[-1].get("values", {}) if sets else {}
        return [_cell(fields.get(key), values, row, view) for key in self.labels]

    def lacks(self) -> list[Lack]:
        """Every version without a column that others have."""
        found = []
        for key, label in self.labels.items():
            for version in sorted({form.version for form in self.counts}):
                without = [form for form in sorted(self.counts) if self._lacks(form, version, key)]
                titles = tuple(_title(self.policy, form) for form in without)
                cases = sum(self.counts[form] for form in without)
                found += [Lack(label, self.policy, version, titles, cases)] if without else []
        return found

    def _lacks(self, form: Form, version: int, key: str) -> bool:
        return form.version == version and key not in self.fields(form)


def _said_elsewhere(view: PolicyView) -> set[str]:
    """The fields that the list shows in columns of its own."""
    kinds = [str(one["key"]) for one in view.definition["case_types"]]
    fed = (column_field(view, kind, column) for kind in kinds for column in SAID_ALREADY)
    return {str(one["key"]) for one in fed if one}


def _title(policy: str, form: Form) -> str:
    return said(view_of(policy, form.version).form(form.key)["title"])


def _cell(one: Definition | None, values: Mapping[str, Any], row: Row, view: PolicyView) -> str | None:
    if one is None:
        return None
    value = plain_value(values.get(one["key"]))
    if is_empty(value):
        return ""
    if not may_on_row(row, one):
        return covered(one, value)
    under = veil(row["number"], one, value)
    if under:
        return under
    shown_field(one)
    return in_words(one, value, view)


def has_category(row: Row) -> bool:
    """Whether the version of a case asks for a category when it is registered."""
    view = view_of(row["policy"], row["policy_version"])
    return bool(row.get("category")) or column_field(view, row["case_type"], "category") is not None


def lacking_category(rows: Iterable[Row]) -> list[Lack]:
    """The versions under which cases are registered without a category."""
    counts = Counter(
        (row["policy"], row["policy_version"], row["case_type"]) for row in rows if not has_category(row)
    )
    found: list[Lack] = []
    for policy, version in sorted({key[:2] for key in counts}):
        kinds = [key[2] for key in sorted(counts) if key[:2] == (policy, version)]
        named = tuple(said(view_of(policy, version).case_type(kind)["label"]) for kind in kinds)
        cases = sum(counts[policy, version, kind] for kind in kinds)
        found.append(Lack(_("类别"), policy, version, named, cases))
    return found
