"""Each change of a policy is classed: safe, to be reviewed, moving dates or data, or refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.rules.change_classes import classified, settled, undecided
from documents.rules.change_reasons import REASONS, UNDECLARED
from documents.rules.edits import apply
from documents.rules.identity import Name
from documents.rules.renaming import rename

Definition = dict[str, Any]
WHOLE = pack_definition("p01")
STEP = "workflows[complaint].transitions[reply]"


def put(path: str, value: Any = None) -> dict[str, Any]:
    return {"do": "set", "path": path, "value": value}


def add(path: str, value: Any) -> dict[str, Any]:
    return {"do": "add", "path": path, "value": value}


def gone(path: str) -> dict[str, Any]:
    return {"do": "remove", "path": path}


def codes(*operations: dict[str, Any], base: Definition = WHOLE) -> list[str]:
    return [one.code for one in classified(base, apply(base, operations).definition)]


def section_of(key: str) -> str:
    for form in WHOLE["forms"]:
        for section in form["sections"]:
            if any(one["key"] == key for one in section["fields"]):
                return f"forms[{form['key']}].sections[{section['key']}]"
    raise LookupError(key)


PHONE = f"{section_of('complainant_phone')}.fields[complainant_phone]"
CATEGORY = f"{section_of('happened_on')}.fields[happened_on]"
TITLE = f"{section_of('title')}.fields[title]"
FRESH = {"key": "branch_note", "type": "text", "label": {"zh": "备注", "en": "Note"}}


@pytest.mark.parametrize(
    ("operation", "code", "kind"),
    [
        pytest.param(put(f"{PHONE}.label.zh", "手机"), "label", "safe", id="a label"),
        pytest.param(put(f"{PHONE}.help", {"zh": "帮", "en": "h"}), "label", "safe", id="help"),
        pytest.param(
            {"do": "move", "path": PHONE, "before": "complainant_kind"}, "order", "safe", id="order"
        ),
        pytest.param(
            add(section_of("title") + ".fields", FRESH), "optional_field", "safe", id="new optional"
        ),
        pytest.param(
            add(section_of("title") + ".fields", {**FRESH, "required": True}),
            "required_field",
            "review",
            id="new required",
        ),
        pytest.param(put(f"{PHONE}.required", True), "stricter", "review", id="now required"),
        pytest.param(put(f"{TITLE}.required"), "looser", "safe", id="no longer required"),
        pytest.param(put(f"{TITLE}.max", 10), "stricter", "review", id="a tighter bound"),
        pytest.param(put(f"{PHONE}.visible", 'channel == "phone"'), "condition", "review", id="a condition"),
        pytest.param(put(f"{PHONE}.class", "restricted"), "sensitivity", "review", id="a class"),
        pytest.param(put(f"{PHONE}.type", "text"), "retyped", "refused", id="another type"),
        pytest.param(put(f"{TITLE}.type", "longtext"), "looser", "safe", id="a wider type"),
        pytest.param(put(f"{PHONE}.retired", "2026-03-01"), "retired", "review", id="a field retired"),
        pytest.param(gone(CATEGORY), "field_gone", "refused", id="a field gone"),
        pytest.param(gone(PHONE), "asked_elsewhere", "review", id="a field gone from one of its forms"),
        pytest.param(gone("lists.channels[phone]"), "option_gone", "refused", id="an option gone"),
        pytest.param(
            put("lists.channels[phone].retired", "2026-03-01"), "retired", "review", id="an option retired"
        ),
        pytest.param(
            add("lists.channels", {"key": "telex", "label": {"zh": "电传", "en": "Telex"}}),
            "new",
            "safe",
            id="an option added",
        ),
        pytest.param(put("limits[handle].amount", 5), "dates", "moves_dates", id="a limit"),
        pytest.param(put("limits[handle].label.zh", "答复"), "label", "safe", id="the name of a limit"),
        pytest.param(put("policy.calendar", "other"), "calendar", "moves_dates", id="the calendar"),
        pytest.param(put("policy.key", "other"), "policy_key", "refused", id="the key"),
        pytest.param(gone("roles[handler]"), "role_gone", "refused", id="a role gone"),
        pytest.param(gone("unit_kinds[outlet]"), "unit_kind_gone", "refused", id="a kind of unit gone"),
        pytest.param(gone("workflows[complaint].stages[review]"), "stage_gone", "refused", id="a stage gone"),
        pytest.param(gone(STEP), "step_gone", "review", id="a step gone"),
        pytest.param(put(f"{STEP}.effects", []), "clocks", "moves_dates", id="effects that stop clocks"),
        pytest.param(put("archive.category_code", "XX"), "keeping", "review", id="the archive"),
        pytest.param(put("letters[decision].addressee", "x"), "wording", "review", id="a letter"),
    ],
)
def test_a_change_is_classed(operation: dict[str, Any], code: str, kind: str) -> None:
    found = classified(WHOLE, apply(WHOLE, [operation]).definition)
    assert [(one.code, one.kind) for one in found] == [(code, kind)]


def test_a_field_that_moves_to_another_section_is_no_loss() -> None:
    other = next(
        f"forms[intake].sections[{one['key']}]"
        for one in WHOLE["forms"][0]["sections"]
        if f"sections[{one['key']}]" not in PHONE
    )
    move = {"do": "move", "path": PHONE, "to": f"{other}.fields"}
    assert codes(move) == ["moved_elsewhere", "moved_elsewhere"]
    stricter = put(f"{other}.fields[complainant_phone].required", True)
    assert sorted(codes(move, stricter)) == ["moved_elsewhere", "stricter"]


RENAME = {"key": "phone", "rename": "field", "from": "complainant_phone", "to": "phone_number"}


def renamed(change: Callable[[Definition], None] = lambda _field: None) -> Definition:
    new = copy.deepcopy(WHOLE)
    new["migrate"] = [RENAME]
    for form in new["forms"]:
        for section in form["sections"]:
            for one in section["fields"]:
                if one["key"] == "complainant_phone":
                    one["key"] = "phone_number"
                    change(one)
    return new


def test_a_declared_rename_moves_the_data() -> None:
    found = classified(WHOLE, renamed())
    assert {one.code for one in found} == {"renamed", "declared"}
    assert undecided(found) == set()


def test_a_rename_that_changes_the_type_too_is_refused() -> None:
    found = classified(WHOLE, renamed(lambda field: field.update(type="text")))
    assert "retyped" in {one.code for one in found}


def test_an_undeclared_rename_is_a_loss() -> None:
    new = renamed()
    del new["migrate"]
    found = [one for one in classified(WHOLE, new) if one.kind == "refused"]
    assert {one.code for one in found} == {"field_gone"}
    assert Name("field", "complainant_phone", "intake") in undecided(found)


def test_what_nothing_holds_may_go() -> None:
    found = classified(WHOLE, apply(WHOLE, [gone("lists.channels[phone]")]).definition)
    name = Name("option", "phone", "channels")
    assert undecided(found) == {name}
    assert [one.kind for one in settled(found, {name: 1})] == ["refused"]
    assert [one.code for one in settled(found, {name: 0})] == ["unused_gone"]


def test_a_kind_that_units_have_keeps_its_key() -> None:
    """Units keep the kind that they have: reaches and slots of a renamed one would miss them."""
    name = Name("unit_kind", "outlet")
    found = classified(WHOLE, apply(WHOLE, rename(WHOLE, name, "shop")).definition)
    assert "unit_kind_renamed" in {one.code for one in settled(found, {name: 1}) if one.kind == "refused"}
    assert "refused" not in {one.kind for one in settled(found, {name: 0})}
    role = classified(WHOLE, apply(WHOLE, rename(WHOLE, Name("role", "handler"), "agent")).definition)
    assert "refused" not in {one.kind for one in role}  # whoever holds it follows


def test_a_published_declaration_stays() -> None:
    old = renamed()
    without = {name: part for name, part in old.items() if name != "migrate"}
    assert "declaration_changed" in {one.code for one in classified(old, {**without, "migrate": []})}
    assert undecided(classified(old, {**without, "migrate": []})) == set()


def test_another_list_with_the_same_options_is_no_loss() -> None:
    new = copy.deepcopy(WHOLE)
    new["lists"]["ways"] = [
        *new["lists"]["channels"],
        {"key": "telex", "label": {"zh": "电传", "en": "Telex"}},
    ]
    path = f"{section_of('channel')}.fields[channel].options"
    assert sorted(codes(put(path, "ways"), put("lists.ways", new["lists"]["ways"]))) == ["looser", "new"]
    assert "relisted" in codes(put(path, "outcomes"))


def test_every_refusal_has_a_remedy_and_every_reason_both_languages() -> None:
    for code, reason in REASONS.items():
        assert reason.zh, code
        assert reason.en, code
        assert (reason.kind == "refused") == bool(reason.remedy_zh and reason.remedy_en), code
    assert set(UNDECLARED.values()) <= set(REASONS)


@pytest.mark.parametrize("section", sorted(WHOLE))
def test_every_section_may_come_and_go_without_a_crash(section: str) -> None:
    without = {name: part for name, part in WHOLE.items() if name != section}
    assert classified(without, WHOLE)
    assert classified(WHOLE, without)
