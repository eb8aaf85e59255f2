"""Several limits of one case 时限并存: precedence, what follows a missed one, reopening, how often to extend.

Played by the trial: the same actions as real cases, without a database.
"""

from __future__ import annotations

from typing import Any

import pytest

from documents import trial
from documents.pack_files import definition as pack
from documents.rules.policy_checking import problems
from documents.trial_found import ScenarioResult
from tests.documents.shop import limit, shop, step, told

BY = "manager@east"
ANSWER = {"findings": "已说明。", "result": "not_upheld"}


def played(definition: dict[str, Any]) -> ScenarioResult:
    assert problems(definition) == []
    (result,) = trial.run(definition)
    assert result.differences == ()
    return result


def do(key: str, at: str, **values: Any) -> dict[str, Any]:
    return {"do": key, "by": BY, "at": f"2026-{at}", "values": values}


def with_order() -> dict[str, Any]:
    """A superior's order, with a date of its own, comes before the shop's five working days."""
    made = shop()
    fields = [
        {"key": "order_due", "type": "datetime", "label": {"zh": "限期", "en": "Due"}, "required": True}
    ]
    section = {"key": "order", "title": {"zh": "上级", "en": "Order"}, "fields": fields}
    made["forms"].append({"key": "order", "title": {"zh": "上级要求", "en": "Order"}, "sections": [section]})
    limit(made, "order", counted_in="external", agreed_field="order_due", overrides=["answer"])
    step(made, "order", **{"from": ["handling"], "form": "order", "effects": [{"start": "order"}]})
    step(made, "withdraw", **{"from": ["handling"], "effects": [{"call_off": "order"}]})
    return made


def test_a_limit_that_takes_precedence_is_the_only_one_counted() -> None:
    expect = {"running": ["order"], "late": [], "notices": [], "due": {"order": "2026-04-10 12:00"}}
    steps = [do("order", "03-04 09:00", order_due="2026-04-10 12:00"), {"at": "2026-03-20 10:00"}]
    played(told(with_order(), steps, expect))


def test_when_it_is_called_off_the_other_runs_on_with_its_own_deadline() -> None:
    notices = [{"limit": "answer", "rung": "before", "to": [BY], "at": "2026-03-06 08:30"}]
    expect = {"running": ["answer"], "due": {"answer": "2026-03-09 24:00"}, "notices": notices}
    steps = [do("order", "03-04 09:00", order_due="2026-04-10 12:00"), do("withdraw", "03-05 09:00")]
    played(told(with_order(), [*steps, {"at": "2026-03-06 10:00"}], expect))


def test_a_limit_started_while_another_takes_precedence_gives_way_at_once() -> None:
    made = step(with_order(), "again", **{"from": ["handling"], "effects": [{"start": "answer"}]})
    steps = [do("order", "03-04 09:00", order_due="2026-04-10 12:00"), do("again", "03-05 09:00")]
    played(
        told(made, [*steps, {"at": "2026-03-30 10:00"}], {"running": ["order"], "late": [], "notices": []})
    )


def test_a_circle_of_precedence_is_refused() -> None:
    made = limit(with_order(), "answer", overrides=["order"])
    assert {one.path for one in problems(made)} == {"limits[answer].overrides", "limits[order].overrides"}


def with_consequence() -> dict[str, Any]:
    made = limit(shop(), "answer", missed=[{"mark": "late_answer"}, {"escalate": 3}, {"start": "explain"}])
    limit(made, "explain", counted_in="working_days", amount=2)
    stage = {"key": "watched", "label": {"zh": "总部督办", "en": "Watched"}, "status": "open", "tone": "blue"}
    made["workflows"][0]["stages"].append({**stage, "sequence": 2})
    step(made, "take_over", **{"from": ["handling"], "to": "watched", "who": [], "on_missed": ["answer"]})
    return step(made, "finish", **{"from": ["watched"], "to": "answered", "form": "answer"})


def test_what_follows_a_missed_limit_happens_at_the_moment_it_is_overdue() -> None:
    expect = {
        "route": ["handling", "watched"],
        "flags": ["late_answer"],
        "running": ["answer", "explain"],
        "late": ["answer"],
        "due": {"explain": "2026-03-12 24:00"},
    }
    found = played(told(with_consequence(), [{"at": "2026-03-10 00:01"}], expect))
    (moved,) = [one for one in found.timeline if one.stage == "watched"]
    assert moved.by == "system"
    assert f"{moved.at.astimezone(trial.calendar_for(shop()).tz):%Y-%m-%d %H:%M:%S}" == "2026-03-10 00:00:00"


