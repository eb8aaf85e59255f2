"""Forms as somebody might have filled them 表单样例: a value for every type of field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from admin_views.phrases import listed
from admin_views.policy_words import CLASSES, FIELD_TYPES, SEARCHES, PolicyWords
from admin_views.standing import said
from documents.rules.fields import runs
from documents.rules.options import walk
from documents.rules.policy import PolicyView

Definition = Mapping[str, Any]
MOST_OPTIONS = 6


@dataclass(frozen=True)
class Specimen:
    """A field as it is shown in the preview: its sample value, its options, and everything set for it."""

    definition: Definition
    value: str
    options: tuple[str, ...]
    chosen: tuple[str, ...]
    facts: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]
    columns: tuple[Specimen, ...] = ()

    @property
    def full(self) -> bool:
        """Whether the field takes the whole width."""
        wide = ("longtext", "table", "files", "note", "choices", "address")
        return self.definition.get("width") == "full" or self.definition["type"] in wide


def specimen_form(
    view: PolicyView, form: Definition, moment: datetime
) -> list[tuple[Definition, list[Specimen]]]:
    """Each section with its filled-in fields."""
    return [
        (
            {"title": title, "note": section.get("note") if title == section.get("title") else None},
            [specimen(view, place.field, moment) for place in places],
        )
        for section in form["sections"]
        for title, places in runs(section)
    ]


def specimen(view: PolicyView, one: Definition, moment: datetime) -> Specimen:
    """One filled-in field."""
    options = _options(view, one)
    chosen = tuple(options[: 2 if one["type"] == "choices" else 1])
    return Specimen(
        definition=one,
        value=_value(view, one, moment, chosen),
        options=tuple(options[:MOST_OPTIONS]),
        chosen=chosen,
        facts=tuple(_facts(one)),
        conditions=tuple(_conditions(one)),
        columns=tuple(specimen(view, column, moment) for column in one.get("fields", ())),
    )


def _options(view: PolicyView, one: Definition) -> list[str]:
    if one["type"] not in ("choice", "choices", "tree"):
        return []
    paths = [
        path for path in walk(view.lists[one["options"]]) if not any(step.get("retired") for step in path)
    ]
    leaves = [path for path in paths if not path[-1].get("children")]
    return [" / ".join(said(step["label"]) for step in path) for path in leaves]


def _value(view: PolicyView, one: Definition, moment: datetime, chosen: tuple[str, ...]) -> str:
    kind = one["type"]
    if chosen:
        return listed(chosen)
    if kind in ("date", "datetime"):
        return f"{moment:%Y-%m-%d}" if kind == "date" else f"{moment:%Y-%m-%d %H:%M}"
    if kind == "unit":
        kinds = PolicyWords(view).kinds
        return listed(kinds.get(key, key) for key in one.get("kinds", ())) or str(_("任一单位"))
    return str(samples().get(kind, ""))


def samples() -> dict[str, str]:
    """A made-up value for each type."""
    return {
        "text": _("（示例文字）"),
        "longtext": _("（示例文字，用来查看这一栏填写后的样子。内容可以分段，超出时自动增高。）"),
        "number": "3",
        "money": "1,200.50",
        "percent": "12.5%",
        "time": "09:30",
        "duration": _("1小时30分"),
        "consent": _("本人已阅读以上内容，表示同意"),
        "signature": _("张三"),
        "lookup": _("（取自所选的投诉、单位或人员）"),
        "series": _("（提交时生成）"),
        "person": _("张三"),
        "phone": "138 0000 0000",
        "email": "name@example.com",
        "id_number": "4401**********1234",
        "address": _("某省某市某路 1 号"),
        "case": "TS-2026-0224-0001",
        "files": _("回单.pdf　214 KB"),
    }


def _facts(one: Definition) -> list[str]:
    """Type, options, bounds, class and search, in words."""
    found = [str(FIELD_TYPES.get(one["type"], one["type"]))]
    if one.get("options"):
        found.append(f"{_('选项')} {one['options']}")
    if one.get("class"):
        found.append(str(CLASSES.get(one["class"], one["class"])))
    if one.get("search"):
        found.append(str(SEARCHES.get(one["search"], one["search"])))
    if one["type"] in ("text", "longtext", "address", "phone") and one.get("max"):
        found.append(_("最多 %(count)s 字", count=one["max"]))
    elif one.get("max") is not None or one.get("min") is not None:
        found.append(f"{_bound(one.get('min'))} – {_bound(one.get('max'))}")
    if one.get("default") is not None:
        found.append(_("缺省 %(value)s", value=one["default"]))
    return found


def _bound(value: Any) -> str:
    if value == "today":
        return str(_("今天"))
    return "…" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _conditions(one: Definition) -> list[tuple[str, str]]:
    found = []
    if isinstance(one.get("visible"), str):
        found.append((str(_("显示条件")), one["visible"]))
    if isinstance(one.get("required"), str):
        found.append((str(_("必填条件")), one["required"]))
    if one.get("value"):
        found.append((str(_("算式")), str(one["value"])))
    return found
