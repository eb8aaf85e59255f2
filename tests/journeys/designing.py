"""An administrator at the designer, in words: what they add, name, choose and write in the panel."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Visitor

MOST_TABS = 400
# How many stops of Tab lie before an element, less than none when it lies behind: about right, which is why
# one looks again; none when it has the focus.
STOPS = """(one) => {
    const here = document.activeElement;
    if (one === here) return 0;
    const isAhead = (from, to) => from.compareDocumentPosition(to) & Node.DOCUMENT_POSITION_FOLLOWING;
    const ahead = !here || here === document.body || isAhead(here, one);
    const [first, last] = ahead ? [here ?? document.body, one] : [one, here];
    const kinds = "a[href], button, input, select, textarea, summary, [tabindex]";
    const stops = [...document.querySelectorAll(kinds)]
        .filter((each) => each.tabIndex >= 0 && !each.disabled && isAhead(first, each) && isAhead(each, last))
        .filter((each) => each.type !== "radio" || each.checked)
        .filter((each) => each.checkVisibility({ visibilityProperty: true }));
    return (stops.length + 1) * (ahead ? 1 : -1);
}"""


class Designer:
    """One draft, worked on through the pages of the designer only, with the pointer."""

    def __init__(self, visitor: Visitor, policy: str) -> None:
        self.visitor = visitor
        self.page = visitor.page
        self.base = f"/admin/designer/{policy}"

    # the three things that hands do

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, target: Locator, text: str) -> None:
        target.fill(text)

    def pick(self, target: Locator, value: str | None) -> None:
        target.select_option(value=value, force=True)

    # what they mean

    def founds(self, key: str, zh: str, en: str) -> None:
        """A policy from nothing."""
        self.visitor.opens("/admin/designer/new")
        for label, text in (("名称（中文）", zh), ("名称（英文）", en), ("制度代码", key)):
            self.write(self.visitor.field(label), text)
        self.press(self.page.get_by_role("button", name="建立草稿"))
        self.visitor.sees("起步清单")

    def opens(self, section: str) -> None:
        self.visitor.opens(f"{self.base}/{section}")

    def adds(self, section: str) -> None:
        """A new element of a section, by the entry of the outline or of the empty canvas."""
        self.opens(section)
        button = self.page.locator(f'[data-do*=\'"do": "add", "path": "{section}"}}\']')
        if not button.locator("visible=true").count():
            self.press(self.page.locator(".designer-left summary", has_text="制度目录").first)
        self.does(button.locator("visible=true").first)

    def adds_inside(self, path: str) -> None:
        """A further element inside the one that is open; the panel then shows it."""
        self.does(self.page.locator(f'[data-do*=\'"path": "{path}"\']').locator("visible=true").first)

    def place(self) -> str:
        """Where the panel is."""
        return str(self.page.locator(".designer-panel .panel").get_attribute("data-place"))

    def looks_at(self, section: str, element: str, place: str = "") -> None:
        """Open an element, or something inside it."""
        self.visitor.opens(f"{self.base}/{section}/{element}" + (f"?at={place}" if place else ""))

    def field(self, kind: str, zh: str, en: str) -> None:
        """A field from the palette, behind the one that is chosen."""
        self.does(self.page.locator(".palette").get_by_role("button", name=kind, exact=True))
        self.names(zh, en)
        self.keyed(en.lower().replace(" ", "_"))

    def does(self, button: Locator) -> None:
        """Press a button that changes the draft."""
        before = self.revision()
        self.press(button)
        self.saved(before)

    def revision(self) -> int:
        return int(self.page.locator("#designer").get_attribute("data-revision") or 0)

    def saved(self, before: int) -> None:
        """Wait until the change has been stored."""
        self.page.wait_for_function(
            "(before) => Number(document.querySelector('#designer')?.dataset.revision) > before", arg=before
        )
        expect(self.page.locator("[data-saved-words]")).to_contain_text("已保存")

    def setting(self, name: str) -> Locator:
        """An attribute in the panel; the fold that hides it is opened."""
        found = self.page.locator(f'.designer-panel .setting[data-name-of="{name}"]').first
        fold = self.page.locator(".designer-panel details.panel-fold:not([open])").filter(
            has=self.page.locator(f'.setting[data-name-of="{name}"]')
        )
        if fold.count():
            self.press(fold.locator("summary").first)
        return found

    def names(self, zh: str, en: str, *, part: str = "label") -> None:
        """Both names of the chosen element."""
        box = self.setting(part)
        self.write(box.locator("[lang=zh]").first, zh)
        before = self.revision()
        self.write(box.locator("[lang=en]").first, en)
        self.page.keyboard.press("Tab")
        self.saved(before)

    def writes(self, name: str, text: str) -> None:
        """A text or a number."""
        box = self.setting(name).locator("input, textarea").locator("visible=true").first
        if box.input_value() == text:
            return
        before = self.revision()
        self.write(box, text)
        self.page.keyboard.press("Tab")
        self.saved(before)

    def chooses(self, name: str, label: str) -> None:
        """One of several."""
        self._picks(self.setting(name).locator("select").first, label)

    def ticks(self, name: str, label: str) -> None:
        """One box of several."""
        box = self.setting(name).locator("label.option", has_text=label).first.locator("input")
        if not box.is_checked():
            self.does(box)

    def keyed(self, key: str) -> None:
        """The key that the English name suggests, once the panel offers it."""
        self.does(self.setting("key").locator(f'[data-fill][data-value="{key}"]'))

    def tells(self, name: str, who: str, where: str = "") -> None:
        """A further person of a list."""
        box = self.setting(name)
        self.press(box.get_by_role("button", name="添加人员"))
        item = box.locator("[data-item]").last
        self._picks(item.locator("select").first, who)
        if where:
            self._picks(item.locator("select").nth(1), where)

    def leads_to(self, stage: str) -> None:
        """Where a step goes."""
        box = self.setting("to")
        if not box.locator("[data-item]").count():
            self.press(box.get_by_role("button", name="添加去向"))
        self._picks(box.locator("[data-item]").last.locator("select").first, stage)

    def effects(self, kind: str, *parts: str) -> None:
        """A further effect of a step, with what it names."""
        box = self.setting("effects")
        choose = box.locator("select[data-item-choose]")
        before = box.locator("[data-item]").count()
        self.pick(choose, choose.locator("option", has_text=kind).first.get_attribute("value"))
        expect(box.locator("[data-item]")).to_have_count(before + 1)
        item = box.locator("[data-item]").last
        for position, part in enumerate(parts):
            self._picks(item.locator("select").nth(position), part)

    def maps(self, name: str, key: str, to: str) -> None:
        """An entry of a table of names."""
        box = self.setting(name)
        self.press(box.get_by_role("button", name="添加一项"))
        item = box.locator("[data-item]").last
        self.write(item.locator("input"), key)
        self._picks(item.locator("select"), to)

    def _picks(self, select: Locator, label: str) -> None:
        words = select.locator("option", has_text=label)
        value = words.first.get_attribute("value") if words.count() else label
        if select.input_value() == value:
            return
        before = self.revision()
        self.pick(select, value)
        self.saved(before)

    def problems(self) -> list[str]:
        """What the strip says is wrong."""
        return self.page.locator(".strip-problems .problem-list li").all_text_contents()


class KeyboardDesigner(Designer):
    """The same, without a pointer: Tab walks, Enter and the space bar press, arrows choose."""

    def press(self, target: Locator) -> None:
        self.walks_to(target)
        box = target.evaluate("(one) => one.matches('input[type=checkbox], input[type=radio]')")
        self.page.keyboard.press("Space" if box else "Enter")

    def write(self, target: Locator, text: str) -> None:
        self.walks_to(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def pick(self, target: Locator, value: str | None) -> None:
        """Open the list, walk to the line, take it: one change, however far the way."""
        self.walks_to(target)
        here, goal = target.evaluate(
            "(one, value) => [one.selectedIndex, [...one.options].findIndex((each) => each.value === value)]",
            value,
        )
        self.page.keyboard.press("Space")
        self.page.wait_for_timeout(100)
        for _ in range(abs(goal - here)):
            self.page.keyboard.press("ArrowDown" if goal > here else "ArrowUp")
        self.page.keyboard.press("Enter")

    def walks_to(self, target: Locator) -> None:
        """Press Tab, forwards or backwards, until the control has the focus; look after each stretch."""
        pressed = 0
        while stops := target.evaluate(STOPS):
            assert pressed < MOST_TABS, f"Tab never reached {target}"
            pressed += abs(stops)
            for _ in range(abs(stops)):
                self.page.keyboard.press("Tab" if stops > 0 else "Shift+Tab")
