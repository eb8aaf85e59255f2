"""The deadline that stands after pauses, extensions and an agreed moment, in the order in which they came."""

from datetime import date

import pytest

from documents.rules.deadlines import TimeLimit, deadline, hard_cap
from documents.rules.standing import Extended, History, can_pause, standing
from tests.rules.time_world import BANK, at, en, shown, zh

SEVEN = TimeLimit("handle", "working_days", 7)
DAYS, MONTH = TimeLimit("t", "natural_days", 7), TimeLimit("t", "months", 1)
HOURS, WORKING = TimeLimit("t", "hours", 48), TimeLimit("t", "working_hours", 8)
NIGHT = "23:59:59"


def history(start, pauses=(), extensions=(), **more):
    return History(
        at(start),
        [(at(begin), at(end) if end else None) for begin, end in pauses],
        [Extended(at(decided), date.fromisoformat(until)) for decided, until in extensions],
        **more,
    )


def test_without_history_it_is_the_deadline_of_the_limit():
    start = "2026-02-13 16:40"
    assert standing(SEVEN, history(start), BANK) == deadline(SEVEN, at(start), BANK)


def test_pauses_count_as_in_the_limit():
    pauses = [("2026-03-03 10:00", "2026-03-06 09:00")]
    begin, end = map(at, pauses[0])
    expected = deadline(SEVEN, at("2026-03-02 10:00"), BANK, pauses=[(begin, end)])
    found = standing(SEVEN, history("2026-03-02 10:00", pauses), BANK)
    assert found == expected
    assert shown(found.due_at) == f"2026-03-16 {NIGHT}"  # 4, 5, 6 March left out of 3 to 11 March


@pytest.mark.parametrize(
    ("limit", "until", "pause", "expected"),
    [
        # Extended to Friday the 20th; a pause from Sunday takes 16–19 March away, from Monday only 17–19.
        (SEVEN, "2026-03-20", ("2026-03-15 10:00", "2026-03-19 10:00"), f"2026-03-26 {NIGHT}"),
        (SEVEN, "2026-03-20", ("2026-03-16 10:00", "2026-03-19 10:00"), f"2026-03-25 {NIGHT}"),
        (SEVEN, "2026-03-20", ("2026-03-18 10:00", "2026-03-18 16:00"), f"2026-03-20 {NIGHT}"),
        # A Saturday that people chose is not brought forward by a pause over the weekend before it.
        (SEVEN, "2026-03-21", ("2026-03-14 10:00", "2026-03-15 10:00"), f"2026-03-21 {NIGHT}"),
        (DAYS, "2026-03-20", ("2026-03-14 10:00", "2026-03-17 10:00"), f"2026-03-23 {NIGHT}"),
        (MONTH, "2026-04-30", ("2026-03-14 10:00", "2026-03-17 10:00"), f"2026-05-03 {NIGHT}"),
        (HOURS, "2026-03-20", ("2026-03-14 10:00", "2026-03-14 11:30"), "2026-03-20 11:30"),
        (WORKING, "2026-03-20", ("2026-03-19 17:00", "2026-03-23 08:30"), "2026-03-23 11:30"),
    ],
)  # fmt: skip
def test_a_pause_after_an_extension_moves_the_extended_date(limit, until, pause, expected):
    found = standing(limit, history("2026-03-09 10:00", [pause], [("2026-03-12 09:00", until)]), BANK)
    assert shown(found.due_at) == expected


