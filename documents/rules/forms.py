"""Checking what was filled in against a form 表单 of the policy.

The same check serves the page, the API and the import. A hidden field has no value: it is neither
asked for nor kept, and what it said the last time is forgotten by the conditions of this form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from documents.rules.broken import RuleBroken
from documents.rules.expressions import compile_expression, evaluate, holds
from documents.rules.field_order import columns_of, in_order, row_facts
from documents.rules.field_reading import Definition, Reading, Unreadable, is_empty
from documents.rules.field_values import read_value
from documents.rules.fields import Placed, fields_of, placed
from documents.rules.lookups import fact, facts_of

Values = dict[str, Any]
MAX_ROWS = 50
# Nobody types these: they are calculated, looked up, or given out when the form is kept.
NOT_ASKED = frozenset({"computed", "lookup", "series"})


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
    return Checker(form).check(submitted, lists=lists, facts=facts, today=today)


@dataclass(frozen=True)
class Checker:
    """A form made ready to check many fillings 表单校验: its fields in the order of settling.

    `kept` are earlier answers that the filler may not read: they stay where nothing new is said.
    """

    form: Definition
    kept: Values = field(default_factory=dict)

    @cached_property
    def _places(self) -> list[Placed]:
        return [place for place in placed(self.form) if _is_asked(place)]

    @cached_property
    def _order(self) -> list[Placed]:
        return in_order(self._places)

    @cached_property
    def _unanswered(self) -> Values:
        return dict.fromkeys(one["key"] for one in fields_of(self.form))

    def check(
        self, submitted: Mapping[str, Any], *, lists: Mapping[str, Any], facts: Mapping[str, Any], today: date
    ) -> Checked:
        """Check one filling of the form."""
        known = {**facts, "today": today, **self._unanswered}
        sheet = _Sheet(submitted, Reading(lists, today, facts), known, self.kept)
        for place in self._order:
            sheet.settle(place)
        shown = [place.field for place in self._places if place.field["key"] in sheet.shown]
        for one in shown:
            sheet.ask(one)
        values = {one["key"]: sheet.values[one["key"]] for one in shown if one["key"] in sheet.values}
        wrong = (problem for one in shown for problem in sheet.problems.get(one["key"], ()))
        return Checked(values, tuple(wrong))


def known_in(form: Definition, values: Mapping[str, Any], *, facts: Mapping[str, Any], today: date) -> Values:
    """What the conditions of the form read: its own values, null where there is none, before other facts."""
    return {
        **facts,
        "today": today,
        **dict.fromkeys(one["key"] for one in fields_of(form)),
        **facts_of(values),
    }


def _is_asked(place: Placed) -> bool:
    return place.field["type"] != "note" and not any(
        one.get("retired") for one in (*place.groups, place.field)
    )


@dataclass
class _Row:
    """A row while it is checked: its columns in the order of settling, its values, the cells without one."""

    table: str
    index: int
    columns: Sequence[Placed]
    kept: Values = field(default_factory=dict)
    missing: list[Definition] = field(default_factory=list)
    says_something: bool = False


def _broken(checks: Sequence[Definition], facts: Mapping[str, Any]) -> Any:
    """The message of the first check 校验 that does not hold."""
    return next((one["message"] for one in checks if not holds(one["that"], facts)), None)


@dataclass
class _Sheet:
    """A form while it is checked; `known` is what conditions may read."""

    submitted: Mapping[str, Any]
    reading: Reading
    known: Values
    kept: Values
    values: Values = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    rows: dict[str, list[_Row]] = field(default_factory=dict)
    problems: dict[str, list[Problem]] = field(default_factory=dict)

    def settle(self, place: Placed) -> None:
        """Whether the field shows, and its value; everything that it reads is settled."""
        one = place.field
        if not place.shows(self.known):
            return
        self.shown.add(one["key"])
        value = self._table(one) if one["type"] == "table" else self._value(one)
        if not is_empty(value) or one["type"] == "computed":
            self.values[one["key"]], self.known[one["key"]] = value, fact(value)

    def ask(self, one: Definition) -> None:
        """Whether anything required is missing, once everything is settled."""
        key = one["key"]
        self._check_unique(one)
        for row in self.rows.get(key, ()):
            facts = row_facts(self.known, row.columns, row.kept)
            for column in row.missing:
                if holds(column.get("required", False), facts):
                    self._say(Problem(key, "required", {}, row.index, column["key"]))
            self._check_cells(row, facts)
        if key in self.problems:
            return
        if is_empty(self.values.get(key)):
            if one["type"] not in NOT_ASKED and holds(one.get("required", False), self.known):
                self._say(Problem(key, "required"))
        elif (message := _broken(one.get("check", ()), self.known)) is not None:
            self._say(Problem(key, "check_failed", {"message": message}))

    def _check_cells(self, row: _Row, facts: Mapping[str, Any]) -> None:
        for column, _ in row.columns:
            if column.get("check") and column["key"] in row.kept:
                message = _broken(column["check"], facts)
                if message is not None:
                    self._say(
                        Problem(row.table, "check_failed", {"message": message}, row.index, column["key"])
                    )

    def _check_unique(self, table: Definition) -> None:
        unique = [column["key"] for column in table.get("fields", ()) if column.get("unique")]
        seen: set[tuple[str, str]] = set()
        for row in self.rows.get(table["key"], ()):
            said = {(key, str(row.kept[key])) for key in unique if key in row.kept}
            for key, _ in sorted(said & seen):
                self._say(Problem(table["key"], "not_unique", {}, row.index, key))
            seen |= said

    def _say(self, problem: Problem) -> None:
        self.problems.setdefault(problem.field, []).append(problem)

    def _read(self, one: Definition, submitted: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
        if one["type"] == "computed":
            return evaluate(compile_expression(one["value"]), known)
        return read_value(one, submitted.get(one["key"]), self.reading)

    def _value(self, one: Definition) -> Any:
        try:
            value = self._read(one, self.submitted, self.known)
            return self.kept.get(one["key"], value) if is_empty(value) else value
        except Unreadable as wrong:
            self._say(Problem(one["key"], wrong.code, wrong.facts))
            return None

    def _table(self, one: Definition) -> list[Values]:
        key, limits = one["key"], one.get("rows", {})
        if key in self.kept:
            return list(self.kept[key])
        rows = [row for row in self.submitted.get(key) or [] if not all(map(is_empty, row.values()))]
        if len(rows) > limits.get("max", MAX_ROWS):
            self._say(Problem(key, "too_many_rows", {"max": limits.get("max", MAX_ROWS)}))
            return []
        columns = in_order(columns_of(one))
        filled = [self._row(_Row(key, index, columns), row) for index, row in enumerate(rows)]
        self.rows[key] = [row for row in filled if row.says_something]
        kept = [row.kept for row in self.rows[key]]
        if kept and len(kept) < limits.get("min", 0):
            self._say(Problem(key, "too_few_rows", {"min": limits["min"]}))
        return kept

    def _row(self, row: _Row, submitted: Mapping[str, Any]) -> _Row:
        """Settle the cells of one row; what another row says is nothing to it."""
        facts = row_facts(self.known, row.columns, row.kept)
        for column, _ in row.columns:
            key, typed = column["key"], column["type"] != "computed"
            if not holds(column.get("visible"), facts):
                continue
            try:
                value = self._read(column, submitted, facts)
            except Unreadable as wrong:
                row.says_something = True
                self._say(Problem(row.table, wrong.code, wrong.facts, row.index, key))
                continue
            if not is_empty(value):
                row.kept[key] = facts[key] = value
                row.says_something |= typed
            elif typed:
                row.missing.append(column)
        return row
