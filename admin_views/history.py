"""What the audit trail says, in words 审计记录的文字."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.phrases import listed
from admin_views.standing import newest_policies, said
from documents.audit import AuditEntry
from documents.person import Person

SYSTEM = {
    "system": _l("系统"),
    "setup": _l("系统初始化"),
    "stranger": _l("未登录者"),
    "operator": _l("系统运维"),
}
VERBS: dict[str, Any] = {
    "register": _l("登记"),
    "number": _l("取号"),
    "set_up": _l("建库"),
    "found": _l("首次建立"),
    "create_unit": _l("新设单位"),
    "change_unit": _l("修改单位信息"),
    "move_unit": _l("调整隶属关系"),
    "retire_unit": _l("停用单位"),
    "restore_unit": _l("恢复单位"),
    "succeed_unit": _l("单位停用，由承接单位接续"),
    "create_person": _l("新增人员"),
    "change_person": _l("修改账号"),
    "set_posts": _l("调整岗位"),
    "add_absence": _l("登记请假"),
    "cancel_absence": _l("取消请假"),
    "activate": _l("恢复账号"),
    "deactivate": _l("停用账号"),
    "hand_over": _l("移交承办人"),
    "reroute": _l("重新确定代行人"),
    "declare_kin": _l("申报亲属"),
    "withdraw_kin": _l("移出亲属名单"),
    "reveal_kin": _l("查看亲属完整号码"),
    "reveal": _l("查看完整内容"),
    "ask_reveal": _l("申请查看完整内容"),
    "release_reveal": _l("批准查看完整内容"),
    "refuse_reveal": _l("不批准查看完整内容"),
    "confide": _l("设为保密案件"),
    "change_list": _l("调整知悉名单"),
    "end_confidence": _l("解除保密"),
    "undo_confidence": _l("撤销保密变更"),
    "reset_password": _l("重设密码"),
    "bind_provider": _l("绑定统一登录"),
    "release_provider": _l("解除统一登录绑定"),
    "ask_reset": _l("申请邮件重设密码"),
    "reset_by_mail": _l("通过邮件重设密码"),
    "reset_failed": _l("邮件重设密码未成功"),
    "change_calendar": _l("修改工作日历"),
    "delete_calendar": _l("删除工作日历"),
    "create_calendar": _l("新建工作日历"),
    "recount": _l("期限重新计算"),
    "move_deadlines": _l("按新日历重算期限"),
    "publish_policy": _l("发布制度"),
    "start_draft": _l("起草制度"),
    "edit_draft": _l("修改制度草稿"),
    "draft_discarded": _l("放弃制度草稿"),
    "draft_open": _l("恢复制度草稿"),
    "choose_contact": _l("选定指定联系人"),
    "move_cases": _l("迁移在办案件"),
    "undo_move": _l("撤回在办迁移"),
    "export": _l("导出"),
    "backup": _l("备份"),
    "release": _l("重新触发提醒"),
    "release_all": _l("重新触发全部搁置的提醒"),
    "retry_jobs": _l("重试失败的任务"),
    "resend": _l("重发消息"),
    "resend_all": _l("重发全部失败的消息"),
    "cancel_message": _l("撤销待发消息"),
    "change_way": _l("设置出口"),
    "remove_way": _l("删除出口"),
    "test_way": _l("试发"),
    "change_telling": _l("修改通知设置"),
    "complete_duty": _l("登记任务完成"),
    "reopen_duty": _l("撤销任务登记"),
    "waive_duty": _l("任务本次不适用"),
    "drop_duty": _l("取消任务"),
    "renew_duty": _l("任务随制度调整"),
    "move_duty": _l("任务随日历调整"),
    "filing_prepare": _l("归档预检"),
    "filing_form": _l("填写归档栏目"),
    "filing_failed": _l("归档未成功"),
    "seal": _l("封卷"),
    "supplement": _l("补充卷封卷"),
    "later_papers": _l("补充材料"),
    "volume_retry": _l("重新制卷"),
    "letter_retry": _l("重新制发函件"),
    "package_check": _l("移交前检查"),
    "package_build": _l("制作移交包"),
    "package_built": _l("移交包制成"),
    "package_written": _l("写出移交包"),
    "package_hand_over": _l("移交"),
    "package_result": _l("登记移交包核验结果"),
    "package_receipt": _l("登记接收回执"),
    "package_opinion": _l("登记接收意见"),
    "package_opinions": _l("载入接收意见"),
    "package_accept_rest": _l("其余全部接收"),
    "package_keep_back": _l("暂不移交"),
    "report_draft": _l("起草报告"),
    "report_edit": _l("修改报告"),
    "report_freeze": _l("报告定稿"),
    "report_print": _l("生成报告"),
    "report_retry": _l("重新生成报告"),
    "inspection_rules": _l("修改检测规则"),
    "read_volume": _l("翻阅案卷"),
    "read_file": _l("打开文件"),
    "read_copy": _l("翻阅阅览件"),
    "loan_asked": _l("申请借阅"),
    "loan_approved": _l("批准借阅"),
    "loan_refused": _l("不予借阅"),
    "loan_withdrawn": _l("撤回借阅申请"),
    "loan_returned": _l("归还"),
    "loan_recalled": _l("收回借阅"),
    "loan_made": _l("生成阅览件"),
    "fixity_failed": _l("校验告警"),
    "fixity_repaired": _l("用第二副本修复"),
    "fixity_copy_repaired": _l("修复第二副本"),
    "fixity_recheck": _l("立即复查"),
    "hold": _l("冻结"),
    "destruction_list": _l("立销毁清册"),
    "destruction_added": _l("列入销毁清册"),
    "destruction_removed": _l("移出销毁清册"),
    "destruction_appraised": _l("鉴定"),
    "destruction_submitted": _l("提交销毁清册"),
    "destruction_sent_back": _l("退回销毁清册"),
    "destruction_released": _l("批准销毁"),
    "destruction_stopped": _l("中止销毁"),
    "destruction_started": _l("开始销毁"),
    "destruction_blocked": _l("未予销毁"),
    "destruction_done": _l("销毁完毕"),
    "destruction_retry": _l("重新出具销毁证明"),
    "destroy": _l("销毁"),
    "retention": _l("改变保管期限"),
    "hold_reviewed": _l("复核冻结"),
    "hold_lifted": _l("解除冻结"),
    "reminder": _l("提醒"),
    "escalation": _l("升级"),
    "severity": _l("定级"),
    "read": _l("查看"),
    "read_list": _l("查看列表"),
    "search": _l("检索"),
    "sign_in": _l("登录"),
    "sign_out": _l("退出登录"),
    "sign_in_failed": _l("登录失败"),
    "upload_infected": _l("上传的文件有病毒"),
    "too_fast": _l("访问过于频繁"),
    "change_password": _l("更改密码"),
    "end_sign_in": _l("退出一台设备"),
    "end_sign_ins": _l("退出设备"),
    "set_factor": _l("启用两步验证"),
    "remove_factor": _l("停用两步验证"),
    "rescue": _l("应急重置登录"),
    "reset_factor": _l("重置两步验证"),
    "renew_codes": _l("换发恢复码"),
    "use_recovery_code": _l("使用恢复码"),
    "factor_failed": _l("两步验证失败"),
    "password_failed": _l("改密码时现密码不正确"),
    "change_sign_in_rules": _l("修改登录规则"),
    "redact": _l("移除留痕内容"),
    "audit_chained": _l("为早前留痕建链"),
    "audit_sealed": _l("审计封印启用"),
    "ask_seen": _l("查询谁看过"),
    "trust_certificate": _l("信任证书"),
    "import_policy": _l("导入制度"),
    "export_policy": _l("导出制度"),
    "replay_policy": _l("用草稿重放"),
    "replayed": _l("重放完毕"),
    "trail_broken": _l("审计链告警"),
    "print_spines": _l("打印脊背"),
    "inspect": _l("四性检测"),
    "check_signature": _l("核验签名"),
    "letter": _l("制发函件"),
}


@dataclass(frozen=True)
class Past:
    """One entry as it is told 一条留痕."""

    at: datetime
    who: str
    words: str


def verb_words(verb: str) -> str:
    """What a verb is called: ours, or a step of a policy, or itself."""
    if verb in VERBS:
        return str(VERBS[verb])
    for policy in newest_policies():
        for workflow in policy.definition.get("workflows", ()):
            for step in workflow["transitions"]:
                if step["key"] == verb:
                    return said(step["label"])
    return verb


def acting_words(known: Mapping[str, str], by: str, instead_of: Iterable[str] | str | None = ()) -> str:
    """Who acted, and for whom 代办: 何莉（代王敏）."""
    absent = [instead_of] if isinstance(instead_of, str) else list(instead_of or ())
    name, whom = known.get(by, by or ""), listed(known.get(one, one) for one in absent if one)
    return str(_("%(name)s（代%(absent)s）", name=name, absent=whom)) if whom else name


def actors(by: str, facts: Mapping[str, Any]) -> list[str]:
    """Whose names an entry needs: who acted, and for whom 代办."""
    absent = facts.get("instead_of") or ()
    return [by, *([absent] if isinstance(absent, str) else absent)]


def names(people: Iterable[str | None]) -> dict[str, str]:
    """The names of the people and of the system's own actors."""
    found = {key: person.name for key, person in Person.many(one for one in people if one).items()}
    return found | {key: str(word) for key, word in SYSTEM.items()}


def past_of(subject: str, most: int = 12, *, without: Sequence[str] = ()) -> list[Past]:
    """The newest entries about a subject, but for those of some verbs."""
    entries = list(AuditEntry.objects(subject=subject, verb__nin=without).order_by("-at").limit(most))
    known = names(who for entry in entries for who in actors(entry.by, entry.facts))
    acted = [(entry, acting_words(known, entry.by, entry.facts.get("instead_of"))) for entry in entries]
    return [Past(entry.at, who, verb_words(entry.verb)) for entry, who in acted]
