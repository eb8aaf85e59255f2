"""The little calendar agrees with the deadline: as many days are counted as the limit has."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest

from documents.rules.counted_days import counted_days
from documents.rules.deadlines import deadline
from documents.rules.limits import TimeLimit
from tests.rules.time_world import BANK

START = datetime(2026, 2, 11, 2, 0, tzinfo=UTC)  # Wednesday before the Spring Festival


def kinds(limit: TimeLimit, start: datetime = START, pauses: tuple = ()) -> dict[date, tuple[str, int]]:
    """Each day's kind and number."""
    due = deadline(limit, start, BANK, pauses=pauses).due_at
    return {one.day: (one.kind, one.number) for one in counted_days(limit, (start, due), BANK, pauses=pauses)}


def test_the_spring_festival_is_off_and_its_saturdays_count():
    found = kinds(TimeLimit("reply", "working_days", 8))
    assert found[date(2026, 2, 11)] == ("start", 0)
    assert found[date(2026, 2, 13)] == ("counted", 2)
    assert found[date(2026, 2, 14)] == ("makeup", 3)
    assert found[date(2026, 2, 17)] == ("off", 0)
    assert found[date(2026, 2, 28)] == ("makeup", 8)
    assert max(found) == date(2026, 2, 28)


def test_natural_days_count_on_holidays_too_and_not_while_paused():
    pause = (datetime(2026, 2, 12, 1, tzinfo=UTC), datetime(2026, 2, 14, 1, tzinfo=UTC))
    found = kinds(TimeLimit("reply", "natural_days", 5), pauses=(pause,))
    assert [found[date(2026, 2, day)] for day in (12, 13, 14, 15, 18)] == [
        ("counted", 1),
        ("paused", 0),
        ("paused", 0),
        ("counted", 2),
        ("counted", 5),
    ]


def test_a_start_day_that_counts_is_the_first():
    found = kinds(TimeLimit("reply", "working_days", 2, start_day_counts=True))
    assert list(found.values()) == [("counted", 1), ("counted", 2)]


def test_working_hours_show_their_days_without_numbers():
    found = kinds(TimeLimit("review", "working_hours", 10))
    assert list(found.values()) == [("counted", 0), ("counted", 0)]


@pytest.mark.parametrize(
    "limit",
    [TimeLimit("x", "clock_time", at=time(15, 30), after_hours="next_day"), TimeLimit("x", "agreed")],
    ids=["clock time", "agreed"],
)
def test_what_counts_no_days_has_no_calendar(limit: TimeLimit):
    assert counted_days(limit, (START, START + timedelta(days=2)), BANK) == []


def test_the_last_number_is_the_limits_amount_on_the_day_it_ends():
    chance = random.Random(20261126)
    for _ in range(400):
        amount, kind = chance.randint(1, 60), chance.choice(["working_days", "natural_days"])
        limit = TimeLimit("x", kind, amount, start_day_counts=chance.random() < 0.3)
        start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randint(0, 500_000))
        begin = start + timedelta(hours=chance.randint(1, 500))
        pauses = ((begin, begin + timedelta(hours=chance.randint(1, 200))),) if chance.random() < 0.5 else ()
        due = deadline(limit, start, BANK, pauses=pauses).due_at
        marks = counted_days(limit, (start, due), BANK, pauses=pauses)
        assert max(one.number for one in marks) == marks[-1].number == amount, (limit, start, pauses)
        assert marks[-1].day == BANK.local(due).date()
