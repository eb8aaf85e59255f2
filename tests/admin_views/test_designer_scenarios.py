"""A scenario on the designer's canvas: it reads like a story, is edited in place, and is played beside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient

from documents.actions import drafting
from documents.draft import Draft

NOW = datetime(2026, 2, 24, 1, 0, tzinfo=UTC)
CANVAS = "/admin/designer/p01/scenarios/outlet_cannot_solve"
PLACE = "scenarios[outlet_cannot_solve]"


def canvas(admin: FlaskClient) -> str:
    return admin.get(CANVAS).text.partition('data-part="canvas"')[2].partition('data-part="panel"')[0]


def edited(admin: FlaskClient, *operations: dict[str, Any]) -> None:
    sent = {"operations": list(operations), "section": "scenarios", "element": "outlet_cannot_solve"}
    answer = admin.post("/admin/designer/p01/edit", json=sent, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text


def test_a_scenario_reads_like_a_story(admin: FlaskClient, draft: Draft) -> None:
    shown = canvas(admin)
    assert "2026-02-13 16:40" in shown
    assert "<b>城南信用社 受理人员</b>" in shown
    assert "<dt>投诉方式</dt><dd>走访</dd>" in shown, "an option by its label"
    assert "<dt>承办单位</dt><dd>清算中心</dd>" in shown, "a unit by its name"
    assert "应被拒绝" in shown


def test_what_should_come_of_it_is_told_in_words(admin: FlaskClient, draft: Draft) -> None:
    expected = canvas(admin).partition('class="story-expect"')[2].partition("</dl>")[0]
    assert " → " in expected
    assert "已办结" in expected
    assert "投诉处理意见书" in expected


def test_steps_are_edited_added_and_taken_away(admin: FlaskClient, draft: Draft) -> None:
    edited(admin, {"do": "set", "path": f"{PLACE}.steps[#0].at", "value": "2026-02-13 16:30"})
    edited(admin, {"do": "set", "path": f"{PLACE}.steps[#0].values", "value": {"channel": "phone"}})
    edited(admin, {"do": "add", "path": f"{PLACE}.steps", "value": {"at": "2026-03-07 09:00"}})
    shown = canvas(admin)
    assert "2026-02-13 16:30" in shown
    assert "<dt>投诉方式</dt><dd>电话</dd>" in shown
    assert "只过去一段时间" in shown


def test_only_this_scenario_is_played(admin: FlaskClient, draft: Draft) -> None:
    played = admin.get("/admin/designer/p01/try/outlet_cannot_solve").text
    assert "相符" in played
    assert played.count("<time>") > 5
    edited(admin, {"do": "set", "path": f"{PLACE}.expect.status", "value": "open"})
    assert "不符" in admin.get("/admin/designer/p01/try/outlet_cannot_solve").text
    assert admin.get("/admin/designer/p01/try/nothing").status_code in (404, 409)


def test_a_statement_is_chosen_filled_in_and_told(admin: FlaskClient, draft: Draft) -> None:
    shown = canvas(admin)
    assert '<option value="statement:statement">请被投诉人说明情况' not in shown
    assert 'value="statement:statement"' in shown
    step = {
        "statement": "statement",
        "by": "handler@outlet",
        "at": "2026-03-07 09:00",
        "why": "unknown_statement",
    }
    edited(
        admin,
        {"do": "add", "path": f"{PLACE}.steps", "value": {**step, "values": {"statement_text": "如实。"}}},
    )
    told = canvas(admin).rpartition('<li class="story-step')[2]
    assert "is-statement" in told
    assert "<dt>情况说明</dt><dd>如实。</dd>" in told
    assert "原因 unknown_statement" in told


def test_an_empty_scenario_can_be_begun(admin: FlaskClient, draft: Draft) -> None:
    drafting.edit("p01", [{"do": "set", "path": f"{PLACE}.steps", "value": []}], actor="admin", now=NOW)
    drafting.edit("p01", [{"do": "set", "path": f"{PLACE}.expect", "value": {}}], actor="admin", now=NOW)
    shown = canvas(admin)
    assert "还没有步骤" in shown
    assert "还没有写明应有的结果" in shown
