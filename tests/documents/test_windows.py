"""A revisit is due between one and two months after the answer: not later, and not earlier either (P25)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from documents.actions import organising, registration, steps
from documents.complaint import Complaint
from documents.database import ensure_indexes
from documents.pack_files import definition
from documents.person import Person
from documents.policy import Policy, forget_views, publish
from documents.rules.broken import RuleBroken

UNITS: list[dict[str, Any]] = [
    {"id": "B", "name": {"zh": "营业部", "en": "Branch"}, "kind": "branch", "parent": None},
    {"id": "B-C", "name": {"zh": "柜台", "en": "Counter"}, "kind": "branch_department", "parent": "B"},
    {"id": "B-M", "name": {"zh": "营销部", "en": "Marketing"}, "kind": "branch_department", "parent": "B"},
]
PEOPLE: list[dict[str, Any]] = [
    {"id": "first", "login": "first", "name": "丁一", "posts": [{"role": "first_receiver", "unit": "B-C"}]},
    {"id": "seller", "login": "seller", "name": "于二", "posts": [{"role": "handler", "unit": "B-M"}]},
]
ANSWERED = {"feedback_text": "已解释。", "handled_outcome": "explained", "reply_method": "phone"}
REVISITED = {"revisit_method": "phone", "satisfaction": "satisfied", "later_opinion": "没有其他意见。"}


def at(month: int, day: int, hour: int = 2) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def policy(database: Any) -> Policy:
    forget_views()
    ensure_indexes()
    organising.load_calendar("cn", now=at(1, 4))
    organising.load_units(UNITS)
    organising.load_people(PEOPLE, password="juanzong")
    return publish(definition("p25"), by="test", now=at(1, 4))


def answered(policy: Policy, **changes: Any) -> Complaint:
    values = {
        "channel": "phone",
        "received_at": at(3, 3).isoformat(),
        "complainant_name": "客户",
        "title": "办理缓慢",
        "category": "service",
        "facts": "等候过久。",
        **changes,
    }
    case = registration.register(
        policy, "complaint", values, actor=Person.get("first"), now=at(3, 3), submission="s"
    )
    return perform(case, "feedback", {**ANSWERED, "replied_at": at(3, 3, 3).isoformat()}, at(3, 3, 3))


def perform(case: Complaint, step: str, values: dict[str, Any], now: datetime) -> Complaint:
    actor, turn = Person.get("first"), Complaint.get(case.number).turn
    return steps.perform(
        case.number, step, values, actor=actor, now=now, turn=turn, submission=f"{step}{now}"
    )


def test_a_window_is_not_met_before_it_opens(policy: Policy) -> None:
    case = answered(policy)
    with pytest.raises(RuleBroken) as refused:
        perform(case, "revisit", {**REVISITED, "revisited_at": at(4, 2).isoformat()}, at(4, 2))
    assert refused.value.code == "window_not_open"
    assert refused.value.facts["earliest"] == "2026-04-03T00:00:00+08:00"
    assert Complaint.get(case.number).stage == "handled"


def test_a_window_is_met_once_it_is_open(policy: Policy) -> None:
    case = perform(answered(policy), "revisit", {**REVISITED, "revisited_at": at(4, 3).isoformat()}, at(4, 3))
    clock = next(clock for clock in case.clocks if clock.limit == "revisit")
    assert (case.stage, clock.state) == ("revisited", "met")
    assert clock.due_at == datetime(2026, 5, 3, 15, 59, 59, tzinfo=UTC)


def test_whoever_is_named_is_recused_in_the_whole_house(policy: Policy) -> None:
    assert answered(policy, respondent_name="于二").recused == ["seller"]
