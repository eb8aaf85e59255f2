"""The one permission function: post by post, and what a list asks of the database is the same."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.rules.access import (
    CaseScope,
    Reach,
    case_keys,
    classes_open,
    demands,
    may,
    reach_of,
)
from documents.rules.workflow import Viewer

ROLES: list[dict[str, Any]] = [
    {"key": "auditor", "reach": {"tree_of": "union"}, "reads": ["public", "restricted"], "may": ["export"]},
    {"key": "clerk", "reach": "unit", "reads": ["public", "personal"], "may": ["register"]},
    {"key": "guest", "reach": "unit", "reads": ["public"], "may": []},
    {"key": "admin", "reach": "none", "reads": ["public", "personal", "restricted"], "may": ["archive"]},
]
ABOVE = {
    "A1": [("A1", "outlet"), ("A", "union")],
    "B1": [("B1", "outlet"), ("B", "union")],
    "A": [("A", "union")],
    "B": [("B", "union")],
}
FIELDS = {one: {"key": one, "class": one} for one in ("public", "personal", "restricted")}


def case(unit: str, *people: str, recused: tuple[str, ...] = ()) -> CaseScope:
    above = {code: [one for one, _kind in line] for code, line in ABOVE.items()}
    return CaseScope(frozenset(case_keys({"received": unit}, above, people)), frozenset(recused))


def reach(*posts: tuple[str, str]) -> Reach:
    return reach_of(Viewer("me", frozenset(posts)), ROLES, ABOVE)


def test_a_right_of_one_post_opens_nothing_that_only_another_post_reaches() -> None:
    two = reach(("auditor", "A1"), ("guest", "B1"))
    there, here = case("B1"), case("A1")
    assert may(two, "read", there, roles=ROLES)
    assert may(two, "read", there, roles=ROLES, field=FIELDS["restricted"]).reason == "class_denied"
    assert may(two, "export", there, roles=ROLES).reason == "operation_not_granted"
    assert may(two, "export", here, roles=ROLES, field=FIELDS["restricted"])


def test_the_posts_that_reach_a_case_add_up() -> None:
    both = reach(("auditor", "A"), ("clerk", "A1"))
    assert may(both, "export", case("A1"), roles=ROLES, field=FIELDS["personal"])
    assert classes_open(both, ROLES, case("A1")) == {"public", "personal", "restricted"}
    assert classes_open(both, ROLES, case("B1")) == frozenset()


def test_a_role_without_reach_or_that_is_not_defined_opens_no_case() -> None:
    assert may(reach(("admin", "A1")), "read", case("A1"), roles=ROLES).reason == "outside_scope"
    assert may(reach(("gone", "A1")), "read", case("A1"), roles=ROLES).reason == "outside_scope"


def test_who_is_involved_reads_what_is_personal_and_no_more() -> None:
    nobody = reach()
    mine = case("A1", "me")
    assert may(nobody, "read", mine, roles=ROLES, field=FIELDS["personal"]).reason == "involved"
    assert not may(nobody, "read", mine, roles=ROLES, field=FIELDS["restricted"])
    assert not may(nobody, "export", mine, roles=ROLES)


def test_recusal_takes_everything_away() -> None:
    own = reach(("clerk", "A1"))
    assert may(own, "read", case("A1", "me", recused=("me",)), roles=ROLES).reason == "recused"


POSTS = st.sets(
    st.tuples(st.sampled_from(["auditor", "clerk", "guest", "admin", "gone"]), st.sampled_from(list(ABOVE)))
)


@pytest.mark.parametrize("operation", ["read", "export", "archive"])
@given(POSTS, st.sampled_from(list(ABOVE)), st.sampled_from([(), ("me",)]))
def test_a_list_asks_the_database_for_what_the_function_grants(
    operation: str, posts: set[tuple[str, str]], unit: str, people: tuple[str, ...]
) -> None:
    eyes, seen = reach(*posts), case(unit, *people)
    wanted = [set(some) for some in product([None, "personal"], [None, "restricted"])]
    for some in wanted:
        classes = {one for one in some if one}
        fields = [FIELDS[one] for one in classes] or [FIELDS["public"]]
        granted = all(may(eyes, operation, seen, roles=ROLES, field=one) for one in fields)
        asked = demands(eyes, ROLES, operation, classes)
        assert all(seen.scope.intersection(keys) for keys in asked) == granted


def test_a_sealed_field_is_read_by_its_roles_alone() -> None:
    """Neither the class that a role reads nor handling the case opens it."""
    sealed = {"key": "source", "class": "restricted", "sealed_to": ["guest"]}
    auditor, clerk = reach(("auditor", "A")), reach(("clerk", "A1"))
    assert may(auditor, "read", case("A1"), roles=ROLES, field=FIELDS["restricted"])
    assert may(auditor, "read", case("A1", "me"), roles=ROLES, field=sealed).reason == "sealed"
    assert may(clerk, "read", case("A1", "me"), roles=ROLES, field=sealed).reason == "sealed"
    assert may(reach(("guest", "A1")), "read", case("A1"), roles=ROLES, field=sealed).reason == "seal_opened"
    assert (
        may(reach(("guest", "B1")), "read", case("A1"), roles=ROLES, field=sealed).reason == "outside_scope"
    )
