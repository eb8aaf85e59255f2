"""Disposal in words 鉴定与销毁的说法: why a volume stays, where a list stands, what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from admin_views.standing import numbers_in_sight
from admin_views.veils import veil
from documents.disposal import Blocker

BLOCKERS: dict[str, Any] = {
    "held": _l("冻结中：%(what)s"),
    "not_due": _l("%(what)s 年起才到期"),
    "permanent": _l("永久保管"),
    "supplement_not_due": _l("补充卷 %(what)s 年起才到期"),
    "case_missing": _l("找不到投诉 %(what)s，请联系系统管理员"),
    "case_open": _l("%(what)s 尚未归档，或已重新办理"),
    "clock_runs": _l("%(what)s 还有时限在计时（可申诉或待办）"),
    "linked_open": _l("关联的申诉或投诉 %(what)s 尚未办结归档"),
    "new_papers": _l("%(what)s 封存后又有新材料"),
    "kept_after_handover": _l("已移交，原件须保存至 %(what)s"),
    "package_in_work": _l("移交包 %(what)s 正在制作"),
    "handover_not_confirmed": _l("移交包 %(what)s 接收方尚未确认"),
    "changed_since": _l("%(what)s 的补充卷在列入清册后有变化"),
}
UNTOLD = _l("有不在您查看范围内的原因，须继续保管")
STATES: dict[str, tuple[Any, str]] = {
    "draft": (_l("鉴定中"), "grey"),
    "submitted": (_l("待批准"), "amber"),
    "cooling": (_l("已批准，等待期"), "blue"),
    "running": (_l("执行中"), "red"),
    "done": (_l("已执行"), "green"),
    "stopped": (_l("已中止"), "outline"),
}
DECISIONS: dict[str, Any] = {
    "destroy": _l("销毁"),
    "lengthen": _l("延长保管期限"),
    "permanent": _l("转为永久"),
}
LINES: dict[str, tuple[Any, str]] = {
    "waiting": (_l("未执行"), "grey"),
    "erased": (_l("正在删除文件"), "red"),
    "gone": (_l("已销毁"), "outline"),
    "kept": (_l("继续保管"), "green"),
    "blocked": (_l("未销毁"), "amber"),
}
TURNS: dict[str, Any] = {
    "made": _l("立清册"),
    "added": _l("列入案卷"),
    "removed": _l("移出案卷"),
    "appraised": _l("鉴定"),
    "submitted": _l("提交"),
    "sent_back": _l("退回"),
    "released": _l("批准"),
    "stopped": _l("中止"),
    "started": _l("开始执行"),
    "done": _l("执行完毕"),
}


def blocker_words(one: Blocker | Mapping[str, Any]) -> str:
    """Why a volume stays, in words; a link to a case that the person may not see is not told."""
    code, named = (one.code, one.what) if isinstance(one, Blocker) else (one["code"], one.get("what", ""))
    untold = code == "linked_open" and not numbers_in_sight([str(named)])
    words = UNTOLD if untold else BLOCKERS.get(code)
    return str(words) % {"what": veil(str(named))} if words else code
