"""What a change of a definition does to rights: roles, closed fields, and who takes a step."""

from __future__ import annotations

from typing import Any

from documents.rules.rights_changes import MOST_TOLD, rights_changes, told

FIELD = {"key": "phone", "type": "phone", "class": "personal"}
OLD: dict[str, Any] = {
    "policy": {"key": "p", "four_eyes": True},
    "roles": [{"key": "clerk", "label": {"zh": "甲"}, "reads": ["public"], "may": ["register"]}],
    "forms": [{"key": "intake", "sections": [{"key": "s", "fields": [FIELD]}]}],
    "workflows": [{"key": "w", "transitions": [{"key": "close", "who": {"any": [{"role": "clerk"}]}}]}],
}


def test_only_rights_are_told_with_both_values():
    assert rights_changes(OLD, {**OLD, "limits": [], "policy": {**OLD["policy"], "title": "x"}}) == []
    new = {
        **OLD,
        "policy": {"key": "p"},
        "roles": [
            {"key": "clerk", "label": {"zh": "乙"}, "reads": ["public", "restricted"], "may": ["register"]},
            {"key": "boss", "reads": ["public"]},
        ],
        "forms": [{"key": "intake", "sections": [{"key": "s", "fields": [{**FIELD, "class": "public"}]}]}],
        "workflows": [{"key": "w", "transitions": []}],
    }
    assert {one["path"]: (one["old"], one["new"]) for one in rights_changes(OLD, new)} == {
        "roles[boss].reads": (None, ["public"]),
        "roles[clerk].reads": (["public"], ["public", "restricted"]),
        "forms[intake].sections[s].fields[phone].class": ("personal", "public"),
        "policy.four_eyes": (True, None),
        "workflows[w].transitions[close].who": ({"any": [{"role": "clerk"}]}, None),
    }
    assert rights_changes(OLD, new)[0]["path"].startswith("roles")


def test_the_trail_keeps_so_many_and_says_how_many_there_are():
    roles = [{"key": f"r{number}", "reads": []} for number in range(MOST_TOLD + 5)]
    kept = told(rights_changes({}, {"roles": roles}))
    assert (len(kept["rights"]), kept["rights_changed"]) == (MOST_TOLD, MOST_TOLD + 5)
    assert told([]) == {}
