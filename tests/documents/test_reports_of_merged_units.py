"""What a merged unit did counts with its successor, also what was before; a frozen report stays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from documents.actions import reorganising, reporting
from documents.actions.reporting import Asked
from documents.complaint import Complaint
from documents.person import Person, Post
from documents.policy import Policy
from documents.report import Report, merged_words
from documents.report_figures import cases_behind, groups
from documents.report_paper import report_paper
from documents.unit import Unit
from tests.documents.conftest import Perform, Register
from tests.documents.test_reporting import at, received, solved

JUNE = datetime(2026, 6, 8, 2, tzinfo=UTC)
MERGED_ON = datetime(2026, 5, 1, 2, tzinfo=UTC)
BY_UNIT = "unit.handling|received"


@pytest.fixture
def closed(policy: Policy, register: Register, perform: Perform) -> Policy:
    """Two cases closed at Chengdong in February, one received at Hekou in March."""
    for day in (24, 25):
        solved(register, perform, at(2, day))
    register("hk_clerk", **received(at(3, 2)))
    head = Person.get("intake_head")
    head.posts = [*head.posts, Post(role="relief_officer", unit="QH-HK")]  # may report for that unit alone
    head.save()
    return policy


def report(policy: Policy, unit: str) -> Report:
    asked = Asked("half_year", unit, 2026)
    return reporting.draft(policy, asked, actor=Person.get("intake_head"), now=JUNE)


def accepted(found: Report) -> str:
    return str(next(one.value for one in found.figures if one.key == "accepted"))


def merge(on: datetime = MERGED_ON) -> None:
    admin = Person.get("admin")
    reorganising.retire_unit("QH-CD", successor="QH-HK", actor=admin, now=JUNE, on=on)


def behind(found: Report, *group: Any) -> int:
    counted = next(one.count for one in found.figures if one.key == "accepted")
    wanted = cases_behind(found, counted, (BY_UNIT, group[0]) if group else None)
    return int(Complaint.collection().count_documents(wanted))


def test_a_merge_folds_and_its_undoing_unfolds(closed: Policy) -> None:
    assert accepted(report(closed, "QH-HK")) == "1"
    assert accepted(report(closed, "QH")) == "3"
    frozen = report(closed, "QH")
    frozen = reporting.freeze(frozen.id, actor=Person.get("intake_head"), now=JUNE, revision=frozen.revision)
    before = Report.collection().find_one({"_id": frozen.id})
    merge()
    folded = report(closed, "QH-HK")
    assert accepted(folded) == "3"
    assert behind(folded) == 3
    said = merged_words(folded.merged)["zh"]
    assert "2026-05-01并入" in said
    assert said in (report_paper(folded).note or "")
    assert Report.collection().find_one({"_id": frozen.id}) == before
    assert behind(Report.get(frozen.id), "QH-CD") == 2

    reorganising.restore_unit("QH-CD", actor=Person.get("admin"), now=JUNE, take_back=True)
    again = report(closed, "QH-HK")
    assert accepted(again) == "1"
    assert list(again.merged) == []


def test_the_successor_has_one_row_of_a_table_by_unit(closed: Policy) -> None:
    merge()
    found = report(closed, "QH")
    assert groups({}, BY_UNIT, found.span) == {"QH-HK": 3}
    assert behind(found, "QH-HK") == 3


def test_what_was_merged_later_is_not_folded(closed: Policy) -> None:
    merge(on=datetime(2026, 6, 8, 1, tzinfo=UTC))
    assert [one.unit for one in Unit.merged_into("QH", before=JUNE)] == ["QH-CD"]
    assert Unit.merged_into("QH", before=datetime(2026, 6, 8, 0, tzinfo=UTC)) == []
    assert Unit.merged_into("QH-QS", before=JUNE) == []
