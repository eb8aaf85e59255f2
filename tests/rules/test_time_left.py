"""How much time is left, as numbers and in words."""

from datetime import datetime, time

import pytest

from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import time_left
from documents.rules.time_words import words
from tests.rules.time_world import BANK, HOTLINE, at

# A working day of the bank has 420 minutes.


@pytest.mark.parametrize(
    ("now", "due", "overdue", "days", "minutes"),
    [
        pytest.param("2026-03-10 14:30", "2026-03-11 17:30", False, 1, 180, id="a day and three hours"),
        pytest.param("2026-03-10 14:30", "2026-03-11 10:00", False, 0, 270, id="less than a day"),
        pytest.param("2026-03-10 09:00", "2026-03-10 17:30", False, 0, 390, id="today"),
        pytest.param("2026-03-10 08:30", "2026-03-10 17:30", False, 1, 0, id="today, all of it"),
        pytest.param(
            "2026-03-06 17:30", "2026-03-10 23:59:59", False, 2, 0, id="Friday night: two whole days"
        ),
        pytest.param("2026-03-07 12:00", "2026-03-10 23:59:59", False, 2, 0, id="Saturday: still two"),
        pytest.param("2026-02-13 17:00", "2026-02-24 23:59:59", False, 2, 30, id="over the festival"),
        pytest.param("2026-03-06 18:00", "2026-03-08 23:59:59", False, 0, 0, id="only a weekend is left"),
        pytest.param("2026-03-10 10:00", "2026-03-10 10:00", False, 0, 0, id="this very moment"),
        pytest.param("2026-03-10 10:00:01", "2026-03-10 10:00", True, 0, 0, id="a second late"),
        pytest.param("2026-03-11 00:30", "2026-03-10 23:59:59", True, 0, 0, id="the night after"),
        pytest.param("2026-03-11 09:30", "2026-03-10 23:59:59", True, 0, 60, id="the morning after"),
        pytest.param("2026-03-11 18:00", "2026-03-10 23:59:59", True, 1, 0, id="a whole day late"),
        pytest.param("2026-03-12 09:30", "2026-03-10 23:59:59", True, 1, 60, id="a day and an hour late"),
        pytest.param(
            "2026-02-24 08:30", "2026-02-13 23:59:59", True, 1, 0, id="only the make-up Saturday late"
        ),
    ],
)
def test_time_left(now, due, overdue, days, minutes):
    left = time_left(at(now), at(due), BANK)
    assert (left.overdue, left.working_days, left.working_minutes) == (overdue, days, minutes)
    assert left.due_at == at(due)


@pytest.mark.parametrize(
    ("now", "due", "zh", "en"),
    [
        (
            "2026-03-10 14:30",
            "2026-03-11 17:30",
            "还剩 1 个工作日 3 小时 (周三 17:30)",
            "1 working day 3 hours left (Wed 17:30)",
        ),
        ("2026-03-10 09:00", "2026-03-10 17:30", "今日 17:30 到期", "Due today 17:30"),
        ("2026-03-10 09:00", "2026-03-10 23:59:59", "今日 24:00 到期", "Due today 24:00"),
        (
            "2026-03-10 16:45",
            "2026-03-11 09:00",
            "还剩 1 小时 15 分钟 (周三 09:00)",
            "1 hour 15 minutes left (Wed 09:00)",
        ),
        (
            "2026-03-09 16:45",
            "2026-03-11 17:29",
            "还剩 2 个工作日 (周三 17:29)",
            "2 working days left (Wed 17:29)",
        ),
        (
            "2026-03-09 10:00",
            "2026-03-18 23:59:59",
            "还剩 7 个工作日 5 小时 (3月18日 周三 24:00)",
            "7 working days 5 hours left (Wed 18 Mar 24:00)",
        ),
        (
            "2026-12-28 10:00",
            "2027-01-05 23:59:59",
            "还剩 6 个工作日 5 小时 (2027-01-05 周二 24:00)",
            "6 working days 5 hours left (Tue 2027-01-05 24:00)",
        ),
        ("2026-03-06 18:00", "2026-03-08 23:59:59", "周日 24:00 到期", "Due Sun 24:00"),
        ("2026-03-12 18:00", "2026-03-10 23:59:59", "逾期 2 个工作日", "Overdue by 2 working days"),
        (
            "2026-03-12 09:30",
            "2026-03-10 23:59:59",
            "逾期 1 个工作日 1 小时",
            "Overdue by 1 working day 1 hour",
        ),
        ("2026-03-10 10:01", "2026-03-10 10:00", "逾期 1 分钟", "Overdue by 1 minute"),
        (
            "2026-03-11 00:30",
            "2026-03-10 23:59:59",
            "已逾期 (3月10日 周二 24:00)",
            "Overdue (Tue 10 Mar 24:00)",
        ),
        ("2026-03-10 21:00", "2026-03-10 20:00", "已逾期 (周二 20:00)", "Overdue (Tue 20:00)"),
    ],
)
def test_time_left_in_words(now, due, zh, en):
    said = words(time_left(at(now), at(due), BANK), BANK, at(now))
    assert (said.zh, said.en) == (zh, en)


def test_round_the_clock_a_working_day_is_a_day():
    left = time_left(at("2026-03-07 22:00"), at("2026-03-09 23:00"), HOTLINE)
    assert (left.working_days, left.working_minutes) == (2, 60)


def test_the_second_half_past_two_of_the_night_the_clocks_go_back_is_not_the_first():
    berlin = WorkCalendar("berlin", zone="Europe/Berlin", week=(((time(0), time(0)),),) * 7)
    second = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=berlin.tz)
    left = time_left(second, datetime(2026, 10, 25, 4, tzinfo=berlin.tz), berlin)
    assert (left.working_days, left.working_minutes) == (0, 90)
