"""A form of a draft is drawn whatever is still missing in it."""

from __future__ import annotations

from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.rules.form_drawing import drawable

LISTS = {"lists": {"good": [{"key": "a", "label": {"zh": "甲", "en": "A"}}], "bad": [3], "none": "x"}}


def drawn(one: dict[str, Any], *, live: bool = False, doubtful: tuple[str, ...] = ()) -> dict[str, Any]:
    form = {"key": "f", "sections": [{"key": "s", "fields": [one]}]}
    made = drawable(form, LISTS, live=live, doubtful=doubtful)
    return dict(made["sections"][0]["fields"][0])


def test_a_sound_form_stays_as_it_is() -> None:
    definition = pack_definition("p01")
    for form in definition["forms"]:
        made = drawable(form, definition, live=True)
        for section, other in zip(form["sections"], made["sections"], strict=True):
            assert section["fields"] == other["fields"], form["key"]


@pytest.mark.parametrize("options", [None, "gone", "bad", "none", 7, ["good"]])
def test_a_choice_without_its_list_offers_nothing(options: Any) -> None:
    assert drawn({"key": "c", "type": "choice", "options": options})["options"] == ""
    assert drawn({"key": "c", "type": "choice", "options": "good"})["options"] == "good"


@pytest.mark.parametrize(
    "one",
    [
        {"key": "x", "type": "moons"},
        {"key": "x"},
        {"key": "x", "type": "computed", "value": "(("},
        {"key": "x", "type": "computed"},
        {"key": "x", "type": "series", "numbering": "gone"},
        {"key": "x", "type": "lookup", "lookup": 3},
    ],
)
def test_what_cannot_be_drawn_is_told_by_its_name(one: dict[str, Any]) -> None:
    assert drawn({**one, "label": {"zh": "甲", "en": "A"}}) == {
        "key": "x",
        "type": "note",
        "label": {"zh": "甲", "en": "A"},
    }


def test_nothing_is_hidden_on_the_canvas_and_conditions_work_in_the_preview() -> None:
    one = {"key": "x", "type": "text", "visible": "y", "required": "y", "max": "odd", "retired": "2026-01-01"}
    assert drawn(one) == {"key": "x", "type": "text"}
    assert drawn(one, live=True)["visible"] == "y"
    assert drawn({**one, "visible": "(("}, live=True).get("visible") is None
    assert "max" not in drawn(one, live=True, doubtful=("x",))


def test_ill_made_forms_are_no_obstacle() -> None:
    broken = {"sections": [{"fields": [{"type": "table", "fields": "x"}, 5, {"type": "group"}]}, 7, {}]}
    made = drawable(broken, {}, live=False)
    assert [len(section["fields"]) for section in made["sections"]] == [2, 0]
    assert [one["fields"] for one in made["sections"][0]["fields"]] == [[], []]
