"""A policy made from nothing in the designer, element by element, and worked with."""

from __future__ import annotations

from tests.journeys.designing import Designer
from tests.journeys.visitor import Visitor


def makes_lists(designer: Designer) -> None:
    designer.adds("lists")
    for key, zh, en in (("first", "环境卫生", "Cleanliness"), ("second", "噪声扰民", "Noise")):
        designer.looks_at("lists", "list_1", f"lists.list_1[{key}]")
        designer.names(zh, en)


def makes_forms(designer: Designer) -> None:
    designer.adds("forms")
    designer.names("意见登记表", "Registration", part="title")
    designer.field("单行文字", "事由", "Subject")
    designer.field("单选", "类别", "Category")
    designer.chooses("options", "list_1")
    designer.field("单行文字", "反映人姓名", "Complainant name")
    designer.field("多行文字", "内容", "Facts")
    designer.adds("forms")
    designer.names("办理结果", "Result", part="title")
    designer.field("多行文字", "答复内容", "Answer")
    designer.field("单选", "结果", "Result")
    designer.chooses("options", "outcomes")


def makes_times(designer: Designer) -> None:
    designer.adds("ladders")
    designer.names("办理提醒", "Reminders")
    for zh, en, who in (("到期提醒", "Due", "承办人"), ("逾期升级", "Late", "单位负责人")):
        designer.looks_at("ladders", "ladder_1")
        designer.adds_inside("ladders[ladder_1].rungs")
        designer.names(zh, en)
        designer.tells("tell", who, "首接单位" if who == "单位负责人" else "")
    designer.adds("limits")
    designer.names("办理答复", "Handle and answer")
    designer.writes("amount", "3")
    designer.chooses("ladder", "办理提醒")


def makes_a_letter(designer: Designer) -> None:
    designer.adds("letters")
    designer.names("答复函", "Answer", part="title")
    designer.writes("addressee", "{{ complainant_name }}")
    designer.adds_inside("letters[letter_1].paragraphs")
    designer.looks_at("letters", "letter_1", "letters[letter_1].paragraphs[%230]")
    designer.writes("zh", "您反映的“{{ title }}”已办理：{{ answer }}")
    designer.writes("en", "Your opinion “{{ title }}”: {{ answer }}")


def makes_the_flow(designer: Designer, *, whole: bool) -> None:
    designer.adds("workflows")
    flow = "workflows[workflow_1]"
    for zh, en, status in (
        ("待办理", "To do", "在办"),
        ("待回复", "To answer", "在办"),
        ("已办结", "Done", "已办结"),
    ):
        designer.looks_at("workflows", "workflow_1")
        designer.adds_inside(f"{flow}.stages")
        designer.names(zh, en)
        designer.chooses("status", status)
    takes = makes_a_step(designer, ("承办", "Take on"), "待办理", "待回复")
    answers = makes_a_step(designer, ("答复办结", "Answer"), "待回复", "已办结")
    designer.looks_at("workflows", "workflow_1", takes)
    designer.effects("指定承办人", "actor")
    designer.looks_at("workflows", "workflow_1", answers)
    designer.chooses("form", "办理结果")
    designer.effects("处理结果", "结果")
    if whole:
        designer.effects("按时限完成", "办理答复")
        designer.effects("发函", "答复函")


def makes_a_step(designer: Designer, names: tuple[str, str], start: str, goal: str) -> str:
    designer.looks_at("workflows", "workflow_1")
    designer.adds_inside("workflows[workflow_1].transitions")
    place = designer.place()
    designer.names(*names)
    designer.ticks("from", start)
    designer.leads_to(goal)
    designer.tells("who", "受理人员", "首接单位")
    designer.ticks("primary", "是")
    return place


def makes_the_case_type(designer: Designer, *, whole: bool) -> None:
    designer.adds("case_types")
    designer.names("意见", "Opinion")
    designer.chooses("workflow", "workflow_1")
    designer.chooses("number", "投诉编号")
    designer.looks_at("case_types", "case_type_1", "case_types[case_type_1].register")
    designer.chooses("form", "意见登记表")
    designer.tells("who", "受理人员")
    designer.maps("columns", "title", "事由")
    designer.maps("columns", "category", "类别")
    designer.leads_to("待办理")
    if whole:
        designer.effects("开始计时", "办理答复")


def is_worked_with(clerk: Visitor, policy: str) -> None:
    """A case under the new policy, from its registration to the letter."""
    clerk.opens(f"/register/{policy}/case_type_1")
    clerk.fills("事由", "楼道垃圾无人清运")
    clerk.chooses("类别", "环境卫生")
    clerk.fills("反映人姓名", "何女士")
    clerk.fills("内容", "三天没有清运。")
    clerk.presses("登记")
    assert clerk.number().startswith(f"{policy.upper()}-")
    clerk.sees("办理答复")
    clerk.presses("承办")
    clerk.sees("确认执行")
    clerk.presses("承办")
    clerk.sees("待回复")
    clerk.presses("答复办结")
    clerk.fills("答复内容", "已于今日清运，并增加巡查。")
    clerk.chooses("结果", "已解决")
    clerk.presses("答复办结")
    clerk.sees("已办结")
    assert clerk.reads_paper("答复函").startswith(b"%PDF")


def makes_everything(designer: Designer, key: str, *, whole: bool = True) -> None:
    """All that a policy needs to be published; the whole of it has times, reminders and a letter, too."""
    designer.founds(key, "社区意见办理办法", "Neighbourhood opinions")
    makes_lists(designer)
    makes_forms(designer)
    if whole:
        makes_times(designer)
        makes_a_letter(designer)
    makes_the_flow(designer, whole=whole)
    makes_the_case_type(designer, whole=whole)
    assert designer.problems() == []
