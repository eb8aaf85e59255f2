"""What a lookup 引用 may take from a case, a unit or a person, and how sensitive that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Words = Mapping[str, str]

# The types of field that a lookup may start from, each with the names that it offers beside the answers.
SOURCES: Final[Mapping[str, Mapping[str, Words]]] = {
    "case": {
        "number": {"zh": "编号", "en": "Number"},
        "title": {"zh": "事由", "en": "Subject"},
        "outcome": {"zh": "处理结果", "en": "Outcome"},
        "stage": {"zh": "环节", "en": "Stage"},
        "received_at": {"zh": "收到时间", "en": "Received at"},
    },
    "unit": {
        "name": {"zh": "名称", "en": "Name"},
        "parent": {"zh": "上级单位", "en": "Unit above"},
        "head": {"zh": "负责人", "en": "Head"},
        "head_phone": {"zh": "负责人电话", "en": "Telephone of the head"},
        "deputy": {"zh": "副职", "en": "Deputy"},
    },
    "person": {
        "name": {"zh": "姓名", "en": "Name"},
        "unit": {"zh": "所在单位", "en": "Unit"},
        "phone": {"zh": "电话", "en": "Telephone"},
        "email": {"zh": "电子邮箱", "en": "E-mail"},
    },
}
SENSITIVITY: Final = ("public", "personal", "restricted")


def of_answer(lookup: Mapping[str, Any], kind: str) -> str | None:
    """The answer that a lookup takes from a linked case; nothing when it takes what every case says."""
    name = str(lookup.get("field", ""))
    return name if kind == "case" and name not in SOURCES["case"] else None


def facts_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Kept values as conditions read them."""
    return {key: fact(value) for key, value in values.items()}


def fact(value: Any) -> Any:
    """A kept value as conditions read it: of a snapshot 引用 its value."""
    return value["snapshot"] if isinstance(value, Mapping) and "snapshot" in value else value
