"""Agreed moments, limits set by a superior, extensions and the hard cap."""

from datetime import date

import pytest

from documents.rules.broken import RuleBroken
from documents.rules.deadlines import TimeLimit, deadline, extended, hard_cap
from tests.rules.time_world import BANK, at, shown, zh

CAP = TimeLimit("longest", "months", 3)
SEVEN = TimeLimit("handle", "working_days", 7)
PROMISE = TimeLimit("promise", "natural_days", 3, agreed_may_exceed=False)
SOFT_PROMISE = TimeLimit("promise", "natural_days", 3, agreed_may_exceed=False, soft=True)


def test_an_agreed_moment_takes_the_place_of_the_limit():
    result = deadline(
        TimeLimit("finish", "hours", 12), at("2026-03-09 10:00"), BANK, agreed=at("2026-03-12 15:00")
    )
    assert shown(result.due_at) == "2026-03-12 15:00"
    assert zh(result) == [
        "约定 2026-03-12 周四 15:00 为期限",
        "优先于规定时限（原应为 2026-03-09 周一 22:00）",
    ]


@pytest.mark.parametrize(
    ("counted_in", "words"),
    [
        ("agreed", "约定 2026-03-12 周四 15:00 为期限"),
        ("external", "上级规定 2026-03-12 周四 15:00 为期限"),
    ],
)
def test_a_limit_that_somebody_sets_is_due_when_they_said(counted_in, words):
    result = deadline(TimeLimit("t", counted_in), at("2026-03-09 10:00"), BANK, agreed=at("2026-03-12 15:00"))
    assert shown(result.due_at) == "2026-03-12 15:00"
    assert zh(result) == [words]


@pytest.mark.parametrize("counted_in", ["agreed", "external"])
def test_a_limit_that_nobody_set_yet_has_no_deadline(counted_in):
    with pytest.raises(RuleBroken) as refused:
        deadline(TimeLimit("t", counted_in), at("2026-03-09 10:00"), BANK)
    assert refused.value.code == "moment_not_set"


def test_nothing_can_be_agreed_for_before_the_start():
    with pytest.raises(RuleBroken) as refused:
        deadline(SEVEN, at("2026-03-09 10:00"), BANK, agreed=at("2026-03-09 09:59"))
    assert refused.value.code == "agreed_before_start"


def test_a_promise_has_an_upper_bound():
    within = deadline(PROMISE, at("2026-03-09 10:00"), BANK, agreed=at("2026-03-12 23:59"))
    assert shown(within.due_at) == "2026-03-12 23:59"
    with pytest.raises(RuleBroken) as refused:
        deadline(PROMISE, at("2026-03-09 10:00"), BANK, agreed=at("2026-03-13 00:00"))
    assert refused.value.code == "agreed_beyond_limit"


def test_a_promise_beyond_a_soft_bound_is_noted():
    result = deadline(SOFT_PROMISE, at("2026-03-09 10:00"), BANK, agreed=at("2026-03-13 10:00"))
    assert zh(result)[-1] == "超过一般承诺期，须说明理由"


def test_a_soft_limit_says_that_it_is_soft():
    assert "本时限为一般要求，并非强制" in zh(deadline(SOFT_PROMISE, at("2026-03-09 10:00"), BANK))


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-01-15 10:00", "2026-04-15"),
        ("2026-11-30 10:00", "2027-02-28"),
        ("2025-11-30 10:00", "2026-02-28"),
        ("2023-11-30 10:00", "2024-02-29"),
    ],
)
def test_the_cap_is_three_months_from_the_first_receipt(received, last):
    cap = hard_cap(at(received), CAP, BANK)
    assert shown(cap.due_at) == f"{last} 23:59:59"
    assert zh(cap)[0] == "最长期限自首次收到之日起计算"


def current(**more):
    return deadline(TimeLimit("handle", "working_days", 7, **more), at("2026-01-20 10:00"), BANK)


def test_an_extension_keeps_the_old_and_the_new_date():
    cap = hard_cap(at("2026-01-15 10:00"), CAP, BANK)
    result = extended(current(), date(2026, 3, 13), cap=cap, calendar=BANK)
    assert shown(result.due_at) == "2026-03-13 23:59:59"
    assert zh(result)[-2:] == [
        "延期：原期限 2026-01-29 周四 24:00，延至 2026-03-13 周五 24:00",
        "未超过最长期限 2026-04-15 周三",
    ]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"ends": "close_of_business"}, "2026-03-13 17:30"),
        ({"ends": "exact"}, "2026-03-13 10:00"),
        ({}, "2026-03-13 23:59:59"),
    ],
)
def test_an_extended_deadline_ends_on_its_day_as_the_old_one_did(more, expected):
    assert shown(extended(current(**more), date(2026, 3, 13), cap=None, calendar=BANK).due_at) == expected


def test_an_extension_may_reach_the_last_day_of_the_cap_and_no_further():
    cap = hard_cap(at("2026-01-15 10:00"), CAP, BANK)
    assert shown(extended(current(), date(2026, 4, 15), cap=cap, calendar=BANK).due_at).startswith(
        "2026-04-15"
    )
    with pytest.raises(RuleBroken) as refused:
        extended(current(), date(2026, 4, 16), cap=cap, calendar=BANK)
    assert refused.value.code == "extension_beyond_cap"
    assert refused.value.facts == {"latest": "2026-04-15", "asked": "2026-04-16"}


@pytest.mark.parametrize("day", [date(2026, 1, 29), date(2026, 1, 28)])
def test_an_extension_must_be_later(day):
    with pytest.raises(RuleBroken) as refused:
        extended(current(), day, cap=None, calendar=BANK)
    assert refused.value.code == "extension_not_later"


def test_a_day_off_has_no_close_of_business_to_extend_to():
    with pytest.raises(RuleBroken) as refused:
        extended(current(ends="close_of_business"), date(2026, 2, 16), cap=None, calendar=BANK)
    assert refused.value.code == "extension_to_day_off"


def test_an_extension_can_be_extended_within_the_same_cap():
    cap = hard_cap(at("2026-01-15 10:00"), CAP, BANK)
    once = extended(current(), date(2026, 3, 13), cap=cap, calendar=BANK)
    twice = extended(once, date(2026, 4, 10), cap=cap, calendar=BANK)
    assert shown(twice.due_at) == "2026-04-10 23:59:59"
    assert sum(line.startswith("延期") for line in zh(twice)) == 2


def test_an_extension_to_a_chosen_day_is_certain_even_when_the_count_was_not():
    uncertain = deadline(SEVEN, at("2026-12-28 10:00"), BANK)
    assert not uncertain.certain
    assert extended(uncertain, date(2027, 2, 1), cap=None, calendar=BANK).certain


def test_an_extension_to_a_close_of_business_is_as_certain_as_its_year():
    deadline_at_close = current(ends="close_of_business")
    assert extended(deadline_at_close, date(2026, 12, 31), cap=None, calendar=BANK).certain
    assert not extended(deadline_at_close, date(2027, 2, 1), cap=None, calendar=BANK).certain
