"""A supplement attaches to a running policy as an edit: whole, checked, and taken back."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents.pack_files import definition
from documents.rules.broken import RuleBroken
from documents.rules.edits import apply
from documents.rules.policy_checking import problems
from documents.rules.supplements import attached, offered, suggested
from documents.rules.supplements import problems as problems_of

P01 = definition("p01")
TEXT = {"zh": "核对表", "en": "Checklist"}
LISTENING: dict[str, Any] = {
    "policy": {"key": "manners", "title": {"zh": "接待规范", "en": "Manners"}, "host": "p01"},
    "ladders": [
        {
            "key": "crisis",
            "label": {"zh": "危机小组", "en": "Crisis team"},
            "rungs": [
                {
                    "key": "now",
                    "at": "start",
                    "label": {"zh": "立即", "en": "Now"},
                    "tell": [{"role": "$leader", "at": "$top"}],
                }
            ],
        }
    ],
    "limits": [
        {
            "key": "crisis",
            "label": {"zh": "成立危机小组", "en": "Set up a crisis team"},
            "counted_in": "immediately",
            "amount": 30,
            "ladder": "crisis",
        }
    ],
    "hooks": [
        {
            "key": "sheet",
            "label": {"zh": "登记表", "en": "Registration"},
            "of": "forms",
            "suggest": {"p01": "intake"},
        },
        {
            "key": "step",
            "label": {"zh": "答复", "en": "Reply"},
            "of": "transitions",
            "suggest": {"p01": "complaint/reply"},
        },
        {
            "key": "leader",
            "label": {"zh": "领导", "en": "Leader"},
            "of": "roles",
            "suggest": {"p01": "senior"},
        },
        {"key": "top", "label": {"zh": "领导层", "en": "Top"}, "of": "slots", "suggest": {"p01": "senior"}},
    ],
    "attach": [
        {
            "to": "sheet",
            "part": "sections",
            "add": {
                "key": "listening",
                "title": TEXT,
                "fields": [{"key": "read_back", "type": "bool", "label": TEXT}],
            },
        },
        {"to": "step", "part": "effects", "add": {"start": "crisis", "when": "read_back"}},
    ],
}


def on_p01(supplement: dict[str, Any] = LISTENING, **choices: str) -> dict[str, Any]:
    chosen = {**suggested(supplement, P01), **choices}
    operations = attached(P01, supplement, chosen, digest="x")
    done = apply(P01, operations)
    assert apply(done.definition, done.inverse).definition == P01, "attaching can be taken back"
    return done.definition


def test_what_is_attached_is_a_complete_policy() -> None:
    done = on_p01()
    assert problems(done) == problems_of(LISTENING, P01) == []
    assert done["policy"]["supplements"] == [
        {"key": "manners", "title": LISTENING["policy"]["title"], "sha256": "x"}
    ]
    ladder = next(one for one in done["ladders"] if one["key"] == "crisis")
    assert ladder["rungs"][0]["tell"] == [{"role": "senior", "at": "senior"}]
    intake = next(one for one in done["forms"] if one["key"] == "intake")
    assert intake["sections"][-1]["key"] == "listening"


def test_hooks_offer_what_the_host_has() -> None:
    hooks = {one["key"]: one for one in LISTENING["hooks"]}
    assert "complaint/reply" in offered(hooks["step"], P01)
    assert "senior" in offered(hooks["top"], P01)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sheet": "nowhere"}, "unknown_hook"),
        ({"step": "reply"}, "unknown_hook"),
    ],
)
def test_a_hook_must_lead_somewhere(change: dict[str, str], code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        on_p01(LISTENING, **change)


def test_a_hook_that_nobody_chose() -> None:
    with pytest.raises(RuleBroken, match="hook_missing"):
        attached(P01, LISTENING, {}, digest="")


def test_the_same_supplement_twice_is_refused() -> None:
    with pytest.raises(RuleBroken, match="already_attached"):
        attached(on_p01(), LISTENING, suggested(LISTENING, P01), digest="x")


def test_a_key_of_the_host_is_never_overwritten() -> None:
    clash = copy.deepcopy(LISTENING)
    clash["ladders"][0]["key"] = "main"
    with pytest.raises(RuleBroken, match="key_taken"):
        on_p01(clash)


def local_rules(amount: int) -> dict[str, Any]:
    return {
        "policy": {"key": "local", "title": {"zh": "实施细则", "en": "Local rules"}, "host": "p01"},
        "hooks": [],
        "attach": [{"set": "limits[handle].amount", "value": amount}],
    }


def test_local_rules_may_tighten_a_stated_limit_but_not_loosen_it() -> None:
    done = on_p01(local_rules(5))
    assert next(one["amount"] for one in done["limits"] if one["key"] == "handle") == 5
    with pytest.raises(RuleBroken, match="only_tighter"):
        on_p01(local_rules(9))


def test_slips_of_the_pen_are_named() -> None:
    wrong = copy.deepcopy(LISTENING)
    wrong["attach"][0]["to"] = "shet"
    wrong["ladders"][0]["rungs"][0]["tell"][0]["role"] = "$boss"
    wrong["hooks"][0]["colour"] = "red"
    assert {one.path for one in problems_of(wrong, P01)} == {"hooks[sheet]", "attach[#0].to", "hooks"}


def test_a_running_policy_has_no_hooks() -> None:
    assert [one.path for one in problems({**P01, "hooks": []})] == ["hooks"]
