"""Which firings are worth planning when a clock starts late, or runs on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from documents.rules.planning import TOLD, TOO_LATE, needless
from documents.rules.reminders import PlannedTimer

DUE = datetime(2026, 5, 8, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HALF = PlannedTimer("half", 1, DUE - 4 * DAY)
BEFORE = PlannedTimer("before", 1, DUE - 2 * DAY)
AT = PlannedTimer("due", 1, DUE)
LATE = PlannedTimer("late", 1, DUE + DAY)
LADDER = [HALF, BEFORE, AT, LATE]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(DUE - 5 * DAY, [], id="in good time everything is planned"),
        pytest.param(DUE - 3 * DAY, [HALF], id="past, and another reminder is ahead"),
        pytest.param(DUE - DAY, [HALF], id="past, and no other is ahead: the last one is given at once"),
        pytest.param(DUE + 3 * DAY, [HALF, BEFORE], id="overdue: only what is overdue is told"),
    ],
)
def test_what_is_left_out(now: datetime, expected: list[PlannedTimer]) -> None:
    assert needless(LADDER, DUE, now=now) == dict.fromkeys(expected, TOO_LATE)


def test_what_was_told_for_the_same_moment_is_not_told_again() -> None:
    told = {("due", 1, DUE), ("late", 1, DUE + 2 * DAY)}
    assert needless(LADDER, DUE, now=DUE - 5 * DAY, told=told) == {AT: TOLD}
