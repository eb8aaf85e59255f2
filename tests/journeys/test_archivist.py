"""苏文, who keeps the archive room of the union."""

from __future__ import annotations

from tests.journeys.conftest import Arrive
from tests.journeys.visitor import PATIENCE, Visitor


def test_a_closed_case_becomes_a_sealed_file(arrive: Arrive) -> None:
    su = arrive("dangan")
    su.sees("待归档")
    su.opens("/cases?status=closed&words=手机银行误扣短信费")
    su.list_row("手机银行误扣短信费").locator("[data-row-target]").click()
    su.settles()
    assert su.reads_paper("投诉处理意见书").startswith(b"%PDF-")  # no case is filed without its letters
    su.presses("归档")
    su.presses("归档")
    su.sees("“归档”已完成")
    number = su.number()
    su.sees_later("已归档")
    assert su.reads_paper("0128-TS").startswith(b"%PDF-")
    su.opens("/cases?status=archived")
    su.sees(number)
    # A button in a row lies above the link that fills the row.
    su.opens("/admin/duties/")
    su.presses("登记完成")
    su.sees("文字说明与文件至少填一项")


def finished(visitor: Visitor, words: str) -> None:
    """The page follows the job by itself, without a reload by hand, and says these words when it is done."""
    visitor.page.get_by_text(words).locator("visible=true").first.wait_for(timeout=PATIENCE)
    visitor.page.locator("[data-progress]").wait_for(state="detached")


def test_one_prepares_a_batch_and_another_checks_it(arrive: Arrive) -> None:
    su, huang = arrive("dangan"), arrive("huangwei")
    su.opens("/admin/filing/")
    su.page.get_by_role("row", name="举报员工参与民间借贷").get_by_role("checkbox").check()
    su.presses("下一步：鉴定与组卷")
    su.page.get_by_role("row", name="举报员工参与民间借贷").get_by_role("checkbox").check()
    su.page.get_by_label("鉴定为").select_option("Y")
    su.page.get_by_label("理由").fill("本社首例")
    finished(su, "无问题")  # what was ticked and typed meanwhile is still there
    su.presses("改所选的期限")
    su.sees("延长")
    su.presses("提交检查")
    su.sees("立卷人与检查人不能是同一人")
    huang.opens("/admin/filing/")
    huang.page.get_by_role("link", name="待您检查").click()
    huang.presses("核准归档")
    finished(huang, "已完成")
    huang.sees("0128-TS·2026-Y-0001")
