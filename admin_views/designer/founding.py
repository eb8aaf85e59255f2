"""New policies 新建制度: from nothing, or from a shipped pack."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField

from admin_views.forms import NEEDED, up_to
from admin_views.standing import me, now, said, zone
from documents import pack_files
from documents.actions import drafting
from documents.draft import Draft
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.work_calendar import WorkCalendarRecord


class NewPolicyForm(Form):
    """What a policy from nothing is called 新建制度."""

    title_zh = StringField(_l("名称（中文）"), [NEEDED, up_to(80)], description=_l("例如 客户投诉管理办法"))
    title_en = StringField(_l("名称（英文）"), [NEEDED, up_to(120)])
    key = StringField(
        _l("制度代码"),
        [NEEDED, up_to(40)],
        description=_l("小写字母开头，只含小写字母、数字、下划线，建立后不能更改，例如 complaints"),
    )


def founded(form: NewPolicyForm) -> Draft:
    """The draft of a policy from nothing, in the organisation's zone and on its first calendar."""
    calendars = sorted(WorkCalendarRecord.objects.distinct("id"))
    return drafting.found(
        str(form.key.data).strip(),
        {"zh": str(form.title_zh.data).strip(), "en": str(form.title_en.data).strip()},
        zone=str(zone()),
        calendar=calendars[0] if calendars else "cn",
        actor=me().id,
        now=now(),
    )


@cache
def _heads() -> dict[str, Mapping[str, Any]]:
    """The head of every shipped policy; they do not change while the portal runs."""
    return {key: pack_files.read(key, "policy")["policy"] for key in pack_files.packs()}


def packs() -> list[dict[str, Any]]:
    """The shipped policies that are not in use here yet."""
    used = {*Policy.objects.distinct("key"), *Draft.objects(state="open").distinct("policy")}
    return [
        {"key": key, "title": said(head.get("title")), "number": head.get("document_number", "")}
        for key, head in _heads().items()
        if str(head.get("key")) not in used
    ]


def found_from_pack(pack: str) -> Draft:
    """The draft of a shipped policy; raises RuleBroken("unknown_pack")."""
    if pack not in {one["key"] for one in packs()}:
        raise RuleBroken("unknown_pack", pack=pack[:40])
    return drafting.begin_with(pack_files.definition(pack), actor=me().id, now=now())