def test_who_acts_at_the_deadline_is_in_time_and_nothing_follows() -> None:
    expect = {"route": ["handling", "answered"], "flags": [], "met": ["answer"]}
    steps = [do("answer", "03-09 24:00", **ANSWER), {"at": "2026-04-01 10:00"}]
    played(told(with_consequence(), steps, expect))


def test_it_follows_once_even_when_the_work_is_sent_back() -> None:
    made = step(
        with_consequence(),
        "back",
        **{"from": ["watched"], "to": "handling", "effects": [{"resume": "answer"}]},
    )
    steps = [do("back", "03-11 09:00"), {"at": "2026-03-20 10:00"}]
    played(told(made, steps, {"route": ["handling", "watched", "handling"], "flags": ["late_answer"]}))


def test_an_extended_limit_is_not_missed_before_its_new_date() -> None:
    made = step(
        with_consequence(),
        "hold",
        **{"from": ["handling"], "form": "wait", "effects": [{"pause": "all", "reason": "wait_reason"}]},
    )
    steps = [do("hold", "03-05 09:00", wait_reason="等候"), {"at": "2026-03-20 10:00"}]
    played(told(made, steps, {"route": ["handling"], "paused": ["answer"], "late": [], "flags": []}))


@pytest.mark.parametrize(
    ("attributes", "path"),
    [
        ({"to": "answered"}, "to"),
        ({"to": "watched", "form": "answer"}, "form"),
        ({"to": "watched", "on_missed": ["gone"]}, "on_missed"),
        ({"to": "watched", "effects": [{"handler": "actor"}]}, "effects[0].handler"),
        ({"to": "watched", "effects": [{"archive": True}]}, "effects[0].archive"),
    ],
)
def test_a_step_of_the_system_ends_no_case_and_needs_no_person(attributes: dict[str, Any], path: str) -> None:
    made = with_consequence()
    step(made, "taken", **{"from": ["handling"], "who": [], "on_missed": ["answer"], **attributes})
    assert f"workflows[complaint].transitions[taken].{path}" in {one.path for one in problems(made)}


@pytest.mark.parametrize(
    ("missed", "path"),
    [
        ([{"pause": "answer", "reason": "wait_reason"}], "pause"),
        ([{"escalate": 10}], "escalate"),
        ([{"start": "x"}], "start"),
    ],
)
def test_a_consequence_that_cannot_be_is_refused(missed: list[dict[str, Any]], path: str) -> None:
    made = limit(shop(), "answer", missed=missed)
    assert f"limits[answer].missed[0].{path}" in {one.path for one in problems(made)}


def reopening(counted: str) -> dict[str, Any]:
    effect = {"resume": "answer", "break": counted}
    return step(shop(), "reopen", **{"from": ["answered"], "to": "handling", "effects": [effect]})


@pytest.mark.parametrize(
    ("counted", "due"), [("counts", "2026-03-09 24:00"), ("left_out", "2026-03-25 24:00")]
)
def test_a_reopened_case_counts_the_time_in_between_or_leaves_it_out(counted: str, due: str) -> None:
    """Answered on the 5th with two of five days left; reopened on Monday the 23rd."""
    steps = [do("answer", "03-05 16:00", **ANSWER), do("reopen", "03-23 09:00")]
    expect = {
        "route": ["handling", "answered", "handling"],
        "status": "open",
        "due": {"answer": due},
        "running": ["answer"],
    }
    played(told(reopening(counted), steps, expect))


def test_a_reopened_case_may_count_afresh() -> None:
    made = step(
        shop(), "reopen", **{"from": ["answered"], "to": "handling", "effects": [{"start": "answer"}]}
    )
    steps = [do("answer", "03-05 16:00", **ANSWER), do("reopen", "03-23 09:00")]
    played(told(made, steps, {"status": "open", "due": {"answer": "2026-03-30 24:00"}}))


def test_an_extension_is_granted_only_as_often_as_the_policy_says() -> None:
    made = pack("p01")
    next(one for one in made["limits"] if one["key"] == "handle")["max_extensions"] = 1
    granted = next(one for one in made["scenarios"] if one["key"] == "beyond_three_months")["steps"][:5]
    values = {"extension_until": "2026-07-08", "extension_reason": "档案仍未调到。"}
    once_more = {
        "refused": "ask_extension",
        "by": "handler@outlet",
        "at": "2026-04-20 09:00",
        "values": values,
    }
    made["scenarios"] = [
        {
            "key": "twice",
            "label": {"zh": "再次延期", "en": "Once more"},
            "steps": [*granted, {**once_more, "why": "extensions_used_up"}],
            "expect": {"due": {"handle": "2026-07-07 24:00"}},
        }
    ]
    played(made)
