"""The policy's pages show everything with its source; an edit becomes a checked new version."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from admin_views.flow_pictures import HEIGHT, WIDTH, draw
from admin_views.time_lines import time_line
from documents.actions.policies import publish_checked
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.pack_files import definition as pack_definition
from documents.policy import Policy, forget_views, view_of
from documents.rules.broken import RuleBroken
from documents.rules.options import walk
from documents.rules.policy_editing import with_limit
from documents.work_calendar import WorkCalendarRecord
from tests.portal.conftest import NOW, Perform, Register, SignIn

HANDLE = "/admin/policies/p01/1/limits/handle"
FIVE = {"amount": "5", "counted_in": "working_days", "ladder": "main", "rolls": "stay"}


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
        "受限",
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


def test_an_edit_shows_the_change_before_it_is_made(admin: FlaskClient, register: Register) -> None:
    register()
    page = admin.post(HANDLE, data=FIVE).text
    assert "时限 · “办理并答复” · 数量：由“7”改为“5”" in page
    assert "拟发布第 2 版" in page
    assert "1 件在办投诉仍按登记时的版本办理" in page
    assert Policy.objects.count() == 1


def test_a_confirmed_edit_is_a_new_version(admin: FlaskClient, register: Register, perform: Perform) -> None:
    old = register()
    answer = admin.post(HANDLE, data={**FIVE, "confirmed": "yes"}, follow_redirects=True)
    assert "已发布第 2 版" in answer.text
    assert (limit(1)["amount"], limit(2)["amount"]) == (7, 5)
    entry = AuditEntry.objects.get(verb="publish_policy")
    assert (entry.subject, entry.facts["version"]) == ("policy:p01", 2)
    assert Complaint.get(old.number).policy_version == 1
    assert perform(old, "report", "cd_clerk", reason_unsolved="须协调", explained="true").policy_version == 1


def test_the_versions_tell_who_when_and_how_many_cases(admin: FlaskClient, register: Register) -> None:
    register()
    admin.post(HANDLE, data={**FIVE, "confirmed": "yes"})
    page = admin.get("/admin/policies/p01/2/versions").text
    for text in ("系统管理员", "系统初始化", Policy.of("p01", 1).sha256[:16], "数量：由“7”改为“5”"):
        assert text in page
    row = page[page.index("第 1 版</a>") :]
    assert re.findall(r'class="right figure">(\d+)<', row)[:2] == ["1", "1"]


def test_an_old_version_can_be_read_but_not_edited(admin: FlaskClient) -> None:
    admin.post(HANDLE, data={**FIVE, "confirmed": "yes"})
    page = admin.get(HANDLE).text
    assert "这是旧版本，只能查看" in page
    assert "查看变更" not in page
    answer = admin.post(HANDLE, data={**FIVE, "amount": "9", "confirmed": "yes"})
    assert answer.status_code == 409
    assert "已发布第 2 版，没有覆盖" in answer.text
    assert Policy.current("p01").version == 2


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (FIVE | {"amount": "7"}, 409, "没有需要保存的变更"),
        (FIVE | {"amount": "-1"}, 422, "amount -1"),
        (FIVE | {"amount": ""}, 409, "不是整数"),
        (FIVE | {"amount": "七"}, 409, "不是整数"),
        (FIVE | {"amount": "7.5"}, 409, "不是整数"),
        (FIVE | {"amount": "٧"}, 409, "不是整数"),
        (FIVE | {"amount": "999999999"}, 422, "allowed are 0 to"),
        (FIVE | {"counted_in": "moons"}, 422, "moons"),
        (FIVE | {"counted_in": "hours", "rolls": "over"}, 422, "no last day to roll"),
        (FIVE | {"ladder": "gone"}, 422, "提醒阶梯“gone”不存在"),
    ],
)
def test_a_wrong_limit_is_not_published(
    admin: FlaskClient, sent: dict[str, str], status: int, words: str
) -> None:
    answer = admin.post(HANDLE, data=sent)
    assert answer.status_code == status
    assert words in answer.text
    admin.post(HANDLE, data={**sent, "confirmed": "yes"})
    assert Policy.objects.count() == 1


def test_a_rung_is_moved(admin: FlaskClient) -> None:
    sent = {"side": "before", "number": "3", "step": "wd", "confirmed": "yes"}
    assert admin.post("/admin/policies/p01/1/ladders/main/before", data=sent).status_code == 302
    assert view_of("p01", 2).ladder("main")["rungs"][0]["at"] == "due-3wd"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"side": "before", "number": "", "step": "wd"}, 409),
        ({"side": "sideways", "number": "3", "step": "wd"}, 409),
        ({"side": "before", "number": "0", "step": "wd"}, 422),
        ({"side": "before", "number": "3", "step": "moons"}, 422),
    ],
)
def test_a_wrong_rung_is_not_published(admin: FlaskClient, sent: dict[str, str], status: int) -> None:
    answer = admin.post("/admin/policies/p01/1/ladders/main/before", data={**sent, "confirmed": ""})
    assert answer.status_code == status
    assert Policy.objects.count() == 1


def sent_list(name: str, **changes: Any) -> dict[str, Any]:
    """A list as its page sends it."""
    options = [path[-1] for path in walk(Policy.current("p01").definition["lists"][name])]
    sent = {
        "key": [one["key"] for one in options],
        "zh": [one["label"]["zh"] for one in options],
        "en": [one["label"]["en"] for one in options],
        "new_parent": [""],
        "new_zh": [""],
        "new_en": [""],
        "new_key": [""],
    }
    return {**sent, **changes}


def test_a_category_is_renamed_retired_and_added(admin: FlaskClient) -> None:
    sent = sent_list(
        "categories",
        retired=["violation_loan"],
        new_parent=["service"],
        new_zh=["适老服务"],
        new_en=["Service for the elderly"],
    )
    sent["zh"][0] = "违规经营"
    page = admin.post("/admin/policies/p01/1/lists/categories", data=sent).text
    for text in ("由“违反金融法规制度”改为“违规经营”", "停用日期（2026-02-24）", "适老服务"):
        assert text in page
    admin.post("/admin/policies/p01/1/lists/categories", data={**sent, "confirmed": "yes"})
    categories = {path[-1]["key"]: path for path in walk(view_of("p01", 2).lists["categories"])}
    assert categories["service_for_the_elderly"][0]["key"] == "service"
    assert categories["violation_loan"][-1]["retired"] == "2026-02-24"
    assert categories["violation"][-1]["label"]["zh"] == "违规经营"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "没有需要保存的变更"),
        ({"new_zh": ["微信"]}, "都要有中文和英文名称"),
        ({"new_zh": ["传真"], "new_en": ["Fax"], "new_key": ["fax"]}, "选项代码 fax 已存在"),
        ({"new_zh": ["微信"], "new_en": ["WeChat"], "new_key": ["We Chat"]}, "不合要求"),
        ({"new_zh": ["微信"], "new_en": ["WeChat"], "new_parent": ["gone"]}, "选项 gone 已不存在"),
        ({"key": ["gone"], "zh": ["x"], "en": ["y"]}, "选项 gone 已不存在"),
    ],
)
def test_a_wrong_list_is_not_published(admin: FlaskClient, changes: dict[str, Any], words: str) -> None:
    answer = admin.post("/admin/policies/p01/1/lists/channels", data=sent_list("channels", **changes))
    assert answer.status_code == 409
    assert words in answer.text
    assert Policy.objects.count() == 1


def test_an_option_of_a_branch_must_stay_valid(admin: FlaskClient) -> None:
    sent = sent_list("handled_outcomes", new_zh=["其他"], new_en=["Else"], new_key=["else_"])
    answer = admin.post("/admin/policies/p01/1/lists/handled_outcomes", data=sent)
    assert answer.status_code == 422
    assert "不在处理结果列表" in answer.text
    assert "发布</button>" not in answer.text


def test_letters_show_what_they_merge(admin: FlaskClient) -> None:
    page = admin.get("/admin/policies/p01/1/letters/decline").text
    for text in ("不予受理情形", "收到日期", "投诉编号", "救济部门"):
        assert re.search(rf'<mark class="merged"[^>]*>{text}</mark>', page), text


def test_roles_tell_reach_and_rights(admin: FlaskClient) -> None:
    page = admin.get("/admin/policies/p01/1/roles").text
    for text in ("所属联社及其下级", "受限", "系统管理", "不看投诉"):
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
    unproven = {**policy.definition, "scenarios": []}
    publish_checked(with_limit(unproven, "handle", {"amount": 5}), seen=1, actor="admin", now=NOW)
    with pytest.raises(RuleBroken, match="policy_changed_meanwhile"):
        publish_checked(with_limit(unproven, "handle", {"amount": 6}), seen=1, actor="admin", now=NOW)
    assert [one.version for one in Policy.objects.order_by("version")] == [1, 2]


def test_every_page_of_the_policy_speaks_english(admin: FlaskClient) -> None:
    admin.post("/look", data={"language": "en", "next": "/"})
    for part in ("", "forms", "lists", "workflows", "limits", "letters", "roles", "more", "versions"):
        page = admin.get(f"/admin/policies/p01/1/{part}").text
        assert 'lang="en"' in page
