"""What conditions read of a case: its newest answers, on the clocks of the policy."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from documents.case_parts import AnswerSet
from documents.complaint import Complaint
from documents.rules.expressions import holds

EVENING = datetime(2026, 2, 24, 17, 30, tzinfo=UTC)  # half past one in the night in Guangdong
CHINA = ZoneInfo("Asia/Shanghai")


def answered(*answers: tuple[str, dict[str, object]]) -> Complaint:
    sets = [AnswerSet(form=form, seq=number, values=values) for number, (form, values) in enumerate(answers)]
    return Complaint(number="X-1", answers=sets)


def test_a_moment_has_its_local_day_in_conditions() -> None:
    case = answered(("intake", {"at": EVENING, "rows": [{"at": EVENING}], "due": "2026-02-24"}))
    assert holds("at <= due", case.facts(ZoneInfo("UTC")))
    assert not holds("at <= due", case.facts(CHINA))
    assert not holds("max(rows.at) <= due", case.state(case.facts(CHINA)).facts)
    assert holds("at == later", {**case.facts(CHINA), "later": EVENING})
