"""韩冰, head of the clearing centre."""

from __future__ import annotations

from tests.journeys.conftest import Arrive


def test_she_signs_for_a_supervision_sheet_and_names_the_handler(arrive: Arrive) -> None:
    han = arrive("hanbing")
    han.sees("签收督办表")
    han.list_row("自助取款机吞卡三日未处理").locator("[data-row-target]").click()
    han.settles()
    han.presses_key(".")
    han.sees_title("签收督办表")
    han.chooses("承办人", "赵晨")
    han.presses("签收督办表")
    han.sees("“签收督办表”已完成")
    han.sees("办理并答复")
    han.sees("承办人 赵晨")


def test_she_says_when_she_is_away(arrive: Arrive) -> None:
    han = arrive("hanbing")
    han.opens("/profile")
    han.page.get_by_label("开始日期").fill("2026-12-07")
    han.page.get_by_label("结束日期").fill("2026-12-11")
    han.page.get_by_label("代办人").select_option(label="赵晨")
    han.presses("登记请假")
    han.sees("请假已登记")
    han.sees("2026-12-07 周一")
