"""The published JSON Schema is the grammar's, takes every shipped policy and refuses slips of the pen."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from documents.pack_files import PACKS, packs, supplements
from documents.pack_files import definition as pack_definition
from documents.rules.grammar import EFFECTS, SECTIONS, SHAPES
from documents.rules.grammar.parts import KINDS
from documents.rules.policy_schema import WRITTEN, json_schema
from tests.rules.test_policy_checking import put

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "policy.schema.json"
SCHEMA = json_schema()
FILE = Draft202012Validator(SCHEMA)
WHOLE = Draft202012Validator({**SCHEMA, "required": SCHEMA["$defs"]["whole"]["required"]})


def said(validator: Draft202012Validator, definition: Any) -> list[str]:
    return [f"{one.json_path}: {one.message[:160]}" for one in validator.iter_errors(definition)]


def test_the_published_schema_is_the_grammars() -> None:
    assert json.loads(PUBLISHED.read_text()) == SCHEMA, (
        "run: juanzong policy schema --to docs/policy.schema.json"
    )


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert set(WRITTEN) == KINDS


@pytest.mark.parametrize("pack", packs())
def test_every_shipped_policy_is_valid(pack: str) -> None:
    assert said(WHOLE, pack_definition(pack)) == []


@pytest.mark.parametrize("pack", supplements())
def test_every_shipped_supplement_is_valid(pack: str) -> None:
    assert said(FILE, pack_definition(pack)) == []


@pytest.mark.parametrize("name", ["policy", "lists", "forms", "workflow", "limits", "letters", "yearly"])
def test_each_file_of_a_bundle_is_valid_by_itself(name: str) -> None:
    text = (PACKS / "p01" / f"{name}.yaml").read_text()
    assert said(FILE, json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))) == []


SLIPS = [
    ("forms/intake/demand/requierd", True),
    ("forms/intake/demand/type", "chioce"),
    ("forms/intake/demand/required", 3),
    ("forms/intake/demand/options", "channels"),  # a long text has no options
    ("forms/intake/demand/label", "诉求"),
    ("forms/intake/demand/label", {"zh": "诉求"}),
    ("forms/intake/demand/width", "wide"),
    ("forms/intake/demand/key", "Demand"),
    ("forms/intake/issues/rows", {"max": "ten"}),
    ("limits/handle/counted_in", "fortnights"),
    ("limits/handle/amount", "7"),
    ("ladders/main/rungs/before/at", "soon"),
    ("ladders/main/rungs/before/tell", [{"person": "wang"}]),
    ("workflows/complaint/transitions/reply/effects", [{"strat": "handle"}]),
    ("workflows/complaint/transitions/reply/effects", [{"start": "handle", "stop": "handle"}]),
    ("workflows/complaint/transitions/reply/primary", "yes"),
    ("duties/annual_report/recurrence/on", ["13-01"]),
    ("policy/zoen", "x"),
    ("slots/intake/kind", None),
    ("archive/retention", "ten years"),
    ("tickets", []),
]


@pytest.mark.parametrize(("place", "value"), SLIPS, ids=[f"{one[0]}={one[1]!r}"[:70] for one in SLIPS])
def test_a_slip_of_the_pen_is_refused(place: str, value: Any) -> None:
    policy = copy.deepcopy(pack_definition("p01"))
    put(policy, place, value) if "/" in place else policy.update({place: value})
    section = place.partition("/")[0]
    assert said(FILE, {section: policy[section]})


def test_everything_is_described_in_both_languages() -> None:
    for name, shape in SHAPES.items():
        properties = SCHEMA["$defs"][name]["properties"]
        assert list(properties) == [one.name for one in shape.all_attributes]
        assert all(" – " in one["description"] for one in properties.values()), name
    assert set(SCHEMA["properties"]) == set(SECTIONS)
    assert len(SCHEMA["$defs"]["effect"]["anyOf"]) == len(EFFECTS)
