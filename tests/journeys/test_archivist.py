"""苏文, who keeps the archive room of the union."""

from __future__ import annotations

from tests.journeys.conftest import Arrive


def test_a_closed_case_becomes_a_sealed_file(arrive: Arrive) -> None:
    su = arrive("dangan")
    su.sees("待归档")
    su.opens("/cases?status=closed&words=手机银行误扣短信费")
    su.list_row("手机银行误扣短信费").locator("[data-row-target]").click()
    su.settles()
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
