"""Ladders: when each rung falls due."""

import pytest

from documents.rules.deadlines import TimeLimit, deadline
from documents.rules.reminders import MOST_REPEATS, PlannedTimer, Rung, dropped, plan
from tests.rules.time_world import BANK, HOTLINE, at, shown

HEAD = ({"role": "unit_head"},)


def rung(at_, key="r", **more):
    return Rung.from_definition(
        {"key": key, "at": at_, "tell": list(HEAD), "label": {"zh": "提醒", "en": "Reminder"}, **more}
    )


def moments(ladder, start, due, calendar=BANK):
    return [
        (timer.rung, timer.number, shown(timer.due)) for timer in plan(ladder, at(start), at(due), calendar)
    ]


@pytest.mark.parametrize(
    ("at_", "expected"),
    [
        pytest.param("start", "2026-03-09 10:00", id="start"),
        pytest.param("start+2wh", "2026-03-09 14:00", id="two working hours later, at lunch: after lunch"),
        pytest.param("start+1wd", "2026-03-10 10:00", id="same clock on the next working day"),
        pytest.param("50%", "2026-03-13 09:15", id="half of 54.5 working hours"),
        pytest.param("99%", "2026-03-18 16:57:18", id="nearly all"),
        pytest.param("due-2wd", "2026-03-16 08:30", id="two working days before, in the morning"),
        pytest.param("due-1wd", "2026-03-17 08:30", id="one working day before"),
        pytest.param("due-4wh", "2026-03-18 11:30", id="four working hours before the close"),
        pytest.param("due-30wmin", "2026-03-18 17:00", id="half a working hour before the close"),
        pytest.param("due-1d", "2026-03-17 23:59:59", id="a natural day before"),
        pytest.param("due-6h", "2026-03-18 17:59:59", id="six hours before"),
        pytest.param("due", "2026-03-18 23:59:59", id="due"),
        pytest.param("due+30min", "2026-03-19 00:29:59", id="half an hour after"),
        pytest.param("due+1wh", "2026-03-19 09:30", id="a working hour after"),
        pytest.param("due+1wd", "2026-03-20 08:30", id="when one working day has passed"),
        pytest.param("due+2wd", "2026-03-23 08:30", id="over the weekend"),
        pytest.param("due+2d", "2026-03-20 23:59:59", id="two natural days after"),
    ],
)
def test_a_rung_of_a_limit_of_seven_working_days(at_, expected):
    due_at = deadline(TimeLimit("t", "working_days", 7), at("2026-03-09 10:00"), BANK).due_at
    planned = plan([rung(at_)], at("2026-03-09 10:00"), due_at, BANK)
    assert [shown(timer.due) for timer in planned] == [expected]


@pytest.mark.parametrize(
    ("at_", "due", "expected"),
    [
        pytest.param("due-1wd", "2026-03-18 15:00", "2026-03-17 15:00", id="inside hours: same clock"),
        pytest.param("due-1wd", "2026-03-18 12:30", "2026-03-17 08:30", id="lunch: the morning"),
        pytest.param("due-1wd", "2026-03-18 17:30", "2026-03-17 08:30", id="the close: the morning"),
        pytest.param("due-1wd", "2026-03-22 23:59:59", "2026-03-20 08:30", id="due on a Sunday"),
        pytest.param("due+1wd", "2026-03-20 15:00", "2026-03-23 15:00", id="over a weekend"),
        pytest.param("due+1wd", "2026-03-18 12:30", "2026-03-19 14:00", id="from lunch"),
        pytest.param(
            "due+1wd", "2026-03-21 12:00", "2026-03-24 08:30", id="from a Saturday: Monday passes first"
        ),
        pytest.param("due+1wh", "2026-03-18 16:30", "2026-03-19 08:30", id="at the close: next morning"),
        pytest.param("due-1wd", "2026-02-24 15:00", "2026-02-14 15:00", id="back over the festival"),
    ],
)
def test_rungs_in_working_time_land_inside_working_hours(at_, due, expected):
    (timer,) = plan([rung(at_)], at("2026-01-05 10:00"), at(due), BANK)
    assert shown(timer.due) == expected
    assert BANK.is_open(timer.due)


def test_the_half_of_a_limit_in_which_nobody_works_is_half_of_its_time():
    assert moments([rung("50%")], "2026-03-07 10:00", "2026-03-07 12:00") == [("r", 1, "2026-03-07 11:00")]


def test_a_limit_of_no_length_has_no_half():
    assert moments([rung("50%"), rung("due", "d")], "2026-03-09 10:00", "2026-03-09 10:00") == [
        ("d", 1, "2026-03-09 10:00")
    ]


def test_a_ladder_is_planned_in_the_order_of_time():
    ladder = [rung("due+2wd", "leader"), rung("due", "head"), rung("due-1wd", "handler"), rung("50%", "half")]
    planned = moments(ladder, "2026-03-09 10:00", "2026-03-18 23:59:59")
    assert [key for key, *_ in planned] == ["half", "handler", "head", "leader"]


