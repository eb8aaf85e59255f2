"""The custody pages are not empty on the first visit: a loan that is asked for, a volume that is due."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pymongo.database import Database

from documents.complaint import Complaint
from documents.demonstration import play
from documents.loan import ASKED, Loan
from documents.policy import Policy, forget_views
from documents.rules.retention import RetentionRule
from jobs import demonstration
from jobs.surroundings import Surroundings

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_a_loan_is_asked_for_once_and_a_volume_is_due(
    database: Database[dict[str, Any]], surroundings: Surroundings
) -> None:
    forget_views()
    play("p01", now=NOW)
    assert demonstration.lend("p01", NOW.isoformat()) == 1
    assert demonstration.lend("p01", NOW.isoformat()) == 0
    (loan,) = Loan.objects
    assert (loan.state, loan.asked_name, loan.owner, loan.until) == (ASKED, "周涛", "QH", "2026-12-07")
    (old,) = Complaint.objects(closed_at__lt=datetime(2016, 1, 1, tzinfo=UTC))
    rule = RetentionRule.of(Policy.current("p01").definition["archive"])
    closed, kept = old.closed_at.date().isoformat(), old.volume
    assert rule.due_year(closed, kept.year, kept.retention["years"]) == NOW.year
