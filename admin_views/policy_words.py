"""A policy in words 制度的文字说明: who, when, which effect – for people who do not read definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.phrases import noted, posted
from admin_views.standing import said
from documents.rules.options import option_keys
from documents.rules.policy import PolicyView
from documents.rules.policy_fields import all_fields
from documents.rules.reminders import OFFSET, SHARE

Definition = Mapping[str, Any]

COUNTED: dict[str, Any] = {
    "working_days": _l("个工作日"),
    "natural_days": _l("个自然日"),
    "months": _l("个月"),
    "hours": _l("小时"),
    "minutes": _l("分钟"),
    "working_hours": _l("个工作小时"),
    "working_minutes": _l("个工作分钟"),
    "same_day": _l("当天"),
    "clock_time": _l("规定钟点"),
    "date": _l("每年固定日期"),
    "immediately": _l("立即"),
    "agreed": _l("与客户约定"),
    "external": _l("由上级规定"),
}
STEPS: dict[str, Any] = {
    "wd": _l("个工作日"),
    "wh": _l("个工作小时"),
    "wmin": _l("个工作分钟"),
    "d": _l("个自然日"),
    "h": _l("小时"),
    "min": _l("分钟"),
}
FIELD_TYPES: dict[str, Any] = {
    "text": _l("单行文字"),
    "longtext": _l("多行文字"),
    "number": _l("数字"),
    "money": _l("金额"),
    "date": _l("日期"),
    "datetime": _l("日期时间"),
    "bool": _l("是否"),
    "choice": _l("单选"),
    "choices": _l("多选"),
    "tree": _l("分类树"),
    "person": _l("人员"),
    "unit": _l("单位"),
    "phone": _l("电话"),
    "email": _l("邮箱"),
    "id_number": _l("证件号码"),
    "address": _l("地址"),
    "files": _l("附件"),
    "case": _l("投诉编号"),
    "table": _l("明细表"),
    "note": _l("说明"),
    "computed": _l("计算"),
    "group": _l("分组框"),
    "percent": _l("百分比"),
    "time": _l("时刻"),
    "duration": _l("时长"),
    "consent": _l("同意书"),
    "signature": _l("签名"),
    "lookup": _l("引用"),
    "series": _l("自动编号"),
}
CLASSES: dict[str, Any] = {"public": _l("一般"), "personal": _l("个人信息"), "restricted": _l("限制知悉")}
SEARCHES: dict[str, Any] = {"exact": _l("可精确检索"), "range": _l("可按范围检索"), "text": _l("可全文检索")}
OPERATIONS: dict[str, Any] = {
    "register": _l("登记"),
    "export": _l("导出"),
    "reports": _l("报表"),
    "duties": _l("周期事项"),
    "archive": _l("归档"),
    "confide": _l("设为保密"),
    "unmask": _l("批准查看完整内容"),
    "administer": _l("系统管理"),
}
REACHES: dict[str, Any] = {
    "unit": _l("本单位"),
    "tree": _l("本单位及下级"),
    "all": _l("全部单位"),
    "none": _l("不看投诉"),
}
STATUSES: dict[str, Any] = {"open": _l("在办"), "closed": _l("已办结"), "archived": _l("已归档")}
PEOPLE: dict[str, Any] = {
    "handler": _l("承办人"),
    "registrar": _l("登记人"),
    "head": _l("负责人"),
    "deputy": _l("副职"),
    "leader": _l("分管领导"),
}


def above(slot: str, who: Definition) -> str:
    """承办单位的上级; where nothing is said of levels, the slot itself."""
    up = who.get("up")
    if not isinstance(up, int) or up < 1:
        return slot
    return str(_("%(unit)s的上级", unit=slot) if up == 1 else _("%(unit)s的上 %(up)s 级", unit=slot, up=up))


class PolicyWords:
    """Everything in a version that needs words."""

    def __init__(self, view: PolicyView) -> None:
        self.view = view
        self.roles = {role["key"]: said(role["label"]) for role in view.definition.get("roles", ())}
        self.contacts = {one["key"]: said(one["label"]) for one in view.definition.get("contacts", ())}
        self.slots = {key: said(text) for key, text in view.definition.get("slot_labels", {}).items()}
        self.fields = {key: said(one["label"]) for key, one in all_fields(view.definition).items()}
        self.outcomes = {
            key: said(view.option_label("outcomes", key)) for key in option_keys(view.lists, "outcomes")
        }
        self.kinds = {one["key"]: said(one["label"]) for one in view.definition.get("unit_kinds", ())}

    def people(self, people: Iterable[Definition]) -> list[str]:
        """受理部门 受理部门负责人, 承办人, …."""
        return [self._person(who) for who in people or ()]

    def _person(self, who: Definition) -> str:
        if "contact" in who:
            return str(self.contacts.get(who["contact"], who["contact"]))
        at = str(who.get("at", ""))
        slot = above(self.slots.get(at, at), who)
        name = (
            self.roles.get(who["role"], who["role"]) if "role" in who else PEOPLE.get(who.get("is", ""), "")
        )
        return posted(str(slot or ""), str(name))

    def limit(self, limit: Definition) -> str:
        """7 个工作日."""
        amount, kind = limit.get("amount"), limit["counted_in"]
        unit = str(COUNTED.get(kind, kind))
        return f"{amount} {unit}" if amount is not None else unit

    def moment(self, at: str) -> str:
        """到期前 2 个工作日."""
        share, found = SHARE.fullmatch(at), OFFSET.fullmatch(at)
        if share:
            return str(_("时限过去 %(share)s%% 时", share=share[1]))
        if not found:
            return at
        step = f"{found[3]} {STEPS[found[4]]}" if found[2] else ""
        return str(MOMENTS[found[1], found[2]]) % {"step": step}

    def reach(self, role: Definition) -> str:
        """How far a role sees."""
        reach = role.get("reach", "unit")
        if isinstance(reach, Mapping):
            kind = self.kinds.get(reach["tree_of"], reach["tree_of"])
            return str(_("所属%(kind)s及其下级", kind=kind))
        return str(REACHES.get(reach, reach))

    def stage(self, workflow: Definition, key: str) -> str:
        """What a stage is called."""
        return next((said(one["label"]) for one in workflow["stages"] if one["key"] == key), key)

    def goals(self, workflow: Definition, goal: Any) -> list[tuple[str, str]]:
        """(stage, condition) for each branch; nothing when the case stays where it is."""
        if isinstance(goal, str):
            return [(self.stage(workflow, goal), "")]
        return [(self.stage(workflow, one["go"]), one.get("when", "")) for one in goal or ()]

    def merge_field(self, name: str) -> str:
        """What a letter puts in: an answer, an option in words, a day, a unit's name, the case itself."""
        if name in CASE_WORDS:
            return str(CASE_WORDS[name])
        stem, _mark, kind = name.rpartition("_")
        if kind == "name" and stem in self.slots:
            return self.slots[stem]
        if kind in ("label", "on"):
            return self.fields.get(stem) or self.fields.get(f"{stem}_at", name)
        return self.fields.get(name, name)

    def effects(self, effects: Iterable[Definition]) -> list[str]:
        """What else happens, a line each."""
        return [self._effect(effect) for effect in effects or ()]

    def _effect(self, effect: Definition) -> str:
        name = next(one for one in effect if one in EFFECTS)
        words = str(EFFECTS[name]) % {"value": self._value(name, effect[name])}
        return noted(words, str(effect.get("when") or ""))

    def _value(self, name: str, value: Any) -> str:
        if name in LOOKED_UP:
            look_up, text = LOOKED_UP[name]
            return said(getattr(self.view, look_up)(value)[text])
        if name == "slot":
            return self.slots.get(value, value)
        return str({**self.fields, **self.outcomes, **VALUES}.get(str(value), value))


