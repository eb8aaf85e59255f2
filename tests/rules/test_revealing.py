"""What lies under a mask for who may read it too, how long it is shown, when a second person is needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents.rules.broken import RuleBroken
from documents.rules.fields import fields_of
from documents.rules.inherited import inheriting
from documents.rules.revealing import RevealRules, beneath, in_table, veil_of, veiled, waits, why

NOW = datetime(2026, 2, 24, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        pytest.param({"type": "phone", "class": "personal", "mask": "phone"}, "phone", id="a telephone"),
        pytest.param({"type": "phone", "class": "personal"}, "phone", id="by its type"),
        pytest.param({"type": "id_number", "class": "restricted"}, "id_number", id="an identity number"),
        pytest.param({"type": "text", "class": "personal", "mask": "account"}, "account", id="an account"),
        pytest.param({"type": "phone"}, None, id="public"),
        pytest.param({"type": "phone", "class": "personal", "reveal": "open"}, None, id="always open"),
        pytest.param({"type": "text", "class": "personal", "mask": "name"}, None, id="a name"),
        pytest.param({"type": "email", "class": "personal", "mask": "email"}, None, id="an address of mail"),
    ],
)
def test_numbers_by_which_people_are_found_lie_under_a_mask(field: dict[str, Any], kind: str | None) -> None:
    assert veil_of(field) == kind
    assert bool(veiled(field, "13800001234")) == bool(kind)


def test_it_is_shown_for_the_time_that_the_policy_says() -> None:
    assert RevealRules.of({}).until(NOW) - NOW == timedelta(minutes=15)
    assert RevealRules.of({"policy": {"reveal": {"minutes": 60}}}).until(NOW) - NOW == timedelta(hours=1)
    assert RevealRules.of({"policy": {"reveal": {"minutes": 99_999}}}).minutes == 480


def test_a_second_person_is_needed_for_a_class_or_for_one_field() -> None:
    rules = RevealRules.of({"policy": {"reveal": {"release": ["restricted"]}}})
    closed, personal = {"class": "restricted"}, {"class": "personal"}
    assert rules.needs_release(closed)
    assert not rules.needs_release(personal)
    assert not rules.needs_release({**closed, "reveal": "reason"})
    assert rules.needs_release({**personal, "reveal": "release"})
    assert waits(rules, [personal, closed])
    assert not waits(RevealRules(), [personal, closed])


def test_a_reason_is_chosen_or_written() -> None:
    assert why("联系投诉人", " ") == "联系投诉人"
    assert why("联系投诉人", "核对回单") == "核对回单"
    with pytest.raises(RuleBroken, match="reason_missing"):
        why("", "  ")


PHONE = {"of": "earlier", "field": "phone"}


def copied(**attributes: Any) -> dict[str, Any]:
    """What a field that copies the telephone of the complainant becomes in a published version."""
    said = [
        {"key": "phone", "type": "phone", "class": "personal", "reveal": "release"},
        {"key": "note", "type": "text"},
        {"key": "earlier", "type": "case"},
        {
            "key": "first",
            "type": "lookup",
            "class": "personal",
            "lookup": PHONE,
        },
        {"key": "copy", "class": "personal", **attributes},
    ]
    boxed = [*said[:4], {"key": "box", "type": "group", "fields": [said[4]]}]
    made = inheriting({"forms": [{"key": "intake", "sections": [{"fields": boxed}]}], "policy": {}})
    return next(dict(one) for one in fields_of(made["forms"][0]) if one["key"] == "copy")


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        pytest.param({"lookup": PHONE}, "phone", id="looked up"),
        pytest.param({"lookup": {"of": "earlier", "field": "note"}}, None, id="of what has no mask"),
        pytest.param({"lookup": {"of": "earlier", "field": "title"}}, None, id="what every case says"),
        pytest.param({"lookup": PHONE, "reveal": "open"}, None, id="says otherwise"),
        pytest.param({"lookup": PHONE, "mask": "account"}, "account", id="its own"),
        pytest.param({"type": "computed", "value": "phone"}, "phone", id="merely copied"),
        pytest.param({"type": "computed", "value": "first"}, "phone", id="a copy of a lookup"),
        pytest.param({"type": "computed", "value": "note if note == '' else first"}, "phone", id="chosen"),
        pytest.param({"type": "computed", "value": "phone == '1'"}, None, id="worked out of it"),
        pytest.param({"type": "computed", "value": "copy"}, None, id="itself"),
    ],
)
def test_a_copy_lies_under_the_mask_of_its_source(field: dict[str, Any], kind: str | None) -> None:
    found = copied(**{"type": "lookup", **field})
    assert veil_of(found) == kind
    assert (found.get("reveal") == "release") == (kind == "phone")


def test_so_does_a_column_that_copies_another_of_its_row() -> None:
    copies = [{"key": key, "type": "computed", "value": value} for key, value in COPIES.items()]
    table = {**CONTACTS, "fields": [*CONTACTS["fields"], *copies]}
    listed = {"key": "listed", "type": "computed", "value": "contacts.phone"}
    made = inheriting({"forms": [{"key": "intake", "sections": [{"fields": [table, listed]}]}]})
    found, beside = fields_of(made["forms"][0])
    assert set(beneath(found)) == {"contacts.phone", "contacts.proof", "contacts.same", "contacts.id"}
    assert beneath(found)["contacts.id"]["reveal"] == "release"
    assert veil_of(beside) == "phone"


def test_a_plain_copy_is_as_sensitive_as_its_source() -> None:
    assert copied(type="computed", value="phone", **{"class": "public"})["class"] == "personal"
    assert copied(type="computed", value="note", **{"class": "restricted"})["class"] == "restricted"
    plain: dict[str, Any] = {"forms": [], "policy": {}}
    assert inheriting(plain) is plain


CONTACTS: dict[str, Any] = {
    "key": "contacts",
    "type": "table",
    "class": "personal",
    "fields": [
        {"key": "who", "type": "text"},
        {"key": "phone", "type": "phone"},
        {"key": "proof", "type": "id_number", "class": "restricted", "reveal": "release"},
        {"key": "desk", "type": "phone", "reveal": "open"},
    ],
}

COPIES = {"same": "phone", "id": "row.proof if phone == '1' else who", "name": "who", "is": "phone == '1'"}


def test_a_table_is_revealed_column_by_column() -> None:
    found = beneath(CONTACTS)
    assert set(found) == {"contacts.phone", "contacts.proof"}
    assert "class" not in found["contacts.phone"]  # who may read it is asked as it stands
    assert in_table(found["contacts.phone"], CONTACTS)["class"] == "personal"
    assert in_table(found["contacts.proof"], CONTACTS)["class"] == "restricted"
    assert not waits(RevealRules(), [CONTACTS], {"contacts.phone"})
    assert waits(RevealRules(), [CONTACTS])
    open_columns = [one for one in CONTACTS["fields"] if one["key"] != "proof"]
    assert not waits(RevealRules(), [{**CONTACTS, "fields": open_columns, "reveal": "release"}])
    assert waits(RevealRules(release=frozenset({"personal"})), [{**CONTACTS, "fields": open_columns}])
    assert set(beneath({"key": "phone", "type": "phone", "class": "personal"})) == {"phone"}
    assert beneath({**CONTACTS, "fields": open_columns[:1]}) == {}
