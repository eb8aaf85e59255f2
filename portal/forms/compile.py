"""A form definition 表单定义 of a policy as a WTForms class.

The fields keep what was typed, unread: `documents.rules.forms.check` reads it, and its problems come back
to the fields. So the page, the API and the import refuse the same things in the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form

from documents.rules.field_addresses import sent
from documents.rules.field_times import read_moment
from documents.rules.fields import GROUP, fields_of
from documents.rules.forms import Problem
from portal.clock import zone
from portal.forms.values import typed
from portal.language import said
from portal.messages import problem_words

Definition = Mapping[str, Any]
PREFIX = "q_"
# A table's index comes from the page; beyond this it is not a form of ours.
HIGHEST_ROW = 500
LONGEST_ID = 60  # of an upload
MARKED = re.compile(r"^(q_[a-z0-9_]+)-kept$")

_classes: dict[tuple[str, int, str], tuple[Definition, type[PolicyForm]]] = {}


class TypedField(Field):
    """A field that keeps the text as it was typed."""

    def __init__(self, definition: Definition, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.definition = definition
        self.key = definition["key"]
        self.kind = definition["type"]
        self.errors: list[str] = []
        self.data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the text."""
        self.data = valuelist[0] if valuelist else None

    def raw(self) -> Any:
        """The value as the check takes it."""
        return for_check(self.kind, self.data)

    @property
    def first_error(self) -> str:
        """What the summary of the form says of the field."""
        return self.errors[0] if self.errors else ""

    def show(self, problem: Problem) -> None:
        """Say at the field what is wrong with it."""
        self.errors.append(problem_words(problem.code, problem.facts))


class ManyField(TypedField):
    """A field of several values: choices 多选, files 附件."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep every value that says something."""
        self.data = [value for value in valuelist if value]


class AddressField(TypedField):
    """An address 地址 in one line or in parts, which come under names of their own."""

    def process(
        self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None
    ) -> None:
        """Read the parts."""
        self.data = sent(self.definition, self.name, formdata.get) if formdata else data


class SignatureField(TypedField):
    """A signature 签名: the name that was typed, and the upload that it was drawn in."""

    drawn: str | None = None

    def process(
        self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None
    ) -> None:
        """Read the name and the drawing."""
        super().process(formdata, data, extra_filters)
        self.drawn = (formdata.get(f"{self.name}-drawn") or None) if formdata else None

    def raw(self) -> Any:
        """The signature as the check takes it."""
        return {"name": self.data, "drawn": self.drawn[:LONGEST_ID]} if self.drawn else self.data


class RowsField(TypedField):
    """A repeating table 明细表: rows of cells named `q_<table>-<row>-<column>`."""

    def __init__(self, definition: Definition, **kwargs: Any) -> None:
        super().__init__(definition, **kwargs)
        self.cell_errors: dict[tuple[int, str], str] = {}

    def process(
        self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None
    ) -> None:
        """Read the rows; gaps in the numbering are fine, and no row is dropped in silence."""
        self.data = list(data or [])
        if formdata:
            rows = [self._row(formdata, index) for index in self._indexes(formdata)]
            # An empty row is not a row; without it, the check and the page count alike.
            self.data = [row for row in rows if any(row.values())]

    def _indexes(self, formdata: MultiDict[str, str]) -> list[int]:
        shape = re.compile(rf"^{re.escape(self.name)}-(\d{{1,4}})-")
        found = {int(match.group(1)) for name in formdata if (match := shape.match(name))}
        return sorted(index for index in found if index <= HIGHEST_ROW)

    def _row(self, formdata: MultiDict[str, str], index: int) -> dict[str, Any]:
        return {
            column["key"]: cell(column, formdata, f"{self.name}-{index}-{column['key']}")
            for column in self.definition["fields"]
        }

    def raw(self) -> list[dict[str, Any]]:
        """The rows as the check takes them."""
        kinds = {column["key"]: column["type"] for column in self.definition["fields"]}
        return [{key: for_check(kinds[key], value) for key, value in row.items()} for row in self.data]

    @property
    def first_error(self) -> str:
        """What the summary of the form says of the table: of a cell, its row and column too."""
        if self.errors or not self.cell_errors:
            return super().first_error
        row, column = min(self.cell_errors)
        named = next(one for one in self.definition["fields"] if one["key"] == column)
        place = _("第 %(row)s 行“%(column)s”", row=row + 1, column=said(named["label"]))
        return f"{place} {self.cell_errors[(row, column)]}"

    def show(self, problem: Problem) -> None:
        """Say at the cell, or at the table, what is wrong."""
        if problem.row is None or problem.column is None:
            super().show(problem)
            return
        self.cell_errors[(problem.row, problem.column)] = problem_words(problem.code, problem.facts)


