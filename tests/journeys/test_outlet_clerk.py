"""王敏, who receives complaints at the Chengdong outlet."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.conftest import Arrive

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_she_registers_a_complaint(arrive: Arrive, tmp_path: Path) -> None:
    receipt, empty = tmp_path / "回单.pdf", tmp_path / "空白.pdf"
    receipt.write_bytes(PDF)
    empty.write_bytes(b"")

    wang = arrive()
    wang.opens("/")
    wang.page.get_by_role("button", name="网点受理人员").click()
    wang.presses("登录")
    wang.sees_title("工作台")

    wang.presses_key("n")
    wang.sees_title("登记什么")
    wang.page.get_by_role("link", name="投诉", exact=False).filter(has_text="第三条、第十七条").click()
    wang.sees_title("客户投诉登记")

    wang.fills("姓名或名称", "何秀英")
    # A slip is told while she goes on; what she has not come to yet is not.
    wang.fills("联系电话", "12")
    wang.presses_key("Tab")
    wang.sees("至少 5 位")
    wang.fills("联系电话", "13800000000")
    wang.presses_key("Tab")
    wang.sees_no("至少 5 位")
    wang.fills("事由", "存折取款被要求出具村委会证明")
    wang.attaches("附件", receipt, empty)
    wang.sees("空白.pdf 是空文件（0 字节）")
    wang.page.get_by_role("button", name="移除附件 空白.pdf").click()
    wang.page.wait_for_selector(".file.checked")
    wang.sees("草稿已保存")

    # She is called away; when she comes back everything is still there.
    wang.opens("/")
    wang.opens("/register/p01/complaint")
    wang.sees("自动保存的草稿")
    assert wang.field("姓名或名称").input_value() == "何秀英"
    wang.sees("回单.pdf")

    # Something is missing: the form says what, and where.
    wang.presses("登记")
    wang.sees("还没有提交")
    wang.chooses("投诉方式", "走访")
    wang.chooses("事项类别", "服务态度、质量与规范")
    wang.chooses("事项类别", "业务办理与流程")
    wang.fills("事实经过", "老人持本人存折和身份证取款三千元，柜员要求回村开证明。")
    wang.presses("登记")
    wang.sees("已登记：TS-")
    wang.sees("回单.pdf")
    wang.sees("当天报处理表")


def test_she_solves_a_complaint_on_the_spot(arrive: Arrive) -> None:
    wang = arrive("chengdong")
    wang.opens("/cases?words=转账手续费与公示不符")
    wang.list_row("转账手续费与公示不符").locator("[data-row-target]").click()
    wang.settles()
    wang.presses("当场解决并报备")
    wang.fills("处理情况", "值班主任当场核实后为客户办理取款，并致歉。")
    wang.chooses("处理结果", "投诉属实，已解决")
    wang.chooses("投诉原因", "制度、规则与流程")
    wang.chooses("答复方式", "当面")
    wang.presses_key("Control+Enter")
    wang.sees("“当场解决并报备”已完成")
    wang.sees("报备待核")


def test_she_is_warned_of_a_repeat_while_typing(arrive: Arrive) -> None:
    wang = arrive("chengdong")
    wang.opens("/register/p01/complaint")
    wang.fills("事由", "转账手续费与公示不符，要求退还")
    wang.sees("事项相似")
    wang.page.locator(".similar").get_by_text("转账手续费与公示不符").first.wait_for()


def test_on_a_phone_the_next_step_is_at_the_bottom(arrive: Arrive) -> None:
    wang = arrive("chengdong", phone=True)
    wang.opens("/cases?stage=answering")
    wang.list_row("建议在大厅增设老花镜和轮椅").locator("[data-row-target]").click()
    wang.settles()
    pinned = wang.page.locator(".pinned-step")
    box = pinned.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] > 840
    assert wang.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    pinned.get_by_role("link").click()
    wang.sees_title("答复")
