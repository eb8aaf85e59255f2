"""陈静, who works at the intake department of the union."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive


def test_she_issues_a_supervision_sheet_from_her_desk(arrive: Arrive) -> None:
    chen = arrive("shouli")
    chen.sees("待我办理")
    chen.list_row("柜面排队两小时无人解释").locator("[data-row-target]").click()
    chen.settles()
    chen.sees_title("柜面排队两小时无人解释")

    # Why is it due on that day?
    limit = chen.page.locator(".limit", has_text="出具督办表")
    limit.get_by_text("为什么是这一天").click()
    expect(limit.locator(".why li").first).to_be_visible()

    chen.presses("出具督办表")
    chen.chooses("有效性界定", "有效投诉")
    chen.chooses("承办单位", "河口信用社")
    chen.fills("处理要求与意见", "核实排队时长与人员安排，七个工作日内答复客户。")
    chen.presses("出具督办表")
    chen.sees("“出具督办表”已完成")
    chen.sees("督办待签收")
    chen.sees("签收督办表")


def test_she_finds_cases_and_takes_them_away_as_a_spreadsheet(arrive: Arrive, tmp_path: Path) -> None:
    chen = arrive("shouli")
    chen.presses_key("/")
    chen.page.keyboard.type("停车费")
    chen.presses_key("Enter")
    chen.page.wait_for_url("**/cases?words=*")
    chen.settles()
    chen.sees("要求赔偿停车费")
    chen.sees_no("柜面排队两小时无人解释")

    chen.presses("已结")
    chen.sees("要求赔偿停车费")
    with chen.page.expect_download() as download:
        chen.page.get_by_role("link", name="导出 XLSX").click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    subjects = [row[2] for row in book.active.iter_rows(values_only=True)]
    assert "要求赔偿停车费" in subjects
    assert "柜面排队两小时无人解释" not in subjects

    chen.presses("全部清除")
    chen.presses_key("j")
    chen.presses_key("j")
    expect(chen.page.locator("tr.chosen")).to_have_count(1)
    chosen = chen.page.locator("tr.chosen .number").inner_text()
    chen.presses_key("Enter")
    chen.page.wait_for_selector(".casehead")
    assert chen.number() == chosen


def test_she_narrows_the_list_to_a_unit_by_typing_its_name(arrive: Arrive) -> None:
    chen = arrive("shouli")
    chen.opens("/cases?status=open")
    chen.page.get_by_text("筛选").first.click()
    chen.page.get_by_placeholder("单位").fill("河口")
    chen.page.get_by_role("option", name="河口信用社").click()
    chen.page.wait_for_url("**unit=QH-HK**")
    chen.settles()
    chen.sees("省联社转来：农户小额贷款受理迟缓")
    chen.sees_no("转账手续费与公示不符")
    chen.page.get_by_label("去掉筛选：单位").click()
    chen.sees("转账手续费与公示不符")


def test_she_reviews_a_reply_and_completes_the_case(arrive: Arrive) -> None:
    chen = arrive("shouli")
    chen.opens("/cases?stage=review")
    chen.list_row("定期存款自动转存利率与告知不符").locator("[data-row-target]").click()
    chen.settles()
    chen.presses("审核通过")
    chen.fills("审核意见", "事实清楚，答复得当，同意。")
    chen.presses("审核通过")
    chen.sees("“审核通过”已完成")
    chen.sees("已办结")
