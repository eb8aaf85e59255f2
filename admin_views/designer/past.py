"""Who did what in a draft 修改经过, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.designer.bench import address
from admin_views.designer.words import edited_words
from admin_views.history import names
from documents.draft import Draft, DraftEdit
from documents.rules.broken import RuleBroken
from documents.rules.keyed_paths import parse, written

DONE = {"set": _l("修改"), "add": _l("新增"), "remove": _l("删除"), "move": _l("移动")}


@dataclass(frozen=True)
class PastEdit:
    """One edit as the overview tells it."""

    at: datetime
    who: str
    words: str
    address: str
    undone: bool


def past_edits(draft: Draft, edits: list[DraftEdit]) -> list[PastEdit]:
    """The edits, newest first."""
    known = names({one.by for one in edits})
    return [_told(draft, one, known.get(one.by, one.by)) for one in edits]


def _told(draft: Draft, one: DraftEdit, who: str) -> PastEdit:
    first = one.operations[0] if one.operations else {"do": "set", "path": "policy"}
    path = str(first.get("path", "policy"))
    place = edited_words(draft.definition, path)
    done = DONE.get(str(first["do"]), first["do"])
    prefix = {"undo": _("撤销："), "redo": _("重做：")}.get(one.kind, "")
    rest = _("，等 %(count)s 处", count=len(one.operations)) if len(one.operations) > 1 else ""
    return PastEdit(one.at, who, f"{prefix}{done} {place}{rest}", _address(draft, path), bool(one.undone))


def _address(draft: Draft, path: str) -> str:
    try:
        return address(draft.policy, written(parse(path)[:2]))
    except (RuleBroken, KeyError):
        return address(draft.policy, "policy")
