"""The letter on the designer's canvas, and papers of a draft as PDF."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from documents import trial
from documents.actions import drafting
from documents.database import database
from documents.draft import Draft
from documents.draft_insight import insight
from documents.example_papers import example_letter, letter_example
from pdf import paper
from tests.portal.conftest import SignIn

NOW = datetime(2026, 2, 24, 1, 0, tzinfo=UTC)
CANVAS = "/admin/designer/p01/letters/decision"
PAPER = "/admin/designer/p01/paper/letter/decision"


def change(*operations: dict[str, Any]) -> None:
    drafting.edit("p01", operations, actor="admin", now=NOW)


def letter() -> dict[str, Any]:
    return next(one for one in Draft.of("p01").definition["letters"] if one["key"] == "decision")


def canvas_of(page: str) -> str:
    return page.partition('data-part="canvas"')[2].partition('data-part="panel"')[0]


def test_the_letter_is_paper_with_chips_and_example_values(admin: FlaskClient, draft: Draft) -> None:
    canvas = canvas_of(admin.get(CANVAS).text)
    assert '<span class="as-field">投诉方式</span><span class="as-value">走访</span>' in canvas
    assert '<span class="as-field">联社</span><span class="as-value">临川县联社</span>' in canvas
    assert "投诉意见〔2026〕1号" in canvas, "the number is an example"
    assert "示例取自案例：网点不能当场解决" in canvas


def test_a_condition_is_told_in_words_and_what_it_leaves_out(admin: FlaskClient, draft: Draft) -> None:
    canvas = canvas_of(admin.get(CANVAS).text)
    assert "仅当 “处理依据”" in canvas
    assert canvas.count("示例中不满足，不打印") == 2, (
        "the example gives no grounds: heading and text are left out"
    )


def test_a_text_is_edited_where_it_stands(admin: FlaskClient, draft: Draft) -> None:
    path = "letters[decision].paragraphs[#1].zh"
    edit = {"do": "set", "path": path, "value": "一、调查情况", "was": "一、查明事实"}
    sent = {"operations": [edit], "section": "letters", "element": "decision"}
    answer = admin.post("/admin/designer/p01/edit", json=sent, headers={"Accept": "application/json"})
    assert "一、调查情况" in answer.get_json()["parts"]["canvas"]
    assert letter()["paragraphs"][1]["zh"] == "一、调查情况"


def test_the_buttons_move_add_and_take_away_what_they_say(admin: FlaskClient, draft: Draft) -> None:
    before = [one["zh"] for one in letter()["paragraphs"]]
    place = "letters[decision].paragraphs"
    canvas = canvas_of(admin.get(CANVAS).text).replace("&#34;", '"')
    down = f'[{{"do": "move", "path": "{place}[#1]", "before": 2}}]'
    assert down in canvas
    change({"do": "move", "path": f"{place}[#1]", "before": 2})
    moved = [one["zh"] for one in letter()["paragraphs"]]
    assert moved[1:3] == before[2:0:-1]
    assert f'[{{"do": "add", "path": "{place}", "before": 2}}]' in canvas
    assert f'[{{"do": "remove", "path": "{place}[#1]"}}]' in canvas


def test_problems_stand_at_their_paragraph(admin: FlaskClient, draft: Draft) -> None:
    place = "letters[decision].paragraphs[#1]"
    change({"do": "set", "path": f"{place}.zh", "value": "{{ nobody_knows }}，{{ complainant_id }}"})
    change({"do": "set", "path": f"{place}.en", "value": None})
    section = canvas_of(admin.get(CANVAS).text).partition(f'data-at="{place}"')[2].partition("</section>")[0]
    assert 'class="merged unknown" title="nobody_knows"' in section
    assert "并入的字段“nobody_knows”不存在" in section
    assert section.count('class="setting-wrong"') >= 4, "two problems beside the places for refusals"


def test_a_letter_that_no_scenario_plans_has_made_up_values(admin: FlaskClient, draft: Draft) -> None:
    change({"do": "set", "path": "scenarios", "value": []})
    canvas = canvas_of(admin.get(CANVAS).text)
    assert "示例值为假定" in canvas
    assert admin.get(PAPER).data.startswith(b"%PDF")


def test_the_preview_is_what_the_press_of_real_letters_makes(admin: FlaskClient, draft: Draft) -> None:
    stored = database()["fs.files"].count_documents({})
    answer = admin.get(PAPER)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"] == "no-store"
    known = insight(Draft.of("p01")).definition
    example = letter_example(known, "decision", trial.calendar_for(known))
    expected = example_letter(known, letter(), example, now=NOW)
    assert answer.data == paper.letter(expected)
    assert "退还五元并更新费率表。" in expected.paragraphs
    assert database()["fs.files"].count_documents({}) == stored


def test_a_broken_draft_is_still_previewed(admin: FlaskClient, draft: Draft) -> None:
    change({"do": "set", "path": "letters[decision].paragraphs[#3].when", "value": "this is (not one"})
    change({"do": "set", "path": "letters[decision].signed_by", "value": None})
    assert admin.get(CANVAS).status_code == 200
    assert admin.get(PAPER).data.startswith(b"%PDF")


@pytest.mark.parametrize("form", ["intake", "review"])
def test_a_form_is_printed_with_example_values(admin: FlaskClient, draft: Draft, form: str) -> None:
    answer = admin.get(f"/admin/designer/p01/paper/form/{form}")
    assert answer.data.startswith(b"%PDF")


def test_nobody_else_sees_the_papers_of_a_draft(admin: FlaskClient, draft: Draft, sign_in: SignIn) -> None:
    assert sign_in("intake_clerk").get(PAPER).status_code in (403, 404)


def test_a_paper_that_is_not_there_is_no_page(admin: FlaskClient, draft: Draft) -> None:
    assert admin.get("/admin/designer/p01/paper/letter/nothing").status_code == 404
    assert admin.get("/admin/designer/p01/paper/form/nothing").status_code == 404
