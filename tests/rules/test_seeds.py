"""A new element gets a free key, names in both languages, and what it cannot be without."""

from __future__ import annotations

from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.rules.edits import apply
from documents.rules.grammar.forms import FIELD_TYPES
from documents.rules.policy_checking import problems
from documents.rules.policy_forms import TYPES
from documents.rules.seeds import completed, proposed_key

FIELDS = "forms[intake].sections[source].fields"
# What only a person can say: which list, which unit, which field.
ASKS = {"choice", "choices", "tree", "lookup", "series", "group", "consent"}


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    return pack_definition("p01")


@pytest.mark.parametrize(
    ("wanted", "taken", "key"),
    [
        ("Date of receipt", (), "date_of_receipt"),
        ("  E-mail!  ", (), "e_mail"),
        ("Channel", ("channel",), "channel_1"),
        ("收到时间", (), "field_1"),
        ("", ("field_1", "field_2"), "field_3"),
        ("7 days", (), "field_1"),
        ("x" * 99, (), "x" * 36),
    ],
)
def test_keys_are_proposed_from_english_names(wanted: str, taken: tuple[str, ...], key: str) -> None:
    assert proposed_key(wanted, taken, "field") == key


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_type_of_field_can_be_added(definition: dict[str, Any], kind: str) -> None:
    done = completed(definition, [{"do": "add", "path": FIELDS, "value": {"type": kind}}])
    added = done[0]["value"]
    assert next(iter(added)) == "key"
    assert added["label"] == {"zh": FIELD_TYPES[kind][0], "en": FIELD_TYPES[kind][1]}
    found = problems(apply(definition, done).definition)
    assert found == [] or kind in ASKS, found


def test_two_of_a_kind_at_once_get_two_keys(definition: dict[str, Any]) -> None:
    one = {"do": "add", "path": FIELDS, "value": {"type": "date"}}
    keys = [each["value"]["key"] for each in completed(definition, [one, one])]
    assert keys == ["date_1", "date_2"]


def test_a_copy_is_a_new_field_unless_it_shall_be_the_same(definition: dict[str, Any]) -> None:
    asked = {"do": "copy", "of": f"{FIELDS}[channel]", "path": "forms[treatment].sections[result].fields"}
    fresh, same = completed(definition, [asked, {**asked, "same_key": True}])
    assert (fresh["value"]["key"], same["value"]["key"]) == ("channel_1", "channel")
    assert fresh["value"]["options"] == same["value"]["options"] == "channels"


@pytest.mark.parametrize(
    ("section", "path"),
    [("lists", "lists.list_1"), ("slots", "slots.slot_1"), ("slot_labels", "slot_labels.slot_1")],
)
def test_named_elements_get_a_name(definition: dict[str, Any], section: str, path: str) -> None:
    done = completed(definition, [{"do": "add", "path": section}])
    assert (done[0]["do"], done[0]["path"], done[0]["was"]) == ("set", path, None)
