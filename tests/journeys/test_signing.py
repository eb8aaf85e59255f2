"""Signatures and addresses in the browser: drawn, undone, kept at once; parts that conditions read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.datastructures import MultiDict

from documents.rules.drawings import read_drawing
from documents.rules.policy import PolicyView
from portal.forms.page import Around, sent_page
from tests.journeys.test_rows import ADDRESS, HEAD, SCRIPTS, app, field  # noqa: F401 - app is a fixture

STYLES = SCRIPTS.parent / "css"
ADDRESS_FIELD = field("home", "address", parts=["province", "city", "detail"], parts_needed=["detail"])
FIELDS = [
    ADDRESS_FIELD,
    field("abroad", visible="home.province == '境外'"),
    field("whole", "computed", value="home.text"),
    field("signed", "signature", of="actor", required=True),
    field("why", visible="empty(signed)"),
]
FORM = {"key": "sample", "title": {"zh": "表", "en": "Form"}, "sections": [{"key": "s", "fields": FIELDS}]}
VIEW = PolicyView({"policy": HEAD, "lists": {}, "forms": [FORM]})
PAGE = """<!doctype html><html lang="zh"><meta name="csrf-token" content="x"><title>signing</title>
{% for name in ("tokens", "base", "components", "forms", "widgets") %}
<link rel="stylesheet" href="{{ name }}.css">{% endfor %}
{% from "parts/fields.html" import sections with context %}
<form data-policy-form data-offset="+08:00">
<input type="hidden" name="csrf_token" value="x">
{{ sections(page) }}</form>
<script type="module">
import {startConditions} from "./conditions.js";
import {startWidgets} from "./widgets.js";
startWidgets(document);
startConditions(document);
document.documentElement.dataset.ready = "true";
</script></html>"""


@pytest.fixture
def taken() -> list[bytes]:
    """The drawings that the page sent."""
    return []


@pytest.fixture
def tab(app: Flask, browser: Browser, taken: list[bytes]) -> Iterator[Page]:  # noqa: F811
    html = render_template_string(PAGE, page=sent_page(Around(VIEW, 1), "sample", MultiDict()))

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        if route.request.method == "POST":
            body = route.request.post_data_buffer or b""
            start = body.index(b"\x89PNG")
            taken.append(body[start : body.index(b"IEND", start) + 8])
            route.fulfill(json={"id": f"drawn-{len(taken)}"})
        elif name.startswith("lookups/places"):
            route.fulfill(json={"province": ["福建省"], "city": ["福州市"]})
        elif name.endswith((".js", ".css")):
            folder, kind = (SCRIPTS, "javascript") if name.endswith(".js") else (STYLES, "css")
            route.fulfill(path=folder / name, content_type=f"text/{kind}")
        else:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

    context = browser.new_context(viewport={"width": 390, "height": 900})
    tab = context.new_page()
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.route("**/*", serve)
    tab.goto(ADDRESS)
    tab.wait_for_selector("html[data-ready]")
    yield tab
    context.close()
    assert wrong == []


def draw(tab: Page, *points: tuple[int, int]) -> None:
    frame: Any = tab.locator("canvas").bounding_box()
    for number, (x, y) in enumerate(points):
        tab.mouse.move(frame["x"] + x, frame["y"] + y)
        if number == 0:
            tab.mouse.down()
    tab.mouse.up()


def test_a_signature_is_drawn_undone_and_cleared(tab: Page, taken: list[bytes]) -> None:
    kept = tab.locator("input[name=q_signed-drawn]")
    expect(tab.locator("canvas")).to_be_hidden()
    tab.get_by_role("button", name="手写签名").click()
    tab.locator("canvas").scroll_into_view_if_needed()
    draw(tab, (20, 20), (80, 60), (140, 30))
    expect(kept).to_have_value("drawn-1")
    expect(tab.locator("[data-field=why]")).to_be_hidden()
    draw(tab, (30, 70), (160, 75))
    expect(kept).to_have_value("drawn-2")
    assert {read_drawing(one) for one in taken} == {(1200, 360)}
    assert len(taken[1]) != len(taken[0])
    if folder := os.environ.get("SIGNING_PICTURES"):
        tab.screenshot(path=Path(folder) / f"signing-{datetime.now(UTC):%H%M}.png", full_page=True)
    tab.get_by_role("button", name="撤销一笔").click()
    expect(kept).to_have_value("drawn-3")
    assert taken[2] == taken[0]
    tab.get_by_role("button", name="清除").click()
    expect(kept).to_have_value("")
    expect(tab.locator("[data-field=why]")).to_be_visible()
    tab.locator("input[name=q_signed]").fill("王敏")
    expect(tab.locator("[data-field=why]")).to_be_hidden()


def test_the_parts_of_an_address_are_one_text_and_names_are_offered(tab: Page) -> None:
    tab.locator("[data-part=province]").fill("境外")
    expect(tab.locator("datalist").first.locator("option")).to_have_count(1)
    expect(tab.locator("[data-field=abroad]")).to_be_visible()
    tab.locator("[data-part=detail]").fill("1 Fleet Street")
    tab.locator("[data-part=city]").fill("London")
    expect(tab.locator("[data-field=whole] output")).to_have_text("境外London 1 Fleet Street")
