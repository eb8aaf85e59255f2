"""A report for each month: counted for its own days, under its own name, for its own duty (P24)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from documents.actions import duties, organising, registration, reporting
from documents.actions.reporting import Asked
from documents.database import ensure_indexes
from documents.duty import Duty
from documents.pack_files import definition
from documents.person import Person
from documents.policy import Policy, forget_views, publish
from documents.report import Report
from documents.report_paper import title
from documents.rules.broken import PolicyInvalid

UNITS: list[dict[str, Any]] = [
    {"id": "C", "name": {"zh": "公司", "en": "Company"}, "kind": "company", "parent": None},
    {"id": "C-T", "name": {"zh": "投诉部", "en": "Office"}, "kind": "complaint_office", "parent": "C"},
]
PEOPLE: list[dict[str, Any]] = [
    {"id": "officer", "login": "officer", "name": "丁一", "posts": [{"role": "case_officer", "unit": "C-T"}]},
    {"id": "head", "login": "head", "name": "于二", "posts": [{"role": "case_head", "unit": "C-T"}]},
]


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 2, tzinfo=UTC)


@pytest.fixture
def policy(database: Any) -> Policy:
    forget_views()
    ensure_indexes()
    organising.load_calendar("cn", now=at(1, 4))
    organising.load_units(UNITS)
    organising.load_people(PEOPLE, password="juanzong")
    found = publish(definition("p24"), by="test", now=at(1, 4))
    duties.plan(now=at(1, 4))
    for number, moment in enumerate([at(2, 27), at(3, 2), at(3, 31), at(4, 1)]):
        received(found, moment, f"s{number}")
    return found


def received(policy: Policy, moment: datetime, key: str) -> None:
    values = {
        "channel": "letter",
        "materials": ["letter"],
        "received_at": moment.isoformat(),
        "complainant_name": "客户",
        "title": "委托未成交",
        "category": "trading",
        "facts": "委托未成交。",
    }
    actor = Person.get("officer")
    registration.register(policy, "complaint", values, actor=actor, now=moment, submission=key)


def drafted(policy: Policy, part: int) -> Report:
    asked = Asked("unresolved", "C", 2026, part=part)
    return reporting.draft(policy, asked, actor=Person.get("head"), now=at(4, 2))


def test_each_month_is_counted_and_named_for_itself(policy: Policy) -> None:
    march, february = drafted(policy, 3), drafted(policy, 2)
    assert (march.id, march.first, march.cut_off) == ("p24:unresolved:2026-03:C", "2026-03-01", "2026-03-31")
    assert [one.figure("received").value for one in (march, february)] == ["2", "1"]
    assert title(march) == "2026年3月未解决投诉事项汇报"
    assert Report.objects.count() == 2


def test_a_frozen_month_does_the_duty_of_that_month_only(policy: Policy) -> None:
    report = drafted(policy, 3)
    head = Person.get("head")
    texts = {section.key: "无。" for section in report.sections if not (section.text or "").strip()}
    report = reporting.edit(report.id, texts, actor=head, now=at(4, 2), revision=report.revision)
    reporting.freeze(report.id, actor=head, now=at(4, 2), revision=report.revision)
    done = Duty.objects(key="unresolved_report", state="done")
    assert [duty.period["last"] for duty in done] == ["2026-03-31"]


def test_a_thirteenth_month_is_refused(policy: Policy) -> None:
    with pytest.raises(PolicyInvalid):
        drafted(policy, 13)
