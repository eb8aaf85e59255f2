"""What was typed on the policy's pages 制度修改的输入, as edits of the definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from documents.rules.broken import RuleBroken
from documents.rules.limits import NEEDS_AMOUNT
from documents.rules.policy_editing import ListEdit, NewOption

Sent = MultiDict[str, str]
MOST_NEW = 60


def list_edit(sent: Sent) -> ListEdit:
    """The labels, the retired options, and the new ones of a list."""
    keys = sent.getlist("key")
    labels = {
        key: {"zh": zh, "en": en}
        for key, zh, en in zip(keys, sent.getlist("zh"), sent.getlist("en"), strict=False)
    }
    added = [
        NewOption({"zh": zh.strip(), "en": en.strip()}, parent, key.strip())
        for parent, key, zh, en in zip(
            *(sent.getlist(f"new_{name}") for name in ("parent", "key", "zh", "en")), strict=False
        )
        if zh.strip() or en.strip() or key.strip()
    ]
    return ListEdit(labels, frozenset(sent.getlist("retired")), added[:MOST_NEW])


def limit_changes(sent: Sent, limit: Mapping[str, Any]) -> dict[str, Any]:
    """The amount, the unit of counting and the ladder of a limit."""
    counted_in = sent.get("counted_in", limit["counted_in"])
    amount = whole(sent.get("amount", "")) if counted_in in NEEDS_AMOUNT else None
    changes: dict[str, Any] = {
        "counted_in": counted_in,
        "amount": amount,
        "ladder": sent.get("ladder") or None,
    }
    if "rolls" in sent:
        changes["rolls_over"] = True if sent["rolls"] == "over" else None
        changes["rolls_back"] = True if sent["rolls"] == "back" else None
    return changes


def rung_changes(sent: Sent) -> dict[str, Any]:
    """When a rung fires, and what it is called."""
    side = sent.get("side", "at")
    step = f"{whole(sent.get('number', ''))}{sent.get('step', 'wd')}" if side != "at" else ""
    moment = {"before": f"due-{step}", "at": "due", "after": f"due+{step}"}
    if side not in moment:
        raise RuleBroken("unknown_option", key=side)
    changes: dict[str, Any] = {"at": moment[side]}
    if sent.get("label_zh", "").strip() and sent.get("label_en", "").strip():
        changes["label"] = {"zh": sent["label_zh"].strip(), "en": sent["label_en"].strip()}
    return changes


def whole(text: str) -> int:
    """A whole number as it was typed; raises RuleBroken("not_a_number")."""
    typed = text.strip()
    digits = typed.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise RuleBroken("not_a_number", value=typed[:20])
    return int(typed)
