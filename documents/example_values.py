"""Made-up values 示例取值: something for every field, so that a paper can be seen before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.rules.fields import fields_of
from documents.rules.options import walk
from documents.rules.policy import PolicyView
from documents.rules.policy_shapes import all_slots

Definition = Mapping[str, Any]
OF_TYPE: Mapping[str, str] = {
    "number": "3",
    "money": "1,200.50",
    "percent": "12.5%",
    "date": "2026年3月5日",
    "datetime": "2026年3月5日9时30分",
    "time": "09:30",
    "duration": "1小时30分",
    "bool": "是",
    "consent": "已同意",
    "signature": "张三",
    "person": "张三",
    "phone": "13800000000",
    "email": "name@example.com",
    "address": "某省某市某路1号",
    "case": "TS-2026-0001",
    "files": "附件 1　示例.pdf",
}
OF_CASE: Mapping[str, str] = {
    "number": "TS-2026-0001",
    "title": "（投诉标题）",
    "letter_number": "（文号）",
    "letter_on": "2026年3月10日",
    "received_on": "2026年3月5日",
    "extension_old": "2026年3月20日",
    "extension_new": "2026年4月3日",
    "extension_reason": "（延期理由）",
}
SLOTS: Mapping[str, str] = {"received": "首接单位", "handling": "承办单位", "respondent": "被投诉单位"}


def made_up(view: PolicyView) -> dict[str, str]:
    """A value for every name that a letter may merge."""
    facts = dict(OF_CASE)
    for form in view.definition.get("forms") or ():
        for one in fields_of(form):
            facts.update(_of_field(view, one))
    outcomes = _first_option(view, "outcomes")
    if outcomes:
        facts["outcome_label"] = outcomes
    labels = view.definition.get("slot_labels") or {}
    for slot in all_slots(view.definition):
        facts[f"{slot}_name"] = (labels.get(slot) or {}).get("zh") or SLOTS.get(slot, slot)
    return facts


def made_up_rows(view: PolicyView, table: Definition) -> list[tuple[str, ...]]:
    """Two rows of a table."""
    row = tuple(value_of(view, column) for column in table.get("fields") or ())
    return [row, row]


def value_of(view: PolicyView, one: Definition) -> str:
    """A value of one field, in words."""
    label = (one.get("label") or {}).get("zh") or str(one.get("key", ""))
    if one.get("options"):
        return _first_option(view, str(one["options"])) or f"（{label}）"
    return OF_TYPE.get(str(one.get("type")), f"（{label}）")


def _of_field(view: PolicyView, one: Definition) -> dict[str, str]:
    key, value = str(one.get("key", "")), value_of(view, one)
    found = {key: value, f"{key}_label": value}
    if one.get("type") == "datetime":
        found[f"{key.removesuffix('_at')}_on"] = OF_TYPE["date"]
    return found


def _first_option(view: PolicyView, name: str) -> str:
    listed = (view.definition.get("lists") or {}).get(name) or ()
    leaves = (path[-1] for path in walk(listed) if not path[-1].get("children"))
    return next((str((one.get("label") or {}).get("zh", "")) for one in leaves if not one.get("retired")), "")
