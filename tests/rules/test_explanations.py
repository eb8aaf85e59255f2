"""Why this date: the sentences, in both languages."""

import re

import pytest

from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import TimeLimit, deadline
from tests.rules.time_world import BANK, DAYS_OFF, MAKEUP_DAYS, at, en, zh


def explained(start, counted_in, amount=None, **more):
    limit = TimeLimit.from_definition({"key": "t", "counted_in": counted_in, "amount": amount, **more})
    return deadline(limit, at(start), BANK)


def test_seven_working_days_over_the_spring_festival():
    result = explained("2026-02-13 16:40", "working_days", 7)
    assert zh(result) == [
        "2026-02-13 周五 16:40 起算；当日不计入",
        "2026-02-14 周六 为调休上班日（春节），计入第 1 日",
        "2026-02-15 周日 至 2026-02-23 周一 春节放假，不计入",
        "2026-02-28 周六 为调休上班日（春节），计入第 6 日",
        "2026-03-01 周日 休息日，不计入",
        "第 7 个工作日为 2026-03-02 周一",
        "期限为 2026-03-02 周一 24:00（当日终了）",
    ]
    assert en(result) == [
        "Starts Fri 2026-02-13 16:40; that day is not counted.",
        "Sat 2026-02-14 is a make-up working day; it counts as day 1.",
        "Sun 2026-02-15 to Mon 2026-02-23: Spring Festival holiday, not counted.",
        "Sat 2026-02-28 is a make-up working day; it counts as day 6.",
        "Sun 2026-03-01: rest day, not counted.",
        "Working day 7 is Mon 2026-03-02.",
        "Due Mon 2026-03-02 24:00 (end of the day).",
    ]


def test_fifteen_natural_days_that_roll_over():
    assert zh(explained("2026-02-05 10:00", "natural_days", 15, rolls_over=True)) == [
        "2026-02-05 周四 10:00 起算；当日不计入",
        "连续计算 15 日（含节假日），至 2026-02-20 周五",
        "末日 2026-02-20 周五 为春节放假，顺延至 2026-02-24 周二",
        "期限为 2026-02-24 周二 24:00（当日终了）",
    ]


def test_eight_working_hours():
    assert zh(explained("2026-02-13 16:40", "working_hours", 8)) == [
        "2026-02-13 周五 16:40 起算，只计工作时间，共 8 小时",
        "2026-02-14 周六 为调休上班日（春节），计入",
        "2026-02-15 周日 至 2026-02-23 周一 春节放假，不计入",
        "2026-02-13 周五 计 50 分钟",
        "2026-02-14 周六 计 7 小时",
        "2026-02-24 周二 计 10 分钟",
        "期限为 2026-02-24 周二 08:40（按时刻计）",
    ]


def test_many_working_hours_are_not_told_day_by_day():
    lines = zh(explained("2026-03-09 10:00", "working_hours", 80))
    assert lines[0] == "2026-03-09 周一 10:00 起算，只计工作时间，共 80 小时"
    assert not any(" 计 " in line for line in lines)


def test_a_month_without_the_day():
    assert "1 个月，至 2026-02-28 周六（该月无对应日，以月末日为准）" in zh(
        explained("2026-01-31 10:00", "months", 1)
    )


def test_a_clock_time_that_has_passed():
    late = explained("2026-03-06 16:00", "clock_time", at="15:30")
    assert "2026-03-06 周五 该时刻已过，顺延至 2026-03-09 周一" in zh(late)
    closed = explained("2026-03-07 10:00", "clock_time", at="15:30")
    assert "Sat 2026-03-07: not a working day; moved to Mon 2026-03-09." in en(closed)


def test_many_weekends_are_told_in_one_sentence():
    lines = zh(explained("2026-03-09 10:00", "working_days", 60))
    assert "其间 10 段休息日共 19 天，不计入" in lines
    assert len(lines) < 12


def test_two_holidays_in_one_are_named_in_english():
    assert (
        "Wed 2025-10-01 to Wed 2025-10-08: Mid-Autumn Festival and National Day holiday, not counted."
        in en(explained("2025-09-29 10:00", "working_days", 3))
    )


