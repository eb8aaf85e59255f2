"""Checking what was filled in against a form 表单 of the policy.

The same check serves the page, the API and the import. A hidden field has no value: it is neither
asked for nor kept, and what it said the last time is forgotten by the conditions of this form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from documents.rules.broken import RuleBroken
from documents.rules.expressions import compile_expression, evaluate, holds
from documents.rules.field_reading import Definition, Reading, Unreadable, is_empty
from documents.rules.field_values import read_value
from documents.rules.fields import GROUP, fields_of

Values = dict[str, Any]
MAX_ROWS = 50


class Problem(NamedTuple):
    """One thing wrong with one field; `row` and `column` point into a table."""

    field: str
    code: str
    facts: Mapping[str, Any] = MappingProxyType({})
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True)
class Checked:
    """The clean values of a form and everything wrong with it."""

    values: Values
    problems: tuple[Problem, ...]

    def or_raise(self) -> Values:
        """The values; raises RuleBroken("form_incomplete") when there are problems."""
        if self.problems:
            raise RuleBroken("form_incomplete", problems=self.problems)
        return self.values


def check(
    form: Definition,
    submitted: Mapping[str, Any],
    *,
    lists: Mapping[str, Any],
    facts: Mapping[str, Any],
    today: date,
) -> Checked:
    """Check the submitted values; `facts` are what else conditions may read (the case, its other forms)."""
    own = {one["key"] for one in fields_of(form)}
    known = {name: value for name, value in facts.items() if name not in own}
    sheet = _Sheet(submitted, Reading(lists, today, facts), known)
    for section in form["sections"]:
        sheet.take(section["fields"])
    return Checked(sheet.values, tuple(sheet.problems))


@dataclass
class _Sheet:
    """A form while it is checked; `known` is what the conditions of the next field may read."""

    submitted: Mapping[str, Any]
    reading: Reading
    known: Values
    values: Values = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take(self, fields: Sequence[Definition]) -> None:
        """Check the fields in reading order; a hidden group hides everything in it."""
        for one in fields:
            unasked = one["type"] == "note" or one.get("retired")
            if unasked or not holds(one.get("visible"), self.known):
                continue
            if one["type"] == GROUP:
                self.take(one["fields"])
            else:
                self._take_one(one)

    def _take_one(self, one: Definition) -> None:
        key, before = one["key"], len(self.problems)
        value = self._value(one)
        if is_empty(value):
            told = len(self.problems) > before
            if not told and one["type"] != "computed" and holds(one.get("required", False), self.known):
                self.problems.append(Problem(key, "required"))
        if not is_empty(value) or one["type"] == "computed":
            self.values[key] = self.known[key] = value

    def _value(self, one: Definition) -> Any:
        if one["type"] == "computed":
            return evaluate(compile_expression(one["value"]), self.known)
        raw = self.submitted.get(one["key"])
        if one["type"] == "table":
            return _rows(one, raw, self.reading, self.problems)
        try:
            return read_value(one, raw, self.reading)
        except Unreadable as wrong:
            self.problems.append(Problem(one["key"], wrong.code, wrong.facts))
            return None


def _rows(definition: Definition, raw: Any, reading: Reading, problems: list[Problem]) -> list[Values]:
    key, limits = definition["key"], definition.get("rows", {})
    rows = [row for row in raw or [] if not all(is_empty(cell) for cell in row.values())]
    if len(rows) > limits.get("max", MAX_ROWS):
        problems.append(Problem(key, "too_many_rows", {"max": limits.get("max", MAX_ROWS)}))
        return []
    if rows and len(rows) < limits.get("min", 0):
        problems.append(Problem(key, "too_few_rows", {"min": limits["min"]}))
    wrong: list[Problem] = []
    kept = [_row(definition, index, row, _Cells(reading, wrong)) for index, row in enumerate(rows)]
    problems.extend(wrong)
    return kept


class _Cells(NamedTuple):
    reading: Reading
    problems: list[Problem]


def _row(definition: Definition, index: int, row: Mapping[str, Any], cells: _Cells) -> Values:
    kept: Values = {}
    for column in definition["fields"]:
        if not holds(column.get("visible"), kept):
            continue
        try:
            value = read_value(column, row.get(column["key"]), cells.reading)
        except Unreadable as wrong:
            cells.problems.append(Problem(definition["key"], wrong.code, wrong.facts, index, column["key"]))
            continue
        if not is_empty(value):
            kept[column["key"]] = value
        elif holds(column.get("required", False), kept):
            cells.problems.append(Problem(definition["key"], "required", {}, index, column["key"]))
    return kept
