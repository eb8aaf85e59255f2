"""Every time limit that the 26 policies state, with hand-checked dates in 2025 and in 2026.

The numbers are the rows of the table of all limits. Row 8 ("in reasonable time") and row 37 ("prescribed")
state no number, and row 41 counts complaints in a window; none of them is a deadline.
"""

import pytest

from documents.rules.calendars import Line
from documents.rules.deadlines import TimeLimit, deadline
from documents.rules.durations import add_months
from documents.rules.periods import Recurrence, occurrences
from tests.rules.time_world import BANK, EXCHANGE, at, shown

NIGHT = "23:59:59"
AT_ONCE = {"counted_in": "immediately"}
SAME_DAY = {"counted_in": "same_day"}
PROMISE = {"counted_in": "natural_days", "amount": 3, "soft": True}
JUNE = {"every": "year", "on": ["06-15"]}


def wd(amount):
    return {"counted_in": "working_days", "amount": amount}


def hr(amount):
    return {"counted_in": "hours", "amount": amount}


def months(amount, **more):
    return {"counted_in": "months", "amount": amount, **more}


def day_of_year(text):
    return {"counted_in": "date", "month_day": text}


COUNTED = [
    (1, "P01", AT_ONCE, "2025-01-24 16:40", "2025-01-24 16:40"),
    (1, "P01", AT_ONCE, "2026-02-13 16:40", "2026-02-13 16:40"),
    (2, "P01", SAME_DAY, "2025-01-24 16:40", f"2025-01-24 {NIGHT}"),
    (2, "P01", SAME_DAY, "2026-02-14 18:20", f"2026-02-14 {NIGHT}"),
    (3, "P01", wd(2), "2025-01-24 16:40", f"2025-01-27 {NIGHT}"),
    (3, "P01", wd(2), "2026-02-13 16:40", f"2026-02-24 {NIGHT}"),
    (4, "P01", wd(7), "2025-01-24 16:40", f"2025-02-10 {NIGHT}"),
    (4, "P01", wd(7), "2026-02-13 16:40", f"2026-03-02 {NIGHT}"),
    (6, "P01", wd(3), "2025-09-26 11:00", f"2025-09-30 {NIGHT}"),
    (6, "P01", wd(3), "2026-09-18 11:00", f"2026-09-22 {NIGHT}"),
    (7, "P01", months(3), "2025-11-30 09:00", f"2026-02-28 {NIGHT}"),
    (7, "P01", months(3), "2026-01-15 09:00", f"2026-04-15 {NIGHT}"),
    (9, "P01", day_of_year("12-31"), "2025-03-03 09:00", f"2025-12-31 {NIGHT}"),
    (9, "P01", day_of_year("12-31"), "2026-12-31 09:00", f"2026-12-31 {NIGHT}"),
    (12, "P01", AT_ONCE, "2025-05-01 10:00", "2025-05-01 10:00"),
    (12, "P01", AT_ONCE, "2026-05-01 10:00", "2026-05-01 10:00"),
    (13, "P02", {"counted_in": "minutes", "amount": 5}, "2025-01-24 16:58", "2025-01-24 17:03"),
    (13, "P02", {"counted_in": "minutes", "amount": 5}, "2026-02-13 23:58", "2026-02-14 00:03"),
    (14, "P02", hr(12), "2025-01-24 17:00", "2025-01-25 05:00"),
    (14, "P02", hr(12), "2026-02-14 09:00", "2026-02-14 21:00"),
    (15, "P02", hr(24), "2025-02-28 10:00", "2025-03-01 10:00"),
    (15, "P02", hr(24), "2026-02-28 10:00", "2026-03-01 10:00"),
    (16, "P02", hr(24), "2025-12-31 18:00", "2026-01-01 18:00"),
    (16, "P02", hr(24), "2026-12-31 18:00", "2027-01-01 18:00"),
    (18, "P02", SAME_DAY, "2025-10-01 09:00", f"2025-10-01 {NIGHT}"),
    (18, "P02", SAME_DAY, "2026-10-10 09:00", f"2026-10-10 {NIGHT}"),
    (19, "P02", hr(12), "2025-06-02 20:00", "2025-06-03 08:00"),
    (19, "P02", hr(12), "2026-06-21 20:00", "2026-06-22 08:00"),
    (21, "P02", AT_ONCE, "2025-03-03 09:00", "2025-03-03 09:00"),
    (21, "P02", AT_ONCE, "2026-03-03 09:00", "2026-03-03 09:00"),
    (22, "P03", AT_ONCE, "2025-03-04 09:00", "2025-03-04 09:00"),
    (22, "P03", AT_ONCE, "2026-03-04 09:00", "2026-03-04 09:00"),
    (23, "P03", AT_ONCE, "2025-03-05 09:00", "2025-03-05 09:00"),
    (23, "P03", AT_ONCE, "2026-03-05 09:00", "2026-03-05 09:00"),
    (24, "P04", AT_ONCE, "2025-03-06 09:00", "2025-03-06 09:00"),
    (24, "P04", AT_ONCE, "2026-03-06 09:00", "2026-03-06 09:00"),
    (25, "P04", hr(1), "2025-09-28 17:10", "2025-09-28 18:10"),
    (25, "P04", hr(1), "2026-09-20 17:10", "2026-09-20 18:10"),
    (26, "P04", wd(3), "2025-04-03 10:00", f"2025-04-09 {NIGHT}"),
    (26, "P04", wd(3), "2026-04-03 10:00", f"2026-04-09 {NIGHT}"),
    (27, "P04", {"counted_in": "working_hours", "amount": 8}, "2025-09-30 16:30", "2025-10-09 17:30"),
    (27, "P04", {"counted_in": "working_hours", "amount": 8}, "2026-02-13 16:40", "2026-02-24 08:40"),
    (28, "P04", wd(2), "2025-04-30 10:00", f"2025-05-07 {NIGHT}"),
    (28, "P04", wd(2), "2026-04-30 10:00", f"2026-05-07 {NIGHT}"),
    (29, "P06", AT_ONCE, "2025-03-07 09:00", "2025-03-07 09:00"),
    (29, "P06", AT_ONCE, "2026-03-07 09:00", "2026-03-07 09:00"),
    (30, "P06", wd(1), "2025-04-25 15:00", f"2025-04-27 {NIGHT}"),
    (30, "P06", wd(1), "2026-05-08 15:00", f"2026-05-09 {NIGHT}"),
    (31, "P06", wd(5), "2025-05-29 15:00", f"2025-06-06 {NIGHT}"),
    (31, "P06", wd(5), "2026-06-17 15:00", f"2026-06-25 {NIGHT}"),
    (33, "P09", AT_ONCE, "2025-10-03 03:00", "2025-10-03 03:00"),
    (33, "P09", AT_ONCE, "2026-10-03 03:00", "2026-10-03 03:00"),
    (34, "P10", hr(1), "2025-12-31 23:30", "2026-01-01 00:30"),
    (34, "P10", hr(1), "2026-03-09 11:45", "2026-03-09 12:45"),
    (36, "P10", AT_ONCE, "2025-03-10 09:00", "2025-03-10 09:00"),
    (36, "P10", AT_ONCE, "2026-03-10 09:00", "2026-03-10 09:00"),
    (39, "P10", months(1), "2025-01-31 09:00", f"2025-02-28 {NIGHT}"),
    (39, "P10", months(1), "2026-03-31 09:00", f"2026-04-30 {NIGHT}"),
    (40, "P10", {"counted_in": "natural_days", "amount": 7}, "2025-01-24 10:00", f"2025-01-31 {NIGHT}"),
    (40, "P10", {"counted_in": "natural_days", "amount": 7}, "2026-02-13 10:00", f"2026-02-20 {NIGHT}"),
    (43, "P11", AT_ONCE, "2025-03-11 09:00", "2025-03-11 09:00"),
    (43, "P11", AT_ONCE, "2026-03-11 09:00", "2026-03-11 09:00"),
    (44, "P12", wd(1), "2025-12-31 10:00", f"2026-01-04 {NIGHT}"),
    (44, "P12", wd(1), "2026-10-09 10:00", f"2026-10-10 {NIGHT}"),
    (45, "P12", wd(3), "2025-10-10 10:00", f"2025-10-14 {NIGHT}"),
    (45, "P12", wd(3), "2026-01-04 10:00", f"2026-01-07 {NIGHT}"),
    (46, "P12", wd(5), "2025-09-29 10:00", f"2025-10-13 {NIGHT}"),
    (46, "P12", wd(5), "2026-09-24 10:00", f"2026-10-09 {NIGHT}"),
    (48, "P12", wd(1), "2025-05-05 10:00", f"2025-05-06 {NIGHT}"),
    (48, "P12", wd(1), "2026-02-23 10:00", f"2026-02-24 {NIGHT}"),
    (49, "P12", wd(10), "2025-01-20 10:00", f"2025-02-08 {NIGHT}"),
    (49, "P12", wd(10), "2026-02-09 10:00", f"2026-02-28 {NIGHT}"),
    (50, "P15", PROMISE, "2025-04-25 10:00", f"2025-04-28 {NIGHT}"),
    (50, "P15", PROMISE, "2026-02-13 10:00", f"2026-02-16 {NIGHT}"),
    (51, "P15", AT_ONCE, "2025-03-12 09:00", "2025-03-12 09:00"),
    (51, "P15", AT_ONCE, "2026-03-12 09:00", "2026-03-12 09:00"),
    (52, "P15", wd(5), "2025-06-05 10:00", f"2025-06-12 {NIGHT}"),
    (52, "P15", wd(5), "2026-03-06 10:00", f"2026-03-13 {NIGHT}"),
    (55, "P15", AT_ONCE, "2025-03-13 09:00", "2025-03-13 09:00"),
    (55, "P15", AT_ONCE, "2026-03-13 09:00", "2026-03-13 09:00"),
    (56, "P17", wd(3), "2025-02-06 10:00", f"2025-02-10 {NIGHT}"),
    (56, "P17", wd(3), "2026-02-26 10:00", f"2026-03-02 {NIGHT}"),
    (57, "P19", AT_ONCE, "2025-03-14 09:00", "2025-03-14 09:00"),
    (57, "P19", AT_ONCE, "2026-03-14 09:00", "2026-03-14 09:00"),
    (58, "P25", {"counted_in": "clock_time", "at": "15:30"}, "2025-09-28 10:00", "2025-09-28 15:30"),
    (58, "P25", {"counted_in": "clock_time", "at": "15:30"}, "2026-02-14 15:31", "2026-02-24 15:30"),
    (59, "P25", months(2, earliest=1), "2025-12-31 09:00", f"2026-02-28 {NIGHT}"),
    (59, "P25", months(2, earliest=1), "2026-03-31 09:00", f"2026-05-31 {NIGHT}"),
]  # fmt: skip
SET_BY_SOMEBODY = [
    (5, "P01", {"counted_in": "external"}, "2025-01-24 10:00", "2025-02-05 12:00"),
    (5, "P01", {"counted_in": "external"}, "2026-03-02 10:00", "2026-03-06 17:00"),
    (14, "P02", hr(12), "2025-01-24 10:00", "2025-01-26 09:00"),
    (14, "P02", hr(12), "2026-02-14 10:00", "2026-02-14 15:00"),
    (19, "P02", hr(12), "2025-06-02 20:00", "2025-06-04 10:00"),
    (19, "P02", hr(12), "2026-06-21 20:00", "2026-06-23 10:00"),
    (32, "P09", {"counted_in": "agreed"}, "2025-03-03 10:00", "2025-03-20 10:00"),
    (32, "P09", {"counted_in": "agreed"}, "2026-03-03 10:00", "2026-03-20 10:00"),
    (35, "P10", {"counted_in": "agreed"}, "2025-03-04 10:00", "2025-03-21 10:00"),
    (35, "P10", {"counted_in": "agreed"}, "2026-03-04 10:00", "2026-03-21 10:00"),
    (38, "P10", {"counted_in": "agreed"}, "2025-03-05 10:00", "2025-03-22 10:00"),
    (38, "P10", {"counted_in": "agreed"}, "2026-03-05 10:00", "2026-03-22 10:00"),
]
MONTHLY = {"every": "month"}
YEARLY = {"every": "year"}
DAILY = {"every": "day"}
RECURRING = [
    (10, "P01", JUNE, "2025-01-01", [f"2025-06-15 {NIGHT}"]),
    (10, "P01", {**JUNE, "nonworking": "before"}, "2025-01-01", [f"2025-06-13 {NIGHT}"]),
    (10, "P01", JUNE, "2026-01-01", [f"2026-06-15 {NIGHT}"]),
    (11, "P01", {"every": "year", "on": ["12-15"]}, "2025-07-01", [f"2025-12-15 {NIGHT}"]),
    (11, "P01", {"every": "year", "on": ["12-15"]}, "2026-07-01", [f"2026-12-15 {NIGHT}"]),
    (17, "P02", {"every": "day", "at": "17:00"}, "2025-01-28", ["2025-01-28 17:00", "2025-01-29 17:00"]),
    (17, "P02", {"every": "day", "at": "17:00"}, "2026-02-14", ["2026-02-14 17:00", "2026-02-15 17:00"]),
    (20, "P02", {"every": "month", "day": 25}, "2025-05-01", [f"2025-05-25 {NIGHT}", f"2025-06-25 {NIGHT}"]),
    (20, "P02", {"every": "month", "day": 25}, "2026-01-26", [f"2026-02-25 {NIGHT}", f"2026-03-25 {NIGHT}"]),
    (42, "P10", MONTHLY, "2025-02-01", [f"2025-02-28 {NIGHT}", f"2025-03-31 {NIGHT}"]),
    (42, "P10", MONTHLY, "2026-04-01", [f"2026-04-30 {NIGHT}", f"2026-05-31 {NIGHT}"]),
    (47, "P12", MONTHLY, "2025-06-01", [f"2025-06-30 {NIGHT}"]),
    (47, "P12", MONTHLY, "2026-06-01", [f"2026-06-30 {NIGHT}"]),
    (53, "P15", {"every": "working_day", "at": "close"}, "2025-01-26",
     ["2025-01-26 17:30", "2025-01-27 17:30", "2025-02-05 17:30"]),
    (53, "P15", {"every": "working_day", "at": "close"}, "2026-02-14",
     ["2026-02-14 17:30", "2026-02-24 17:30", "2026-02-25 17:30"]),
    (54, "P15", MONTHLY, "2025-11-01", [f"2025-11-30 {NIGHT}"]),
    (54, "P15", MONTHLY, "2026-11-01", [f"2026-11-30 {NIGHT}"]),
    (60, "P25", DAILY, "2025-10-01", [f"2025-10-01 {NIGHT}", f"2025-10-02 {NIGHT}"]),
    (60, "P25", DAILY, "2026-10-01", [f"2026-10-01 {NIGHT}", f"2026-10-02 {NIGHT}"]),
    (61, "P25", {"every": "month", "times": 2}, "2025-02-01", [f"2025-02-28 {NIGHT}"] * 2),
    (61, "P25", {"every": "quarter", "times": 2}, "2026-02-01", [f"2026-03-31 {NIGHT}"] * 2),
    (62, "P25", {"every": "half_year"}, "2025-02-01", [f"2025-06-30 {NIGHT}", f"2025-12-31 {NIGHT}"]),
    (62, "P25", {"every": "half_year"}, "2026-02-01", [f"2026-06-30 {NIGHT}", f"2026-12-31 {NIGHT}"]),
    (63, "P13", YEARLY, "2025-02-01", [f"2025-12-31 {NIGHT}"]),
    (63, "P13", YEARLY, "2026-02-01", [f"2026-12-31 {NIGHT}"]),
    (64, "P15", YEARLY, "2025-03-01", [f"2025-12-31 {NIGHT}"]),
    (64, "P15", YEARLY, "2026-03-01", [f"2026-12-31 {NIGHT}"]),
]  # fmt: skip
NO_DEADLINE = {8, 37, 41}


