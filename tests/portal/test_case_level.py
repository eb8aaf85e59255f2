"""The level of a case on its page, in lists, in the supervision overview, in the export and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from documents.actions import organising, registration, steps
from documents.complaint import Complaint
from documents.database import ensure_indexes
from documents.dossier_history import event_lines
from documents.dossier_words import Names
from documents.person import Person
from documents.policy import Policy, forget_views
from documents.queries import Filters, case_page
from documents.sight import Sight
from tests.portal.conftest import NOW, SignIn

CLERK = "project_service_officer.service"


@pytest.fixture
def policy(database: Any) -> Iterator[Policy]:
    forget_views()
    ensure_indexes()
    yield organising.set_up("p10", password="juanzong", now=datetime(2026, 1, 4, tzinfo=UTC))
    forget_views()


def register(policy: Policy, title: str, **changes: Any) -> Complaint:
    values = {
        **{"channel": "phone", "received_at": NOW.isoformat(), "complainant_name": title, "title": title},
        **{
            "category": "quality",
            "facts": "见现场照片。",
            "complainant_count": 1,
            "our_cause": True,
            **changes,
        },
    }
    clerk = Person.get(CLERK)
    return registration.register(policy, "complaint", values, actor=clerk, now=NOW, submission=title)


def test_a_level_is_seen_explained_and_set(policy: Policy, sign_in: SignIn) -> None:
    general, exposed = register(policy, "门锁损坏"), register(policy, "外墙脱落", media_exposed=True)
    clerk = sign_in(CLERK)

    page = clerk.get(f"/cases/{exposed.number}").text
    assert "重大投诉 · 已被媒体曝光：符合。" in page
    assert "按标准自动定级" in page
    assert f"/cases/{exposed.number}/steps/set_level" in page
    page = clerk.get(f"/cases/{general.number}").text
    assert "若仍未解决，2026-03-03 24:00 起自动升为热点投诉。" in page

    ordered = clerk.get("/cases?sort=severity").text
    assert ordered.index(exposed.number) < ordered.index(general.number)
    only = clerk.get("/cases?severity=major").text
    assert exposed.number in only
    assert general.number not in only
    assert exposed.number in clerk.get("/watch").text
    sheet = load_workbook(BytesIO(clerk.get("/cases.xlsx").data))["投诉清单"]
    head, *rows = sheet.iter_rows(values_only=True)
    levels = {row[0]: row[head.index("等级")] for row in rows}
    assert levels == {exposed.number: "重大投诉", general.number: "一般投诉"}

    values = {"level": "general", "level_reason": "报道与本项目无关"}
    pressed = {"actor": Person.get(CLERK), "now": NOW, "turn": exposed.turn, "submission": "set"}
    steps.perform(exposed.number, "set_level", values, **pressed)
    page = clerk.get(f"/cases/{exposed.number}").text
    assert "人工定级 ·" in page
    assert "报道与本项目无关" in page
    assert "符合，人工定级时已考虑" in page
    case = Complaint.get(exposed.number)
    told = [(line.what, line.note) for line in event_lines(case, Names())]
    assert ("定级为重大投诉", "重大投诉 · 已被媒体曝光：符合。") in told
    assert ("定级为一般投诉", "报道与本项目无关") in told


def test_pages_of_a_list_by_level_meet_without_a_gap(policy: Policy) -> None:
    """The list goes on at the row where the page before ended, also among cases of one level."""
    cases = [register(policy, f"渗水{n}", complainant_count=1 + n % 3 * 2) for n in range(7)]
    sight, filters = Sight(["u:SERVICE"], CLERK), Filters(sort="severity")
    seen: list[str] = []
    cursor = None
    while True:
        page = case_page(sight, filters, now=NOW, cursor=cursor, size=2)
        seen += [row["number"] for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == sorted(case.number for case in cases)
    ranks = [Complaint.get(number).severity.rank for number in seen]
    assert ranks == sorted(ranks, reverse=True)
    back = case_page(sight, filters, now=NOW, cursor=page.previous, size=2)
    assert [row["number"] for row in back.rows] == seen[4:6]
