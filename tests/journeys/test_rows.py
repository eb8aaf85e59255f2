"""A form with conditions and a repeating table: what the page shows is what the server keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_login import login_user
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.datastructures import MultiDict

from documents.person import Person
from documents.rules.expressions import as_json
from documents.rules.policy import PolicyView
from portal.application import assemble
from portal.forms.page import Around, sent_page
from portal.settings import Settings
from portal.signing_in import SignedIn
from tests.conftest import DATABASE_NAME, connected

SCRIPTS = Path(__file__).resolve().parents[2] / "portal" / "static" / "js"
ADDRESS = "http://rows.test/"
TUESDAY = datetime(2026, 2, 24, 1, 2, tzinfo=UTC)


def field(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": {"zh": f"栏目{key}", "en": f"Field {key}"}, **more}


COLUMNS = [
    field("remark", visible="tax > 1 or row.kind == note", required=True),
    field("kind"),
    field(
        "amount",
        "money",
        visible="kind != 'free' and mode != 'none'",
        required="kind == 'fee' and total > limit",
    ),
    field("tax", "computed", value="round(amount * rate, 2)", visible="not empty(amount)"),
    field("large", "computed", value="amount >= 50"),
    field("n", "number", visible="kind != 'free'"),  # the form has a field of this name too
    field("double", "computed", value="0 if empty(n) else n * 2"),
]
FIELDS = [
    field("reason", visible="any_of(items.large)", required="total > limit"),
    field("a"),
    field("box", "group", fields=[field("n", "number"), field("third", "computed", value="n / 3")]),
    field("hint", "note", visible="empty(reason)"),
    field("items", "table", fields=COLUMNS),
    field("mode", visible="empty(n) or n < 5"),
    field("rate", "number"),
    field("total", "computed", value="sum(items.amount, items.tax)"),
    field("lines", "computed", value="count(items)"),
]
FIELDS[2]["visible"] = "a == 'open'"
FORM = {"key": "sample", "title": {"zh": "表", "en": "Form"}, "sections": [{"key": "s", "fields": FIELDS}]}
HEAD = {"key": "sample", "zone": "Asia/Shanghai"}
VIEW = PolicyView({"policy": HEAD, "lists": {}, "forms": [FORM]})
FACTS = {"limit": 100, "note": "outer", "amount": 999, "kind": "from the case"}
PAGE = """<!doctype html><html lang="zh"><title>rows</title>
{% from "parts/fields.html" import sections with context %}
<form data-policy-form data-offset="+08:00">{{ sections(page) }}</form>
<script type="module">
import {startConditions} from "./conditions.js";
import {startRows} from "./rows.js";
startRows(document);
startConditions(document);
document.documentElement.dataset.ready = "true";
</script></html>"""
# Fill the form in from nothing, and tell what it shows and what it would send.
FILL = """(typed) => {
  const form = document.querySelector("form");
  form.querySelectorAll("[data-row]").forEach((row) => row.remove());
  const put = (field, text) => { field.querySelector("input").value = text; };
  for (const [key, text] of Object.entries(typed.fields)) put(form.querySelector(`#field-${key}`), text);
  for (const cells of typed.items) {
    form.querySelector("[data-add-row]").click();
    const row = [...form.querySelectorAll("[data-row]")].at(-1);
    for (const [key, text] of Object.entries(cells)) put(row.querySelector(`[data-field=${key}]`), text);
  }
  form.dispatchEvent(new Event("input"));
  const tell = (field) => ({
    key: field.dataset.field,
    shown: !field.hidden,
    computed: field.dataset.kind === "computed",
    text: (field.querySelector(":scope > output, :scope input")?.value ?? "").trim(),
    must: !(field.querySelector(":scope > .field-head .must")?.hidden ?? true),
  });
  const told = (box) => [...box.querySelectorAll("[data-field]")].map(tell);
  const top = [...form.querySelectorAll("[data-field]:not([data-row] *):not([data-kind=note])")];
  return {
    fields: top.filter((field) => field.dataset.kind !== "table").map(tell),
    items: [...form.querySelectorAll("[data-row]")].map(told),
    sent: [...new FormData(form)],
  };
}"""


@pytest.fixture(scope="module")
def app(mongo_uri: str, valkey_url: str, tmp_path_factory: Any) -> Iterator[Flask]:
    settings = Settings(
        mongodb_uri=mongo_uri,
        redis_url=valkey_url,
        secret_key="for tests only",
        data_folder=tmp_path_factory.mktemp("rows"),
        database_name=DATABASE_NAME,
    )
    connected(mongo_uri)
    app = assemble(settings)
    app.config["CLOCK"] = lambda: TUESDAY
    with app.test_request_context("/"):
        login_user(SignedIn(Person(id="clerk", login="clerk", name="王敏"), "", {}))
        yield app


@pytest.fixture
def tab(app: Flask, browser: Browser) -> Iterator[Page]:
    """The form in a browser, with the scripts that it has in the portal."""
    page = sent_page(Around(VIEW, 1, opening=FACTS), "sample", MultiDict())
    html = render_template_string(PAGE, page=page)

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        if name.endswith(".js"):
            route.fulfill(path=SCRIPTS / name, content_type="text/javascript")
        else:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

    context = browser.new_context()
    tab = context.new_page()
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.route("**/*", serve)
    tab.goto(ADDRESS)
    tab.wait_for_selector("html[data-ready]")
    yield tab
    context.close()
    assert wrong == []


def cell(tab: Page, row: int, key: str) -> Any:
    return tab.locator("[data-row]").nth(row).locator(f"[data-field={key}]")


def test_somebody_fills_in_rows_and_sees_at_once_what_is_asked(tab: Page) -> None:
    tab.locator("#field-rate input").fill("0.1")
    cell(tab, 0, "kind").locator("input").fill("fee")
    cell(tab, 0, "amount").locator("input").fill("0.10")
    tab.get_by_role("button", name="添加一行").click()
    cell(tab, 1, "kind").locator("input").fill("free")
    expect(cell(tab, 1, "amount")).to_be_hidden()
    expect(cell(tab, 0, "amount")).to_be_visible()
    expect(cell(tab, 0, "tax").locator("output")).to_have_text("0.01")
    expect(tab.locator("[data-field=total] output")).to_have_text("0.11")
    expect(tab.locator("#field-reason")).to_be_hidden()
    cell(tab, 0, "amount").locator("input").fill("100.20")
    expect(tab.locator("[data-field=total] output")).to_have_text("110.22")
    expect(tab.locator("#field-reason .must")).to_be_visible()
    expect(cell(tab, 0, "amount").locator(".must")).to_be_visible()
    expect(cell(tab, 0, "remark")).to_be_visible()
    expect(cell(tab, 1, "remark")).to_be_hidden()
    expect(cell(tab, 0, "large").locator("output")).to_have_text("是")
    tab.locator("[data-remove-row]").first.click()
    expect(tab.locator("[data-field=total] output")).to_have_text("0")
    expect(tab.locator("#field-reason")).to_be_hidden()


def test_the_page_knows_no_fact_of_the_case_that_it_need_not_know(tab: Page) -> None:
    html = tab.content()
    assert "from the case" not in html
    assert "999" not in html


def fillings(count: int) -> Iterator[dict[str, Any]]:
    """Forms as people fill them in, well and badly."""
    luck = Random(2026)
    amounts = ["", "0.10", "0.2", "49.99", "50", "100", "1,000.05", " 3 ", "￥1，200", "0.01万"]
    for _ in range(count):
        rows = [
            {
                "kind": luck.choice(["", "fee", "free", "outer", "其他"]),
                "amount": luck.choice(amounts),
                "remark": luck.choice(["", "", "x"]),
                "n": luck.choice(["", "", "4"]),
            }
            for _ in range(luck.randrange(4))
        ]
        fields = {
            "reason": luck.choice(["", "y"]),
            "a": luck.choice(["", "open", "shut"]),
            "n": luck.choice(["", "1", "7", "0.5"]),
            "mode": luck.choice(["", "none"]),
            "rate": luck.choice(["", "0.1", "0.06", "1"]),
        }
        yield {"fields": fields, "items": rows}


def kept(told: list[dict[str, Any]]) -> dict[str, str]:
    """What the page shows as a value: a computed one, or one that was typed."""
    return {one["key"]: one["text"] for one in told if one["shown"] and one["text"]}


def says_something(row: list[dict[str, Any]]) -> bool:
    return any(one["shown"] and one["text"] and not one["computed"] for one in row)


def written(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    known = as_json(value)
    return known["#"] if isinstance(known, dict) else str(known)


def as_shown(values: dict[str, Any], told: list[dict[str, Any]]) -> dict[str, str]:
    """The server's values in the words of the page; what was typed reads as it was typed."""
    computed = {one["key"]: one["computed"] for one in told}
    typed = {one["key"]: one["text"] for one in told}
    return {
        key: written(value) if computed[key] else typed[key]
        for key, value in values.items()
        if value is not None and key in computed
    }


def missing(told: list[dict[str, Any]]) -> set[str]:
    return {one["key"] for one in told if one["must"] and one["shown"] and not one["text"]}


def test_what_the_page_shows_is_what_the_server_keeps_and_asks(tab: Page) -> None:
    for filling in fillings(250):
        told = tab.evaluate(FILL, filling)
        page = sent_page(Around(VIEW, 1, opening=FACTS), "sample", MultiDict(told["sent"]))
        found = page.checked()
        assert as_shown(found.values, told["fields"]) == kept(told["fields"]), filling
        rows = [row for row in told["items"] if says_something(row)]
        assert len(found.values.get("items", ())) == len(rows), filling
        for row, values in zip(rows, found.values.get("items", ()), strict=True):
            assert as_shown(values, row) == kept(row), filling
        asked = [row for row in told["items"] if any(one["text"] and not one["computed"] for one in row)]
        wanted: set[tuple[int | None, str]] = {(None, key) for key in missing(told["fields"])}
        wanted |= {
            (place, key) for place, row in enumerate(asked) if says_something(row) for key in missing(row)
        }
        assert {(one.row, one.column or one.field) for one in found.problems} == wanted, filling