def limit_of(definition):
    return TimeLimit.from_definition({"key": "t", **definition})


@pytest.mark.parametrize(("row", "policy", "definition", "start", "expected"), COUNTED)
def test_a_counted_limit(row, policy, definition, start, expected):
    result = deadline(limit_of(definition), at(start), BANK)
    assert shown(result.due_at) == expected
    assert result.explanation


@pytest.mark.parametrize(("row", "policy", "definition", "start", "agreed"), SET_BY_SOMEBODY)
def test_a_limit_that_somebody_sets_or_that_an_agreement_overrides(row, policy, definition, start, agreed):
    assert shown(deadline(limit_of(definition), at(start), BANK, agreed=at(agreed)).due_at) == agreed


@pytest.mark.parametrize(("row", "policy", "definition", "start", "expected"), RECURRING)
def test_a_recurring_duty(row, policy, definition, start, expected):
    duty = Recurrence.from_definition({"key": "d", **definition})
    begin = at(f"{start} 00:00")
    end = at(f"{add_months(BANK.local(begin).date(), 12)} 00:00")
    found = occurrences(duty, begin, end, BANK)
    assert [shown(once.due_at) for once in found[: len(expected)]] == expected


def test_no_row_of_the_table_is_forgotten():
    tested = {row for row, *_ in [*COUNTED, *SET_BY_SOMEBODY, *RECURRING]}
    assert tested | NO_DEADLINE == set(range(1, 65))
    assert not tested & NO_DEADLINE


def test_a_securities_firm_may_count_in_trading_days():
    three = limit_of(wd(3))
    assert shown(deadline(three, at("2025-02-06 10:00"), EXCHANGE).due_at) == f"2025-02-11 {NIGHT}"
    assert shown(deadline(three, at("2026-02-26 10:00"), EXCHANGE).due_at) == f"2026-03-03 {NIGHT}"


def test_the_revisit_of_p25_opens_a_month_after_the_complaint_was_handled():
    revisit = limit_of(months(2, earliest=1))
    result = deadline(revisit, at("2026-03-31 09:00"), BANK)
    assert shown(result.opens_at) == "2026-04-30 00:00"
    assert (
        Line("最早自 2026-04-30 周四 00:00 起办理", "Not before Thu 2026-04-30 00:00.") in result.explanation
    )
