"""A form is built in the designer: with the pointer, and once more with the keys alone."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Locator, Route, expect

from tests.journeys.conftest import Arrive
from tests.journeys.visitor import Visitor

MOST_TABS = 160


def begins_a_policy(visitor: Visitor, key: str, title: str) -> None:
    """A new policy with one empty form, opened on the canvas."""
    visitor.opens("/admin/designer/new")
    visitor.fills("名称（中文）", title)
    visitor.fills("名称（英文）", "Feedback")
    visitor.fills("制度代码", key)
    visitor.presses("建立草稿")
    visitor.sees("必需，还没有")
    visitor.opens(f"/admin/designer/{key}/forms")
    visitor.sees("还没有表单")


def slot(visitor: Visitor, label: str) -> Locator:
    """A field on the canvas by what a screen reader says of it."""
    return visitor.page.locator(f'.slot[aria-label^="{label}，"]')


def order(visitor: Visitor) -> list[str]:
    """The names of the fields on the canvas, from the top."""
    labels = visitor.page.locator(".form-sheet .slot").evaluate_all(
        "(all) => all.map((one) => one.getAttribute('aria-label').split('，')[0])"
    )
    return [str(one) for one in labels]


def in_panel(visitor: Visitor, name: str) -> Locator:
    """A control of the panel by its attribute."""
    return visitor.page.locator(f'.designer-panel [data-name-of="{name}"]')


def saved(visitor: Visitor) -> None:
    """Everything typed so far is stored."""
    expect(visitor.page.locator("[data-saved-words]")).to_contain_text("已保存")


def names(visitor: Visitor, zh: str, en: str) -> None:
    """Give the chosen element its names."""
    box = in_panel(visitor, "label")
    box.locator("[lang=zh]").fill(zh)
    box.locator("[lang=en]").fill(en)
    box.locator("[lang=en]").press("Tab")
    expect(visitor.page.locator(".panel-head h2")).to_contain_text(zh)


def drags(visitor: Visitor, kind: str, goal: Locator) -> None:
    """Drag a field from the palette; it is chosen once it lies on the canvas."""
    expect(goal).to_be_visible()
    visitor.page.locator(".palette").get_by_role("button", name=kind, exact=True).drag_to(goal)
    expect(slot(visitor, kind)).to_be_focused()


def test_a_form_is_built_by_dragging(arrive: Arrive) -> None:
    admin = arrive("admin")
    begins_a_policy(admin, "dragged", "意见反馈办法")
    admin.presses("新增表单")
    sheet = admin.page.locator(".form-sheet")
    drags(admin, "单行文字", sheet.locator("[data-hollow]"))
    names(admin, "事由", "Subject")

    drags(admin, "单选", slot(admin, "事由"))
    expect(admin.page.locator(".strip-problems summary")).to_contain_text("个问题")
    admin.page.get_by_role("button", name="新建选项列表").click()
    option = admin.page.locator(".inline-option").first.locator("[lang=zh]")
    option.fill("来电")
    option.press("Tab")
    names(admin, "方式", "Channel")
    expect(slot(admin, "方式")).to_contain_text("来电")

    drags(admin, "日期", slot(admin, "方式"))
    names(admin, "发生日期", "Date of the event")
    slot(admin, "发生日期").drag_to(
        admin.page.locator(".form-sheet .slot").first, target_position={"x": 12, "y": 6}
    )
    expect(admin.page.locator(".form-sheet .slot").first).to_have_attribute(
        "aria-label", re.compile("^发生日期")
    )


def test_what_was_moved_is_undone_after_a_reload_and_tried(arrive: Arrive) -> None:
    admin = arrive("admin")
    begins_a_policy(admin, "moved", "窗口意见办法")
    admin.presses("新增表单")
    sheet = admin.page.locator(".form-sheet")
    drags(admin, "单行文字", sheet.locator("[data-hollow]"))
    names(admin, "事由", "Subject")
    drags(admin, "日期", slot(admin, "事由"))
    admin.page.get_by_role("button", name="新分组").last.click()
    hollow, second = sheet.locator("[data-hollow]"), sheet.locator("[data-section-slot]").nth(1)
    expect(hollow).to_be_visible()
    slot(admin, "事由").drag_to(hollow)
    expect(second).to_contain_text("事由")

    saved(admin)
    admin.page.reload()
    admin.settles()
    admin.page.locator("body").press("Control+z")
    expect(second).not_to_contain_text("事由")
    admin.page.locator("[data-redo]").click()
    expect(second).to_contain_text("事由")

    admin.presses("预览")
    admin.sees("可以试填")
    admin.fills("事由", "大厅没有公示收费标准")
    admin.page.locator('select[name="width"]').select_option("phone")
    expect(admin.page.locator(".preview-frame.phone")).to_be_visible()


def tabs_to(visitor: Visitor, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until the control has the focus; nothing else moves it there."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
        visitor.presses_key(key)
    said = visitor.page.locator("dialog[open]").all_inner_texts()
    raise AssertionError(f"Tab never reached {wanted}; the page said {said}")


def adds(visitor: Visitor, kind: str) -> None:
    """Walk back to the palette and take a field from it."""
    tabs_to(
        visitor, visitor.page.locator(".palette").get_by_role("button", name=kind, exact=True), "Shift+Tab"
    )
    visitor.presses_key("Enter")
    expect(slot(visitor, kind)).to_be_focused()


def writes(visitor: Visitor, zh: str, en: str) -> None:
    """From the canvas into the panel, both names, and back."""
    visitor.presses_key("Enter")
    tabs_to(visitor, in_panel(visitor, "label").locator("[lang=zh]"))
    visitor.presses_key("Control+a")
    visitor.page.keyboard.type(zh)
    visitor.presses_key("Tab")
    visitor.presses_key("Control+a")
    visitor.page.keyboard.type(en)
    visitor.presses_key("Tab")
    expect(slot(visitor, zh)).to_be_visible()
    visitor.presses_key("Escape")
    expect(slot(visitor, zh)).to_be_focused()


def test_a_form_is_built_with_the_keys_alone(arrive: Arrive) -> None:
    admin = arrive("admin")
    begins_a_policy(admin, "typed", "来信办法")
    tabs_to(admin, admin.page.locator(".designer-canvas").get_by_role("button", name="新增表单"))
    admin.presses_key("Enter")
    expect(admin.page.locator(".form-sheet")).to_be_visible()
    tabs_to(admin, admin.page.locator(".sheet-head"))

    adds(admin, "单行文字")
    writes(admin, "事由", "Subject")
    adds(admin, "日期")
    writes(admin, "收信日期", "Received on")
    adds(admin, "多行文字")
    writes(admin, "内容", "Text")
    assert order(admin) == ["事由", "收信日期", "内容"]

    admin.presses_key("Alt+ArrowUp")
    expect(slot(admin, "内容")).to_have_attribute("aria-label", re.compile("第 2 个"))
    expect(slot(admin, "内容")).to_be_focused()
    assert order(admin) == ["事由", "内容", "收信日期"]
    expect(admin.page.locator("[data-live]")).to_contain_text("内容")

    admin.presses_key("ArrowUp")
    expect(slot(admin, "事由")).to_be_focused()
    admin.presses_key("Control+d")
    expect(admin.page.locator(".form-sheet .slot")).to_have_count(4)
    saved(admin)
    admin.presses_key("Delete")
    expect(admin.page.locator(".form-sheet .slot")).to_have_count(3)
    saved(admin)
    admin.presses_key("Control+z")
    expect(admin.page.locator(".form-sheet .slot")).to_have_count(4)
    admin.presses_key("Control+Shift+z")
    expect(admin.page.locator(".form-sheet .slot")).to_have_count(3)


def test_answers_that_come_while_one_types_take_nothing(arrive: Arrive) -> None:
    admin = arrive("admin")
    begins_a_policy(admin, "slow", "慢网办法")
    admin.presses("新增表单")
    drags(admin, "单行文字", admin.page.locator(".form-sheet [data-hollow]"))
    saved(admin)
    admin.page.route("**/edit", slowly)
    in_panel(admin, "label").locator("[lang=zh]").fill("事由")
    admin.presses_key("Tab")
    admin.presses_key("Control+a")
    with admin.page.expect_response(lambda answer: "Subject matter" in (answer.request.post_data or "")):
        admin.page.keyboard.type("Subject matter", delay=120)
        admin.presses_key("Tab")
    expect(admin.page.locator("dialog[open]")).to_have_count(0)
    admin.page.unroute("**/edit")
    admin.page.reload()
    expect(in_panel(admin, "label").locator("[lang=en]")).to_have_value("Subject matter")


def slowly(route: Route) -> None:
    """Answers of the server take a third of a second."""
    answer = route.fetch()
    time.sleep(0.3)
    route.fulfill(response=answer)


def test_two_designers_meet(arrive: Arrive) -> None:
    first, second = arrive("admin"), arrive("admin")
    begins_a_policy(first, "shared", "共同办法")
    first.opens("/admin/designer/shared/policy")
    second.opens("/admin/designer/shared/policy")
    second.page.route("**/revision?*", lambda route: route.abort())
    first.page.locator("#set-document_number").fill("〔2026〕1号")
    first.page.locator("#set-document_number").press("Tab")
    saved(first)
    second.page.locator("#set-document_number").fill("〔2026〕2号")
    second.page.locator("#set-document_number").press("Tab")
    dialog = second.page.locator("#designer-clash")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("〔2026〕1号")
    expect(dialog).to_contain_text("〔2026〕2号")
    dialog.get_by_role("button", name="用我的").click()
    saved(second)
    second.page.reload()
    expect(second.page.locator("#set-document_number")).to_have_value("〔2026〕2号")
