"""docs/policy-format.md cannot lie: its policy is published, its tables are those of the grammar."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from documents import trial
from documents.actions import organising
from documents.actions.publishing import publish_definition
from documents.bundles.checking import check_bundle
from documents.bundles.packing import bundle_files
from documents.bundles.reading import Bundle, read_files
from documents.policy import Policy
from documents.rules.expression_parsing import FUNCTIONS
from documents.rules.grammar import EFFECTS, SECTIONS, SHAPES
from documents.rules.policy_forms import CASE_FACTS
from documents.rules.policy_reference import filled
from documents.rules.policy_schema import json_schema
from documents.rules.policy_warnings import warnings
from documents.rules.scenario_results import PARTS
from portal.commands.policy import policy as commands

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "policy-format.md").read_text()
FILES = dict(re.findall(r"^```yaml (\S+\.yaml)\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE))
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
SCHEMA = Draft202012Validator(json_schema())


@pytest.fixture(scope="module")
def shop() -> Bundle:
    """The policy that the document teaches."""
    return read_files({name: text.encode() for name, text in FILES.items()})


def test_the_taught_policy_has_no_problems(shop: Bundle) -> None:
    assert check_bundle(shop) == ()
    assert warnings(shop.definition) == []
    assert [one.message for one in SCHEMA.iter_errors(shop.definition)] == []


def test_the_taught_policy_does_what_its_scenarios_say(shop: Bundle) -> None:
    results = trial.run(shop.definition)
    assert len(results) == 3
    assert [one.differences for one in results] == [(), (), ()]


def test_the_taught_policy_is_published(shop: Bundle, database: Any) -> None:
    now = datetime(2026, 2, 24, tzinfo=UTC)
    organising.load_calendar("cn", now=now)
    published = publish_definition(shop.definition, seen=None, actor="reader", now=now)
    assert (published.key, published.version) == ("shop", 1)
    assert Policy.current("shop").definition == shop.definition


def test_the_taught_policy_goes_out_and_comes_back(shop: Bundle) -> None:
    files = bundle_files(shop.definition)
    assert set(files) == {*FILES, "bundle.yaml"}
    assert bundle_files(read_files(files).definition) == files


@pytest.mark.parametrize("example", EXAMPLES, ids=[one.splitlines()[0] for one in EXAMPLES])
def test_every_example_is_valid(example: str) -> None:
    definition = read_files({"policy.yaml": example.encode()}).definition
    assert [f"{one.json_path}: {one.message}" for one in SCHEMA.iter_errors(definition)] == []


def test_the_tables_are_the_grammars() -> None:
    assert filled(DOCUMENT) == DOCUMENT, "run: juanzong policy schema --tables docs/policy-format.md"
    told = set(re.findall(r"<!-- table: ([a-z_]+) -->", DOCUMENT))
    written_by_the_product = {"attached"}
    plain = {"unit_kind", "example"}
    assert set(SHAPES) - told == written_by_the_product | plain
    assert {"sections", "effects", "field_types", "patterns"} <= told
    for name in (*SECTIONS, *EFFECTS):
        assert f"`{name}`" in DOCUMENT


def test_what_is_listed_is_all_there_is() -> None:
    listed = DOCUMENT.partition("函数：")[2].partition("。")[0]
    assert set(re.findall(r"`([a-z_]+)", listed)) == set(FUNCTIONS)
    facts = DOCUMENT.partition("以及案件本身的")[2].partition("（")[0]
    assert set(re.findall(r"`([a-z_]+)`", facts)) == CASE_FACTS
    expected = DOCUMENT.partition("没写的不核对：")[2].partition("<!--")[0]
    heads = " ".join(line.split("|")[1] for line in expected.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`([a-z_]+)`", heads)) == {*PARTS, "also", "duties"}


def test_every_command_is_told() -> None:
    told = set(re.findall(r"`juanzong policy ([a-z]+)", DOCUMENT))
    assert told == set(commands.commands)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *[
            (word, word)
            for word in ("on", "no", "2026-01-31", "06-15", "1:30", "0668", "0x1F", "1e5", "+3", ".5")
        ],
        *[("true", True), ("7", 7), ("-3", -3), ("1.5", 1.5), ("~", None)],
    ],
)
def test_words_are_read_as_the_document_says(written: str, meant: Any) -> None:
    assert f"`{written}`" in DOCUMENT
    assert read_files({"policy.yaml": f"a: {written}".encode()}).definition == {"a": meant}
