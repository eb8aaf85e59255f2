"""The canvases of the designer: each draws real policies, unfinished drafts and hostile words, and edits."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from documents.draft import Draft
from documents.rules.edits import Operation
from tests.portal.conftest import SignIn

JSON = {"Accept": "application/json"}
HOSTILE = '<script>alert("x")</script>{{ 7*7 }}\'"><img src=x onerror=1>'
PACKS = ("p01", "p02", "p10", "p15")


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    client = sign_in("admin")
    client.post("/admin/designer/p01/start")
    return client


@pytest.fixture
def packs(admin: FlaskClient) -> FlaskClient:
    """Drafts of four policies that differ much."""
    for key in PACKS[1:]:
        assert admin.post("/admin/designer/new/pack", data={"pack": key}).status_code == 302
    return admin


def canvas(client: FlaskClient, address: str, policy: str = "p01") -> str:
    """The middle of the page."""
    answer = client.get(f"/admin/designer/{policy}/{address}", headers=JSON)
    assert answer.status_code == 200, address
    drawn: str = answer.get_json()["parts"]["canvas"]
    return drawn


def edit(client: FlaskClient, section: str, element: str, *operations: Operation) -> dict[str, Any]:
    """What the page gets back after the operations."""
    sent = {"operations": list(operations), "section": section, "element": element}
    answer = client.post("/admin/designer/p01/edit", json=sent, headers=JSON)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def members(policy: str, section: str) -> Iterator[str]:
    """The addresses of the elements of a section."""
    part = Draft.of(policy).definition.get(section) or ()
    yield from (f"{section}/{one if isinstance(part, dict) else one['key']}" for one in part)


def pressed(drawn: str, button: str) -> list[Operation]:
    """The operations that stand on a button."""
    found = re.search(rf'<button[^>]*id="{re.escape(button)}"[^>]*data-do="([^"]*)"', drawn)
    assert found, button
    operations: list[Operation] = json.loads(html.unescape(found[1]))
    return operations


def test_a_workflow_is_a_picture_above_its_steps(packs: FlaskClient) -> None:
    for policy in PACKS:
        for address in members(policy, "workflows"):
            drawn = canvas(packs, address, policy)
            flow = Draft.of(policy).definition["workflows"]
            assert 'data-canvas="workflows"' in drawn
            one = next(each for each in flow if address.endswith(f"/{each['key']}"))
            for stage in one["stages"]:
                assert drawn.count(f'data-at="workflows[{one["key"]}].stages[{stage["key"]}]"') == 2
            for step in one["transitions"]:
                assert f'data-at="workflows[{one["key"]}].transitions[{step["key"]}]"' in drawn
            assert "无法到达" not in drawn


def test_conditions_and_effects_of_steps_are_told_in_words(admin: FlaskClient) -> None:
    drawn = canvas(admin, "workflows/complaint")
    for words in ("开始计时", "受理部门 受理岗", "为“是”", "投诉"):
        assert words in drawn
    assert "forwarded ==" not in drawn


def test_a_stage_and_its_step_come_with_one_press(admin: FlaskClient) -> None:
    drawn = canvas(admin, "workflows/complaint")
    told = edit(admin, "workflows", "complaint", *pressed(drawn, "add-after-received"))
    assert told["at"] == "workflows[complaint].stages[stage_1]"
    flow = next(one for one in Draft.of("p01").definition["workflows"] if one["key"] == "complaint")
    step = next(one for one in flow["transitions"] if one["to"] == "stage_1")
    assert step["from"] == ["received"]
    assert "stage_1" in told["parts"]["canvas"]
    assert "无法到达" not in told["parts"]["canvas"]


def test_a_stage_that_no_step_leads_to_is_marked(admin: FlaskClient) -> None:
    told = edit(
        admin, "workflows", "complaint", *pressed(canvas(admin, "workflows/complaint"), "flow-new-stage")
    )
    assert "无法到达" in told["parts"]["canvas"]


def test_a_workflow_from_nothing_says_what_to_do(admin: FlaskClient) -> None:
    edit(admin, "workflows", "", {"do": "add", "path": "workflows", "value": {"key": "fresh"}})
    drawn = canvas(admin, "workflows/fresh")
    assert "这个流程还没有环节" in drawn
    assert "还没有事项类型使用这个流程" in drawn
    path = "workflows[fresh].transitions"
    told = edit(admin, "workflows", "fresh", {"do": "add", "path": path, "value": {"to": "gone"}})
    assert told["revision"] == 3
    told = edit(admin, "workflows", "fresh", {"do": "add", "path": "workflows[fresh].stages"})
    assert "还没有起点的步骤" in told["parts"]["canvas"]


def test_hostile_names_in_a_workflow_are_words(admin: FlaskClient) -> None:
    flow = "workflows[complaint]"
    drawn = edit(
        admin,
        "workflows",
        "complaint",
        {"do": "set", "path": f"{flow}.stages[received].label.zh", "value": HOSTILE},
        {"do": "set", "path": f"{flow}.transitions[solve].label.zh", "value": HOSTILE},
        {"do": "set", "path": f"{flow}.transitions[solve].when", "value": HOSTILE},
    )["parts"]["canvas"]
    assert "<script>alert" not in drawn
    assert "<img src=x" not in drawn
    assert "&lt;script&gt;" in drawn


@pytest.mark.parametrize("section", ["limits", "ladders"])
def test_every_limit_and_ladder_has_its_example(packs: FlaskClient, section: str) -> None:
    for policy in PACKS:
        used = {one.get("ladder") for one in Draft.of(policy).definition["limits"]}
        for address in members(policy, section):
            drawn = canvas(packs, address, policy)
            assert f'data-canvas="{section}"' in drawn
            assert "example-strip" in drawn or (section == "ladders" and address.split("/")[1] not in used)


def test_the_example_counts_over_the_holidays_and_tells_why(admin: FlaskClient) -> None:
    drawn = canvas(admin, "limits/handle?start=2026-02-13T16:40")
    # 14, 24 to 28 February and 2 March: the Spring Festival is off, two Saturdays are worked.
    assert "2026-03-02 周一 24:00" in drawn
    assert "为什么是这一天" in drawn
    assert drawn.count('class="day-counted"') == 7
    assert "通知 承办人、承办单位 单位负责人" in drawn
    assert "签收督办表" in drawn


def test_the_example_stays_and_follows_every_edit(admin: FlaskClient) -> None:
    canvas(admin, "limits/handle?start=2026-02-24T09:00")
    told = edit(
        admin, "limits", "handle", {"do": "set", "path": "limits[handle].amount", "value": 2, "was": 7}
    )
    assert "2026-02-26 周四 24:00" in told["parts"]["canvas"]
    assert 'value="2026-02-24T09:00"' in told["parts"]["canvas"]
    assert 'value="2026-02-24T09:00"' in canvas(admin, "limits/handle?start=never")


@pytest.mark.parametrize(
    ("name", "value"),
    [("counted_in", "moons"), ("amount", None), ("amount", -3), ("ladder", "gone"), ("counted_in", None)],
)
def test_an_unfinished_limit_says_what_it_needs(admin: FlaskClient, name: str, value: Any) -> None:
    limit = next(one for one in Draft.of("p01").definition["limits"] if one["key"] == "supervise")
    operation = {"do": "set", "path": f"limits[supervise].{name}", "value": value, "was": limit[name]}
    assert "还不能计算示例" in edit(admin, "limits", "supervise", operation)["parts"]["canvas"]


def test_without_a_calendar_there_is_no_example(admin: FlaskClient) -> None:
    edit(admin, "limits", "handle", {"do": "set", "path": "policy.calendar", "value": "moon"})
    for address in ("limits/handle", "ladders/main"):
        assert "制度没有指明工作日历" in canvas(admin, address)


def test_what_is_due_within_hours_is_shown_by_the_clock(packs: FlaskClient) -> None:
    drawn = canvas(packs, "limits/pass_on?start=2026-02-24T09:00", "p02")
    assert "立即（内部掌握 2 分钟）" in drawn
    assert ">09:05</text>" in drawn
    assert 'class="day-after"' in drawn


def test_a_ladder_gets_a_rung_one_level_higher(admin: FlaskClient) -> None:
    drawn = canvas(admin, "ladders/main?limit=superior&start=2026-02-24T09:00")
    assert '<option value="superior" selected' in drawn
    told = edit(admin, "ladders", "main", *pressed(drawn, "add-rung"))
    rung = next(one for one in Draft.of("p01").definition["ladders"] if one["key"] == "main")["rungs"][-1]
    assert (rung["level"], rung["at"]) == (4, "due+1wd")
    assert "还没有通知任何人" in told["parts"]["canvas"]


def test_a_ladder_that_nothing_uses_says_so(admin: FlaskClient) -> None:
    edit(admin, "ladders", "", {"do": "add", "path": "ladders", "value": {"key": "fresh"}})
    drawn = canvas(admin, "ladders/fresh")
    assert "这个阶梯还没有级" in drawn
    assert "还没有时限使用这个阶梯" in drawn
