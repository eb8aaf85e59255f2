"""What goes wrong between two clicks: expired sign-ins, second tabs, other people, lost networks."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Dialog, expect

from tests.journeys.conftest import Arrive
from tests.journeys.house import House

FORM = "/register/p01/complaint"


def test_the_form_comes_back_after_an_expired_sign_in(arrive: Arrive) -> None:
    he = arrive("hekou")
    he.opens(FORM)
    he.fills("姓名或名称", "钱小满")
    he.fills("事由", "水费代扣重复扣款")
    he.context.clear_cookies()
    he.presses("登记")
    he.sees("您填写的内容还在")
    he.page.get_by_label("登录名").fill("hekou")
    he.page.get_by_label("密码").fill("juanzong")
    he.presses("登录")
    he.sees("已恢复您在登录过期前填写的内容")
    assert he.field("姓名或名称").input_value() == "钱小满"
    assert he.field("事由").input_value() == "水费代扣重复扣款"
    he.presses("放弃草稿，重新填写")


def test_somebody_was_faster_and_nothing_typed_is_lost(arrive: Arrive) -> None:
    first, second = arrive("shouli"), arrive("shouli2")
    first.opens("/cases?words=大堂经理态度生硬")
    first.list_row("大堂经理态度生硬").locator("[data-row-target]").click()
    first.settles()
    case = first.page.url
    for chen in (first, second):
        chen.opens(case.removeprefix(chen.address))
        chen.presses("备案通过")
    first.fills("审核意见", "同意备案。")
    second.fills("审核意见", "建议补充培训记录后备案。")
    first.presses("备案通过")
    first.sees("“备案通过”已完成")
    second.presses("备案通过")
    second.sees("您填写期间，这件投诉有了变化")
    second.sees("陈静")
    assert second.field("审核意见").input_value() == "建议补充培训记录后备案。"


def test_a_double_click_and_the_back_button_register_once(arrive: Arrive) -> None:
    shi = arrive("shiping")
    shi.opens(FORM)
    shi.fills("姓名或名称", "罗大勇")
    shi.fills("事由", "代发补贴到账短信未收到")
    shi.chooses("投诉方式", "电话")
    shi.chooses("事项类别", "其他涉及农信社或员工的事项")
    shi.fills("事实经过", "补贴到账两天后才收到短信。")
    shi.page.get_by_role("button", name="登记", exact=True).dblclick()
    shi.page.wait_for_selector(".casehead")
    shi.page.go_back()
    shi.settles()
    shi.opens("/cases?words=代发补贴到账短信未收到")
    expect(shi.page.locator("tr[data-row-link]")).to_have_count(1)


def test_a_lost_network_is_told_and_the_draft_follows(arrive: Arrive) -> None:
    he = arrive("hekou")
    he.opens(FORM)
    he.context.set_offline(True)
    he.fills("事由", "断网时填写的事由")
    he.sees("草稿没有保存：网络中断")
    he.context.set_offline(False)
    he.fills("事由", "断网后补充的事由")
    he.sees("草稿已保存")
    he.opens(FORM)
    assert he.field("事由").input_value() == "断网后补充的事由"
    he.presses("放弃草稿，重新填写")
    he.complaints = [one for one in he.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_leaving_with_unsaved_words_asks_first(arrive: Arrive) -> None:
    he = arrive("hekou")
    he.opens(FORM)
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    he.page.on("dialog", agree)
    he.field("事由").press_sequentially("还没来得及保存")
    he.page.close(run_before_unload=True)
    he.opens_tab().wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_a_file_of_two_hundred_megabytes_never_leaves_the_desk(arrive: Arrive, tmp_path: Path) -> None:
    huge = tmp_path / "录像.mp4"
    with huge.open("wb") as file:
        file.truncate(200 * 1024**2)
    he = arrive("hekou")
    he.opens(FORM)
    he.fills("事由", "附件太大")
    he.attaches("附件", huge)
    he.sees("录像.mp4 有 200 MB，超过 50 MB 的上限")
    assert he.field("事由").input_value() == "附件太大"


def test_fields_appear_when_they_are_wanted(arrive: Arrive) -> None:
    chen = arrive("shouli")
    chen.opens(FORM)
    expect(chen.page.locator("#field-superior_due")).to_be_hidden()
    chen.row("上级交办、转办").locator("input").check()
    expect(chen.page.locator("#field-superior_due")).to_be_visible()
    chen.row("上级交办、转办").locator("input").uncheck()
    expect(chen.page.locator("#field-superior_due")).to_be_hidden()


def test_rows_are_added_and_removed(arrive: Arrive) -> None:
    he = arrive("hekou")
    he.opens(FORM)
    rows = he.page.locator("[data-row]")
    expect(rows).to_have_count(1)
    he.presses("添加一行")
    expect(rows).to_have_count(2)
    rows.first.get_by_label("删除这一行").click()
    expect(rows).to_have_count(1)
    assert he.page.locator(".row-number").inner_text() == "1"


def test_a_complaint_is_registered_without_any_script(house: House, browser: Browser, tmp_path: Path) -> None:
    receipt = tmp_path / "回单.pdf"
    receipt.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    page = browser.new_page(java_script_enabled=False)
    page.goto(house.address + "/sign-in")
    page.get_by_label("登录名").fill("shouli")
    page.get_by_label("密码").fill("juanzong")
    page.get_by_role("button", name="登录", exact=True).click()
    page.goto(house.address + FORM)
    expect(page.locator("#field-superior_due")).to_be_visible()
    page.locator("[name=q_channel]").select_option("letter")
    page.locator("[name=q_complainant_name]").fill("沈万里")
    page.locator("[name=q_title]").fill("来信反映利息计算")
    page.locator("[name=q_category]").select_option("violation_deposit")
    page.locator("[name=q_facts]").fill("三年定期提前支取，利息与存单不符。")
    page.locator("[name=q_papers]").set_input_files(str(receipt))
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator(".casehead h1")).to_have_text("来信反映利息计算")
    expect(page.get_by_role("link", name="回单.pdf", exact=True)).to_be_visible()
    page.context.close()


def test_the_keys_are_explained(arrive: Arrive) -> None:
    he = arrive("hekou")
    he.presses_key("?")
    he.sees("列表中下一行、上一行")
    he.presses_key("Escape")
    he.presses_key("g")
    he.presses_key("c")
    he.page.wait_for_url("**/cases")
    he.presses_key("g")
    he.presses_key("d")
    he.page.wait_for_url(he.address + "/")
