"""What people type in the tests."""

from __future__ import annotations

import re
from typing import Any

COMPLAINT: dict[str, Any] = {
    "channel": "phone",
    "received_at": "2026-02-24T08:40:00+08:00",
    "complainant_name": "李小明",
    "complainant_phone": "13800000000",
    "title": "转账手续费与公示不符",
    "category": "violation_fees",
    "facts": "柜面转账收取手续费五元，与大厅公示的免费不一致。",
    "demand": "退还手续费并说明原因。",
}
UNSOLVED = {"reason_unsolved": "需清算中心核对流水。", "explained": "yes"}
SUPERVISED = {
    "validity": "valid",
    "handling_unit": "QH-QS",
    "requirements": "核实收费依据，七个工作日内答复。",
}
RESULT = {
    "investigation": "经查系柜员误选收费项目。",
    "handling_opinion": "退还手续费五元，向客户致歉。",
    "handled_outcome": "upheld",
    "cause": "pricing",
    "reply_method": "written",
    "replied_at": "2026-02-24T09:00:00+08:00",
}
TREATED = {
    "treatment_result": "经核对系误收，当场退还五元并致歉。",
    "handled_outcome": "upheld",
    "cause": "pricing",
    "reply_method": "in_person",
    "replied_at": "2026-02-24T09:00:00+08:00",
}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def typed(values: dict[str, Any]) -> dict[str, Any]:
    """The values as a browser sends them: local times, prefixed names."""
    return {f"q_{key}": _local(value) for key, value in values.items()}


def _local(value: Any) -> Any:
    if isinstance(value, str) and re.match(r"^\d{4}-\d\d-\d\dT", value):
        return value[:16]
    return value


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return found.group(1)


def sent(page: str, **fields: Any) -> dict[str, Any]:
    """What the browser sends back: the page's hidden fields and what was typed."""
    names = [name for name in ("form_owner", "submission", "turn", "seen") if f'name="{name}"' in page]
    return {**{name: hidden(page, name) for name in names}, **typed(fields)}
