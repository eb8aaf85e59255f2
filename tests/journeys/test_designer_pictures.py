"""The pictures of the designer: stages are joined and reminders moved, with the pointer and with the keys."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Arrive
from tests.journeys.designing import Designer, KeyboardDesigner


def begins(arrive: Arrive, hands: type[Designer]) -> Designer:
    """An administrator with a draft of the policy in force."""
    designer = hands(arrive("admin"), "p01")
    designer.visitor.opens("/admin/designer/p01/")
    start = designer.page.get_by_role("button", name="开始修改")
    if start.count():
        start.click()
        designer.visitor.sees("修改经过")
    return designer


def stage(designer: Designer, key: str) -> Locator:
    return designer.page.locator(f'[data-flow-picture] [data-stage="{key}"]')


def steps(designer: Designer) -> int:
    """How many steps the picture joins stages by."""
    drawn = designer.page.locator("[data-flow-picture] [data-steps]")
    keys = drawn.evaluate_all("(all) => all.flatMap((one) => one.dataset.steps.split(' '))")
    return len([key for key in keys if key])


def mark(designer: Designer, rung: str) -> Locator:
    return designer.page.locator(f"#mark-{rung}")


def drags(designer: Designer, one: Locator, to: tuple[float, float]) -> None:
    """Press on the middle of something, move in two goes, let go."""
    box = one.bounding_box()
    assert box is not None
    mouse = designer.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(to[0] - 12, to[1], steps=4)
    mouse.move(*to, steps=2)
    mouse.up()


def middle(one: Locator) -> tuple[float, float]:
    box = one.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def changes(designer: Designer, before: int) -> int:
    """The change is stored; the revision after it."""
    designer.saved(before)
    return designer.revision()


def test_stages_are_joined_and_a_reminder_moved_with_the_pointer(arrive: Arrive) -> None:
    designer = begins(arrive, Designer)
    designer.opens("workflows/suggestion")
    first, last = (designer.page.locator("[data-flow-picture] [data-stage]").nth(at) for at in (0, 1))
    known, before = steps(designer), designer.revision()
    drags(designer, last.locator("rect"), middle(first.locator("rect")))
    before = changes(designer, before)
    assert steps(designer) == known + 1
    expect(designer.page.locator(".panel-head h2")).to_contain_text("新流转")
    designer.page.locator("[data-undo]").click()
    before = changes(designer, before)
    assert steps(designer) == known

    designer.opens("ladders/main?start=2026-03-02T09:00&limit=handle")
    expect(mark(designer, "intake_head")).to_have_attribute("data-moment", "due+1wd")
    before = designer.revision()
    goal = middle(mark(designer, "senior").locator("circle"))
    drags(designer, mark(designer, "intake_head").locator("circle"), goal)
    before = changes(designer, before)
    expect(mark(designer, "intake_head")).to_have_attribute("data-moment", "due+3wd")
    designer.page.locator("[data-undo]").click()
    changes(designer, before)
    expect(mark(designer, "intake_head")).to_have_attribute("data-moment", "due+1wd")


def test_stages_are_joined_and_a_reminder_moved_with_the_keys(arrive: Arrive) -> None:
    designer = begins(arrive, KeyboardDesigner)
    press = designer.page.keyboard.press
    designer.opens("workflows/suggestion")
    known, before = steps(designer), designer.revision()
    walks_to_stage(designer)
    press("ArrowDown")
    press("c")
    expect(designer.page.locator("[data-live]")).to_contain_text("选择要去往的环节")
    press("ArrowUp")
    press("Enter")
    before = changes(designer, before)
    assert steps(designer) == known + 1
    press("Control+z")
    before = changes(designer, before)
    assert steps(designer) == known

    designer.opens("ladders/main?start=2026-03-02T09:00&limit=handle")
    one = mark(designer, "before")
    expect(one).to_have_attribute("data-moment", "due-2wd")
    before = designer.revision()
    assert isinstance(designer, KeyboardDesigner)
    designer.walks_to(one)
    press("ArrowRight")
    before = changes(designer, before)
    expect(one).to_have_attribute("data-moment", "due-1wd")
    expect(one).to_be_focused()
    expect(designer.page.locator("[data-live]")).to_contain_text("到期前 1 个工作日")
    press("Control+z")
    changes(designer, before)
    expect(one).to_have_attribute("data-moment", "due-2wd")


def walks_to_stage(designer: Designer) -> None:
    """Into the canvas by Tab, then with the arrows to the first stage of the picture."""
    assert isinstance(designer, KeyboardDesigner)
    designer.walks_to(designer.page.locator('.designer-canvas [data-at][tabindex="0"]').first)
    for _ in range(4):
        if designer.page.evaluate("() => 'stage' in document.activeElement.dataset"):
            return
        designer.page.keyboard.press("ArrowDown")
    raise AssertionError("the arrows never reached a stage")
