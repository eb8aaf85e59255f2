"""The need-to-know list: only takes away, keeps the handler, and never locks everybody out."""

from __future__ import annotations

from typing import Any

import pytest

from documents.rules.access import CaseScope, Reach, may
from documents.rules.broken import RuleBroken
from documents.rules.need_to_know import (
    NOBODY,
    Candidate,
    Listed,
    checked,
    common_list,
    newcomers,
    reason_of,
    watched,
)
from documents.rules.workflow import CaseState, Viewer, refusal

KNOWN = {
    "head": Candidate("周涛", active=True, reaches=True, decides=True),
    "left": Candidate("冯凯", active=False, reaches=True, decides=True),
    "clerk": Candidate("王敏", active=True, reaches=True, decides=False),
    "far": Candidate("谭军", active=True, reaches=False, decides=False),
}
ROLES: list[dict[str, Any]] = [{"key": "clerk", "reads": ["public", "personal"], "may": ["export"]}]
POSTED = Reach("me", frozenset({("clerk", "u:A")}))


def test_the_list_takes_away_what_posts_and_involvement_give() -> None:
    scope = frozenset({"u:A", "p:me"})
    others = CaseScope(scope, frozenset(), frozenset({"head"}))
    for operation in ("read", "export"):
        assert may(POSTED, operation, others, roles=ROLES).reason == "confidential"
    assert may(POSTED, "read", CaseScope(scope, frozenset(), frozenset({"me"})), roles=ROLES)
    assert may(
        POSTED, "read", CaseScope(scope, frozenset({"me"}), frozenset({"me"})), roles=ROLES
    ).reason == ("recused")
    far = CaseScope(frozenset({"u:B"}), frozenset(), frozenset({"me"}))
    assert may(POSTED, "read", far, roles=ROLES).reason == "outside_scope"


def test_a_row_is_read_as_the_document_is() -> None:
    row = {"scope": ["u:A"], "recused": ["x"], "known_to": ["me"]}
    assert CaseScope.of(row) == CaseScope(frozenset({"u:A"}), frozenset({"x"}), frozenset({"me"}))
    assert CaseScope.of({"scope": ["u:A"], "known_to": None}).refusal("me") is None


def test_nobody_outside_the_list_performs_a_step() -> None:
    step = {"from": ["open"], "who": [{"role": "clerk", "at": "received"}]}
    state = CaseState("open", open=True, units={"received": "A"}, known_to=frozenset({"head"}))
    found = refusal(step, state, Viewer("me", frozenset({("clerk", "A")})))
    assert found is not None
    assert found.code == "confidential"


@pytest.mark.parametrize(
    ("wanted", "listed", "code"),
    [
        pytest.param(["clerk"], Listed(), "nobody_decides", id="nobody on it decides"),
        pytest.param(["clerk", "left"], Listed(["left"]), "nobody_decides", id="who decides has left"),
        pytest.param([], Listed(["head"]), "nobody_decides", id="nobody at all"),
        pytest.param(["head"], Listed(handler="clerk"), "handler_must_know", id="without its handler"),
        pytest.param(["head", "far"], Listed(), "listed_out_of_reach", id="posts do not reach it"),
        pytest.param(["head", "left"], Listed(), "listed_out_of_reach", id="left the house"),
        pytest.param(["head", "gone"], Listed(), "listed_out_of_reach", id="unknown"),
        pytest.param(["head", "clerk"], Listed(recused=["clerk"]), "listed_recused", id="recused"),
    ],
)
def test_what_no_list_may_be(wanted: list[str], listed: Listed, code: str) -> None:
    with pytest.raises(RuleBroken) as found:
        checked(wanted, KNOWN, listed)
    assert found.value.code == code


def test_a_list_names_each_once_and_keeps_who_lost_the_post_since() -> None:
    assert checked(["head", "clerk", "head", ""], KNOWN, Listed()) == ["head", "clerk"]
    assert checked(["head", "far"], KNOWN, Listed(["far"])) == ["head", "far"]
    assert not watched(["left", "clerk", "gone"], KNOWN)


def test_who_gets_the_case_is_let_in_unless_recused() -> None:
    assert newcomers(["head"], ["clerk", None, "clerk", "head", "bad"], ["bad"]) == ["clerk"]
    assert newcomers([], ["clerk"], []) == []


def test_several_cases_together_are_known_to_who_knows_of_each() -> None:
    assert common_list([[], ["a", "b"], ["b", "c"]]) == ["b"]
    assert common_list([["a"], ["b"]]) == [NOBODY]
    assert common_list([[], []]) == []


def test_a_reason_is_words() -> None:
    assert reason_of(" 涉举报人 ") == "涉举报人"
    with pytest.raises(RuleBroken, match="reason_missing"):
        reason_of("  ")
