"""The policy's pages show everything with its source, and lead into the designer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from admin_views.flow_pictures import HEIGHT, WIDTH, draw
from documents.actions.publishing import publish_definition
from documents.pack_files import definition as pack_definition
from documents.policy import Policy, forget_views, view_of
from documents.rules.broken import RuleBroken
from documents.rules.edits import apply
from documents.rules.time_lines import time_line
from documents.work_calendar import WorkCalendarRecord
from tests.portal.conftest import NOW, Perform, Register, SignIn

HANDLE = "/admin/policies/p01/1/limits/handle"


@pytest.fixture
def admin(sign_in: SignIn, policy: Policy) -> FlaskClient:
    """An administrator of a policy that no scenario proves: its limits may be changed one at a time."""
    unproven = {"$unset": {"definition.scenarios": 1}}
    Policy.collection().update_one({"_id": policy.id}, unproven)
    forget_views()
    return sign_in("admin")


def limit(version: int, key: str = "handle") -> Any:
    return view_of("p01", version).limit(key)


def test_the_only_policy_opens_at_once(admin: FlaskClient) -> None:
    assert admin.get("/admin/policies/").location == "/admin/policies/p01/1/"


def test_the_overview_says_that_all_is_well(admin: FlaskClient) -> None:
    page = admin.get("/admin/policies/p01/1/").text
    assert "没有发现问题" in page
    assert Policy.current("p01").sha256 in page


@pytest.mark.parametrize("form", [one["key"] for one in pack_definition("p01")["forms"]])
def test_every_form_is_shown_filled_in(admin: FlaskClient, form: str) -> None:
    page = admin.get(f"/admin/policies/p01/1/forms/{form}").text
    definition = next(one for one in pack_definition("p01")["forms"] if one["key"] == form)
    for section in definition["sections"]:
        for field in section["fields"]:
            assert field["label"]["zh"] in page
            assert f"<code>{field['key']}</code>" in page


def test_a_field_shows_type_class_source_and_condition(admin: FlaskClient) -> None:
    page = admin.get("/admin/policies/p01/1/forms/intake").text
    for text in (
        "限制知悉",
        "个人信息",
        "可精确检索",
        "第十七条（四）",
        "显示条件",
        "forwarded",
        "本系统默认",
        "最多 8000 字",
    ):
        assert text in page


def test_a_workflow_is_drawn_and_told(admin: FlaskClient) -> None:
    page = admin.get("/admin/policies/p01/1/workflows").text
    picture = page[page.index('<svg class="flow"') : page.index("</svg>", page.index('<svg class="flow"'))]
    for stage in view_of("p01", 1).stages("complaint"):
        assert f">{stage['label']['zh']}</text>" in picture
    for step in view_of("p01", 1).transitions("complaint"):
        assert step["label"]["zh"] in page
    assert "须与前一步办理人不同" in page
    assert "生成函件：投诉处理意见书" in page


@pytest.mark.parametrize("workflow", pack_definition("p01")["workflows"], ids=lambda one: one["key"])
def test_no_two_boxes_touch_and_no_way_crosses_one(workflow: Any) -> None:
    picture = draw(workflow, [], lambda label: label["zh"])
    boxes = [(node.x, node.y) for node in picture.nodes]
    for index, (x, y) in enumerate(boxes):
        assert WIDTH / 2 <= x <= picture.width - WIDTH / 2
        assert y + HEIGHT / 2 <= picture.height
        for other_x, other_y in boxes[index + 1 :]:
            assert abs(x - other_x) >= WIDTH or abs(y - other_y) >= HEIGHT
    for way in picture.ways:
        for stop in way.nodes[1:-1]:
            near = [x for x, y in boxes if abs(y - stop.y) < HEIGHT]
            assert all(abs(stop.x - x) > WIDTH / 2 for x in near), (way.start, way.goal)


def test_every_move_of_the_workflow_is_in_the_picture() -> None:
    workflow = pack_definition("p01")["workflows"][0]
    ways = {(way.start, way.goal) for way in draw(workflow, [], lambda label: label["zh"]).ways}
    assert {
        ("received", "filed"),
        ("handling", "review"),
        ("review", "handling"),
        ("filed", "at_intake"),
    } <= ways
    assert ("archiving", "archived") in ways


def test_the_time_line_of_an_example(admin: FlaskClient) -> None:
    page = admin.get(f"{HANDLE}?start=2026-02-13T16:40").text
    for text in (
        "2026-02-13 周五 16:40",
        "2026-03-02 周一 24:00",
        "临期提醒",
        "春节放假",
        "调休上班日",
    ):
        assert text in page


@pytest.mark.parametrize("start", ["", "soon", "0001-01-01T00:00", "9999-12-31T23:59", "2026-02-13"])
def test_a_strange_start_is_no_crash(admin: FlaskClient, start: str) -> None:
    assert admin.get(f"{HANDLE}?start={start}").status_code == 200


@pytest.mark.parametrize("key", [one["key"] for one in pack_definition("p01")["limits"]])
def test_every_limit_has_its_example(policy: Policy, key: str) -> None:
    view = policy.view()
    line = time_line(view, view.limit(key), NOW, WorkCalendarRecord.get("cn").calendar())
    assert line is not None
    assert line.marks[0].kind == "start"
    assert sum(mark.kind == "due" for mark in line.marks) == 1


@pytest.mark.parametrize(
    ("page", "edited"),
    [
        ("", "/admin/designer/p01/"),
        ("forms/treatment", "/admin/designer/p01/forms/treatment"),
        ("lists/categories", "/admin/designer/p01/lists/categories"),
        ("workflows/appeal", "/admin/designer/p01/workflows/appeal"),
        ("limits/handle", "/admin/designer/p01/limits/handle"),
        ("letters/decline", "/admin/designer/p01/letters/decline"),
        ("roles", "/admin/designer/p01/roles"),
    ],
)
def test_editing_goes_on_in_the_designer(admin: FlaskClient, page: str, edited: str) -> None:
    shown = admin.get(f"/admin/policies/p01/1/{page}").text
    assert f'name="next" value="{edited}"' in shown
    answer = admin.post("/admin/designer/p01/start", data={"next": edited})
    assert answer.location == edited
    assert admin.get(edited).status_code == 200
    assert Policy.objects.count() == 1


@pytest.mark.parametrize(
    "next_", ["https://example.com/", "//example.com", "/cases", "/admin/designer/..\\x"]
)
def test_the_way_into_the_designer_leads_nowhere_else(admin: FlaskClient, next_: str) -> None:
    answer = admin.post("/admin/designer/p01/start", data={"next": next_})
    assert answer.location == "/admin/designer/p01/"


@pytest.mark.parametrize("page", ["limits/handle", "lists/channels", "ladders/main/before"])
def test_a_published_version_takes_no_edits(admin: FlaskClient, page: str) -> None:
    assert admin.post(f"/admin/policies/p01/1/{page}", data={"amount": "5"}).status_code in (404, 405)
    assert Policy.objects.count() == 1


def next_version(policy: Policy) -> Policy:
    """The policy once more, with five working days, published."""
    operation = {"do": "set", "path": "limits[handle].amount", "value": 5}
    definition = apply({**policy.definition, "scenarios": []}, [operation]).definition
    return publish_definition(definition, seen=1, actor="admin", now=NOW)


def test_the_versions_tell_who_when_and_how_many_cases(
    admin: FlaskClient, policy: Policy, register: Register, perform: Perform
) -> None:
    old = register()
    next_version(policy)
    page = admin.get("/admin/policies/p01/2/versions").text
    for text in ("系统管理员", "系统初始化", Policy.of("p01", 1).sha256[:16], "数量：由“7”改为“5”"):
        assert text in page
    row = page[page.index("第 1 版</a>") :]
    assert re.findall(r'class="right figure">(\d+)<', row)[:2] == ["1", "1"]
    assert (limit(1)["amount"], limit(2)["amount"]) == (7, 5)
    assert perform(old, "report", "cd_clerk", reason_unsolved="须协调", explained="true").policy_version == 1


def test_an_old_version_can_be_read_but_not_edited(admin: FlaskClient, policy: Policy) -> None:
    next_version(policy)
    page = admin.get(HANDLE).text
    assert "这是旧版本，只能查看" in page
    assert "在设计器中修改" not in page
    assert "以现行版本为准" not in page
    assert "以现行版本为准" in admin.get("/admin/policies/p01/1/roles").text  # decision 020


def test_letters_show_what_they_merge(admin: FlaskClient) -> None:
    page = admin.get("/admin/policies/p01/1/letters/decline").text
    for text in ("不予受理情形", "收到日期", "投诉编号", "救济部门"):
        assert re.search(rf'<mark class="merged"[^>]*>{text}</mark>', page), text


def test_roles_tell_reach_and_rights(admin: FlaskClient) -> None:
    page = admin.get("/admin/policies/p01/1/roles").text
    for text in ("所属联社及其下级", "限制知悉", "系统管理", "不看投诉"):
        assert text in page


@pytest.mark.parametrize(
    "page",
    [
        "p99/1/",
        "p01/99/",
        "p01/1/forms/gone",
        "p01/1/lists/gone",
        "p01/1/workflows/gone",
        "p01/1/limits/gone",
        "p01/1/letters/gone",
    ],
)
def test_what_does_not_exist_is_not_found(admin: FlaskClient, page: str) -> None:
    assert admin.get(f"/admin/policies/{page}").status_code == 404


def test_two_administrators_publish_one_after_the_other(policy: Policy) -> None:
    next_version(policy)
    with pytest.raises(RuleBroken, match="policy_changed_meanwhile"):
        next_version(policy)
    assert [one.version for one in Policy.objects.order_by("version")] == [1, 2]


def test_every_page_of_the_policy_speaks_english(admin: FlaskClient) -> None:
    admin.post("/look", data={"language": "en", "next": "/"})
    for part in ("", "forms", "lists", "workflows", "limits", "letters", "roles", "more", "versions"):
        page = admin.get(f"/admin/policies/p01/1/{part}").text
        assert 'lang="en"' in page
