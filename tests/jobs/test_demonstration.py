"""The custody pages are not empty on the first visit: a loan that is asked for, a volume that is due."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from pymongo.database import Database

from documents import due_volumes
from documents.complaint import Complaint
from documents.demonstration import play
from documents.loan import ASKED, Loan
from documents.policy import forget_views
from jobs import demonstration, papers
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
    papers.render_volume(old.volume.number, NOW.isoformat())
    years = due_volumes.by_year("QH", date(2026, 11, 23))
    assert [one.total for one in years] == [1, 0, 0, 0, 0, 0]
