"""The one walk over the fields of a form, and what a hidden group does to the fields in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from documents.rules.fields import fields_of, groups_of, placed, runs
from documents.rules.forms import Checked, check


def text(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": "text", "label": {"zh": key, "en": key}, **more}


def group(key: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "type": "group", "label": {"zh": key, "en": key}, "fields": list(fields), **more}


FORM: dict[str, Any] = {
    "key": "form",
    "sections": [
        {
            "key": "s",
            "title": {"zh": "节", "en": "Section"},
            "fields": [
                text("a"),
                group(
                    "box",
                    text("b", required=True),
                    group("inner", text("c"), visible="b == 'deeper'"),
                    visible="a == 'open'",
                ),
                text("d", visible="not empty(c)"),
            ],
        }
    ],
}


def checked(form: dict[str, Any] = FORM, **submitted: Any) -> Checked:
    return check(form, submitted, lists={}, facts={"b": "from before"}, today=date(2026, 2, 24))


def test_the_walk_sees_the_fields_inside_groups_in_reading_order() -> None:
    assert [one["key"] for one in fields_of(FORM)] == ["a", "b", "c", "d"]
    assert [one["key"] for one in groups_of(FORM)] == ["box", "inner"]
    around = {place.field["key"]: [one["key"] for one in place.groups] for place in placed(FORM)}
    assert around == {"a": [], "b": ["box"], "c": ["box", "inner"], "d": []}


def test_a_section_falls_into_runs_each_with_its_title() -> None:
    found = [
        (title["zh"], [place.field["key"] for place in places]) for title, places in runs(FORM["sections"][0])
    ]
    assert found == [("节", ["a"]), ("box", ["b"]), ("inner", ["c"]), ("节", ["d"])]


def test_the_walk_steps_over_what_is_ill_made() -> None:
    broken = {"sections": [{"fields": "no list"}, "no table", {"fields": [text("a"), 7, {"type": "group"}]}]}
    assert [one["key"] for one in fields_of(broken)] == ["a"]
    assert list(fields_of({})) == []


def test_a_hidden_group_takes_its_fields_out_of_values_and_requirements() -> None:
    assert checked(b="typed", c="typed", d="typed") == Checked({}, ())
    assert checked(a="open").problems[0].field == "b"
    deeper: dict[str, Any] = {"a": "open", "b": "deeper", "c": "typed", "d": "typed"}
    assert checked(**deeper).values == deeper
    assert checked(**{**deeper, "a": "shut"}).values == {"a": "shut"}


def test_what_a_field_said_the_last_time_is_not_read_by_the_conditions_of_this_time() -> None:
    form = {"key": "f", "sections": [{"fields": [text("b"), text("c", visible="b == 'from before'")]}]}
    assert checked(form, c="typed").values == {}


def test_a_retired_field_is_not_asked() -> None:
    form = {"key": "f", "sections": [{"fields": [text("a", retired=True, required=True), text("b")]}]}
    assert checked(form, a="typed", b="typed") == Checked({"b": "typed"}, ())