def test_rungs_of_one_moment_keep_the_order_of_the_ladder():
    ladder = [rung("due", "b"), rung("due", "a")]
    planned = moments(ladder, "2026-03-09 10:00", "2026-03-18 23:59:59")
    assert [key for key, *_ in planned] == ["b", "a"]


def test_a_rung_repeats_as_often_as_it_says():
    again = rung("due+1wd", repeat={"every": "1wd", "max": 4})
    assert moments([again], "2026-02-05 10:00", "2026-02-12 17:30") == [
        ("r", 1, "2026-02-14 08:30"),
        ("r", 2, "2026-02-24 08:30"),
        ("r", 3, "2026-02-25 08:30"),
        ("r", 4, "2026-02-26 08:30"),
    ]


def test_a_rung_before_the_due_moment_stops_repeating_there():
    again = rung("due-2wd", repeat={"every": "1wd", "max": 9})
    assert moments([again], "2026-03-09 10:00", "2026-03-18 23:59:59") == [
        ("r", 1, "2026-03-16 08:30"),
        ("r", 2, "2026-03-17 08:30"),
        ("r", 3, "2026-03-18 08:30"),
    ]


def test_a_repetition_on_the_due_moment_itself_is_left_to_the_rungs_at_due():
    again = rung("due-2d", repeat={"every": "1d", "max": 5})
    assert moments([again], "2026-03-09 10:00", "2026-03-18 15:00") == [
        ("r", 1, "2026-03-16 15:00"),
        ("r", 2, "2026-03-17 15:00"),
    ]


def test_a_rung_before_the_start_is_dropped_and_says_so():
    ladder = [rung("due-3wd", "early"), rung("due", "due")]
    start, due = "2026-03-09 10:00", "2026-03-10 23:59:59"
    assert moments(ladder, start, due) == [("due", 1, "2026-03-10 23:59:59")]
    (left_out,) = dropped(ladder, at(start), at(due), BANK)
    assert left_out.rung == "early"
    assert left_out.reason.zh == "该时刻不在起算与到期之间，不设提醒"


def test_a_rung_before_the_start_fires_at_once_when_it_says_so():
    early = rung("due-3wd", if_past="at_once")
    assert moments([early], "2026-03-09 10:00", "2026-03-10 23:59:59") == [("r", 1, "2026-03-09 10:00")]
    assert dropped([early], at("2026-03-09 10:00"), at("2026-03-10 23:59:59"), BANK) == []


def test_round_the_clock_every_moment_is_inside_working_hours():
    assert moments([rung("50%")], "2026-03-07 22:00", "2026-03-08 04:00", HOTLINE) == [
        ("r", 1, "2026-03-08 01:00")
    ]


def test_a_rung_is_what_its_definition_says():
    read = Rung.from_definition(
        {
            "key": "overdue",
            "at": "due+2wd",
            "tell": [{"role": "head", "at": "intake"}, {"is": "handler"}],
            "label": {"zh": "逾期", "en": "Overdue"},
            "level": 2,
            "repeat": {"every": "4wh", "max": 3},
        }
    )
    assert read.tell == ({"role": "head", "at": "intake"}, {"is": "handler"})
    assert (read.every, read.max, read.level, read.name.zh) == ("4wh", 3, 2, "逾期")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"at": "half"}, "cannot read at 'half'"),
        ({"at": "0%"}, "cannot read at"),
        ({"at": "100%"}, "cannot read at"),
        ({"at": "due-0wd"}, "cannot read at"),
        ({"at": "due+2wk"}, "cannot read at"),
        ({"at": "due-1wd "}, "cannot read at"),
        ({"at": "start-1wd"}, "nothing can fire before the start"),
        ({"tell": []}, "tells nobody"),
        ({"tell": ["head"]}, "is not a table"),
        ({"tell": None}, "not a list of recipients"),
        ({"repeat": {"every": "1wd"}}, "needs both every and max"),
        ({"repeat": {"max": 3}}, "every is missing"),
        ({"repeat": {"every": "1wk", "max": 3}}, "cannot repeat every '1wk'"),
        ({"repeat": {"every": "1wd", "max": MOST_REPEATS + 1}}, "needs both every and max"),
        ({"repeat": {"every": "1wd", "max": "3"}}, "not a whole number"),
        ({"repeat": {"every": "1wd", "times": 3}}, "unknown 'times'"),
        ({"if_past": "maybe"}, "neither drop nor at_once"),
        ({"whom": "head"}, "unknown 'whom'"),
    ],
)
def test_a_rung_that_cannot_be_meant_is_refused_with_the_reason(changes, reason):
    with pytest.raises(ValueError, match=reason):
        Rung.from_definition({"key": "r", "at": "due", "tell": list(HEAD), **changes})


def test_a_timer_is_a_value():
    assert plan([rung("due")], at("2026-03-09 10:00"), at("2026-03-10 10:00"), BANK) == [
        PlannedTimer("r", 1, at("2026-03-10 10:00"))
    ]
