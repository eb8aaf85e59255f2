"""A deputy 代办人 acts for somebody absent and never more than he; who stands in 代行 says for which post."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from documents.rules.access import CaseScope, Reach, demands, may, reach_of
from documents.rules.broken import RuleBroken
from documents.rules.workflow import CaseState, Viewer, acting_as, allowed, post_instead, refusal

ROLES = [
    {"key": "clerk", "reach": "unit", "reads": ["personal"], "may": ["export", "register"]},
    {"key": "head", "reach": "unit", "reads": ["personal", "restricted"]},
]
ABSENT = Viewer("wang", frozenset({("clerk", "A")}))
ME = Viewer("me", frozenset({("clerk", "B")}), (ABSENT,))
STEP = {"key": "reply", "from": ["open"], "who": [{"role": "clerk", "at": "handling"}, {"is": "handler"}]}
CASE = CaseState("open", open=True, units={"handling": "A"})


def whom(case: CaseState = CASE, viewer: Viewer = ME, **step: Any) -> str:
    found = acting_as({**STEP, **step}, case, viewer)
    return found.code if isinstance(found, RuleBroken) else found.person


@pytest.mark.parametrize(
    ("case", "step", "answer"),
    [
        (CASE, {}, "wang"),
        (replace(CASE, units={"handling": "B"}), {}, "me"),
        (replace(CASE, units={}, handler="wang"), {}, "wang"),
        (replace(CASE, recused=frozenset({"wang"})), {}, "not_your_role"),
        (replace(CASE, recused=frozenset({"me"})), {}, "recused"),
        (replace(CASE, known_to=frozenset({"wang"})), {}, "confidential"),
        (replace(CASE, known_to=frozenset({"me"})), {}, "not_your_role"),
        (replace(CASE, known_to=frozenset({"me", "wang"})), {}, "wang"),
        (replace(CASE, performed={"ask": frozenset({"me"})}), {"not_same_as": ["ask"]}, "four_eyes"),
        (replace(CASE, performed={"ask": frozenset({"wang"})}), {"not_same_as": ["ask"]}, "four_eyes"),
        (CASE, {"effects": [{"archive": True}]}, "not_your_role"),
        (replace(CASE, units={}, stand_ins=frozenset({("head", "C", "wang")})), {}, "not_your_role"),
    ],
)
def test_as_whom_a_deputy_takes_a_step(case: CaseState, step: dict[str, Any], answer: str) -> None:
    assert whom(case, **step) == answer


def test_who_is_away_takes_no_step_and_passes_on_only_what_is_his() -> None:
    assert refusal(STEP, CASE, replace(ABSENT, away=True)).code == "absent"  # type: ignore[union-attr]
    assert [one["key"] for one in allowed([STEP], CASE, ME)] == ["reply"]
    assert whom(viewer=Viewer("third", frozenset(), (Viewer("me", ME.posts),))) == "not_your_role"


def test_who_stands_in_says_for_which_post() -> None:
    case = replace(CASE, stand_ins=frozenset({("clerk", "A", "boss")}))
    assert post_instead(STEP, case, Viewer("boss")) == ("clerk", "A")
    assert post_instead(STEP, case, Viewer("boss", frozenset({("clerk", "A")}))) is None
    assert post_instead(STEP, replace(case, handler="boss"), Viewer("boss")) is None


def reach(*absent: Viewer) -> Reach:
    return reach_of(replace(ME, instead=absent), ROLES, {"A": [("A", "unit")], "B": [("B", "unit")]})


def answer(
    operation: str = "read", case: CaseScope | None = None, field: dict[str, Any] | None = None
) -> tuple[bool, str]:
    seen = case or CaseScope(frozenset({"u:A"}), frozenset())
    found = may(reach(ABSENT), operation, seen, roles=ROLES, field=field)
    return found.allowed, found.instead_of


def test_a_deputy_reads_what_the_absent_would_and_nothing_else_passes() -> None:
    assert answer() == (True, "wang")
    assert answer(field={"class": "personal"}) == (True, "wang")
    assert answer(field={"class": "restricted"}) == (False, "")
    assert answer(field={"class": "restricted", "sealed_to": ["clerk"]}) == (False, "")
    assert answer("export") == (False, "")
    assert answer("export", CaseScope(frozenset({"u:B"}), frozenset())) == (True, "")
    assert answer(case=CaseScope(frozenset({"p:wang"}), frozenset())) == (True, "wang")
    for person in ("me", "wang"):
        assert answer(case=CaseScope(frozenset({"u:A"}), frozenset({person}))) == (False, "")
        assert answer(case=CaseScope(frozenset({"u:A"}), frozenset(), frozenset({person}))) == (False, "")
    assert (
        may(reach(), "read", CaseScope(frozenset({"u:A"}), frozenset()), roles=ROLES).reason
        == "outside_scope"
    )
    assert demands(reach(ABSENT), ROLES) == demands(reach(), ROLES)
