"""A person at a browser, in words: what they open, fill in, press and see."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from documents.demonstration import PASSWORD

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 90_000  # milliseconds: for what a worker makes in the background
# What a browser says of an answer that the journey provoked on purpose is not an error of ours.
ANSWERED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


class Visitor:
    """One person with a browser of their own; every complaint of the browser is kept and held against us."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.complaints: list[str] = []
        self.page = self.opens_tab()

    @classmethod
    def arrive(cls, browser: Browser, address: str, *, phone: bool = False) -> Visitor:
        context = browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
        )
        context.set_default_timeout(15_000)
        return cls(context, address)

    def opens_tab(self) -> Page:
        """A further tab; it becomes the one that the person looks at."""
        page = self.context.new_page()
        page.on("console", self._hears)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error.stack or error}"))
        page.on("response", self._watches)
        page.on("request", self._stays_inside)
        self.page = page
        return page

    def _hears(self, message: Any) -> None:
        if message.type in ("error", "warning") and not ANSWERED.match(message.text):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _watches(self, response: Any) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")

    def _stays_inside(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"left the server: {request.url}")

    def leaves(self) -> None:
        """Close the browser; anything it complained about fails the journey."""
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)

    # what the person does

    def signs_in(self, login: str) -> None:
        self.opens("/sign-in")
        self.page.get_by_label("登录名").fill(login)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.presses("登录")
        self.sees_title("工作台")

    def opens(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.settles()

    def settles(self) -> None:
        """The scripts of the page have started."""
        self.page.wait_for_selector("html[data-ready]")

    def fills(self, label: str, text: str) -> None:
        self.field(label).fill(text)

    def chooses(self, label: str, option: str) -> None:
        """Choose in a list, among buttons, or in a field that filters."""
        field = self.row(label)
        if field.locator("label.option").count():
            field.locator("label.option", has_text=option).click()
        elif field.get_by_role("combobox").count() and field.locator(".combo").count():
            field.get_by_role("combobox").fill(option)
            field.get_by_role("option", name=option).first.click()
        else:
            select = field.locator("select").last
            value = select.locator("option", has_text=option).first.get_attribute("value")
            select.select_option(value=value)

    def attaches(self, label: str, *files: Path) -> None:
        self.row(label).locator('input[type="file"]').set_input_files([str(file) for file in files])

    def presses(self, name: str) -> None:
        """Press a button or follow a link by its words."""
        button = self.page.get_by_role("button", name=name, exact=True).locator("visible=true")
        link = self.page.get_by_role("link", name=name, exact=True).locator("visible=true")
        button.or_(link).first.wait_for()  # the page before may still be there
        (button if button.count() else link).first.click()
        self.page.wait_for_load_state()
        self.settles()

    def presses_key(self, key: str) -> None:
        self.page.keyboard.press(key)

    # where things are

    def row(self, label: str) -> Locator:
        """A field of a form with everything around it."""
        exact = re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$")
        head = self.page.locator(".field-head label, .field > label").filter(has_text=exact)
        return self.page.locator(".field").filter(has=head).locator("visible=true").last

    def field(self, label: str) -> Locator:
        return self.row(label).locator("input:visible, textarea:visible, select:visible").first

    def list_row(self, words: str) -> Locator:
        return self.page.locator("tr", has_text=words).first

    # what the person sees

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).locator("visible=true").first).to_be_visible()

    def sees_title(self, words: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(words)

    def sees_no(self, words: str) -> None:
        expect(self.page.get_by_text(words).locator("visible=true")).to_have_count(0)

    def sees_later(self, words: str) -> None:
        """Something that a worker makes: reload until it is there."""
        for _ in range(PATIENCE // 1_500):
            if self.page.get_by_text(words).locator("visible=true").count():
                return
            self.page.wait_for_timeout(1_500)
            self.page.reload()
        self.sees(words)

    def reads_paper(self, link: str) -> bytes:
        """Wait until a worker has made a paper, and open it."""
        found = self.page.get_by_role("link", name=link).first
        for _ in range(PATIENCE // 1_500):
            if found.count():
                break
            self.page.wait_for_timeout(1_500)
            self.page.reload()
        answer = self.context.request.get(f"{self.address}{found.get_attribute('href')}")
        assert answer.headers["content-type"] == "application/pdf"
        return bytes(answer.body())

    def number(self) -> str:
        """The number of the case on the page."""
        return self.page.locator(".casehead .no").inner_text()
