"""A form definition compiled to fields: every kind, what comes back, what stays hidden."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_login import login_user
from werkzeug.datastructures import MultiDict

from documents.person import Person
from documents.rules.policy import PolicyView
from portal.forms.compile import compile_form, form_class, from_values
from portal.forms.conditions import secrets_of
from portal.forms.page import Around, FormPage, blank_page, sent_page
from portal.signing_in import SignedIn


def field(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": {"zh": f"栏目{key}", "en": f"Field {key}"}, **more}


FORM: dict[str, Any] = {
    "key": "everything",
    "title": {"zh": "全部栏目", "en": "Everything"},
    "basis": "inferred",
    "sections": [
        {
            "key": "one",
            "title": {"zh": "一", "en": "One"},
            "fields": [
                field("name", "text", required=True, max=20, source="第三条", basis="stated"),
                field("story", "longtext", max=500),
                field("amount", "money", min=0),
                field("count", "number", default=2),
                field("day", "date", default="today"),
                field("moment", "datetime", default="now"),
                field("agreed", "bool"),
                field("channel", "choice", options="channels", default="phone"),
                field("marks", "choices", options="marks"),
                field("kind", "tree", options="kinds", basis="ours"),
                field("who", "person"),
                field("unit", "unit"),
                field("telephone", "phone"),
                field("mail", "email", visible="agreed"),
                field("identity", "id_number", required="channel == 'phone'"),
                field("place", "address"),
                field("papers", "files"),
                field("earlier", "case"),
                field(
                    "rows", "table", fields=[field("what", "text", required=True), field("price", "money")]
                ),
                field("total", "computed", value="sum(rows.price)"),
                field("hint", "note"),
            ],
        }
    ],
}
LISTS = {
    "channels": [
        {"key": "phone", "label": {"zh": "电话", "en": "Telephone"}},
        {"key": "fax", "label": {"zh": "传真", "en": "Fax"}, "retired": True},
    ],
    "marks": [{"key": key, "label": {"zh": key, "en": key}} for key in ("a", "b", "c")],
    "kinds": [
        {
            "key": "top",
            "label": {"zh": "上", "en": "Top"},
            "children": [{"key": "low", "label": {"zh": "下", "en": "Low"}}],
        }
    ],
}
VIEW = PolicyView({"policy": {"key": "sample", "zone": "Asia/Shanghai"}, "lists": LISTS, "forms": [FORM]})
SENT = {
    "q_name": " 李  明 ",
    "q_amount": "1,200.5",
    "q_day": "2026-02-24",
    "q_moment": "2026-02-24T16:40",
    "q_channel": "phone",
    "q_identity": "11010519491231002x",
    "q_kind": "low",
    "q_rows-0-what": "纸",
    "q_rows-0-price": "2.50",
    "q_rows-3-what": "墨",
    "q_rows-3-price": "1",
}


@pytest.fixture
def desk(app: Flask) -> Any:
    """A request of the intake clerk, in which forms are shown."""
    with app.test_request_context("/"):
        login_user(SignedIn(Person.get("intake_clerk"), "", {}))
        yield app


def sent(**changes: str) -> FormPage:
    return sent_page(Around(VIEW, 1), "everything", MultiDict({**SENT, **changes}))


def shown(page: FormPage) -> str:
    text = '{% from "parts/fields.html" import sections with context %}{{ sections(page) }}'
    return render_template_string(text, page=page)


def test_the_values_come_back_in_their_own_types(desk: Any) -> None:
    values = sent().checked().values
    assert values["name"] == "李 明"
    assert values["amount"] == Decimal("1200.50")
    assert values["day"] == date(2026, 2, 24)
    assert values["moment"] == datetime(2026, 2, 24, 8, 40, tzinfo=UTC)
    assert values["identity"] == "11010519491231002X"
    assert values["rows"] == [
        {"what": "纸", "price": Decimal("2.50")},
        {"what": "墨", "price": Decimal("1.00")},
    ]
    assert values["total"] == Decimal("3.50")
    assert "hint" not in values


def test_every_kind_of_field_has_a_control_a_label_and_its_value(desk: Any) -> None:
    page = shown(sent())
    for one in FORM["sections"][0]["fields"]:
        assert one["label"]["zh"] in page
    for name in SENT:
        assert f'name="{name}"' in page or f'name="{name.replace("-3-", "-1-")}"' in page
    assert 'value="1,200.5"' in page


def test_an_unreadable_value_stays_as_it_was_typed(desk: Any) -> None:
    page = sent(q_amount="一千二", q_day="昨天")
    assert not page.is_complete()
    text = shown(page)
    assert 'value="一千二"' in text
    assert "请填写数字" in text
    assert "请填写日期" in text


def test_a_hidden_field_has_no_value(desk: Any) -> None:
    assert "mail" not in sent(q_mail="a@example.org").checked().values
    assert sent(q_mail="a@example.org", q_agreed="true").checked().values["mail"] == "a@example.org"


def test_a_condition_makes_a_field_required(desk: Any) -> None:
    without = sent(q_identity="")
    assert not without.is_complete()
    assert [one.key for one in without.form.wrong_fields()] == ["identity"]
    assert sent(q_identity="", q_channel="").is_complete()


def test_defaults_fill_an_empty_form(desk: Any) -> None:
    page = blank_page(Around(VIEW, 1), "everything", values={"count": 7})
    assert page.form["q_day"].data == "2026-02-24"
    assert page.form["q_moment"].data == "2026-02-24T09:02"
    assert page.form["q_count"].data == "7"
    assert page.form["q_channel"].data == "phone"


def test_a_retired_option_is_offered_only_where_it_was_chosen(desk: Any) -> None:
    assert "传真" not in shown(sent())
    assert "传真" in shown(sent(q_channel="fax"))


def test_marks_say_where_a_field_comes_from(desk: Any) -> None:
    text = shown(sent())
    assert "第三条" in text
    assert text.count("本系统默认") == 1
    assert "据条文推定" not in text  # the form says it once; its fields need not repeat it


def test_a_key_that_is_a_word_of_wtforms_does_no_harm(desk: Any) -> None:
    form = {
        "key": "odd",
        "title": {},
        "sections": [{"key": "s", "fields": [field("data", "text"), field("errors", "text")]}],
    }
    compiled = compile_form(form)(formdata=MultiDict({"q_data": "x", "q_errors": "y"}))
    assert compiled.submitted() == {"data": "x", "errors": "y"}


def test_a_published_form_is_compiled_once(desk: Any) -> None:
    assert form_class("sample", 1, FORM) is form_class("sample", 1, FORM)
    assert form_class("sample", 1, FORM) is not form_class("sample", 2, FORM)


def test_stored_values_go_back_into_the_fields(desk: Any) -> None:
    values = {
        "amount": Decimal("5.00"),
        "agreed": True,
        "marks": ["a", "b"],
        "rows": [{"what": "纸", "price": None}],
    }
    data = from_values(FORM, values)
    assert data["q_amount"] == "5.00"
    assert data["q_agreed"] == "true"
    assert data["q_marks"] == ["a", "b"]
    assert data["q_rows"] == [{"what": "纸", "price": None}]


def test_a_column_keeps_its_conditions_and_a_shut_field_is_shut_on_the_page_too(desk: Any) -> None:
    columns = [
        field("x", "text", visible="y == 'a' and name == 'b'"),
        field("y", "text", required="empty(x)"),
    ]
    fields = [
        field("rows", "table", fields=columns),
        field("name", "text"),
        field("gone", "text", visible=False),
    ]
    form = {**FORM, "key": "more", "sections": [{"key": "s", "fields": fields}]}
    view = PolicyView({"policy": {"key": "sample", "zone": "Asia/Shanghai"}, "lists": {}, "forms": [form]})
    text = shown(sent_page(Around(view, 1), "more", MultiDict()))
    assert text.count("data-visible") == 3  # the row, the row to come, and the field that is never shown
    assert text.count("data-required") == 2
    assert "data-visible='[&#34;value&#34;, false]'".replace("'", '"') in text


def test_the_fields_that_a_person_may_not_read_are_named() -> None:
    columns = [field("open", "text"), field("shut", "text", **{"class": "restricted"})]
    fields = [field("rows", "table", fields=columns), field("name", "text", **{"class": "personal"})]
    view = PolicyView({"forms": [{"key": "f", "sections": [{"fields": fields}]}]})
    assert secrets_of(view, lambda one: one["class"] == "personal") == {"rows.shut"}
    assert secrets_of(view, lambda _one: False) == {"rows.shut", "name"}