def cell(column: Definition, formdata: MultiDict[str, str], name: str) -> Any:
    """The typed value of a cell."""
    values = formdata.getlist(name)
    if column["type"] == "address":
        return sent(column, name, formdata.get)
    if column["type"] in ("choices", "files"):
        return [value for value in values if value]
    return values[0] if values else None


def for_check(kind: str, value: Any) -> Any:
    """The typed text as the check takes it: a local time gets its zone, a ticked box its yes."""
    if kind == "datetime" and isinstance(value, str) and value.strip():
        return _with_zone(value.strip())
    if kind in ("bool", "consent") and not value:
        return None
    if kind == "bool":
        return bool(value) or None
    return value


def _with_zone(text: str) -> Any:
    moment = read_moment(text)
    if moment is None:
        return text
    return moment if moment.tzinfo else moment.replace(tzinfo=zone())


class PolicyForm(Form):
    """The base of every compiled form."""

    definition: ClassVar[Definition] = {}

    def sections(self) -> Iterator[tuple[Definition, list[Any]]]:
        """Each section with its fields; a note 说明 stands as its bare definition, a group as a box."""
        for section in self.definition["sections"]:
            yield section, self._inside(section)

    def _inside(self, box: Definition) -> list[Any]:
        return [self._shown(one) for one in box["fields"] if not one.get("retired")]

    def _shown(self, definition: Definition) -> Any:
        if definition["type"] == GROUP:
            return Box(definition, self._inside(definition))
        return self._fields.get(PREFIX + definition["key"], Note(definition))

    def submitted(self) -> dict[str, Any]:
        """What was typed, by field key, for the check."""
        return {field.key: field.raw() for field in self._fields.values()}

    def uploads(self) -> list[str]:
        """The uploads that the form takes along."""
        return [one for field in self._fields.values() if field.kind == "files" for one in field.data or []]

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Map the problems of the check back to the fields."""
        for problem in problems:
            field = self._fields.get(PREFIX + problem.field)
            if field is not None:
                field.show(problem)

    def wrong_fields(self) -> list[Any]:
        """The fields with something to put right, in reading order."""
        return [
            field for field in self._fields.values() if field.errors or getattr(field, "cell_errors", None)
        ]


class Note:
    """A paragraph between the fields 说明; also what nobody types: a computed value, a lookup, a number."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.key, self.kind = definition["key"], definition["type"]
        self.name, self.errors, self.data = PREFIX + self.key, (), None


class Box:
    """A group 分组 of fields with its title; a folded one opens where something must be put right."""

    kind = GROUP

    def __init__(self, definition: Definition, fields: list[Any]) -> None:
        self.definition, self.key, self.fields = definition, definition["key"], fields

    @property
    def open(self) -> bool:
        """Whether the group lies open."""
        return not self.definition.get("folded") or any(_needs_a_look(one) for one in self.fields)


def _needs_a_look(shown: Any) -> bool:
    if shown.kind == GROUP:
        return bool(shown.open and shown.definition.get("folded"))
    return bool(shown.errors or shown.data or getattr(shown, "cell_errors", None))


KINDS: dict[str, type[TypedField]] = {
    "choices": ManyField,
    "files": ManyField,
    "table": RowsField,
    "address": AddressField,
    "signature": SignatureField,
}
NOT_TYPED = frozenset({"note", "computed", "lookup", "series"})


def compile_form(definition: Definition) -> type[PolicyForm]:
    """The WTForms class of a definition."""
    fields: dict[str, Any] = {}
    for one in fields_of(definition):
        if one["type"] not in NOT_TYPED and not one.get("retired"):
            fields[PREFIX + one["key"]] = _unbound(one)
    return type(f"Form_{definition['key']}", (PolicyForm,), {**fields, "definition": definition})


def _unbound(definition: Definition) -> Any:
    kind = KINDS.get(definition["type"], TypedField)
    return kind(definition, label=definition["key"])


def form_class(policy: str, version: int, definition: Definition) -> type[PolicyForm]:
    """The class of a published form, compiled once for a definition that is at hand.

    A published version never changes, but another database may have another one of that number.
    """
    key = (policy, version, definition["key"])
    known = _classes.get(key)
    if known is None or known[0] is not definition:
        known = _classes[key] = (definition, compile_form(definition))
    return known[1]


def from_values(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored or proposed values as the fields show them."""
    return {PREFIX + one["key"]: typed(one, values.get(one["key"])) for one in fields_of(definition)}


def marked(names: Iterable[str]) -> set[str]:
    """The inputs that a sent form showed as a mask 遮盖栏目; see portal/forms/covering.py."""
    return {found[1] for name in names if (found := MARKED.match(name))}


def from_draft(values: Mapping[str, Sequence[str]]) -> MultiDict[str, str]:
    """A draft as if it had just been sent."""
    return MultiDict([(name, value) for name, many in values.items() for value in many])
