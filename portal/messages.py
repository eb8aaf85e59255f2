"""Every refusal 拒绝原因 in words: what happened, why, what to do next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.words import REFUSALS as ADMINISTRATION
from documents.rules.broken import RuleBroken
from documents.rules.durations import written_day
from portal.language import said
from portal.words import day

IS_MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2}([T ]|$)")
# RuleBroken code -> message; the facts of the refusal fill the %(names)s.
REFUSALS: dict[str, Any] = {
    # the person's own settings
    "bad_phone": _l("手机号码“%(phone)s”无法识别，设置没有保存。只写数字、空格、短横，可以 + 开头。"),
    "bad_quiet_hours": _l("免打扰的起止时刻须都填写，且不能相同，设置没有保存。"),
    "bad_digest_time": _l("每日汇总时刻无法识别，设置没有保存。例如 08:30。"),
    "bound_to_another": _l("这个账号已绑定统一登录中的另一个账号，未登录。请管理员在您的人员页面解除绑定。"),
    "not_bound": _l("这个账号没有绑定统一登录，可能已由他人解除。"),
    "reset_over": _l("这个链接已失效：超过 30 分钟、已经用过、之后又申请过，或密码已更改。请重新申请。"),
    # steps
    "changed_meanwhile": _l("您填写期间，这件投诉已被他人更改。请核对后重新提交。"),
    "form_incomplete": _l("表单还有需要修改的地方。请按提示逐项更正后再提交。"),
    "wrong_stage": _l("这件投诉已不在可以办理此步骤的环节。请返回案件页查看最新进展。"),
    "recused": _l("您已回避这件投诉，不能查看、办理或审批。"),
    "retaliation_closed": _l("现行制度没有设打击报复举报，请直接向上级主管单位反映。"),
    "retaliation_without_facts": _l("请写明发生了什么。"),
    "nobody_to_report_to": _l("没有找到可以受理这件举报的上级单位，请直接向上级主管单位反映。"),
    "name_missing": _l("请填写亲属的姓名。"),
    "too_many_relatives": _l("最多申报 %(most)s 位亲属，请先移出不再需要的。"),
    "nothing_masked": _l("请至少选一个栏目。"),
    "unknown_reveal": _l("这份申请已由他人处理，或已不在。"),
    "not_your_own_reveal": _l("自己的申请须由另一位有权人员批准。"),
    "confidential": _l("这件投诉不在您的查看范围内。"),
    "already_confidential": _l("这件投诉已经是保密案件，请在知悉名单中增减。"),
    "not_confidential": _l("这件投诉没有设为保密，可能已由他人解除。"),
    "listed_recused": _l("%(name)s已回避这件投诉，不能列入知悉名单。"),
    "listed_out_of_reach": _l("%(name)s的岗位看不到这件投诉，不能列入知悉名单。请另选人员。"),
    "handler_must_know": _l("承办人%(name)s须在知悉名单上。如需移出，请先改派承办人。"),
    "nobody_decides": _l("名单上至少要有一位在任、有权决定保密事项的人。请先列入另一位，再移出。"),
    "nothing_to_undo": _l("没有可以撤销的变更，名单在那之后又有变动。"),
    "absent": _l("您正在请假，由代办人办理；已返岗的，请先在“我的账户”中结束请假。"),
    "unknown_statement": _l("没有找到这项说明，或不是请您填写的。"),
    "statement_given": _l("您已提交过情况说明，不能再次提交。"),
    "statement_not_needed": _l("现已不需要您说明情况，没有提交。"),
    "already_asked": _l("已请%(name)s说明情况，尚未答复。请等其提交，或先撤回。"),
    "asked_has_left": _l("%(name)s已离任，无法在系统中说明情况。请线下听取，并用“补充记录与材料”归入。"),
    "cannot_ask_yourself": _l("不能要求自己说明情况。如您就是被投诉人，请申报回避，由他人办理。"),
    "names_complainant": _l("所问内容中出现了“%(field)s”，会让被问的人认出投诉人。请改写后再提交。"),
    "not_your_role": _l("此步骤由%(who)s办理。"),
    "step_closed": _l("您现在不能办理这一步：%(reason)s"),
    "four_eyes": _l("申请人与审批人不能是同一人，请由另一位有权人员办理。"),
    "second_person_needed": _l("您办结或鉴定了这件投诉，立卷人不能自己检查。请由另一位有权归档的人员办理。"),
    "case_handed_over": _l("这件投诉已移送归档室，正在制卷，此时不能更改。封存后收到的材料可归入补充卷。"),
    "retention_without_reason": _l("保管期限与制度提议的不同，请写明理由。"),
    "unknown_retention": _l("保管期限表中没有 %(retention)s，请重新选择。"),
    "condition_not_met": _l("办理此步骤的条件还不具备。请返回案件页查看需要先完成的事项。"),
    "no_way_on": _l("制度没有规定这种情形的下一环节。请联系系统管理员检查流程设计。"),
    "handler_recused": _l("%(name)s已回避这件投诉，不能作为承办人。请另选人员。"),
    "submission_taken": _l("这张表已由他人提交过。请复制所填内容，重新打开登记页面后再提交。"),
    "stands_above": _l("%(name)s是您的上级，须由更高一级登记。如其应当回避，请告知受理部门或再上一级。"),
    "handler_unfit": _l("%(name)s的岗位办不了这件投诉，或已停用，不能作为承办人。请另选人员。"),
    # registration
    "may_not_register": _l("您的岗位不能登记此类事项。如需登记，请联系本单位负责人或系统管理员。"),
    "received_in_future": _l("收到时间不能晚于现在。请改为实际收到投诉的时间。"),
    # limits and extensions
    "extension_waits": _l("已有一份延期申请在等待审批，请等审批后再申请。"),
    "level_without_reason": _l("人工定级须写明理由。请填写理由后重新提交。"),
    "no_extension_waits": _l("没有等待审批的延期申请，可能已由他人处理。"),
    "extension_beyond_cap": _l("延期超过最长期限。最晚可以延至 %(latest)s，请改为不晚于这一天。"),
    "extension_not_later": _l("延期日期须晚于现有期限 %(current)s，请另选日期。"),
    "extension_to_day_off": _l("%(asked)s 不是工作日，请改为工作日。"),
    "limit_not_running": _l("这一时限没有在走，不能延期。请返回案件页核对时限。"),
    "limit_paused": _l("这一时限已暂停计时，请先恢复计时。"),
    "pause_moves_nothing": _l("这一时限是固定的日期，不因暂停而变，不能暂停。"),
    "pause_after_due": _l("这一时限已经逾期，不能暂停计时。"),
    "nothing_to_pause": _l("没有可以暂停的时限：都已完成、暂停、逾期，或是固定的日期。"),
    "extensions_used_up": _l("制度最多允许延期 %(most)s 次，已经用完。"),
    "limit_without_date": _l("此时限的日期须由上级或双方约定，请在表单中填写限期。"),
    "agreed_before_start": _l("约定的时间 %(agreed)s 早于时限开始的时间，请核对后改正。"),
    "agreed_beyond_limit": _l("约定的时间超过制度允许的最晚时间 %(latest)s，请提前。"),
    "window_not_open": _l("还不到办理的时候：最早自 %(earliest)s 起。"),
    "pause_ends_before_start": _l("中止的结束时间早于开始时间，请核对。"),
    "moment_not_set": _l("时限缺少起算时间，请填写相应的日期时间。"),
    "moment_out_of_range": _l("日期超出可计算的范围，请核对年份。"),
    "window_too_long": _l("时限跨度过长，请联系系统管理员检查设置。"),
    "count_too_long": _l("时限跨度过长，请联系系统管理员检查设置。"),
    "calendar_never_works": _l("工作日历在 %(since)s 之后没有工作日，请联系系统管理员检查日历。"),
    # files
    "no_drawing": _l("没有收到可用的手写签名，请在框内重写，或输入姓名。"),
    "file_empty": _l("%(name)s 是空文件（0 字节）。请检查后重新选择。"),
    "file_too_large": _l("%(name)s 超过 %(most_mb)s MB 的上限。请压缩、拆分，或换成较小的文件。"),
    "file_not_allowed": _l("%(name)s 是程序或脚本文件，为安全起见不能上传。请改传文档、图片、录音或压缩包。"),
    "file_is_not_what_it_says": _l(
        "%(name)s 的扩展名与实际内容（%(found)s）不一致。请确认文件是否正确，改成正确的扩展名后重传。"
    ),
    "file_infected": _l(
        "%(name)s 中查出病毒（%(virus)s），没有收下。"
        "请勿再打开这个文件，并告诉信息科技人员；换成安全的文件后重传。"
    ),
    "scanner_silent": _l(
        "查毒服务没有给出结论，%(name)s 没有收下。"
        "请稍后重传；仍不行，请告诉系统管理员。已填写的内容不受影响。"
    ),
    "upload_gone": _l("附件已失效，请重新上传。"),
    "letters_not_rendered": _l("函件的 PDF 还在生成，请稍后再归档。"),
    "letter_not_waiting": _l("这份函件已有 PDF 或已不再等待生成，请刷新后查看。"),
    "unknown_letter": _l("没有找到这份函件，请刷新案件页后重试。"),
    "unknown_volume": _l("没有找到这个案卷，请核对档号。"),
    "operation_not_granted": _l("您的岗位没有这项权限。如有需要，请联系系统管理员。"),
    "outside_scope": _l("这不在您的查看范围内。"),
    "report_frozen": _l("报告已定稿，不能再改。"),
    "report_changed_meanwhile": _l("您编辑期间，报告已被他人更改，没有保存。请核对后重新保存。"),
    "section_empty": _l("报告还有未填写的部分，请补全后再定稿。"),
    "text_too_long": _l("文字太长，请删减后再保存。"),
    "period_not_begun": _l("统计期间自 %(first)s 开始，尚未到来。"),
    "unknown_report": _l("没有找到这份报告。"),
    "unknown_figure": _l("报告中没有这项数字，请刷新后重试。"),
    "unknown_element": _l("制度中没有名为 %(key)s 的内容，请刷新后重试。"),
    "evidence_missing": _l("缺少必要的附件，请补充后再提交。"),
    "not_submitted": _l("%(number)s 尚未提交归档，请先办理归档。"),
    # what does not exist, or is nobody's business
    "unknown_case": _l("没有找到编号为 %(number)s 的投诉，请核对编号。"),
    "unknown_person": _l("没有找到这位人员，请重新选择。"),
    "unknown_unit": _l("没有找到这个单位，请重新选择。"),
    "unknown_calendar": _l("工作日历 %(calendar)s 不存在，请联系系统管理员。"),
    "unknown_duty": _l("没有找到这项定期任务。"),
    "duty_completed": _l("这项定期任务已经完成。"),
    "not_your_duty": _l("这项定期任务由其他岗位负责。"),
    "message_not_dead": _l("这封邮件不在失败状态，无需重发。"),
    "timer_not_set_aside": _l("这项提醒不在搁置状态，无需恢复。"),
}
UPLOAD_WARNINGS: dict[str, Any] = {
    "file_encrypted": _l(
        "文件已加密：原件会保存；须凭密码打开或不允许打印的，案卷中不显示其页面。如有未加密的版本，请另行上传。"
    ),
    "file_truncated": _l("文件似乎不完整：原件会保存，但案卷中可能不能显示其页面。请核对后重传。"),
}
NOT_FOUND = frozenset(
    {
        *("unknown_case", "unknown_person", "unknown_unit", "unknown_calendar", "unknown_letter"),
        *("unknown_volume", "unknown_loan", "unknown_statement"),
    }
)
FORBIDDEN = frozenset({"outside_scope", "operation_not_granted"})


def status_of(code: str) -> int:
    """The HTTP status of a refusal: a case outside one's scope looks like one that does not exist."""
    if code in NOT_FOUND or code == "outside_scope":
        return 404
    return 403 if code in FORBIDDEN else 409


