"""An administrator at the designer, in words: what they add, name, choose and write in the panel."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Visitor


class Designer:
    """One draft, worked on through the pages of the designer only."""

    def __init__(self, visitor: Visitor, policy: str) -> None:
        self.visitor = visitor
        self.page = visitor.page
        self.base = f"/admin/designer/{policy}"

    @classmethod
    def founds(cls, visitor: Visitor, policy: str, zh: str, en: str) -> Designer:
        """A policy from nothing."""
        visitor.opens("/admin/designer/")
        visitor.presses("新建制度")
        visitor.fills("名称（中文）", zh)
        visitor.fills("名称（英文）", en)
        visitor.fills("制度代码", policy)
        visitor.presses("建立草稿")
        visitor.sees("起步清单")
        return cls(visitor, policy)

    def opens(self, section: str) -> None:
        self.visitor.opens(f"{self.base}/{section}")

    def adds(self, section: str) -> None:
        """A new element of a section, by the entry of the outline or of the empty canvas."""
        self.opens(section)
        before = self.revision()
        button = self.page.locator(f'[data-do*=\'"do": "add", "path": "{section}"}}\']')
        if not button.locator("visible=true").count():
            self.page.locator(".designer-left summary", has_text="制度目录").first.click()
        button.locator("visible=true").first.click()
        self.saved(before)

    def adds_inside(self, path: str) -> None:
        """A further element inside the one that is open; the panel then shows it."""
        before = self.revision()
        self.page.locator(f'[data-do*=\'"path": "{path}"\']').locator("visible=true").first.click()
        self.saved(before)

    def place(self) -> str:
        """Where the panel is."""
        return str(self.page.locator(".designer-panel .panel").get_attribute("data-place"))

    def looks_at(self, section: str, element: str, place: str = "") -> None:
        """Open an element, or something inside it."""
        self.visitor.opens(f"{self.base}/{section}/{element}" + (f"?at={place}" if place else ""))

    def field(self, kind: str, zh: str, en: str) -> None:
        """A field from the palette, behind the one that is chosen."""
        before = self.revision()
        self.page.locator(".palette").get_by_role("button", name=kind, exact=True).click()
        self.saved(before)
        self.names(zh, en)
        self.keyed(en.lower().replace(" ", "_"))

    def does(self, button: Locator) -> None:
        """Press a button that changes the draft."""
        before = self.revision()
        button.click()
        self.saved(before)

    def revision(self) -> int:
        return int(self.page.locator("#designer").get_attribute("data-revision") or 0)

    def saved(self, before: int) -> None:
        """Wait until the change has been stored."""
        self.page.wait_for_function(
            "(before) => Number(document.querySelector('#designer').dataset.revision) > before", arg=before
        )
        expect(self.page.locator("[data-saved-words]")).to_contain_text("已保存")

    def setting(self, name: str) -> Locator:
        """An attribute in the panel; the fold that hides it is opened."""
        found = self.page.locator(f'.designer-panel .setting[data-name-of="{name}"]').first
        fold = self.page.locator(".designer-panel details.panel-fold:not([open])").filter(
            has=self.page.locator(f'.setting[data-name-of="{name}"]')
        )
        if fold.count():
            fold.locator("summary").first.click()
        return found

    def names(self, zh: str, en: str, *, part: str = "label") -> None:
        """Both names of the chosen element."""
        box = self.setting(part)
        box.locator("[lang=zh]").first.fill(zh)
        before = self.revision()
        box.locator("[lang=en]").first.fill(en)
        box.locator("[lang=en]").first.press("Tab")
        self.saved(before)

    def writes(self, name: str, text: str) -> None:
        """A text or a number."""
        box = self.setting(name).locator("input, textarea").locator("visible=true").first
        if box.input_value() == text:
            return
        before = self.revision()
        box.fill(text)
        box.press("Tab")
        self.saved(before)

    def chooses(self, name: str, label: str) -> None:
        """One of several."""
        select = self.setting(name).locator("select").first
        value = select.locator("option", has_text=label).first.get_attribute("value")
        if select.input_value() == value:
            return
        before = self.revision()
        select.select_option(value=value, force=True)
        self.saved(before)

    def ticks(self, name: str, label: str) -> None:
        """One box of several."""
        box = self.setting(name).locator("label.option", has_text=label).first
        if not box.locator("input").is_checked():
            self.does(box)

    def keyed(self, key: str) -> None:
        """The key that the English name suggests, once the panel offers it."""
        self.does(self.setting("key").locator(f'[data-fill][data-value="{key}"]'))

    def tells(self, name: str, who: str, where: str = "") -> None:
        """A further person of a list."""
        box = self.setting(name)
        box.get_by_role("button", name="添加人员").click()
        item = box.locator("[data-item]").last
        self._picks(item.locator("select").first, who)
        if where:
            self._picks(item.locator("select").nth(1), where)

    def leads_to(self, stage: str) -> None:
        """Where a step goes."""
        box = self.setting("to")
        if not box.locator("[data-item]").count():
            box.get_by_role("button", name="添加去向").click()
        self._picks(box.locator("[data-item]").last.locator("select").first, stage)

    def effects(self, kind: str, *parts: str) -> None:
        """A further effect of a step, with what it names."""
        box = self.setting("effects")
        choose = box.locator("select[data-item-choose]")
        value = choose.locator("option", has_text=kind).first.get_attribute("value")
        choose.select_option(value=value)
        item = box.locator("[data-item]").last
        for position, part in enumerate(parts):
            self._picks(item.locator("select").nth(position), part)

    def maps(self, name: str, key: str, to: str) -> None:
        """An entry of a table of names."""
        box = self.setting(name)
        box.get_by_role("button", name="添加一项").click()
        item = box.locator("[data-item]").last
        item.locator("input").fill(key)
        self._picks(item.locator("select"), to)

    def _picks(self, select: Locator, label: str) -> None:
        words = select.locator("option", has_text=label)
        value = words.first.get_attribute("value") if words.count() else label
        before = self.revision()
        select.select_option(value=value, force=True)
        self.saved(before)

    def problems(self) -> int:
        """How many problems the strip tells."""
        told = self.page.locator(".strip-problems summary").inner_text()
        digits = "".join(one for one in told if one.isdigit())
        return int(digits or 0)
