"""Trials: every shipped pack does what its scenarios say, and a changed policy is found out in words."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from documents import trial
from documents.example_papers import example_letter, letter_example
from documents.pack_files import definition as pack_definition
from documents.pack_files import packs
from documents.rules.moments import moment_facts
from documents.rules.policy_checking import problems
from documents.trial import calendar_for
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


def test_the_day_decides_wherever_a_condition_stands() -> None:
    """`today()` in a step, a branch, an effect, a letter and a retention is the day of that moment."""
    one = copy.deepcopy(pack_definition("p26"))
    solve, archive = step_of(one, "solve"), step_of(one, "archive")
    solve["when"] = "days(received_at, today()) >= 11"
    solve["to"] = [{"when": "today() > '2026-02-24'", "go": "completed"}, {"go": "following"}]
    solve["effects"].append({"mark": "late", "when": "today() == '2026-02-24'"})
    archive["when"] = "today() >= '2026-03-02'"
    late = {"code": "Y", "label": {"zh": "永久", "en": "For ever"}, "when": "today() > '2026-03-02'"}
    one["archive"]["retention"].insert(0, late)
    letter = one_of(one, "letters", "reply")
    letter["paragraphs"][1]["when"] = "today() < '2026-02-24'"
    assert problems(one) == []
    scenario = one_of(one, "scenarios", "solved_and_restored")
    scenario["expect"]["flags"] = ["late"]
    assert not tried(one, "solved_and_restored").differences
    example = letter_example(one, "reply", calendar_for(one))
    assert example is not None
    paper = example_letter(one, letter, example, now=datetime(2027, 1, 1, tzinfo=UTC))
    assert len(paper.paragraphs) == 2, "a letter keeps the day on which it was written"
    solve["when"] = "today() >= '2026-02-25'"
    assert "solve" in tried(one, "solved_and_restored").differences[0].zh


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-02-23T15:59:00+00:00", "2026-02-23"),
        ("2026-02-23T16:00:00+00:00", "2026-02-24"),
        ("2026-02-24T00:30:00+09:00", "2026-02-23"),
    ],
)
def test_the_day_is_that_of_the_zone(now: str, day: str) -> None:
    assert moment_facts(datetime.fromisoformat(now), "Asia/Shanghai") == {"today": day}
