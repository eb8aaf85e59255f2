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
from tests.conftest import Beginning
from tests.portal.conftest import Register, SignIn

JSON = {"Accept": "application/json"}
HOSTILE = '<script>alert("x")</script>{{ 7*7 }}\'"><img src=x onerror=1>'
PACKS = ("p01", "p02", "p10", "p15")


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    return begun(sign_in("admin"))


_packs = Beginning[FlaskClient]()


@pytest.fixture
def packs(sign_in: SignIn, database: Any) -> FlaskClient:
    """Drafts of four policies that differ much."""
    _packs.of(database, lambda: begun(sign_in("admin"), *PACKS[1:]))
    return sign_in("admin")


def begun(client: FlaskClient, *more: str) -> FlaskClient:
    client.post("/admin/designer/p01/start")
    for key in more:
        assert client.post("/admin/designer/new/pack", data={"pack": key}).status_code == 302
    return client


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
    for words in ("开始计时", "受理部门 受理岗", "为是", "投诉"):
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


def options(name: str) -> list[Any]:
    """The keys of a list; what has sub-options as a pair."""
    listed = Draft.of("p01").definition["lists"][name]
    return [
        (one["key"], [each["key"] for each in one["children"]]) if one.get("children") else one["key"]
        for one in listed
    ]


def moves(drawn: str, place: str) -> dict[str, Operation]:
    """Where the keys move an option."""
    found = re.search(rf'data-at="{re.escape(place)}"[^>]*data-ways="([^"]*)"', drawn)
    assert found, place
    ways: dict[str, Operation] = json.loads(html.unescape(found[1]))
    return ways


def test_every_list_is_a_tree(packs: FlaskClient) -> None:
    for policy in PACKS:
        for address in members(policy, "lists"):
            drawn = canvas(packs, address, policy)
            assert 'data-canvas="lists"' in drawn
            assert drawn.count('class="option-row') >= len(Draft.of(policy).definition["lists"][address[6:]])


def test_an_option_goes_in_out_up_and_down(admin: FlaskClient) -> None:
    place, before = "lists.categories[other]", options("categories")
    drawn = canvas(admin, "lists/categories")
    assert "down" not in moves(drawn, place)
    assert moves(drawn, "lists.categories[violation]").keys() == {"down"}
    drawn = edit(admin, "lists", "categories", moves(drawn, place)["in"])["parts"]["canvas"]
    assert options("categories")[-1] == ("ordered", ["other"])
    inner = "lists.categories[ordered].children[other]"
    drawn = edit(admin, "lists", "categories", moves(drawn, inner)["out"])["parts"]["canvas"]
    assert options("categories") == before or options("categories")[-1] == "other"
    drawn = edit(admin, "lists", "categories", moves(drawn, place)["up"])["parts"]["canvas"]
    assert options("categories")[-2] == "other"
    edit(admin, "lists", "categories", moves(drawn, place)["down"])
    assert options("categories")[-1] == "other"


def test_pasted_lines_become_options_with_keys_of_their_own(admin: FlaskClient) -> None:
    value = {
        "label": {"zh": "甲", "en": "Alpha"},
        "children": [
            {"label": {"zh": "甲一", "en": "Alpha"}},
            {"label": {"zh": "甲二", "en": ""}},
            {"label": {"zh": "甲三", "en": ""}, "children": [{"label": {"zh": "深", "en": "Fax"}}]},
        ],
    }
    told = edit(admin, "lists", "channels", {"do": "add", "path": "lists.channels", "value": value})
    assert options("channels")[-1] == ("alpha", ["alpha_1", "option_1", "option_2"])
    deep = Draft.of("p01").definition["lists"]["channels"][-1]["children"][2]["children"][0]
    assert deep["key"] == "fax_1"
    assert told["at"] == "lists.channels[alpha]"


def test_what_cases_hold_is_counted_and_kept(admin: FlaskClient, register: Register) -> None:
    register(channel="fax")
    channel = "fax"
    drawn = canvas(admin, "lists/channels")
    assert "1 件" in drawn
    refused = admin.post(
        "/admin/designer/p01/edit",
        json={
            "operations": pressed(drawn, f"option-remove-{channel}"),
            "section": "lists",
            "element": "channels",
        },
        headers=JSON,
    )
    assert refused.status_code == 409
    assert channel in options("channels")
    told = edit(admin, "lists", "channels", *pressed(drawn, f"option-retire-{channel}"))
    assert "2026-02-24 停用" in told["parts"]["canvas"]


