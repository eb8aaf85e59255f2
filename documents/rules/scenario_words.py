"""What went otherwise in a scenario 试行不符, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.scenario_results import Difference

Text = Mapping[str, str]
STEPS = "steps"

# The refusals that scenarios meet most; any other is told by its code and facts.
REFUSALS: Mapping[str, tuple[str, str]] = {
    "wrong_stage": ("不在可办理的环节（现为 {stage}）", "the case is at {stage}"),
    "not_your_role": ("不是该岗位的事项", "not a matter for this post"),
    "recused": ("已回避", "recused"),
    "four_eyes": ("申请与审批不能是同一人", "the same person may not do both"),
    "second_person_needed": ("立卷人不能自己检查归档", "who filed the case may not check it"),
    "case_handed_over": ("已移送归档，正在制卷", "handed to the archive"),
    "condition_not_met": ("条件不具备：{when}", "the condition is not met: {when}"),
    "may_not_register": ("无权登记", "may not register"),
    "received_in_future": ("收到时间晚于办理时间", "received later than registered"),
    "extension_waits": ("已有延期申请待批", "an extension waits already"),
    "extension_beyond_cap": ("延期超过最长期限 {latest}", "beyond the longest time, {latest}"),
    "extension_not_later": ("延期不晚于现有期限 {current}", "not later than {current}"),
    "limit_not_running": ("时限 {limit} 没有在计时", "the limit {limit} does not run"),
    "limit_paused": ("时限 {limit} 已暂停计时", "the limit {limit} is paused"),
    "pause_moves_nothing": ("时限 {limit} 不因暂停而变", "a pause does not move the limit {limit}"),
    "pause_after_due": ("时限 {limit} 已逾期，不能暂停", "the limit {limit} is overdue and cannot be paused"),
    "nothing_to_pause": ("没有可以暂停的时限", "no limit can be paused"),
    "extensions_used_up": ("延期已达 {most} 次", "extended {most} times already"),
    "pause_ends_before_start": (
        "暂停的结束 {end} 早于开始 {begin}",
        "the pause ends {end}, before it begins {begin}",
    ),
    "agreed_before_start": ("约定的时间 {agreed} 早于起算", "agreed for {agreed}, before the start"),
    "agreed_beyond_limit": ("约定的时间超过上限 {latest}", "agreed beyond the latest moment, {latest}"),
    "moment_not_set": ("时限 {limit} 由他人规定，尚无日期", "nobody has set the moment of {limit}"),
    "moment_out_of_range": ("{moment} 超出可计算的年份", "{moment} is out of range"),
    "count_too_long": ("自 {since} 起计算过长", "counting from {since} takes too long"),
    "calendar_never_works": (
        "工作日历自 {since} 起没有工作日",
        "the calendar has no working day from {since}",
    ),
    "unknown_calendar": ("没有工作日历 {calendar}", "there is no calendar {calendar}"),
    "limit_without_date": ("时限 {limit} 没有约定日期", "no date was set for {limit}"),
    "handler_recused": ("{name}已回避，不能承办", "{name} is recused and cannot handle it"),
    "stands_above": ("{name}是上级，须由更高一级登记", "{name} stands above: somebody higher must do it"),
    "handler_unfit": ("{name}的岗位看不到这件投诉，不能承办", "{name} has no post that opens the case"),
    "already_asked": ("{name}尚未说明，不能再问", "{name} was asked already"),
    "unknown_statement": ("没有请其说明情况", "nobody asked for the statement"),
    "statement_given": ("情况说明已提交过", "the statement was given already"),
    "statement_not_needed": ("已不需要其说明情况", "the statement is no longer needed"),
    "unknown_unit": ("没有单位 {unit}", "there is no unit {unit}"),
    "unknown_person": ("没有人员 {person}", "there is no person {person}"),
    "unknown_key": ("制度中没有 {key}", "the policy has no {key}"),
    "unknown_case_name": ("没有名为“{case}”的案件", "no case is called “{case}”"),
    "no_way_on": ("没有可去的环节", "no way leads on"),
}


def of_refusal(error: Exception) -> Text:
    """A refusal in words, with its code."""
    if not isinstance(error, RuleBroken | PolicyInvalid):
        return {"zh": str(error), "en": str(error)}
    if error.code == "form_incomplete":
        return _form(error)
    words = REFUSALS.get(error.code)
    if words is None:
        return {"zh": str(error), "en": str(error)}
    facts = {name: str(value) for name, value in error.facts.items()}
    return {
        "zh": f"{words[0].format(**facts)}（{error.code}）",
        "en": f"{words[1].format(**facts)} ({error.code})",
    }


def _form(error: RuleBroken | PolicyInvalid) -> Text:
    problems: Any = error.facts.get("problems", ())
    listed = [
        ".".join(str(part) for part in (one.field, one.row, one.column) if part is not None) + f"：{one.code}"
        for one in problems
    ]
    return {
        "zh": f"表单有误（form_incomplete）：{'，'.join(listed)}",
        "en": f"the form is not complete (form_incomplete): {', '.join(listed)}",
    }


def went_wrong(position: int, label: Text, error: Exception) -> Difference:
    """A step that should have gone through was refused."""
    words = of_refusal(error)
    return Difference(
        STEPS,
        f"第 {position} 步“{label['zh']}”被拒绝：{words['zh']}",
        f"step {position}, “{label['en']}”, was refused: {words['en']}",
    )


def not_refused(position: int, label: Text, why: str) -> Difference:
    """A step that should have been refused went through."""
    return Difference(
        STEPS,
        f"第 {position} 步“{label['zh']}”应被拒绝（{why or '任何原因'}），却办理成功",
        f"step {position}, “{label['en']}”, should be refused ({why or 'for any reason'}), but went through",
    )


def refused_otherwise(position: int, label: Text, why: str, refusal: RuleBroken) -> Difference | None:
    """A step was refused for another reason; None when the reason is the expected one."""
    if why in ("", refusal.code):
        return None
    words = of_refusal(refusal)
    return Difference(
        STEPS,
        f"第 {position} 步“{label['zh']}”应因 {why} 被拒绝，实际原因：{words['zh']}",
        f"step {position}, “{label['en']}”, should be refused for {why}, but was for: {words['en']}",
    )


def no_such_case(name: str) -> Difference:
    """An expectation on a case that the scenario never had."""
    return Difference("also", f"没有出现案件“{name}”", f"there was no case “{name}”")


def of_case(name: str, one: Difference) -> Difference:
    """A difference on a further case of the scenario."""
    return Difference(one.part, f"案件“{name}”：{one.zh}", f"case “{name}”: {one.en}")


def no_such_duty(key: str) -> Difference:
    """An expectation on a duty that the policy does not have."""
    return Difference("duties", f"没有周期事项“{key}”", f"there is no duty “{key}”")


def no_year(duty: Text, key: str, year: int) -> Difference:
    """A duty that cannot be planned, because the calendar lacks the notice of the year."""
    return Difference(
        "duties",
        f"“{duty['zh']}”（{key}）在 {year} 年不能排定：工作日历没有这一年的放假安排",
        f"“{duty['en']}” ({key}) cannot be planned in {year}: the calendar lacks the notice of that year",
    )
