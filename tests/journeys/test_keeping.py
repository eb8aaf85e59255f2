"""What is ticked and typed stays while the page follows a job: the page's own scripts in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

SCRIPTS = Path(__file__).resolve().parents[2] / "portal" / "static" / "js"
ADDRESS = "http://kept.test/"
CURSOR = "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
LITTLE_MORE_THAN_A_LOOK = 1_600
BODY = """<div data-progress-state="{state}"><form id="choices" action="appraise"></form>
<table><thead><tr><th><input type="checkbox" data-choose-all aria-label="全选"></th></tr></thead><tbody>
<tr><td><input type="checkbox" name="number" value="TS-1" form="choices" aria-label="TS-1">{word}</td></tr>
<tr><td><input type="checkbox" name="number" value="TS-2" form="choices" aria-label="TS-2"></td></tr>
</tbody></table>
<select name="code" form="choices"><option value="D10">10</option><option value="Y">Y</option></select>
<input name="reason" form="choices">
<form action="other"><input name="reason" aria-label="other"></form></div>"""
WHOLE = """<!doctype html><html lang="zh"><title>kept</title><div{watched}>{body}</div>
<script type="module" src="archive.js"></script></html>"""


class Served:
    """A job that the page follows: how often it was asked, and when it is done."""

    def __init__(self) -> None:
        self.pages = self.looks = 0
        self.done_after = 2

    def __call__(self, route: Route) -> None:
        """Answer one request of the browser."""
        name = route.request.url.removeprefix(ADDRESS)
        if name.endswith(".js"):
            route.fulfill(path=SCRIPTS / name, content_type="text/javascript")
            return
        self.looks += name == "progress"
        self.pages += name == ""
        state = "working" if self.looks < self.done_after else "done"
        body = BODY.format(state=state, word=f"看过 {self.looks} 次")
        watched = ' data-progress="progress" data-progress-reload' if state == "working" else ""
        whole = body if name == "progress" else WHOLE.format(watched=watched, body=body)
        route.fulfill(body=whole, content_type="text/html; charset=utf-8")


@pytest.fixture
def served() -> Served:
    return Served()


@pytest.fixture
def tab(browser: Browser, served: Served) -> Iterator[Page]:
    context = browser.new_context()
    tab = context.new_page()
    tab.clock.install()
    tab.route("**/*", served)
    tab.goto(ADDRESS)
    yield tab
    context.close()


@pytest.fixture
def look(tab: Page, served: Served) -> Callable[[], None]:
    """The page looks once after the job, and shows what it found."""

    def run() -> None:
        tab.clock.run_for(LITTLE_MORE_THAN_A_LOOK)
        expect(tab.get_by_text(f"看过 {served.looks} 次")).to_be_visible()

    return run


def filled(tab: Page) -> None:
    tab.get_by_label("TS-2").check()
    tab.locator("select").select_option("Y")
    tab.get_by_label("other").fill("别处")
    tab.locator("[form=choices][name=reason]").fill("本社首例")


def still_filled(tab: Page) -> None:
    expect(tab.get_by_label("TS-1")).not_to_be_checked()
    expect(tab.get_by_label("TS-2")).to_be_checked()
    expect(tab.locator("select")).to_have_value("Y")
    reason = tab.locator("[form=choices][name=reason]")
    expect(reason).to_have_value("本社首例")
    expect(reason).to_be_focused()
    expect(tab.get_by_label("other")).to_have_value("别处")
    assert tab.get_by_label("全选").evaluate("(box) => box.indeterminate")


def test_ticks_and_words_outlive_a_fresh_piece_and_the_reload(
    tab: Page, served: Served, look: Callable[[], None]
) -> None:
    filled(tab)
    tab.evaluate("document.activeElement.setSelectionRange(1, 3)")
    look()
    assert (served.looks, served.pages) == (1, 1)
    still_filled(tab)
    assert tab.evaluate(CURSOR) == [1, 3]
    with tab.expect_navigation():
        look()
    assert (served.looks, served.pages) == (2, 2)
    still_filled(tab)
    tab.get_by_label("全选").check()  # what chooses all works on a fresh piece too
    expect(tab.get_by_label("TS-1")).to_be_checked()
    tab.goto(ADDRESS)  # kept for the reload only
    expect(tab.get_by_label("TS-2")).not_to_be_checked()


def test_a_word_that_is_being_composed_is_left_alone(tab: Page, served: Served) -> None:
    reason = tab.locator("[form=choices][name=reason]")
    reason.focus()
    reason.dispatch_event("compositionstart", {"bubbles": True})
    tab.clock.run_for(LITTLE_MORE_THAN_A_LOOK)
    tab.wait_for_timeout(50)
    assert served.looks == 1
    expect(tab.get_by_text("看过 0 次")).to_be_visible()
    reason.dispatch_event("compositionend", {"bubbles": True})
    tab.clock.run_for(LITTLE_MORE_THAN_A_LOOK)
    expect(tab.get_by_text("看过 2 次")).to_be_visible()