def test_every_part_of_the_history_is_told():
    found = standing(
        SEVEN,
        history(
            "2026-03-02 10:00",
            [("2026-03-03 10:00", "2026-03-06 09:00"), ("2026-03-16 10:00", "2026-03-18 10:00")],
            [("2026-03-12 09:00", "2026-03-20")],
        ),
        BANK,
    )
    assert shown(found.due_at) == f"2026-03-24 {NIGHT}"
    assert "2026-03-04 周三 至 2026-03-06 周五 暂停，不计入" in zh(found)
    assert "延期：原期限 2026-03-16 周一 24:00，延至 2026-03-20 周五 24:00" in zh(found)
    assert zh(found)[-1] == (
        "2026-03-16 周一 10:00 至 2026-03-18 周三 10:00 暂停，不计时；期限顺延至 2026-03-24 周二 24:00"
    )
    assert en(found)[-1].endswith("not counted. Moved on to Tue 2026-03-24 24:00.")


def test_while_a_pause_lasts_an_extended_date_stands_still():
    found = standing(
        SEVEN,
        history("2026-03-02 10:00", [("2026-03-16 10:00", None)], [("2026-03-10 09:00", "2026-03-20")]),
        BANK,
    )
    assert shown(found.due_at) == f"2026-03-20 {NIGHT}"
    assert found.paused_since == at("2026-03-16 10:00")
    assert zh(found)[-1] == "自 2026-03-16 周一 10:00 起暂停计时，恢复后期限相应顺延"


def test_no_pause_carries_a_deadline_past_its_cap():
    cap = hard_cap(at("2026-03-02 10:00"), TimeLimit("cap", "months", 1), BANK)
    found = standing(
        SEVEN, history("2026-03-02 10:00", [("2026-03-03 10:00", "2026-04-20 10:00")], cap=cap), BANK
    )
    assert found.due_at == cap.due_at
    assert zh(found)[-1] == "暂停不能使期限超过最长期限，以 2026-04-02 周四 24:00 为止"


def test_a_cap_shortens_no_limit_that_was_longer_from_the_start():
    cap = hard_cap(at("2026-03-02 10:00"), TimeLimit("cap", "natural_days", 3), BANK)
    found = standing(
        SEVEN, history("2026-03-02 10:00", [("2026-03-03 10:00", "2026-03-10 10:00")], cap=cap), BANK
    )
    assert shown(found.due_at) == f"2026-03-11 {NIGHT}"


def test_three_months_are_three_months_whatever_was_extended_and_paused():
    """P01 Art. 18(3): 最长不得超过三个月."""
    cap = hard_cap(at("2025-11-30 09:00"), TimeLimit("cap", "months", 3), BANK)
    assert shown(cap.due_at) == f"2026-02-28 {NIGHT}"
    pauses = [("2026-02-10 09:00", "2026-02-25 09:00")]
    found = standing(
        SEVEN, history("2025-12-01 09:00", pauses, [("2025-12-09 09:00", "2026-02-27")], cap=cap), BANK
    )
    assert shown(found.due_at) == f"2026-02-28 {NIGHT}"


def test_an_extension_that_is_not_later_any_more_changes_nothing():
    found = standing(SEVEN, history("2026-03-02 10:00", (), [("2026-03-03 09:00", "2026-03-05")]), BANK)
    assert shown(found.due_at) == f"2026-03-11 {NIGHT}"


@pytest.mark.parametrize("kind", ["same_day", "clock_time", "date", "agreed", "external"])
def test_a_pause_never_moves_what_is_fixed_or_set_by_somebody(kind):
    more = {"clock_time": {"at": "15:30"}, "date": {"month_day": "06-15"}}.get(kind, {})
    limit = TimeLimit.from_definition({"key": "t", "counted_in": kind, **more})
    agreed = at("2026-03-20 12:00") if kind in ("agreed", "external") else None
    still = standing(limit, history("2026-03-02 10:00", agreed=agreed), BANK)
    paused = standing(
        limit, history("2026-03-02 10:00", [("2026-03-02 11:00", "2026-03-09 10:00")], agreed=agreed), BANK
    )
    assert still.due_at == paused.due_at
    assert not can_pause(limit)


def test_what_was_agreed_in_the_place_of_a_limit_is_not_paused():
    assert can_pause(SEVEN)
    assert not can_pause(SEVEN, agreed=True)
