"""What is told of rights is what the permission function answers, with its reason."""

from __future__ import annotations

from typing import Any

from documents.rules.seeing import posts_in_sight, readers
from documents.rules.workflow import Viewer
from tests.rules.test_access import ABOVE, ROLES

FORM: dict[str, Any] = {
    "key": "intake",
    "sections": [
        {
            "key": "all",
            "fields": [
                {"key": "title", "type": "text"},
                {"key": "phone", "type": "phone", "class": "personal"},
                {"key": "losses", "type": "table", "class": "personal", "fields": [
                    {"key": "what", "type": "text"},
                    {"key": "account", "type": "text", "class": "restricted"},
                ]},
                {"key": "guide", "type": "note"},
            ],
        }
    ],
}  # fmt: skip


def test_each_post_says_what_it_opens_and_why_not() -> None:
    viewer = Viewer("me", frozenset({("auditor", "A1"), ("guest", "B1"), ("admin", "B1")}))
    told = {(one.role, one.unit): one for one in posts_in_sight(viewer, ROLES, ABOVE)}
    auditor, guest, admin = told["auditor", "A1"], told["guest", "B1"], told["admin", "B1"]
    assert (auditor.key, guest.key, admin.key) == ("t:A", "u:B1", None)
    assert [name for name, one in auditor.classes.items() if one] == ["public", "restricted"]
    assert guest.classes["restricted"].reason == "class_denied"
    assert admin.classes["public"].reason == "outside_scope"
    assert (auditor.operations, admin.operations) == (("export",), ("archive",))


def test_a_field_says_which_roles_read_it_and_a_column_asks_for_both_classes() -> None:
    groups = {one.classes: one for one in readers(FORM, ROLES)}
    assert [one["key"] for one in groups["personal",].fields] == ["phone", "losses", "losses.what"]
    assert [one["key"] for one in groups["personal", "restricted"].fields] == ["losses.account"]
    reads = {classes: {role["key"] for role, one in group.roles if one} for classes, group in groups.items()}
    assert reads == {
        ("public",): {"auditor", "clerk", "guest"},
        ("personal",): {"clerk"},
        ("personal", "restricted"): set(),
    }
    assert {name: bool(one.involved) for name, one in groups.items()} == {
        ("public",): True,
        ("personal",): True,
        ("personal", "restricted"): False,
    }
    assert [one.classes for one in readers(FORM, ROLES, "phone")] == [("personal",)]