def test_a_retired_and_merged_option_says_so(admin: FlaskClient) -> None:
    drawn = edit(
        admin,
        "lists",
        "channels",
        {"do": "set", "path": "lists.channels[fax].retired", "value": "2026-01-01"},
        {"do": "set", "path": "lists.channels[fax].merged_into", "value": "letter"},
        {"do": "set", "path": "lists.channels[visit].label.zh", "value": HOSTILE},
    )["parts"]["canvas"]
    assert "2026-01-01 停用" in drawn
    assert "并入 书信" in drawn
    assert "<script>alert" not in drawn


def test_a_list_that_nothing_offers_says_so(admin: FlaskClient) -> None:
    edit(admin, "lists", "", {"do": "set", "path": "lists.fresh", "value": []})
    drawn = canvas(admin, "lists/fresh")
    assert "还没有字段选用它" in drawn
    assert "还没有选项" in drawn


@pytest.mark.parametrize("section", ["roles", "numbering", "duties"])
def test_roles_numbers_and_duties_are_drawn(packs: FlaskClient, section: str) -> None:
    for policy in PACKS:
        for address in members(policy, section):
            drawn = canvas(packs, address, policy)
            assert f'data-canvas="{section}"' in drawn
            assert address.split("/")[1] in drawn
            assert ("number-list" in drawn, "due-list" in drawn) == (
                section == "numbering",
                section == "duties",
            )


def role(key: str) -> Any:
    return next(one for one in Draft.of("p01").definition["roles"] if one["key"] == key)


def test_a_cell_gives_and_takes_a_right(admin: FlaskClient) -> None:
    drawn = canvas(admin, "roles/clerk")
    drawn = edit(admin, "roles", "clerk", *pressed(drawn, "may-clerk-archive"))["parts"]["canvas"]
    assert "archive" in role("clerk")["may"]
    drawn = edit(admin, "roles", "clerk", *pressed(drawn, "may-clerk-archive"))["parts"]["canvas"]
    assert role("clerk")["may"] == ["register", "export"]
    edit(admin, "roles", "clerk", *pressed(drawn, "reads-clerk-restricted"))
    assert role("clerk")["reads"] == ["public", "personal", "restricted"]


def test_the_holders_of_a_role_are_counted(admin: FlaskClient) -> None:
    drawn = canvas(admin, "roles")
    assert re.search(r'flt1_1=administrator">1</a>', drawn)
    assert "所属联社及其下级" in drawn


def test_numbers_go_on_and_start_anew(admin: FlaskClient) -> None:
    drawn = canvas(admin, "numbering/case")
    assert "TS-2026-0224-0003" in drawn
    assert "TS-2026-0225-0001" in drawn
    told = edit(admin, "numbering", "case", {"do": "set", "path": "numbering[case].reset", "value": "never"})
    assert "0129" in told["parts"]["canvas"]
    told = edit(admin, "numbering", "case", {"do": "set", "path": "numbering[case].reset", "value": "moon"})
    assert "格式还读不懂" in told["parts"]["canvas"]


def test_a_due_day_that_is_off_is_moved_and_says_why(admin: FlaskClient) -> None:
    recurrence = "duties[annual_report].recurrence"
    told = edit(
        admin, "duties", "annual_report", {"do": "set", "path": f"{recurrence}.on", "value": ["10-05"]}
    )
    assert "2026-09-30" in told["parts"]["canvas"]
    assert "2026-10-05 是国庆节放假，提前" in told["parts"]["canvas"]
    told = edit(
        admin, "duties", "annual_report", {"do": "set", "path": f"{recurrence}.every", "value": "moon"}
    )
    assert "周期还不完整" in told["parts"]["canvas"]
    told = edit(
        admin, "duties", "annual_report", {"do": "set", "path": recurrence, "value": {"every": "day"}}
    )
    assert "365 次" in told["parts"]["canvas"]


def test_hostile_names_in_the_other_canvases_are_words(admin: FlaskClient) -> None:
    for section, key in (("roles", "clerk"), ("numbering", "case"), ("duties", "annual_report")):
        told = edit(
            admin, section, key, {"do": "set", "path": f"{section}[{key}].label.zh", "value": HOSTILE}
        )
        assert "<script>alert" not in told["parts"]["canvas"]
        assert "<img src=x" not in told["parts"]["canvas"]


TABLES = ("policy", "archive", "example")


