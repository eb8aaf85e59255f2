"""Definitions of limits: what they say, and what is refused."""

from datetime import time

import pytest

from documents.rules.limits import TimeLimit


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ({"counted_in": "working_days", "amount": 2}, "key is missing"),
        ({"key": "t"}, "counted_in is missing"),
        ({"key": "t", "counted_in": "working_days", "amout": 2}, "unknown 'amout'"),
        ({"key": "t", "counted_in": "fortnights", "amount": 2}, "cannot count in 'fortnights'"),
        ({"key": "t", "counted_in": "working_days"}, "without an amount"),
        ({"key": "t", "counted_in": "working_days", "amount": -1}, "amount -1"),
        ({"key": "t", "counted_in": "working_days", "amount": 10**9}, "allowed are 0 to 2500"),
        ({"key": "t", "counted_in": "working_days", "amount": "7"}, "amount cannot be '7'"),
        ({"key": "t", "counted_in": "working_days", "amount": True}, "amount cannot be True"),
        ({"key": "t", "counted_in": "working_days", "amount": 2, "soft": "no"}, "soft cannot be 'no'"),
        ({"key": "t", "counted_in": "same_day", "amount": 2}, "this kind has no amount"),
        ({"key": "t", "counted_in": "working_days", "amount": 2, "ends": "noon"}, "cannot end 'noon'"),
        ({"key": "t", "counted_in": "minutes", "amount": 2, "ends": "close_of_business"}, "cannot end"),
        ({"key": "t", "counted_in": "same_day", "ends": "exact"}, "no clock time of its own"),
        ({"key": "t", "counted_in": "clock_time"}, "`at` goes with"),
        ({"key": "t", "counted_in": "clock_time", "at": "25:00"}, "hour must be in"),
        ({"key": "t", "counted_in": "clock_time", "at": "15:30", "after_hours": "keep"}, "does not fit"),
        ({"key": "t", "counted_in": "working_days", "amount": 2, "at": "15:30"}, "`at` goes with"),
        ({"key": "t", "counted_in": "working_days", "amount": 2, "after_hours": "next_day"}, "does not fit"),
        ({"key": "t", "counted_in": "working_days", "amount": 2, "after_hours": "later"}, "is unknown"),
        ({"key": "t", "counted_in": "date"}, "month_day goes with"),
        ({"key": "t", "counted_in": "date", "month_day": "02-30"}, "day is out of range"),
        ({"key": "t", "counted_in": "date", "month_day": "6-15"}, "not a day of the year"),
        ({"key": "t", "counted_in": "hours", "amount": 2, "rolls_over": True}, "no last day to roll"),
        ({"key": "t", "counted_in": "hours", "amount": 2, "start_day_counts": True}, "does not count days"),
        (
            {"key": "t", "counted_in": "months", "amount": 2, "rolls_over": True, "rolls_back": True},
            "cannot roll over and roll back",
        ),
        ({"key": "t", "counted_in": "months", "amount": 2, "earliest": 3}, "does not open a window"),
        ({"key": "t", "counted_in": "date", "month_day": "06-15", "earliest": 1}, "does not open a window"),
        ({"key": "t", "counted_in": "agreed", "agreed_may_exceed": False}, "no bound of its own"),
    ],
)
def test_a_limit_that_cannot_be_meant_is_refused_with_the_reason(definition, reason):
    with pytest.raises(ValueError, match=reason):
        TimeLimit.from_definition(definition)


def test_a_definition_becomes_the_limit_it_says():
    definition = {
        "key": "reply",
        "counted_in": "clock_time",
        "at": "15:30",
        "soft": True,
        "amount": None,
    }
    limit = TimeLimit("reply", "clock_time", at=time(15, 30), soft=True, after_hours="next_working_day")
    assert TimeLimit.from_definition(definition) == limit
