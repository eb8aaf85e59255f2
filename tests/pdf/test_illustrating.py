"""Uploads before the volume is laid out: each on its own, tried patiently, none left without a page."""

from __future__ import annotations

from collections.abc import Callable

from documents.rules.rendition import Rendition, Sheet
from pdf.failures import RenderFailed
from pdf.illustrating import MOST_SHEETS, RenditionOrder, illustrate
from tests.pdf import samples

BROKEN = RenderFailed("计算超过 60 秒", retryable=False)
KILLED = RenderFailed("渲染进程意外结束", retryable=True)


class Press:
    """Draws what it is told; fails as it is told."""

    def __init__(
        self, *failures: RenderFailed | None, fails_on: Callable[[RenditionOrder], bool] | None = None
    ):
        self.failures, self.fails_on = list(failures), fails_on
        self.orders: list[RenditionOrder] = []

    def draw(self, order: RenditionOrder) -> Rendition:
        self.orders.append(order)
        failure = self.failures.pop(0) if self.failures else None
        if self.fails_on and self.fails_on(order):
            failure = BROKEN
        if failure:
            raise failure
        return Rendition((Sheet(lines=("页",)),) * order.allowance.pages)


def made(press: Press, *names: str) -> list[Rendition]:
    """What becomes of uploads with these names."""
    content = samples.volume(enclosures=tuple(samples.enclosure(name, "", b"x") for name in names))
    found = illustrate(content, press.draw).enclosures
    return [one.rendition for one in found if one.rendition]


def test_a_killed_press_gets_a_second_chance_and_no_third() -> None:
    assert not made(Press(KILLED), "a.pdf")[0].is_original_only
    (given_up,) = made(Press(KILLED, KILLED), "a.pdf")
    assert given_up.warnings == ("仅存原件：翻印未能完成：渲染进程意外结束",)


def test_what_costs_too_much_is_not_tried_again_and_the_next_is_drawn() -> None:
    press = Press(BROKEN)
    first, second = made(press, "a.pdf", "b.pdf")
    assert first.is_original_only
    assert not second.is_original_only
    assert len(press.orders) == 2


def test_a_mail_whose_attachments_cost_too_much_is_shown_without_them() -> None:
    press = Press(fails_on=lambda order: order.allowance.depth > 0)
    (mail,) = made(press, "投诉.EML")
    assert not mail.is_original_only
    assert [order.allowance.depth for order in press.orders] == [3, 0]
    (hopeless,) = made(Press(fails_on=lambda _: True), "投诉.eml")
    assert hopeless.warnings == ("仅存原件：翻印未能完成：计算超过 60 秒",)


def test_the_pages_of_a_case_are_counted_and_every_upload_keeps_one() -> None:
    pages = [len(one.sheets) for one in made(Press(), *(f"{number}.pdf" for number in range(9)))]
    assert pages == [60, 60, 60, 60, 60, 60, 40, 1, 1]
    assert sum(pages[:7]) == MOST_SHEETS


def test_the_cases_of_a_volume_are_counted_each_for_itself() -> None:
    part = samples.volume(enclosures=tuple(samples.enclosure(f"{n}.pdf", "", b"x") for n in range(8)))
    whole = illustrate(samples.volume(enclosures=(), parts=(part, part)), Press().draw)
    assert [
        len(one.enclosures[-1].rendition.sheets) for one in whole.parts if one.enclosures[-1].rendition
    ] == [1, 1]