@pytest.mark.parametrize("section", ["reports", "case_types", "unit_kinds", "slots", "slot_labels", *TABLES])
def test_the_other_sections_are_drawn(packs: FlaskClient, section: str) -> None:
    for policy in PACKS:
        found = [section] if section in TABLES else list(members(policy, section))
        for address in found:
            assert f'data-canvas="{section}"' in canvas(packs, address, policy)


def test_a_report_says_what_each_figure_counts(admin: FlaskClient) -> None:
    drawn = canvas(admin, "reports/annual")
    assert "统计 01-01 至 11-30" in drawn
    assert "事项类型：投诉；未已办结；已逾期" in drawn or "已逾期" in drawn
    told = edit(admin, "reports", "annual", *pressed(drawn, "add-figures"))
    assert "还没有说明统计什么" in told["parts"]["canvas"]


def test_each_retention_rule_has_an_example(admin: FlaskClient) -> None:
    drawn = canvas(admin, "archive")
    assert "0000-TS·2026-D30-0001" in drawn
    assert "“性质与影响”包含" in drawn
    told = edit(admin, "archive", "", {"do": "remove", "path": "archive.retention[#1]"})
    assert "最后一条仍有条件" in told["parts"]["canvas"]
    told = edit(admin, "archive", "", {"do": "set", "path": "archive.volume_number", "value": "{moon}"})
    assert "档号格式还读不懂" in told["parts"]["canvas"]


def test_the_slots_of_a_case_are_found_in_the_example(admin: FlaskClient) -> None:
    drawn = canvas(admin, "slots/union?unit=outlet")
    assert '<option value="outlet" selected' in drawn
    assert "从首接单位起向上，第一个联社" in drawn
    assert re.search(r"联社直属的受理部门</span><small>.*?合规部（受理部门）", drawn)
    edit(admin, "example", "", {"do": "set", "path": "example"})
    assert "还没有示例机构" in canvas(admin, "slots/union")


def test_renames_are_told_in_words(admin: FlaskClient) -> None:
    value = {"key": "first", "rename": "field", "from": "demand", "to": "wish"}
    told = edit(admin, "migrate", "", {"do": "add", "path": "migrate", "value": value})
    assert "字段“demand”更名为“wish”" in told["parts"]["canvas"]


def test_an_empty_policy_draws_everywhere(admin: FlaskClient) -> None:
    sent = {"title_zh": "客户意见办法", "title_en": "Opinions", "key": "opinions"}
    assert admin.post("/admin/designer/new", data=sent).status_code == 302
    for section in (
        "workflows",
        "limits",
        "roles",
        "numbering",
        "duties",
        "reports",
        "case_types",
        "ladders",
    ):
        where = "/admin/designer/opinions/edit"
        sent_edit = {"operations": [{"do": "add", "path": section}], "section": section}
        told = admin.post(where, json=sent_edit, headers=JSON)
        assert told.status_code == 200, section
        assert f'data-canvas="{section}"' in told.get_json()["parts"]["canvas"]


def test_the_canvases_speak_english(admin: FlaskClient) -> None:
    admin.post("/look", data={"language": "en", "next": "/"})
    for address in ("workflows/complaint", "limits/handle", "roles", "reports/annual", "archive", "slots"):
        drawn = re.sub(r"<[^>]*>", "", canvas(admin, address))
        assert not re.search(r"[一-鿿]", drawn), address


def test_levels_are_drawn_from_the_highest_down_with_their_rules(packs: FlaskClient) -> None:
    drawn = canvas(packs, "severity", "p10")
    assert drawn.index("重大投诉") < drawn.index("热点投诉") < drawn.index("一般投诉")
    for words in ("收到后满 7 个自然日 仍在办", "1 个月内不同投诉人同类投诉满 3 件", "开始计时 即时上报总部"):
        assert words in drawn
    assert 'data-at="severity.rules[month]"' in drawn


def test_severity_is_begun_from_a_list_of_levels(admin: FlaskClient) -> None:
    assert "开始填写" in canvas(admin, "severity")
    edit(admin, "severity", "", {"do": "set", "path": "severity", "value": {}})
    assert "还没有等级" in canvas(admin, "severity")
    edit(admin, "severity", "", {"do": "set", "path": "severity.list", "value": "severity"})
    drawn = canvas(admin, "severity")
    assert "没有标准：只能由人工定为这一级" in drawn
    assert "不符合任何标准的案件为这一级" in drawn