MOMENTS: dict[tuple[str, str | None], Any] = {
    ("start", None): _l("开始时"),
    ("start", "+"): _l("开始后 %(step)s"),
    ("start", "-"): _l("开始前 %(step)s"),
    ("due", None): _l("到期时"),
    ("due", "+"): _l("到期后 %(step)s"),
    ("due", "-"): _l("到期前 %(step)s"),
}
CASE_WORDS: dict[str, Any] = {
    "number": _l("投诉编号"),
    "title": _l("事由"),
    "letter_number": _l("文号"),
    "letter_on": _l("成文日期"),
    "received_on": _l("收到日期"),
    "outcome_label": _l("处理结果"),
    "extension_old": _l("原期限"),
    "extension_new": _l("延长后的期限"),
    "extension_reason": _l("延期理由"),
}
# Which look-up of the policy names an effect's value, and which of its texts.
LOOKED_UP = {
    **dict.fromkeys(
        ("start", "stop", "call_off", "resume", "pause", "unpause", "request_extension"), ("limit", "label")
    ),
    "letter": ("letter", "title"),
    "number": ("numbering", "label"),
    "open_case": ("case_type", "label"),
}
VALUES = PEOPLE | {"actor": _l("办理人本人"), "all": _l("全部")}
VALUES |= {"approved": _l("批准"), "refused": _l("不同意")}
EFFECTS: dict[str, Any] = {
    "start": _l("开始计时：%(value)s"),
    "stop": _l("完成时限：%(value)s"),
    "call_off": _l("不再计时：%(value)s"),
    "resume": _l("恢复计时：%(value)s"),
    "pause": _l("暂停计时：%(value)s"),
    "unpause": _l("恢复暂停的计时：%(value)s"),
    "request_extension": _l("提出延期：%(value)s"),
    "decide_extension": _l("延期决定：%(value)s"),
    "slot": _l("确定%(value)s"),
    "handler": _l("确定承办人：%(value)s"),
    "unassign": _l("承办人待分派"),
    "recuse": _l("回避：%(value)s"),
    "recuse_named": _l("被投诉人自动回避"),
    "recuse_head": _l("被投诉单位负责人自动回避"),
    "recuse_workers": _l("原办人员自动回避"),
    "hear": _l("请其说明情况：%(value)s"),
    "unhear": _l("不再要求说明：%(value)s"),
    "number": _l("取号：%(value)s"),
    "outcome": _l("记处理结果：%(value)s"),
    "mark": _l("标记：%(value)s"),
    "escalate": _l("升级至 %(value)s 级"),
    "letter": _l("生成函件：%(value)s"),
    "open_case": _l("另立关联案件：%(value)s"),
    "set_severity": _l("人工定级：%(value)s"),
    "archive": _l("制卷归档"),
}
