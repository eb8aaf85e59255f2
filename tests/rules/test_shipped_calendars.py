"""The calendars that ship with the product: the bank's and the exchange's, 2004 to 2026."""

from datetime import date, time

import chinese_calendar
import pytest

from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.work_calendar import official_source, shipped_as, shipped_calendar
from tests.rules.time_world import MAKEUP_DAYS, days

BANK = WorkCalendar.from_definition(shipped_calendar("cn-bank"))
EXCHANGE = WorkCalendar.from_definition(shipped_calendar("cn-exchange"))


def test_every_published_year_is_covered_and_no_other():
    assert BANK.covered_years == EXCHANGE.covered_years == frozenset(range(2004, 2027))
    assert "chinesecalendar" in official_source()


def test_the_bank_works_as_published():
    published = days("2004-01-01", "2026-12-31")
    wrong = [day for day in published if BANK.is_working(day) != chinese_calendar.is_workday(day)]
    assert wrong == []


def test_the_exchange_keeps_the_days_off_and_no_make_up_day():
    assert EXCHANGE.days_off == BANK.days_off
    assert not any(EXCHANGE.is_working(date.fromisoformat(day)) for day in MAKEUP_DAYS)
    counted = {
        year: sum(EXCHANGE.is_working(day) for day in days(f"{year}-01-01", f"{year}-12-31"))
        for year in (2025, 2026)
    }
    assert counted == {2025: 243, 2026: 242}  # counted from the notices


def test_the_exchange_has_trading_hours():
    assert EXCHANGE.hours(date(2026, 2, 24)) == ((time(9, 30), time(11, 30)), (time(13), time(15)))


def test_the_packs_own_name_is_the_banks_calendar():
    assert {**shipped_calendar("cn"), "key": "cn-bank"} == shipped_calendar("cn-bank")


def test_an_unknown_calendar_is_refused_but_a_policy_may_name_its_own():
    with pytest.raises(RuleBroken) as refused:
        shipped_calendar("acme")
    assert refused.value.code == "unknown_calendar"
    assert shipped_as("acme") == {**shipped_calendar("cn-bank"), "key": "acme"}


def test_a_trading_calendar_with_a_make_up_day_is_refused():
    definition = {**shipped_calendar("cn-exchange"), "makeup_days": {"2026-02-14": "春节"}}
    with pytest.raises(ValueError, match="never works on a make-up day like 2026-02-14"):
        WorkCalendar.from_definition(definition)
