"""Every type of field with every attribute: the checks of a policy and its JSON Schema refuse alike."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from documents.rules.grammar.forms import FIELD, FIELD_TYPES
from documents.rules.policy_fields import check_fitting
from documents.rules.policy_problems import Findings
from documents.rules.policy_schema import json_schema

SCHEMA = json_schema()
FIELD_OF_SCHEMA = Draft202012Validator({"$ref": "#/$defs/field", "$defs": SCHEMA["$defs"]})
TEXT = {"zh": "文字", "en": "Text"}
OF_KIND: dict[str, Any] = {
    "text": TEXT,
    "long_text": TEXT,
    "string": "文字",
    "whole": 2,
    "number": 1,
    "flag": True,
    "condition": True,
    "reference": "channels",
    "references": ["outlet"],
    "formula": "1 + 1",
    "date": "2026-01-01",
    "bound": 3,
    "texts": [".pdf"],
    "value": "x",
}
TABLES: dict[str, Any] = {"rows": {"max": 3}, "lookup": {"of": "concerned", "field": "name"}}


@cache
def sample(name: str) -> Any:
    """A value of the right kind for an attribute."""
    one = FIELD.attribute(name)
    if one.kind in ("one_of", "some_of"):
        first = next(iter(one.choices))
        return first if one.kind == "one_of" else [first]
    if one.kind == "elements":
        column = {"key": "inside", "type": "text", "label": TEXT}
        return [column] if one.of == "field" else [{"that": "true", "message": TEXT}]
    return TABLES[name] if one.kind == "table" else OF_KIND[one.kind]


NAMES = [one.name for one in FIELD.all_attributes if one.name not in ("key", "type", "label")]


@pytest.mark.parametrize("kind", FIELD_TYPES)
def test_checks_and_schema_refuse_the_same_attributes(kind: str) -> None:
    for name in NAMES:
        one = {"key": "extra", "type": kind, "label": TEXT, name: sample(name)}
        findings = Findings()
        check_fitting("extra", one, findings)
        refused = [problem.path for problem in findings.problems]
        by_schema = [error.message for error in FIELD_OF_SCHEMA.iter_errors(one)]
        assert bool(refused) == bool(by_schema), (name, refused, by_schema)
        assert refused in ([], [f"extra.{name}"])
        assert all(name in problem.remedy_zh for problem in findings.problems)
