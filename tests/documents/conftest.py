"""One small world: the Qinghe union of the shipped pack, on a real MongoDB."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from documents.actions import registration, steps
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import Policy

NOW = datetime(2026, 2, 24, 1, 2, tzinfo=UTC)  # Tuesday 09:02 in Guangdong
_submissions = count(1)


def intake_values(**changes: Any) -> dict[str, Any]:
    """What a clerk types for a complaint about a fee."""
    values = {
        "channel": "phone",
        "received_at": "2026-02-24T08:40:00+08:00",
        "complainant_name": "李小明",
        "complainant_phone": "13800000000",
        "title": "转账手续费与公示不符",
        "category": "violation_fees",
        "facts": "柜面转账收取手续费五元，与大厅公示的免费不一致。",
        "demand": "退还手续费并说明原因。",
    }
    return {**values, **changes}


Register = Callable[..., Complaint]
Perform = Callable[..., Complaint]


@pytest.fixture
def register(policy: Policy) -> Register:
    def run(
        who: str = "cd_clerk", case_type: str = "complaint", now: datetime = NOW, **changes: Any
    ) -> Complaint:
        return registration.register(
            policy,
            case_type,
            intake_values(**changes),
            actor=Person.get(who),
            now=now,
            submission=f"s{next(_submissions)}",
        )

    return run


@pytest.fixture
def perform() -> Perform:
    def run(case: Complaint, key: str, who: str, now: datetime = NOW, **values: Any) -> Complaint:
        turn = Complaint.get(case.number).turn
        return steps.perform(
            case.number,
            key,
            values,
            actor=Person.get(who),
            now=now,
            turn=turn,
            submission=f"s{next(_submissions)}",
        )

    return run
