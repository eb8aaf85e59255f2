"""The forms canvas shows the real form; the preview tries it as a role, at a step, in a language."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from documents.draft import Draft
from documents.pack_files import definition as pack_definition
from tests.portal.conftest import SignIn

BASE = "/admin/designer/p01"
JSON = {"Accept": "application/json"}
FORMS = [one["key"] for one in pack_definition("p01")["forms"]]
SOURCE = "forms[intake].sections[source].fields"


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    client = sign_in("admin")
    client.post(f"{BASE}/start")
    return client


def edit(client: FlaskClient, *operations: dict[str, Any], at: str = "") -> dict[str, Any]:
    sent = {"operations": list(operations), "section": "forms", "element": "intake", "at": at}
    answer = client.post(f"{BASE}/edit", json=sent, headers=JSON)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def canvas(client: FlaskClient, form: str = "intake") -> str:
    parts = client.get(f"{BASE}/forms/{form}", headers=JSON).get_json()["parts"]
    return str(parts["canvas"])


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_drawn_with_its_real_widgets(admin: FlaskClient, form: str) -> None:
    drawn = canvas(admin, form)
    definition = next(one for one in pack_definition("p01")["forms"] if one["key"] == form)
    for section in definition["sections"]:
        for field in section["fields"]:
            assert f'data-at="forms[{form}].sections[{section["key"]}].fields[{field["key"]}]"' in drawn
            if field["type"] not in ("table", "group", "note"):
                assert f'data-field="{field["key"]}"' in drawn


def test_the_palette_offers_every_type_once(admin: FlaskClient) -> None:
    left = admin.get(f"{BASE}/forms/intake", headers=JSON).get_json()["parts"]["outline"]
    kinds = re.findall(r'data-new="\{&#34;type&#34;: &#34;(\w+)&#34;\}"', left)
    assert len(kinds) == len(set(kinds)) >= 22
    assert "沿用其他表单的字段" in left


def test_every_type_can_be_put_on_the_canvas(admin: FlaskClient) -> None:
    left = admin.get(f"{BASE}/forms/intake", headers=JSON).get_json()["parts"]["outline"]
    for kind in re.findall(r'data-new="\{&#34;type&#34;: &#34;(\w+)&#34;\}"', left):
        told = edit(admin, {"do": "add", "path": SOURCE, "value": {"type": kind}, "before": "channel"})
        assert f'data-at="{told["at"]}"' in told["parts"]["canvas"], kind
        assert f'data-place="{told["at"]}"' in told["parts"]["panel"], kind


def test_a_field_goes_before_another_and_into_another_section(admin: FlaskClient) -> None:
    told = edit(admin, {"do": "add", "path": SOURCE, "value": {"type": "date"}, "before": "received_at"})
    drawn = told["parts"]["canvas"]
    assert (
        drawn.index('data-key="channel"')
        < drawn.index('data-key="date_1"')
        < drawn.index('data-key="received_at"')
    )
    goal = "forms[intake].sections[matter].fields"
    told = edit(
        admin, {"do": "move", "path": f"{SOURCE}[date_1]", "to": goal, "before": "title"}, at=told["at"]
    )
    assert told["at"] == f"{goal}[date_1]"


def test_a_field_of_another_form_keeps_its_key(admin: FlaskClient) -> None:
    of = "forms[treatment].sections[{}].fields[{}]"
    treatment = next(one for one in Draft.of("p01").definition["forms"] if one["key"] == "treatment")
    section = treatment["sections"][0]
    path = of.format(section["key"], section["fields"][0]["key"])
    told = edit(admin, {"do": "copy", "of": path, "same_key": True, "path": SOURCE})
    assert told["at"] == f"{SOURCE}[{section['fields'][0]['key']}]"


def test_a_list_is_made_and_filled_beside_its_field(admin: FlaskClient) -> None:
    told = edit(admin, {"do": "add", "path": SOURCE, "value": {"type": "choice"}})
    assert "新建选项列表" in told["parts"]["panel"]
    path = f"{SOURCE}[choice_1].options"
    options = [{"key": "first", "label": {"zh": "一", "en": "One"}}]
    told = edit(
        admin,
        {"do": "set", "path": "lists.choice_1", "value": options, "was": None},
        {"do": "set", "path": path, "value": "choice_1", "was": None},
        at=f"{SOURCE}[choice_1]",
    )
    assert 'data-path="lists.choice_1[first].label"' in told["parts"]["panel"]
    assert "没有问题" in told["parts"]["strip"]


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("", ("证件号码", "被投诉人"), ()),
        (
            "role=clerk",
            ("这个岗位看不到：证件号码 110****002X、被投诉人",),
            ('data-field="complainant_id_number"',),
        ),
        ("language=en", ("Complaint registration", "ID number"), ("证件号码",)),
        ("width=phone", ("preview-frame phone",), ()),
        ("role=gone&step=gone&language=xx&kind=gone&width=moon", ("客户投诉登记",), ()),
    ],
)
def test_the_preview_has_four_axes(
    admin: FlaskClient, query: str, there: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    page = admin.get(f"{BASE}/preview/intake?{query}").text
    assert "data-policy-form" in page
    for words in there:
        assert words in page
    for words in gone:
        assert words not in page


def test_the_preview_knows_the_case_at_the_step(admin: FlaskClient) -> None:
    shown = re.compile(r'data-field="forwarded"[^>]*hidden')
    assert shown.search(admin.get(f"{BASE}/preview/intake").text)
    assert not shown.search(admin.get(f"{BASE}/preview/intake?kind=intake_department").text)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_can_be_tried(admin: FlaskClient, form: str) -> None:
    assert admin.get(f"{BASE}/preview/{form}").status_code == 200


def test_a_preview_of_nothing_is_not_found(admin: FlaskClient) -> None:
    assert admin.get(f"{BASE}/preview/gone").status_code == 404


def test_conditions_are_checked_while_they_are_typed(admin: FlaskClient) -> None:
    def ask(text: str) -> dict[str, Any]:
        answer = admin.get(f"{BASE}/condition", query_string={"text": text}, headers=JSON)
        return dict(answer.get_json())

    fine = ask("forwarded and channel == 'letter'")
    assert fine["problem"] == ""
    assert fine["said"] == "“上级交办、转办”为是，且“投诉方式”等于“书信”"
    assert fine["rows"]["joint"] == "and"
    assert "引用了不存在的字段" in ask("gone == 1")["problem"]
    assert "无法识别" in ask("__import__('os')")["problem"]
    assert ask("")["problem"] == ""


def test_names_are_offered_for_conditions_and_letters(admin: FlaskClient) -> None:
    found = admin.get(f"{BASE}/names?for=condition", headers=JSON).get_json()
    names = {one["name"]: one for one in found["names"]}
    assert names["channel"]["label"] == "投诉方式"
    assert {"key": "letter", "label": "书信"} in names["channel"]["options"]
    assert names["received_kind"]["options"]
    letters = admin.get(f"{BASE}/names?for=letter", headers=JSON).get_json()["names"]
    assert {"name": "received_on", "label": "收到日期"} in letters
