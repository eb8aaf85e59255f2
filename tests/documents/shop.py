"""The policy that docs/policy-format.md teaches, as a small world for tests of time."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from documents.actions import organising, registration, steps
from documents.bundles.reading import read_files
from documents.complaint import Complaint
from documents.database import ensure_indexes
from documents.person import Person
from documents.policy import Policy, forget_views, publish

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "policy-format.md").read_text()
FILES = dict(re.findall(r"^```yaml (\S+\.yaml)\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE))
INTAKE: Mapping[str, Any] = {
    "complainant_name": "李女士",
    "title": "酸奶异味",
    "category": "goods_price",
    "facts": "要求检测。",
}
UNITS: list[dict[str, Any]] = [
    {"id": "O", "name": {"zh": "总部客服", "en": "Office"}, "kind": "office", "parent": None},
    {"id": "E", "name": {"zh": "城东店", "en": "East"}, "kind": "store", "parent": "O"},
]
PEOPLE: list[dict[str, Any]] = [
    {"id": "wang", "login": "wang", "name": "王店员", "posts": [{"role": "clerk", "unit": "E"}]},
    {"id": "zhao", "login": "zhao", "name": "赵店长", "posts": [{"role": "manager", "unit": "E"}]},
    {"id": "qian", "login": "qian", "name": "钱客服", "posts": [{"role": "service", "unit": "O"}]},
]


@cache
def _taught() -> dict[str, Any]:
    return read_files({name: text.encode() for name, text in FILES.items()}).definition


def shop() -> dict[str, Any]:
    """The definition, the caller's own."""
    return copy.deepcopy(_taught())


def step(definition: dict[str, Any], key: str, **attributes: Any) -> dict[str, Any]:
    """Another step of the shop's workflow, by the manager."""
    made = {"key": key, "label": {"zh": key, "en": key}, "who": [{"role": "manager", "at": "received"}]}
    definition["workflows"][0]["transitions"].append({**made, **attributes})
    return definition


def limit(definition: dict[str, Any], key: str, **attributes: Any) -> dict[str, Any]:
    """Another limit of the shop, or more attributes for one."""
    known = next((one for one in definition["limits"] if one["key"] == key), None)
    if known is None:
        known = {"key": key, "label": {"zh": key, "en": key}}
        definition["limits"].append(known)
    known.update(attributes)
    return definition


def told(definition: dict[str, Any], steps: list[dict[str, Any]], expect: dict[str, Any]) -> dict[str, Any]:
    """The definition with one scenario: registered on 2 March 2026 at 10:00, then these steps."""
    first = {"register": "complaint", "by": "clerk@east", "at": "2026-03-02 10:00", "values": dict(INTAKE)}
    label = {"zh": "试", "en": "Tried"}
    definition["scenarios"] = [{"key": "tried", "label": label, "steps": [first, *steps], "expect": expect}]
    return definition


def at(month: int, day: int, hour: int = 10) -> datetime:
    """A moment of 2026 on the clocks of the shop."""
    return datetime(2026, month, day, hour - 8, tzinfo=UTC)


def opened(definition: dict[str, Any]) -> Policy:
    """The shop with its people, and the policy in force."""
    forget_views()
    ensure_indexes()
    organising.load_calendar("cn", now=at(1, 4))
    organising.load_units(UNITS)
    organising.load_people(PEOPLE, password="juanzong")
    return publish(definition, by="test", now=at(1, 4))


def registered(policy: Policy, now: datetime) -> Complaint:
    """A complaint that the clerk wrote down."""
    values = {**INTAKE, "received_at": now.isoformat()}
    wang = Person.get("wang")
    return registration.register(policy, "complaint", values, actor=wang, now=now, submission="r")


def do(case: Complaint, key: str, now: datetime, values: Mapping[str, Any] | None = None) -> Complaint:
    """A step of the manager."""
    turn, zhao = Complaint.get(case.number).turn, Person.get("zhao")
    return steps.perform(
        case.number, key, values or {}, actor=zhao, now=now, turn=turn, submission=f"{key}{now}"
    )
