"""A form that is filled again speaks for its fields: what it leaves empty has no value any more (P10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents.actions import organising, registration, steps
from documents.complaint import Complaint
from documents.database import ensure_indexes
from documents.moved_cases import newest_answers
from documents.pack_files import definition
from documents.person import Person
from documents.policy import Policy, forget_views, publish

UNITS: list[dict[str, Any]] = [
    {"id": "P", "name": {"zh": "项目公司", "en": "Project"}, "kind": "project_company", "parent": None},
    {"id": "P-S", "name": {"zh": "客服", "en": "Service"}, "kind": "project_service", "parent": "P"},
    {"id": "P-W", "name": {"zh": "物业", "en": "Property"}, "kind": "property_company", "parent": "P"},
]
PEOPLE: list[dict[str, Any]] = [
    {
        "id": "officer",
        "login": "officer",
        "name": "丁一",
        "posts": [{"role": "project_service_officer", "unit": "P-S"}],
    },
]
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
COMPLAINT = {
    "channel": "phone",
    "complainant_name": "客户",
    "title": "门锁损坏",
    "category": "repairs",
    "facts": "无法反锁。",
    "level": "general",
}


def later(hours: int) -> datetime:
    return START + timedelta(hours=hours)


@pytest.fixture
def case(database: Any) -> Complaint:
    forget_views()
    ensure_indexes()
    organising.load_calendar("cn", now=START)
    organising.load_units(UNITS)
    organising.load_people(PEOPLE, password="juanzong")
    policy: Policy = publish(definition("p10"), by="test", now=START)
    values = {**COMPLAINT, "received_at": START.isoformat()}
    return registration.register(
        policy, "complaint", values, actor=Person.get("officer"), now=START, submission="s0"
    )


def do(case: Complaint, step: str, hours: int, **values: Any) -> Complaint:
    return steps.perform(
        case.number,
        step,
        values,
        actor=Person.get("officer"),
        now=later(hours),
        turn=case.turn,
        submission=f"{step}:{hours}",
    )


def test_a_box_left_unticked_the_second_time_is_not_ticked_any_more(case: Complaint) -> None:
    case = do(case, "pass_on", 0, check_at=later(5).isoformat())
    again = {"check_again": "yes", "check_at": later(8).isoformat()}
    case = do(case, "check", 4, check_result="仍偏紧。", **again)
    assert case.running("check") is not None
    case = do(case, "check", 7, check_result="已正常。")
    assert case.running("check") is None
    assert not case.facts()["check_again"]
    assert case.facts()["check_at"] is None


def test_what_was_filled_stays_readable_in_the_form_in_which_it_was(case: Complaint) -> None:
    case = do(case, "pass_on", 0, check_at=later(5).isoformat())
    case = do(case, "check", 4, check_result="已正常。")
    first, second = newest_answers(case, "pass_on"), newest_answers(case, "check")
    assert first is not None
    assert second is not None
    assert first.values["check_at"] is not None
    assert second.values["check_at"] is None
    assert case.facts()["title"] == "门锁损坏"
