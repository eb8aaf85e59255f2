"""What a new policy takes from the house 沿用的内容: its kinds of unit and its roles, as in force."""

from __future__ import annotations

from typing import Any

from documents.policy import views_in_force


def house_parts(key: str) -> dict[str, Any]:
    """The sections with which a policy from nothing begins in this house.

    Rights are looked up by the key of a role, so a new policy says of a role what the others say.
    """
    kinds: dict[str, Any] = {}
    roles: dict[str, Any] = {}
    for view in views_in_force():
        for found, section in ((kinds, "unit_kinds"), (roles, "roles")):
            for element in view.definition.get(section, ()):
                found.setdefault(element["key"], _plain(element))
    return {
        "unit_kinds": list(kinds.values()),
        "roles": list(roles.values()),
        "slot_labels": {
            "received": {"zh": "首接单位", "en": "Receiving unit"},
            "handling": {"zh": "承办单位", "en": "Handling unit"},
        },
        "lists": {"outcomes": [dict(one) for one in OUTCOMES]},
        "numbering": [
            {
                "key": f"{key[:30]}_case",
                "label": {"zh": "投诉编号", "en": "Case number"},
                "pattern": f"{key[:12].upper()}-{{yyyy}}-{{seq:5}}",
                "reset": "year",
                "basis": "ours",
            }
        ],
    }


def _plain(element: Any) -> dict[str, Any]:
    """The element without where it came from: that was another policy."""
    return {name: part for name, part in element.items() if name not in ("source", "basis", "note")}


OUTCOMES = (
    {"key": "resolved", "label": {"zh": "已解决", "en": "Resolved"}},
    {"key": "explained", "label": {"zh": "已解释说明", "en": "Explained"}},
    {"key": "not_upheld", "label": {"zh": "不属实", "en": "Not upheld"}},
    {"key": "withdrawn", "label": {"zh": "已撤回", "en": "Withdrawn"}},
)
