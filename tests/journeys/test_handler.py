"""孙悦 and 叶青, who handle complaints."""

from __future__ import annotations

from tests.journeys.conftest import Arrive


def test_she_learns_why_she_cannot_reply_while_her_extension_waits(arrive: Arrive) -> None:
    sun = arrive("xindai")
    sun.opens("/cases?handler=me&status=open")
    sun.list_row("贷款提前还款被要求支付违约金").locator("[data-row-target]").click()
    sun.settles()
    sun.sees("待审批")
    sun.page.get_by_label("更多操作").click()
    sun.page.get_by_role("button", name="为什么我不能").click()
    sun.sees("延期申请尚待审批")
    sun.sees("此步骤由合规与消费者权益保护部")
    sun.presses_key("Escape")


def test_she_replies_late_and_the_letter_becomes_paper(arrive: Arrive) -> None:
    ye = arrive("yingye")
    ye.list_row("账户被无故限制非柜面交易").locator("[data-row-target]").click()
    ye.settles()
    ye.sees("逾期")

    # More time than the policy allows is refused, and nothing typed is lost.
    ye.presses("申请延期")
    ye.fills("延至", "2199-12-02")
    ye.fills("延期理由", "需调取系统日志。")
    ye.presses("申请延期")
    ye.sees("延期超过最长期限")
    assert ye.field("延期理由").input_value() == "需调取系统日志。"
    ye.presses("返回案件")

    ye.presses("答复投诉人并报审")
    ye.fills("查明事实", "系统误判为高风险账户，核实后无异常。")
    ye.fills("处理意见", "已解除限制，并向客户书面致歉。")
    ye.chooses("处理结果", "投诉属实，已解决")
    ye.chooses("投诉原因", "服务设施与系统")
    ye.chooses("答复方式", "书面")
    ye.presses("答复投诉人并报审")
    ye.sees("“答复投诉人并报审”已完成")
    ye.sees("逾期完成")
    ye.sees("投诉意见〔")
    assert ye.reads_paper("投诉处理意见书").startswith(b"%PDF-")
