"""Conditions as sentences 条件的说法: names by their labels, options by their words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.designer.bench import Bench
from documents.rules.broken import PolicyInvalid
from documents.rules.expression_words import Labels, in_words
from documents.rules.expressions import compile_expression
from documents.rules.policy_fields import all_fields

# What a case says about itself: how it is called, and how it is written or from what it is chosen.
FACTS: Mapping[str, tuple[Any, str]] = {
    "number": (_l("投诉编号"), "text"),
    "case_type": (_l("事项类型"), "case_types"),
    "stage": (_l("当前环节"), "stages"),
    "outcome": (_l("处理结果"), "outcomes"),
    "severity": (_l("等级"), "levels"),
    "flags": (_l("标记"), "choices"),
    "attachments": (_l("附件数"), "number"),
    "extension_waits": (_l("有待批的延期"), "bool"),
    "extensions": (_l("已延期次数"), "number"),
    "clock_paused": (_l("计时暂停中"), "bool"),
    "statement_waits": (_l("待被投诉人说明"), "bool"),
    "has_handler": (_l("已有承办人"), "bool"),
    "received_kind": (_l("首接单位的类型"), "unit_kinds"),
    "today": (_l("填写当天"), "date"),
}
LISTED = frozenset({"case_types", "stages", "outcomes", "unit_kinds", "levels"})


def condition_words(bench: Bench, text: Any) -> str:
    """A condition in the language of the page; the text itself where it cannot be read."""
    if isinstance(text, bool):
        return _("总是") if text else _("从不")
    if not isinstance(text, str) or not text.strip():
        return ""
    try:
        said = in_words(compile_expression(text), Labels(_name_of(bench), _option_of(bench)))
    except PolicyInvalid:
        return text
    return said["en" if str(get_locale()).startswith("en") else "zh"]


def _name_of(bench: Bench) -> Any:
    labels = {one.key: one.label for one in bench.known.offers.fields}
    slots = {f"unit_{one.key}": one.label for one in bench.known.offers.slots}

    def name(key: str) -> dict[str, str] | None:
        label = labels.get(key) or slots.get(key) or (str(FACTS[key][0]) if key in FACTS else None)
        return {"zh": label, "en": label} if label else None

    return name


def _option_of(bench: Bench) -> Any:
    fields = all_fields(bench.definition)

    def option(name: str, value: str) -> dict[str, str] | None:
        field, kind = fields.get(name, {}), FACTS.get(name, ("", ""))[1]
        offers = bench.known.offers
        listed = offers.options(str(field["options"])) if field.get("options") else []
        if not listed and kind in LISTED:
            listed = offers.kind(kind)
        label = next((one.label for one in listed if one.key == value), None)
        return {"zh": label, "en": label} if label else None

    return option
