"""Kin are found by number, telephone or name; where everybody of a post steps aside, one higher stands in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from documents.rules.recusal import Mentioned, Relative, StandIn, is_related, mentioned, posts_of, stand_ins
from documents.rules.workflow import CaseState, Viewer, refusal

FORM: dict[str, Any] = {
    "key": "intake",
    "sections": [
        {
            "key": "one",
            "fields": [
                {"key": "name", "type": "text", "class": "personal"},
                {"key": "phone", "type": "phone", "class": "personal"},
                {"key": "identity", "type": "id_number", "class": "restricted"},
                {"key": "title", "type": "text"},
            ],
        }
    ],
}
FACTS = {
    "name": "李 小明、王五先生",
    "phone": "138-0000-0000",
    "identity": "11010519491231002x",
    "title": "李四",
}
PEOPLE = mentioned([FORM], FACTS)


def test_everybody_in_the_answers_is_looked_at() -> None:
    assert (
        Mentioned(
            frozenset({"李小明", "王五", "王五先生"}),
            frozenset({"13800000000"}),
            frozenset({"11010519491231002X"}),
        )
        == PEOPLE
    )


@pytest.mark.parametrize(
    ("relative", "found"),
    [
        pytest.param(Relative("a", "李小明"), True, id="by name"),
        pytest.param(Relative("a", "王 五"), True, id="the second of two, with a title"),
        pytest.param(Relative("a", "李小"), False, id="another name"),
        pytest.param(Relative("a", "李四"), False, id="a name in a text for everybody"),
        pytest.param(Relative("a", "张三", phone="+8613800000000"), True, id="by telephone"),
        pytest.param(Relative("a", "张三", id_number="11010519491231002X"), True, id="by identity number"),
        pytest.param(Relative("a", "李小明", id_number="440105199001010018"), False, id="a namesake"),
    ],
)
def test_who_is_related(relative: Relative, found: bool) -> None:
    assert is_related(relative, PEOPLE) is found


def test_without_any_number_a_name_is_enough() -> None:
    people = mentioned([FORM], {"name": "李小明"})
    assert is_related(Relative("a", "李小明", id_number="440105199001010018"), people)
    assert not is_related(Relative("a", "", "", ""), people)


SEATS: dict[str, tuple[str | None, str | None, str | None]] = {
    "branch": ("chen", None, "union"),
    "union": ("liang", "leader", None),
}
HOLDERS = {("clerk", "branch"): ["zhao", "sun"], ("head", "branch"): ["chen"]}


def found(*recused: str) -> list[StandIn]:
    roles = ("clerk", "head", "nobody", "clerk")
    posts = [(role, "branch", frozenset[str]()) for role in roles]
    return stand_ins(posts, recused, lambda role, unit: HOLDERS.get((role, unit), []), SEATS.__getitem__)


def test_one_higher_stands_in_where_nobody_is_left() -> None:
    assert found("zhao") == []
    assert found("zhao", "sun") == [StandIn("clerk", "branch", "chen")]
    assert found("chen") == [StandIn("head", "branch", "liang")]
    assert found("chen", "liang") == [StandIn("head", "branch", "leader")]
    assert found("chen", "liang", "leader") == [StandIn("head", "branch", None)]


def test_four_eyes_lead_one_higher_still() -> None:
    """Whoever stands in and did one half – an earlier step, the closing – leaves the other to the next."""
    steps = [
        {"key": "ask", "who": [{"role": "head", "at": "handling"}]},
        {"key": "allow", "who": [{"role": "head", "at": "handling"}], "not_same_as": ["ask"]},
        {"key": "file", "who": [{"role": "keeper", "at": "handling"}], "effects": [{"archive": True}]},
    ]
    state = CaseState("open", open=True, units={"handling": "branch"}, filers=frozenset({"liang"}))
    state = replace(state, performed={"ask": frozenset({"liang"})})
    holders = {"head": ["chen"], "keeper": ["chen"]}

    def who(*recused: str) -> list[tuple[str, str | None]]:
        found = stand_ins(
            posts_of(steps, state), recused, lambda role, _unit: holders[role], SEATS.__getitem__
        )
        return [(one.role, one.person) for one in found]

    assert who("chen") == [("head", "liang"), ("head", "leader"), ("keeper", "leader")]
    assert who("chen", "leader") == [("head", "liang"), ("head", None), ("keeper", None)]


def test_who_stands_in_takes_the_step_and_nobody_else_does() -> None:
    step = {"from": ["open"], "who": [{"role": "head", "at": "handling"}]}
    instead = frozenset({("head", "branch", "liang")})
    state = CaseState(
        "open", open=True, units={"handling": "branch"}, recused=frozenset({"chen"}), stand_ins=instead
    )
    assert list(posts_of([step], state)) == [("head", "branch", frozenset())]
    assert refusal(step, state, Viewer("liang")) is None
    refused = {person: refusal(step, state, Viewer(person, posts)) for person, posts in {
        "chen": frozenset({("head", "branch")}), "leader": frozenset()}.items()}  # fmt: skip
    assert {person: one.code for person, one in refused.items() if one} == {
        "chen": "recused",
        "leader": "not_your_role",
    }