def what_happened(error: RuleBroken) -> Any:
    """The refusal in words; an unknown code is shown, never hidden."""
    return filled(words_of(error.code), error.code, error.facts)


def words_of(code: str) -> Any:
    """The message of a code; the administration brings its own."""
    return REFUSALS.get(code) or ADMINISTRATION.get(code)


def filled(message: Any, code: str, facts: Mapping[str, Any]) -> str:
    """The message with its facts."""
    if message is None:
        return str(_("规则不允许这样做（%(code)s）。", code=code))
    # Halves of characters, which JSON and YAML can bring, cannot be sent: not even to say so.
    return (str(message) % _Facts(facts)).encode("utf-8", "replace").decode()


class _Facts(dict[str, Any]):
    """The facts as people read them: a moment as a day, a fact that nobody gave as a dash."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if isinstance(value, Mapping):
            return said(value)
        shown = written_day(value[:10]) if isinstance(value, str) and IS_MOMENT.match(value) else None
        return day(value) if shown else value

    def __missing__(self, key: str) -> str:
        return "—"


def upload_warning(code: str | None) -> str:
    """What a kept file cannot do, in words."""
    return filled(UPLOAD_WARNINGS.get(code or ""), code or "", {}) if code else ""


# What can be wrong with one field: the codes of documents.rules.forms.
PROBLEMS: dict[str, Any] = {
    "required": _l("请填写此项。"),
    "too_long": _l("最多 %(max)s 字，现有 %(length)s 字。请删减后再提交。"),
    "too_short": _l("至少 %(min)s 字，请再写具体一些。"),
    "not_text": _l("内容格式不正确，请重新填写。"),
    "not_number": _l("请填写数字，例如 1200 或 1200.50。"),
    "money_places": _l("金额最多两位小数。"),
    "too_many_places": _l("最多 %(places)s 位小数。"),
    "not_whole": _l("请填写整数。"),
    "not_a_step": _l("须从 %(start)s 起，每 %(step)s 一档。"),
    "not_duration": _l("请填写时长，例如 1小时30分、1:30 或 90（分钟）。"),
    "not_time": _l("请填写时刻，例如 09:30。"),
    "not_date": _l("请填写日期，例如 2026-02-24。"),
    "not_datetime": _l("请填写日期和时间，例如 2026-02-24 16:40。"),
    "not_email": _l("邮箱地址不完整，例如 name@example.com。"),
    "not_phone": _l("电话号码只能包含数字、空格、括号和短横，至少 5 位。"),
    "id_checksum": _l("身份证号码校验位不符，请核对是否抄写有误。"),
    "not_of_pattern": _l("%(message)s"),
    "check_failed": _l("%(message)s"),
    "not_unique": _l("与上面的行重复，请核对。"),
    "retired_option": _l("所选选项已停用，请另选一项。"),
    "exclusive_option": _l("“%(option)s”不能与其他选项同时选择，请只留一种。"),
    "too_few_picks": _l("至少选择 %(min)s 项，现选 %(count)s 项。"),
    "too_many_picks": _l("最多选择 %(max)s 项，现选 %(count)s 项。"),
    "too_few_files": _l("至少上传 %(min)s 个附件，现有 %(count)s 个。"),
    "too_many_files": _l("最多上传 %(max)s 个附件，现有 %(count)s 个。请移除多余的附件。"),
    "files_too_large": _l("附件合计 %(total)s MB，超过 %(most)s MB 的上限。请压缩或移除部分附件。"),
    "file_larger": _l(
        "%(name)s 有 %(size)s MB，超过单个 %(most)s MB 的上限。请压缩、拆分，或换成较小的文件。"
    ),
    "file_extension": _l("%(name)s 的类型不在允许之列（%(accept)s）。请转换格式后重传。"),
    "parts_missing": _l("地址还缺：%(parts)s。"),
    "drawing_gone": _l("手写签名已不存在，请重新签名。"),
    "not_your_name": _l("签名须与您的姓名“%(name)s”一致。"),
    "not_an_option": _l("所选选项已不存在，请重新选择。"),
    "too_low": _l("不能小于（早于）%(bound)s。"),
    "too_high": _l("不能大于（晚于）%(bound)s。"),
    "too_many_rows": _l("最多 %(max)s 行，请删减后再提交。"),
    "too_few_rows": _l("至少填写 %(min)s 行。"),
    "unknown_unit": _l("所选单位不存在、已停用或不在可选范围内，请从列表中重新选择。"),
    "unknown_person": _l("所选人员不存在、已停用或不在可选范围内，请从列表中重新选择。"),
    "unknown_case": _l("没有找到这个编号的投诉，请核对编号。"),
    "unknown_type": _l("此栏目的类型不受支持，请联系系统管理员检查表单设计。"),
}


def problem_words(code: str, facts: Mapping[str, Any]) -> str:
    """What is wrong with a field, in words."""
    told = {name: said(one) if isinstance(one, Mapping) else one for name, one in facts.items()}
    return filled(PROBLEMS.get(code) or REFUSALS.get(code), code, told)
