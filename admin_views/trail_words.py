"""What the audit trail is about, in words 留痕的对象与内容: pages, kinds of subjects, names of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.history import names
from admin_views.phrases import listed
from admin_views.standing import said
from admin_views.veils import veil
from admin_views.who_has_seen import WAYS, field_words
from documents.unit import names_of

MANY = "cases"  # the subject of an entry that names its cases among its facts
SHORT = 12  # signs of a digest
KINDS: Mapping[str, Any] = {
    "calendar": _l("工作日历"),
    "policy": _l("制度"),
    "entry": _l("留痕"),
    "certificate": _l("证书"),
    "way": _l("出口"),
    "login": _l("未知登录名"),
    "filing": _l("归档批次"),
    "message": _l("发件内容"),
    "register": _l("登记册"),
    "handover": _l("移交与接收登记表"),
}
PAGES: Mapping[str, Any] = {
    MANY: _l("投诉清单"),
    "people": _l("人员"),
    "audit": _l("审计"),
    "seen": _l("谁看过"),
    "outbox": _l("发件箱"),
    "timers": _l("提醒明细"),
    "sign_ins": _l("登录规则"),
    "house": _l("本机构"),
}
FACTS: Mapping[str, Any] = {
    "way": _l("途径"),
    "field": _l("字段"),
    "fields": _l("受保护字段"),
    "number": _l("编号"),
    "cases": _l("投诉"),
    "people": _l("人员"),
    "person": _l("人员"),
    "reason": _l("理由"),
    "why": _l("原因"),
    "note": _l("说明"),
    "rows": _l("条数"),
    "count": _l("件数"),
    "filters": _l("筛选条件"),
    "words": _l("检索词摘要"),
    "length": _l("检索词长度"),
    "address": _l("地址"),
    "closed": _l("停止尝试的秒数"),
    "most": _l("每分钟上限"),
    "login": _l("登录名"),
    "name": _l("姓名或名称"),
    "email": _l("邮箱"),
    "phone": _l("电话"),
    "language": _l("界面语言"),
    "posts": _l("岗位"),
    "roles": _l("岗位角色"),
    "unit": _l("单位"),
    "parent": _l("上级单位"),
    "successor": _l("承接单位"),
    "starts": _l("开始"),
    "ends": _l("结束"),
    "deputy": _l("代办人"),
    "receiver": _l("接收人"),
    "step": _l("步骤"),
    "form": _l("表单"),
    "file": _l("文件"),
    "letter": _l("函件"),
    "volume": _l("案卷"),
    "loan": _l("借阅"),
    "list": _l("清册"),
    "version": _l("版本"),
    "revision": _l("修订"),
    "before": _l("改前"),
    "after": _l("改后"),
    "old": _l("原值"),
    "new": _l("新值"),
    "was": _l("原值"),
    "kind": _l("种类"),
    "state": _l("状态"),
    "sha256": _l("摘要 SHA-256"),
    "virus": _l("病毒"),
    "opened": _l("展示的栏目"),
    "lanes": _l("审计链"),
    "checkpoint": _l("检查点"),
    "left": _l("剩余个数"),
    "message": _l("消息"),
    "cut_off": _l("统计截止日"),
    "period": _l("统计期间"),
    "sections": _l("部分"),
    "decision": _l("意见"),
    "over": _l("途径"),
    "agent": _l("浏览器"),
    "browser": _l("浏览器"),
    "system": _l("操作系统"),
    "factor": _l("两步验证"),
}


def fact_words(name: str) -> str:
    """What a fact of an entry is called; one that has no word of its own keeps its key."""
    return str(FACTS.get(name, name))


def subject_words(subject: str) -> str:
    """What an entry is about, in words; a case of which the person may not know by its mark."""
    if subject in PAGES:
        return str(PAGES[subject])
    kind, _colon, key = subject.partition(":")
    if not key or kind not in {*KINDS, "person", "unit"}:
        return veil(subject)
    if kind == "person":
        return str(_("人员 %(name)s", name=person_words(key)))
    return (
        str(_("单位 %(name)s", name=unit_words(key))) if kind == "unit" else f"{KINDS[kind]} {shortened(key)}"
    )


def shortened(key: str) -> str:
    """A digest by its beginning; anything else as it is."""
    return f"{key[:SHORT]}…" if len(key) >= 2 * SHORT and key.isalnum() else key


def know_subjects(subjects: Iterable[str]) -> None:
    """Read at once the names of the people and units that the entries of a page are about."""
    pairs = [one.partition(":") for one in subjects]
    g.trail_people = names(key for kind, _colon, key in pairs if kind == "person")
    g.trail_units = names_of([key for kind, _colon, key in pairs if kind == "unit"])


def person_words(key: str) -> str:
    """A person by name."""
    known = g.get("trail_people") or {}
    return str((known if key in known else names([key])).get(key, key))


def unit_words(key: str) -> str:
    """A unit by name."""
    known = g.get("trail_units") or {}
    return said((known if key in known else names_of([key])).get(key, key))


def value_words(name: str, value: Any) -> Any:
    """The value of a fact in words where its keys have some: ways, fields, people, units."""
    if name == "way":
        return WAYS.get(value, value)
    if name in ("fields", "field") and value:
        known = field_words()
        return listed(known.get(one, one) for one in _each(value))
    if name in ("person", "people", "deputy", "receiver"):
        known = names(_each(value))
        return listed(known.get(one, one) for one in _each(value)) or _("无")
    if name in ("unit", "parent", "successor") and isinstance(value, str):
        return unit_words(value)
    return value


def _each(value: Any) -> Iterable[str]:
    return [str(one) for one in (value if isinstance(value, list | tuple) else [value]) if one]
