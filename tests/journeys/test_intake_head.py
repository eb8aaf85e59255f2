"""黄伟, head of the intake department, who approves."""

from __future__ import annotations

from tests.journeys.conftest import Arrive


def test_he_approves_a_refusal_and_sees_what_is_overdue(arrive: Arrive) -> None:
    huang = arrive("huangwei")
    huang.list_row("匿名反映某客户经理吃拿卡要").locator("[data-row-target]").click()
    huang.settles()
    huang.presses("批准不予受理")
    huang.fills("批准意见", "反映内容缺少可核实的线索，同意不予受理。")
    huang.chooses("向投诉人说明的方式", "书面")
    huang.presses("批准不予受理")
    huang.sees("“批准不予受理”已完成")
    huang.sees("投诉不予受理告知书")
    assert huang.reads_paper("投诉不予受理告知书").startswith(b"%PDF-")

    huang.presses("督办")
    huang.sees_title("督办")
    huang.sees("逾期")


def test_he_works_in_english_and_in_the_dark(arrive: Arrive) -> None:
    huang = arrive("huangwei")
    huang.page.get_by_label("个人菜单").click()
    huang.presses("English")
    huang.sees_title("Desk")
    huang.page.get_by_label("Personal menu").click()
    huang.presses("Dark")
    assert huang.page.locator("html").get_attribute("data-theme") == "dark"
    huang.page.get_by_label("Personal menu").click()
    huang.presses("Light")
    huang.page.get_by_label("Personal menu").click()
    huang.presses("中文")
    huang.sees_title("工作台")
