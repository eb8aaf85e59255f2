"""Edits of a calendar: single days, hours, the week, a notice; and what is refused with its reason."""

from datetime import date, timedelta

import pytest

from documents.rules.broken import RuleBroken
from documents.rules.calendar_edits import (
    HOURS,
    OFF,
    CalendarEdit,
    DayChange,
    changed_days,
    edited,
    read_hours,
    span,
)
from documents.rules.calendar_files import calendar_file
from documents.rules.calendars import WorkCalendar
from documents.rules.holiday_notices import YearDays, read_notice
from documents.work_calendar import shipped_calendar
from tests.rules.time_world import at

BANK = shipped_calendar("cn-bank")
HALF = date(2026, 2, 13)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("08:30-12:00、14:00-17:30", ("08:30-12:00", "14:00-17:30")),
        (" 08：30 – 12：00，14:00—17:30 ", ("08:30-12:00", "14:00-17:30")),
        ("9:00至12:00\n13:00~24:00", ("9:00-12:00", "13:00-24:00")),
        ("", ()),
    ],
)
def test_hours_as_people_type_them(typed, meant):
    assert read_hours(typed) == meant


def test_half_a_day_and_a_new_week():
    half = edited(BANK, CalendarEdit({HALF: DayChange(HOURS, hours=("08:30-12:00",))}))
    assert WorkCalendar.from_definition(half).closing(HALF) == at("2026-02-13 12:00")
    assert list(changed_days(BANK, half)) == [(HALF, "ordinary", "hours:08:30-12:00")]
    assert span(BANK, half) == (HALF, HALF)
    week = edited(half, CalendarEdit(week=(("09:00-17:00",),) * 5 + ((), ())))
    assert WorkCalendar.from_definition(week).opening(date(2026, 3, 2)) == at("2026-03-02 09:00")
    assert span(half, week) == (date.min, date.max)
    assert span(week, week) is None


def test_a_notice_brings_no_make_up_days_to_an_exchange():
    notice = YearDays(2027, {date(2027, 2, 6): "春节"}, {date(2027, 2, 20): "春节"})
    exchange = edited(shipped_calendar("cn-exchange"), CalendarEdit(notice=notice))
    assert exchange["makeup_days"] == {}
    assert exchange["days_off"]["2027-02-06"] == "春节"
    assert edited(BANK, CalendarEdit(notice=notice))["makeup_days"]["2027-02-20"] == "春节"


@pytest.mark.parametrize(
    ("edit", "code", "reason"),
    [
        (CalendarEdit(week=((),) * 7), "calendar_invalid", "no day of the week is worked"),
        (CalendarEdit(week=(("12:00-08:30",),) + ((),) * 6), "calendar_invalid", "end before they start"),
        (CalendarEdit(week=(("08:00-12:00", "11:00-13:00"),) + ((),) * 6), "calendar_invalid", "overlap"),
        (CalendarEdit(week=(("08:00",),) + ((),) * 6), "calendar_invalid", "not an interval"),
        (
            CalendarEdit(week=(("25:00-26:00",),) + ((),) * 6),
            "calendar_invalid",
            "不是 08:30-12:00",
        ),
        (CalendarEdit({HALF: DayChange(HOURS)}), "calendar_invalid", "no working hours"),
        (CalendarEdit({date.max: DayChange(OFF)}), "calendar_invalid", "2000–2100"),
        (
            CalendarEdit({date(2026, 1, 1) + timedelta(n): DayChange(OFF, "停业") for n in range(365)}),
            "calendar_without_work",
            "2026",
        ),
    ],
)
def test_bad_edits_are_refused_with_the_reason(edit, code, reason):
    with pytest.raises(RuleBroken) as refused:
        edited(BANK, edit)
    assert refused.value.code == code
    assert reason in str(refused.value.facts)


def test_what_is_exported_as_ical_is_read_back():
    half = edited(BANK, CalendarEdit({HALF: DayChange(HOURS, hours=("08:30-12:00",))}))
    text = calendar_file(WorkCalendar.from_definition(half), "营业日；a,b", at("2026-01-04 09:00"))
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    wanted = [one for one in text.split("BEGIN:VEVENT") if "DTSTART;VALUE=DATE:2026" in one]
    found = read_notice("BEGIN:VCALENDAR\r\nBEGIN:VEVENT" + "BEGIN:VEVENT".join(wanted), 2026)
    days_off = {day: name for day, name in BANK["days_off"].items() if day.startswith("2026")}
    makeup = {day: name for day, name in BANK["makeup_days"].items() if day.startswith("2026")}
    assert {day.isoformat(): name for day, name in found.days_off.items()} == days_off
    assert {day.isoformat(): name for day, name in found.makeup_days.items()} == makeup


def test_a_whole_ical_file_gives_the_asked_year():
    text = calendar_file(WorkCalendar.from_definition(BANK), "营业日", at("2026-01-04 09:00"))
    found = read_notice(text, 2026)
    assert {day.year for day in (*found.days_off, *found.makeup_days)} == {2026}
