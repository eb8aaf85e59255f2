"""Checking what was filled in against a form 表单 of the policy.

The same check serves the page, the API and the import. A hidden field has no value: it is neither
asked for nor kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, NamedTuple

from documents.rules.broken import RuleBroken
from documents.rules.expressions import compile_expression, evaluate, holds
from documents.rules.options import option_keys
from documents.rules.text import tidy

Definition = Mapping[str, Any]
Values = dict[str, Any]

KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
TEXT_LIMITS = {
    "text": 200,
    "longtext": 8_000,
    "address": 300,
    "phone": 40,
    "email": 200,
    "id_number": 30,
    "case": 40,
}
EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$")
PHONE = re.compile(r"^[0-9+][0-9 ()\-]{4,}$")
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


class Unreadable(Exception):
    """A single value cannot be taken; carries the problem's code and facts."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def fields_of(form: Definition) -> Iterator[Definition]:
    """Every field of the form, in reading order."""
    for section in form["sections"]:
        yield from section["fields"]


def check(
    form: Definition,
    submitted: Mapping[str, Any],
    *,
    lists: Mapping[str, Any],
    facts: Mapping[str, Any],
    today: date,
) -> Checked:
    """Check the submitted values; `facts` are what else conditions may read (the case, its other forms)."""
    values: Values = {}
    problems: list[Problem] = []
    rules = _Rules(lists=lists, today=today)
    for definition in fields_of(form):
        key = definition["key"]
        if definition["type"] == "note":
            continue
        known = {**facts, **values}
        if not holds(definition.get("visible"), known):
            continue
        if definition["type"] == "computed":
            values[key] = evaluate(compile_expression(definition["value"]), known)
            continue
        if definition["type"] == "table":
            _check_table(definition, submitted.get(key), rules, values, problems)
        else:
            _check_field(definition, submitted.get(key), rules, values, problems)
        told = any(problem.field == key for problem in problems)
        if is_empty(values.get(key)) and not told and holds(definition.get("required", False), known):
            problems.append(Problem(key, "required"))
    return Checked(values, tuple(problems))


def is_empty(value: Any) -> bool:
    """Whether a value says nothing."""
    return value in (None, "", [], {})


@dataclass(frozen=True)
class _Rules:
    lists: Mapping[str, Any]
    today: date


def _check_field(
    definition: Definition, raw: Any, rules: _Rules, values: Values, problems: list[Problem]
) -> None:
    try:
        value = read_value(definition, raw, lists=rules.lists, today=rules.today)
    except Unreadable as wrong:
        problems.append(Problem(definition["key"], wrong.code, wrong.facts))
        return
    if not is_empty(value):
        values[definition["key"]] = value


def _check_table(
    definition: Definition, raw: Any, rules: _Rules, values: Values, problems: list[Problem]
) -> None:
    key = definition["key"]
    rows = [row for row in raw or [] if not all(is_empty(cell) for cell in row.values())]
    limits = definition.get("rows", {})
    if len(rows) > limits.get("max", MAX_ROWS):
        problems.append(Problem(key, "too_many_rows", {"max": limits.get("max", MAX_ROWS)}))
        return
    if rows and len(rows) < limits.get("min", 0):
        problems.append(Problem(key, "too_few_rows", {"min": limits["min"]}))
    kept = [_check_row(definition, index, row, rules, problems) for index, row in enumerate(rows)]
    if kept:
        values[key] = kept


def _check_row(
    definition: Definition, index: int, row: Mapping[str, Any], rules: _Rules, problems: list[Problem]
) -> Values:
    kept: Values = {}
    for column in definition["fields"]:
        if not holds(column.get("visible"), kept):
            continue
        try:
            value = read_value(column, row.get(column["key"]), lists=rules.lists, today=rules.today)
        except Unreadable as wrong:
            problems.append(Problem(definition["key"], wrong.code, wrong.facts, index, column["key"]))
            continue
        if not is_empty(value):
            kept[column["key"]] = value
        elif holds(column.get("required", False), kept):
            problems.append(Problem(definition["key"], "required", {}, index, column["key"]))
    return kept


def read_value(definition: Definition, raw: Any, *, lists: Mapping[str, Any], today: date) -> Any:
    """One value in its own type (text, int, Decimal, date, datetime, bool, list); raises Unreadable."""
    if is_empty(raw):
        return None
    reader = READERS.get(definition["type"])
    if reader is None:
        raise Unreadable("unknown_type", type=definition["type"])
    value = reader(definition, raw, lists)
    _check_bounds(definition, value, today)
    return value


