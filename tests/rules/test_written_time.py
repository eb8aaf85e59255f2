"""Counts, moments and intervals as people write them; what cannot be read is refused with the reason."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from documents.rules.broken import RuleBroken
from documents.rules.limits import TimeLimit
from documents.rules.written_time import read_count, read_moment, read_pause
from tests.rules.time_world import SHANGHAI

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("7 working_days", TimeLimit("count", "working_days", 7)),
        (" 7  working_days ", TimeLimit("count", "working_days", 7)),
        ("7个工作日", TimeLimit("count", "working_days", 7)),
        ("15 日", TimeLimit("count", "natural_days", 15)),
        ("3个月", TimeLimit("count", "months", 3)),
        ("8 工作小时", TimeLimit("count", "working_hours", 8)),
        ("5 minutes", TimeLimit("count", "minutes", 5)),
        ("same_day", TimeLimit("count", "same_day")),
        ("当天", TimeLimit("count", "same_day")),
        ("immediately", TimeLimit("count", "immediately")),
        ("10 immediately", TimeLimit("count", "immediately", 10)),
        (
            "5 working_days ends=close_of_business start_day_counts",
            TimeLimit("count", "working_days", 5, ends="close_of_business", start_day_counts=True),
        ),
        ("2 months earliest=1 rolls_over=true", TimeLimit("count", "months", 2, earliest=1, rolls_over=True)),
    ],
)
def test_a_count_is_read(text: str, limit: TimeLimit) -> None:
    assert read_count(text) == limit


def test_a_clock_time_and_a_date_are_counts_too() -> None:
    assert read_count("15:30").counted_in == "clock_time"
    assert read_count("15:30 after_hours=next_day").after_hours == "next_day"
    assert read_count("06-15 rolls_back").month_day == (6, 15)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1000000000 natural_days", "allowed are 0 to 3660"),
        ("9999999999999999 working_days", "cannot read the count"),
        ("-1 working_days", "cannot read the count"),
        ("1.5 hours", "cannot read the count"),
        ("", "cannot read the count"),
        ("7 fortnights", "cannot count in 'fortnights'"),
        ("working_days", "without an amount"),
        ("3 same_day", "this kind has no amount"),
        ("02-30", "no year has such a day"),
        ("25:00", "hour must be in 0..23"),
        ("7 working_days colour=red", "unknown 'colour'"),
        ("7 working_days rolls_over rolls_back", "cannot roll over and roll back"),
        ("2 months earliest=3", "does not open a window"),
        ("7 working_days amount=x", "amount cannot be 'x'"),
    ],
)
def test_a_count_that_cannot_be_read_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_count(text)


def test_a_moment_without_a_zone_stands_on_the_clocks_of_the_calendar() -> None:
    expected = datetime(2026, 2, 13, 8, 40, tzinfo=UTC)
    for text in ("2026-02-13T16:40", "2026-02-13 16:40:00", "2026-02-13T08:40Z", "2026-02-13T03:40-05:00"):
        assert read_moment(text, SHANGHAI) == expected


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2025-02-29T10:00", "13/02/2026", "tomorrow", "", "2026-02-13T25:00"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no moment"):
        read_moment(text, SHANGHAI)


def test_a_clock_time_that_the_clocks_skip_is_refused_and_of_a_double_one_the_first_is_meant() -> None:
    with pytest.raises(ValueError, match="is skipped by the clocks of Europe/Berlin"):
        read_moment("2026-03-29T02:30", BERLIN)
    assert read_moment("2026-10-25T02:30", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_pause_is_an_interval_that_ends_after_it_begins_or_lasts() -> None:
    begin, end = datetime(2026, 3, 4, 7, tzinfo=UTC), datetime(2026, 3, 16, 1, tzinfo=UTC)
    assert read_pause("2026-03-04T15:00..2026-03-16T09:00", SHANGHAI) == (begin, end)
    assert read_pause("2026-03-04T15:00..", SHANGHAI) == (begin, None)
    with pytest.raises(ValueError, match="is no interval"):
        read_pause("2026-03-04T15:00", SHANGHAI)
    with pytest.raises(RuleBroken) as refused:
        read_pause("2026-03-16T09:00..2026-03-04T15:00", SHANGHAI)
    assert refused.value.code == "pause_ends_before_start"