@pytest.mark.parametrize(
    ("start", "counted_in", "amount", "more", "certain"),
    [
        pytest.param("2026-12-21 10:00", "working_days", 7, {}, True, id="ends within the year"),
        pytest.param("2026-12-28 10:00", "working_days", 7, {}, False, id="runs into 2027"),
        pytest.param("2026-12-28 10:00", "natural_days", 30, {}, True, id="no calendar is asked"),
        pytest.param(
            "2026-12-28 10:00", "natural_days", 30, {"rolls_over": True}, False, id="roll-over asks"
        ),
        pytest.param(
            "2026-12-28 10:00", "months", 1, {"ends": "close_of_business"}, False, id="closing asks"
        ),
        pytest.param("2026-12-31 17:00", "working_hours", 2, {}, False, id="working hours ask"),
        pytest.param("2026-12-31 17:00", "hours", 20, {}, True, id="hours do not"),
        pytest.param(
            "2026-12-31 18:00", "hours", 2, {"after_hours": "next_opening"}, False, id="opening asks"
        ),
        pytest.param("2026-12-31 16:00", "clock_time", None, {"at": "15:30"}, False, id="next working day"),
        pytest.param("2024-12-30 10:00", "working_days", 3, {}, False, id="begins in an unknown year"),
    ],
)
def test_a_year_without_its_notice_makes_the_date_uncertain_and_says_so(
    start, counted_in, amount, more, certain
):
    result = explained(start, counted_in, amount, **more)
    assert result.certain is certain
    assert any("放假安排尚未载入" in line for line in zh(result)) is not certain
    assert any("no holiday notice is loaded" in line for line in en(result)) is not certain


def test_the_warning_names_the_year():
    result = explained("2026-12-28 10:00", "working_days", 7)
    assert zh(result)[-1] == "注意：2027 年放假安排尚未载入，按一般周历推算，日期可能变动"


KINDS = [
    {"counted_in": "minutes", "amount": 5},
    {"counted_in": "hours", "amount": 12},
    {"counted_in": "working_minutes", "amount": 90},
    {"counted_in": "working_hours", "amount": 80},
    {"counted_in": "working_days", "amount": 0},
    {"counted_in": "working_days", "amount": 7, "start_day_counts": True},
    {"counted_in": "natural_days", "amount": 15, "rolls_back": True},
    {"counted_in": "months", "amount": 2, "earliest": 1},
    {"counted_in": "same_day", "ends": "close_of_business", "after_hours": "next_opening"},
    {"counted_in": "clock_time", "at": "15:30"},
    {"counted_in": "date", "month_day": "06-15", "rolls_back": True},
    {"counted_in": "immediately"},
    {"counted_in": "immediately", "amount": 30},
]


@pytest.mark.parametrize("definition", KINDS, ids=lambda kind: "-".join(map(str, kind.values())))
@pytest.mark.parametrize("start", ["2026-02-14 18:00", "2026-06-13 09:00", "2025-09-30 17:31"])
def test_every_kind_explains_itself_in_both_languages(definition, start):
    limit = TimeLimit.from_definition({"key": "t", **definition})
    result = deadline(limit, at(start), BANK)
    local = BANK.local(result.due_at)
    assert any(f"{local:%Y-%m-%d}" in line for line in zh(result))
    for line in result.explanation:
        assert line.zh.strip()
        assert line.en.strip()
        assert not re.search("[\u4e00-\u9fff]", line.en), line.en
        assert "None" not in line.zh + line.en


def test_a_name_that_nobody_translated_stays_as_it_is():
    calendar = WorkCalendar.from_definition(
        {"key": "t", "days_off": {**DAYS_OFF, "2026-03-10": "行庆"}, "makeup_days": MAKEUP_DAYS}
    )
    result = deadline(TimeLimit("t", "working_days", 2), at("2026-03-09 10:00"), calendar)
    assert "Tue 2026-03-10: 行庆 holiday, not counted." in en(result)
