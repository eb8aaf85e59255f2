"""Trials: every shipped pack does what its scenarios say, and a changed policy is found out in words."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from documents import trial
from documents.pack_files import definition as pack_definition
from documents.pack_files import packs
from documents.trial_found import ScenarioResult

Definition = dict[str, Any]


@pytest.mark.parametrize("pack", packs())
def test_every_shipped_pack_does_what_its_scenarios_say(pack: str) -> None:
    results = trial.run(pack_definition(pack))
    assert results, "a shipped pack proves itself by scenarios"
    assert {one.key: [each.zh for each in one.differences] for one in results if not one.passed} == {}


def p01() -> Definition:
    return copy.deepcopy(pack_definition("p01"))


def one_of(definition: Definition, section: str, key: str) -> Definition:
    return next(one for one in definition[section] if one["key"] == key)


def step_of(definition: Definition, key: str) -> Definition:
    return next(one for one in definition["workflows"][0]["transitions"] if one["key"] == key)


def tried(definition: Definition, scenario: str) -> ScenarioResult:
    wanted = one_of(definition, "scenarios", scenario)
    return trial.run({**definition, "scenarios": [wanted]})[0]


def longer_handling(definition: Definition) -> None:
    one_of(definition, "limits", "handle")["amount"] = 8


def another_recipient(definition: Definition) -> None:
    one_of(definition, "ladders", "main")["rungs"][0]["tell"] = [{"role": "senior", "at": "senior"}]


def a_further_rung(definition: Definition) -> None:
    rung = {"key": "half", "at": "50%", "label": {"zh": "过半", "en": "Half"}, "tell": [{"is": "handler"}]}
    one_of(definition, "ladders", "main")["rungs"].insert(0, rung)


def no_review(definition: Definition) -> None:
    step_of(definition, "reply")["to"] = "completed"


def no_letter(definition: Definition) -> None:
    effects = step_of(definition, "reply")["effects"]
    effects[:] = [one for one in effects if "letter" not in one]


def only_the_head_signs(definition: Definition) -> None:
    step_of(definition, "sign")["who"] = [{"role": "unit_head", "at": "handling"}]


def everybody_supervises(definition: Definition) -> None:
    step_of(definition, "supervise")["who"].append({"role": "clerk", "at": "received"})


def kept_for_ever(definition: Definition) -> None:
    definition["archive"]["retention"] = [{"code": "Y", "label": {"zh": "永久", "en": "For ever"}}]


def a_further_required_field(definition: Definition) -> None:
    form = one_of(definition, "forms", "supervision")
    field = {"key": "risk", "type": "text", "label": {"zh": "风险", "en": "Risk"}, "required": True}
    form["sections"][0]["fields"].append(field)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (longer_handling, ["“办理并答复”（handle）的期限应为“2026-03-05 24:00”，实际为“2026-03-06 24:00”"]),
        (another_recipient, ["“handle · before”的接收人应为“handler@clearing”，实际为“senior@senior”"]),
        (a_further_rung, ["发出了未预期的提醒“handle · half", "接收人：handler@clearing"]),
        (no_review, ["第 8 步", "pass_review”应因 not_your_role 被拒绝", "现为 completed"]),
        (no_letter, ["函件应为“decision”，实际为“无”"]),
        (only_the_head_signs, ["第 6 步“签收督办表 sign”被拒绝：不是该岗位的事项（not_your_role）"]),
        (
            everybody_supervises,
            ["第 4 步“出具督办表 supervise”应因 not_your_role 被拒绝，实际原因：表单有误"],
        ),
        (kept_for_ever, ["保管期限应为“D10”，实际为“Y”"]),
        (a_further_required_field, ["第 5 步“出具督办表 supervise”被拒绝", "risk：required"]),
    ],
)
def test_a_changed_policy_is_found_out_in_words(
    change: Callable[[Definition], None], words: list[str]
) -> None:
    definition = p01()
    change(definition)
    result = tried(definition, "outlet_cannot_solve")
    told = "；".join(one.zh for one in result.differences)
    assert not result.passed
    assert all(word in told for word in words), told
    assert all(one.en for one in result.differences)


def test_a_step_that_should_be_refused_but_goes_through_is_found_out() -> None:
    definition = p01()
    step_of(definition, "approve_decline").pop("not_same_as")
    step = one_of(definition, "scenarios", "declined")["steps"][2]
    step["values"] = {"decline_decision_note": "同意。", "explained_by": "phone"}
    told = tried(definition, "declined").differences
    assert [one.zh for one in told] == [
        "第 3 步“批准不予受理 approve_decline”应被拒绝（four_eyes），却办理成功"
    ]


def test_a_changed_duty_is_found_out() -> None:
    definition = p01()
    one_of(definition, "duties", "half_year_report")["recurrence"]["on"] = ["06-14"]  # a Sunday: moved before
    told = tried(definition, "reports_and_handover").differences
    assert [one.zh for one in told] == [
        "“上半年投诉管理运行报告”（half_year_report）的到期日应为“2026-06-15”，实际为“2026-06-12”"
    ]


def test_what_is_tried_and_refused_leaves_no_trace() -> None:
    definition = p01()
    wanted = one_of(definition, "scenarios", "extended_up_to_three_months")
    without = {**wanted, "steps": [one for one in wanted["steps"] if "refused" not in one]}
    asked, plain = (trial.run({**definition, "scenarios": [one]})[0] for one in (wanted, without))
    assert asked.cases == plain.cases
    assert [one for one in asked.timeline if one.kind != "refused"] == list(plain.timeline)
    assert [one.kind for one in asked.timeline].count("refused") == 3


def test_the_time_line_tells_steps_and_reminders_in_order() -> None:
    result = tried(p01(), "every_limit_missed")
    assert [one.at for one in result.timeline] == sorted(one.at for one in result.timeline)
    kinds = [one.kind for one in result.timeline]
    assert (kinds.count("step"), kinds.count("reminder"), kinds.count("escalation")) == (4, 3, 7)
    registered = result.timeline[0]
    assert (registered.what["zh"], registered.by, registered.stage) == ("登记", "clerk@outlet", "received")
    assert registered.by_name
    first_reminder = next(one for one in result.timeline if one.kind == "reminder")
    assert first_reminder.told == (registered.by_name,)


def test_a_trial_is_the_same_every_time() -> None:
    assert trial.run(p01()) == trial.run(p01())


def test_the_command_needs_no_database_and_fails_with_a_failing_scenario() -> None:
    nowhere = {**os.environ, "MONGODB_URI": "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=1"}
    command = [sys.executable, "-m", "portal", "policy", "try"]
    done = subprocess.run([*command, "p01"], env=nowhere, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 个不符" in done.stdout
    none = subprocess.run([*command, "p01", "no_such"], env=nowhere, capture_output=True, check=False)
    assert none.returncode == 1