def _check_bounds(definition: Definition, value: Any, today: date) -> None:
    if value is None or isinstance(value, str | list | bool):
        return
    day = value.date() if isinstance(value, datetime) else value
    for name, code in (("min", "too_low"), ("max", "too_high")):
        bound = definition.get(name)
        if bound is None:
            continue
        limit = _bound(bound, today, isinstance(day, date))
        if (name == "min" and day < limit) or (name == "max" and day > limit):
            raise Unreadable(code, bound=str(limit))


def _bound(bound: Any, today: date, is_day: bool) -> Any:
    if not is_day:
        return Decimal(str(bound))
    return today if bound == "today" else date.fromisoformat(str(bound))


def _text(definition: Definition, raw: Any, _lists: Mapping[str, Any]) -> str:
    if not isinstance(raw, str):
        raise Unreadable("not_text")
    value = tidy(raw, keep_lines=definition["type"] == "longtext")
    longest = definition.get("max", TEXT_LIMITS.get(definition["type"], 200))
    if len(value) > longest:
        raise Unreadable("too_long", max=longest, length=len(value))
    if value and len(value) < definition.get("min", 0):
        raise Unreadable("too_short", min=definition["min"])
    return value


def _email(definition: Definition, raw: Any, lists: Mapping[str, Any]) -> str:
    value = _text(definition, raw, lists)
    if value and not EMAIL.match(value):
        raise Unreadable("not_email")
    return value


def _phone(definition: Definition, raw: Any, lists: Mapping[str, Any]) -> str:
    value = _text(definition, raw, lists)
    if value and not PHONE.match(value):
        raise Unreadable("not_phone")
    return value


def _id_number(definition: Definition, raw: Any, lists: Mapping[str, Any]) -> str:
    value = _text(definition, raw, lists).upper()
    if re.fullmatch(r"[0-9]{17}[0-9X]", value) and not _checksum_holds(value):
        raise Unreadable("id_checksum")
    return value


def _checksum_holds(number: str) -> bool:
    """The check character of an 18-digit identity number 公民身份号码 (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    return "10X98765432"[total % 11] == number[-1]


def _number(_definition: Definition, raw: Any, _lists: Mapping[str, Any]) -> int | Decimal:
    try:
        value = Decimal(str(raw).replace(",", "").strip())
    except InvalidOperation as error:
        raise Unreadable("not_number") from error
    if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
        raise Unreadable("not_number")
    return int(value) if value == value.to_integral_value() else value


def _money(definition: Definition, raw: Any, lists: Mapping[str, Any]) -> Decimal:
    value = Decimal(_number(definition, raw, lists))
    if value != value.quantize(Decimal("0.01")):
        raise Unreadable("money_places")
    return value.quantize(Decimal("0.01"))


def _date(_definition: Definition, raw: Any, _lists: Mapping[str, Any]) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw).strip())
    except ValueError as error:
        raise Unreadable("not_date") from error


def _datetime(_definition: Definition, raw: Any, _lists: Mapping[str, Any]) -> datetime:
    try:
        value = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw).strip())
    except ValueError as error:
        raise Unreadable("not_datetime") from error
    if value.tzinfo is None:
        raise Unreadable("not_datetime")
    return value


def _bool(_definition: Definition, raw: Any, _lists: Mapping[str, Any]) -> bool:
    return raw in (True, "true", "yes", "1", "on", "y")


def _choice(definition: Definition, raw: Any, lists: Mapping[str, Any]) -> str:
    if raw not in option_keys(lists, definition["options"]):
        raise Unreadable("not_an_option", value=str(raw)[:80])
    return str(raw)


def _choices(definition: Definition, raw: Any, lists: Mapping[str, Any]) -> list[str]:
    picked = [raw] if isinstance(raw, str) else list(raw)
    return [_choice(definition, item, lists) for item in picked]


def _key(_definition: Definition, raw: Any, _lists: Mapping[str, Any]) -> str:
    if not isinstance(raw, str) or len(raw) > 80:
        raise Unreadable("not_text")
    return raw.strip()


def _files(_definition: Definition, raw: Any, _lists: Mapping[str, Any]) -> list[str]:
    return [str(item) for item in ([raw] if isinstance(raw, str) else raw)]


READERS: dict[str, Callable[[Definition, Any, Mapping[str, Any]], Any]] = {
    "text": _text,
    "longtext": _text,
    "address": _text,
    "phone": _phone,
    "email": _email,
    "id_number": _id_number,
    "case": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "datetime": _datetime,
    "bool": _bool,
    "choice": _choice,
    "choices": _choices,
    "tree": _choice,
    "person": _key,
    "unit": _key,
    "files": _files,
}
