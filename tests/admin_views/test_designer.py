"""The designer edits a draft by small operations: saved at once, undone, and never at somebody's cost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from documents.draft import Draft, DraftEdit
from documents.person import Person, Post
from documents.policy import Policy
from documents.rules.edits import Operation
from documents.rules.grammar import SECTIONS
from documents.rules.where_used import WhereUsed
from tests.portal.conftest import Register, SignIn

BASE = "/admin/designer/p01"
JSON = {"Accept": "application/json"}
AMOUNT = "limits[handle].amount"
SHOWN = [name for name in SECTIONS if name not in ("hooks", "attach")]


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    client = sign_in("admin")
    client.post(f"{BASE}/start")
    return client


@pytest.fixture
def second(sign_in: SignIn, admin: FlaskClient) -> FlaskClient:
    """Another administrator at another desk."""
    other = Person.get("intake_head")
    other.posts.append(Post(role="administrator", unit=other.posts[0].unit))
    other.save()
    return sign_in("intake_head")


def edit(
    client: FlaskClient, *operations: Operation, at: str = "", element: str = "handle", **more: Any
) -> TestResponse:
    sent = {"operations": list(operations), "section": "limits", "element": element, "at": at, **more}
    return client.post(f"{BASE}/edit", json=sent, headers=JSON)


def amount() -> Any:
    limits = Draft.of("p01").definition["limits"]
    return next(one["amount"] for one in limits if one["key"] == "handle")


def test_every_policy_is_listed_with_its_draft(admin: FlaskClient) -> None:
    page = admin.get("/admin/designer/").text
    for words in ("农村信用社客户投诉处理工作指引", "现行第 1 版", "草稿修改中", "系统管理员", "继续修改"):
        assert words in page


def test_the_overview_counts_sections_and_tells_edits(admin: FlaskClient) -> None:
    edit(admin, {"do": "set", "path": AMOUNT, "value": 8, "was": 7})
    page = admin.get(f"{BASE}/").text
    for words in ("没有发现问题", "时限", "修改 时限 办理并答复 · 数量", "系统管理员"):
        assert words in page


@pytest.mark.parametrize("section", SHOWN)
def test_every_section_has_outline_canvas_and_panel(admin: FlaskClient, section: str) -> None:
    page = admin.get(f"{BASE}/{section}")
    assert page.status_code == 200
    for part in ("strip", "outline", "canvas", "panel"):
        assert f'data-part="{part}"' in page.text
    if Draft.of("p01").definition.get(section):
        assert 'class="setting' in page.text or section == "lists"


def test_elements_of_every_section_open(admin: FlaskClient) -> None:
    page = admin.get(f"{BASE}/").text
    sections = re.findall(r'class="section-tile" href="([^"]+)"', page)
    assert len(sections) == len(SHOWN)
    for section in sections:
        members = re.findall(
            r'<li><a href="([^"]+)"', admin.get(section).text.split('class="outline-members"')[-1]
        )
        for member in dict.fromkeys([*members[:6], *members[-6:]]):
            assert admin.get(member.replace("&amp;", "&")).status_code == 200, member


@pytest.mark.parametrize(
    "at",
    [
        "forms[intake].sections[source].fields[channel]",
        "forms[intake].sections[matter].fields[issues].fields[issue]",
        "workflows[complaint].transitions[solve]",
        "case_types[complaint].register",
        "lists.categories[violation].children[violation_loan]",
        "ladders[main].rungs[before]",
        "letters[decision].paragraphs[#1]",
        "reports[annual].figures[accepted]",
        "archive.retention[#0]",
    ],
)
def test_a_nested_element_has_its_panel(admin: FlaskClient, at: str) -> None:
    section = re.split(r"[.\[]", at)[0]
    element = re.split(r"[.\[\]]+", at)[1] if section != "archive" else ""
    answer = admin.get(f"{BASE}/{section}/{element}".rstrip("/"), query_string={"at": at}, headers=JSON)
    assert f'data-place="{at}"' in answer.get_json()["parts"]["panel"]


def test_an_edit_is_saved_and_comes_back_drawn(admin: FlaskClient) -> None:
    told = edit(admin, {"do": "set", "path": AMOUNT, "value": 9, "was": 7}).get_json()
    assert amount() == 9
    assert told["revision"] == 2
    assert 'value="9"' in told["parts"]["panel"]
    assert Policy.objects.count() == 1


def test_a_clash_shows_both_values_and_saves_neither(admin: FlaskClient, second: FlaskClient) -> None:
    edit(second, {"do": "set", "path": AMOUNT, "value": 5, "was": 7})
    answer = edit(admin, {"do": "set", "path": AMOUNT, "value": 9, "was": 7})
    told = answer.get_json()
    assert (answer.status_code, told["error"]) == (409, "edited_meanwhile")
    assert (told["theirs"], told["yours"], told["path"]) == (5, 9, AMOUNT)
    assert told["message"].startswith("时限 办理并答复 · 数量 刚刚被他人改为“5”")
    assert amount() == 5
    assert edit(admin, {"do": "set", "path": AMOUNT, "value": 9, "was": 5}).status_code == 200


def test_two_languages_of_a_name_are_two_edits(admin: FlaskClient, second: FlaskClient) -> None:
    label = "limits[handle].label"
    edit(admin, {"do": "set", "path": f"{label}.zh", "value": "办结", "was": "办理并答复"})
    assert (
        edit(
            second, {"do": "set", "path": f"{label}.en", "value": "Done", "was": "Handle and reply"}
        ).status_code
        == 200
    )
    limits = Draft.of("p01").definition["limits"]
    assert next(one["label"] for one in limits if one["key"] == "handle") == {"zh": "办结", "en": "Done"}


def test_another_designer_is_told_and_named(admin: FlaskClient, second: FlaskClient) -> None:
    edit(second, {"do": "set", "path": AMOUNT, "value": 5, "was": 7})
    assert admin.get(f"{BASE}/revision?since=1", headers=JSON).get_json() == {"revision": 2, "foreign": True}
    assert second.get(f"{BASE}/revision?since=1", headers=JSON).get_json()["foreign"] is False
    assert "也在修改" in admin.get(f"{BASE}/limits").text


def test_undo_and_redo_survive_and_are_ones_own(
    admin: FlaskClient, second: FlaskClient, sign_in: SignIn
) -> None:
    edit(admin, {"do": "set", "path": AMOUNT, "value": 9, "was": 7})
    edit(second, {"do": "set", "path": "limits[supervise].amount", "value": 3, "was": 2})
    again = sign_in("admin")
    place = {"section": "limits", "element": "handle"}
    assert again.post(f"{BASE}/undo", json=place, headers=JSON).status_code == 200
    assert amount() == 7
    answer = again.post(f"{BASE}/redo", json=place, headers=JSON)
    assert amount() == 9
    assert re.search(r"data-redo[^>]*disabled", answer.get_json()["parts"]["strip"])
    assert again.post(f"{BASE}/redo", json=place, headers=JSON).status_code == 409


def test_a_new_element_is_chosen(admin: FlaskClient) -> None:
    told = edit(
        admin, {"do": "add", "path": "limits", "value": {"label": {"zh": "回访", "en": "Follow up"}}}
    ).get_json()
    assert told["at"] == "limits[follow_up]"
    assert told["address"] == f"{BASE}/limits/follow_up"


def test_what_is_in_use_stays_and_says_where(admin: FlaskClient) -> None:
    answer = edit(admin, {"do": "remove", "path": "limits[handle]"})
    told = answer.get_json()
    assert (answer.status_code, told["error"]) == (409, "in_use")
    assert any("督办签收" in use["words"] or "流转" in use["words"] for use in told["uses"])
    assert admin.get(told["uses"][0]["address"]).status_code == 200
    assert "没有删除" in told["message"]
    assert DraftEdit.objects.count() == 0


def test_what_holds_data_stays(admin: FlaskClient, register: Register) -> None:
    register()
    sent = {"do": "remove", "path": "forms[intake].sections[matter].fields[demand]"}
    assert edit(admin, sent).get_json()["error"] == "holds_data"


def test_what_nothing_needs_goes_and_comes_back(admin: FlaskClient) -> None:
    before = Draft.of("p01").definition
    used = WhereUsed(before)
    options = (places[0] for (kind, _key), places in used.targets().items() if kind == "options")
    path = next(place for place in options if not used.hinders(place))
    assert edit(admin, {"do": "remove", "path": path}).status_code == 200
    assert Draft.of("p01").definition != before
    admin.post(f"{BASE}/undo", json={"section": "lists", "element": "channels"}, headers=JSON)
    assert Draft.of("p01").definition == before


def test_a_published_key_is_fixed_and_a_new_one_is_not(admin: FlaskClient) -> None:
    assert "已发布，不能更改" in admin.get(f"{BASE}/limits/handle").text
    edit(admin, {"do": "add", "path": "limits", "value": {"label": {"zh": "回访", "en": "Follow up"}}})
    assert "已发布，不能更改" not in admin.get(f"{BASE}/limits/follow_up").text
    told = edit(
        admin, {"do": "set", "path": "limits[follow_up].key", "value": "visit_again"}, at="limits[follow_up]"
    )
    assert told.get_json()["at"] == "limits[visit_again]"


def test_a_problem_leads_to_its_place(admin: FlaskClient) -> None:
    edit(
        admin,
        {"do": "set", "path": "forms[intake].sections[source].fields[channel].options", "value": "gone"},
    )
    told = edit(admin, {"do": "set", "path": "roles[clerk].label.en"}).get_json()
    strip = told["parts"]["strip"]
    assert 'data-go="forms[intake].sections[source].fields[channel]"' in strip
    assert 'data-go="roles[clerk]"' in strip
    assert "2 个问题" in strip


def test_a_workflow_is_called_after_its_case_types(admin: FlaskClient) -> None:
    page = admin.get(f"{BASE}/workflows/suggestion").text
    assert ">建议、意见</a>" in page


def test_hostile_words_are_shown_as_words(admin: FlaskClient) -> None:
    words = '<script>alert("x")</script>{{ 7*7 }}\'"><img src=x onerror=1>'
    edit(admin, {"do": "set", "path": "limits[handle].label.zh", "value": words})
    edit(admin, {"do": "set", "path": "limits[handle].source", "value": words})
    for page in (f"{BASE}/limits/handle", f"{BASE}/", "/admin/designer/"):
        text = admin.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert "&lt;script&gt;" in admin.get(f"{BASE}/limits/handle").text
    for endless in ("[" * 5_000, '{"a":' * 5_000):
        assert admin.post(f"{BASE}/edit", data=endless, content_type="application/json").status_code == 409


@pytest.mark.parametrize(
    "operations",
    [
        None,
        [],
        [{"do": "set", "path": "policy.key", "value": "p02"}],
        [{"do": "set", "path": "nothing.here", "value": 1}],
        [{"do": "set", "path": "limits[gone].amount", "value": 1}],
        [{"do": "add", "path": "roles", "value": {"key": "clerk", "label": {"zh": "x", "en": "x"}}}],
        [{"do": "set", "path": AMOUNT, "value": {"$gt": 1}}],
        [{"do": "move", "path": "forms[intake]", "to": "forms[intake].sections"}],
        [{"do": "set", "path": "half \ud83d", "value": 1}],
        [{"do": "set", "path": AMOUNT, "value": {"half \ud83d": 1}}],
    ],
)
def test_what_is_no_edit_is_refused_in_words(admin: FlaskClient, operations: Any) -> None:
    answer = admin.post(f"{BASE}/edit", json={"operations": operations, "section": "limits"}, headers=JSON)
    assert answer.status_code == 409
    assert answer.get_json()["message"]
    page = admin.post(f"{BASE}/edit", json={"operations": operations, "section": "limits"})
    assert page.status_code == 409
    assert Draft.of("p01").revision == 1


def test_an_edit_without_a_token_is_refused(admin: FlaskClient) -> None:
    admin.application.config["WTF_CSRF_ENABLED"] = True
    answer = edit(admin, {"do": "set", "path": AMOUNT, "value": 1})
    admin.application.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert amount() == 7


@pytest.mark.parametrize(
    "page", ["/admin/designer/", f"{BASE}/", f"{BASE}/limits/handle", "/admin/designer/new"]
)
def test_only_an_administrator_comes_in(
    sign_in: SignIn, stranger: FlaskClient, admin: FlaskClient, page: str
) -> None:
    assert admin.get(page).status_code == 200
    assert sign_in("cd_head").get(page).status_code == 403
    assert stranger.get(page).status_code == 302


@pytest.mark.parametrize("way", ["edit", "undo", "redo", "start", "discard", "restore"])
def test_only_an_administrator_changes_anything(
    sign_in: SignIn, stranger: FlaskClient, admin: FlaskClient, way: str
) -> None:
    assert sign_in("cd_head").post(f"{BASE}/{way}", json={}).status_code == 403
    assert stranger.post(f"{BASE}/{way}", json={}).status_code in (302, 401)
    assert Draft.of("p01").revision == 1


@pytest.mark.parametrize("page", ["/admin/designer/p99/", f"{BASE}/moons", f"{BASE}/limits/gone"])
def test_what_is_not_there_is_not_found(admin: FlaskClient, page: str) -> None:
    assert admin.get(page).status_code == 404


def test_a_draft_is_put_aside_and_brought_back(admin: FlaskClient) -> None:
    edit(admin, {"do": "set", "path": AMOUNT, "value": 9})
    assert "放弃这份草稿" in admin.post(f"{BASE}/discard").text
    admin.post(f"{BASE}/discard", data={"confirmed": "yes"})
    assert "没有正在修改的草稿" in admin.get(f"{BASE}/").text
    assert admin.get(f"{BASE}/limits").location == f"{BASE}/"
    admin.post(f"{BASE}/restore")
    assert amount() == 9


def test_a_policy_from_nothing(admin: FlaskClient) -> None:
    sent = {"title_zh": "客户意见办法", "title_en": "Opinions", "key": "opinions"}
    assert admin.post("/admin/designer/new", data=sent).location == "/admin/designer/opinions/"
    assert "必需，还没有" in admin.get("/admin/designer/opinions/").text
    assert "还没有表单" in admin.get("/admin/designer/opinions/forms").text
    again = admin.post("/admin/designer/new", data=sent)
    assert again.status_code == 409
    assert "已被使用" in again.text
    assert "客户意见办法" in again.text


def test_a_policy_from_a_shipped_one(admin: FlaskClient) -> None:
    assert "p02" in admin.get("/admin/designer/new").text
    answer = admin.post("/admin/designer/new/pack", data={"pack": "p02"})
    assert answer.status_code == 302
    assert Draft.objects(state="open").count() == 2
    assert admin.post("/admin/designer/new/pack", data={"pack": "../p02"}).status_code == 409


def test_every_page_speaks_english(admin: FlaskClient) -> None:
    admin.post("/look", data={"language": "en", "next": "/"})
    for page in ("/admin/designer/", f"{BASE}/", f"{BASE}/limits/handle", f"{BASE}/workflows/complaint"):
        text = admin.get(page).text
        assert 'lang="en"' in text
        assert "更多设置" not in text


def test_the_panel_says_what_hinders_taking_away_what_it_holds(admin: FlaskClient) -> None:
    shown = admin.get(f"{BASE}/lists/channels?part=panel", headers=JSON).get_json()["parts"]["panel"]
    assert "改掉之后才能整个删除" in shown
    loose = admin.get(f"{BASE}/scenarios/withdrawn?part=panel", headers=JSON).get_json()["parts"]["panel"]
    assert "删除不影响其他部分" in loose
