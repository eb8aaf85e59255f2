"""Quiet hours, digests and the ways out: when a message leaves, and why it does not."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from documents.rules.quiet_hours import Quiet, first_loud, next_at
from documents.rules.telling import Asked, Going, Habits, Telling, going, group_going

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = Quiet(time(21), time(8))
NOON = Quiet(time(12), time(14))
BOTH = {"mail": "zhao@union.example", "sms": "13800000000"}


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A local moment."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "hours", "ends"),
    [
        pytest.param("2026-03-02 20:59", NIGHT, None, id="just before"),
        pytest.param("2026-03-02 21:00", NIGHT, "2026-03-03 08:00", id="the first minute"),
        pytest.param("2026-03-03 00:30", NIGHT, "2026-03-03 08:00", id="after midnight"),
        pytest.param("2026-03-03 07:59", NIGHT, "2026-03-03 08:00", id="the last minute"),
        pytest.param("2026-03-03 08:00", NIGHT, None, id="the end is not quiet any more"),
        pytest.param("2026-02-28 23:00", NIGHT, "2026-03-01 08:00", id="over the end of a month"),
        pytest.param("2026-03-02 13:00", NOON, "2026-03-02 14:00", id="within a day"),
        pytest.param("2026-03-02 14:00", NOON, None, id="after noon"),
    ],
)
def test_quiet_hours_end(moment: str, hours: Quiet, ends: str | None) -> None:
    assert hours.until(at(moment), SHANGHAI) == (at(ends) if ends else None)


def test_quiet_hours_follow_the_clocks_when_they_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert Quiet(time(21), time(2, 30)).until(at("2026-03-28 22:00", berlin), berlin) == datetime(
        2026,
        3,
        29,
        1,
        0,
        tzinfo=UTC,  # 02:30 does not exist that night: the clocks jump from 02:00 to 03:00
    )


def test_hours_that_follow_each_other_are_waited_for_together() -> None:
    late, early = Quiet(time(21), time(6)), Quiet(time(5), time(9))
    assert first_loud(at("2026-03-02 22:00"), (late, None, early), SHANGHAI) == at("2026-03-03 09:00")


def test_hours_that_fill_the_day_hold_nothing_back_for_ever() -> None:
    day, night = Quiet(time(8), time(20)), Quiet(time(20), time(8))
    moment = at("2026-03-02 22:00")
    assert first_loud(moment, (day, night), SHANGHAI) == moment


def test_quiet_hours_that_never_end_are_refused() -> None:
    with pytest.raises(ValueError, match="for ever"):
        Quiet(time(8), time(8))


def test_the_next_time_of_the_clock_is_never_now() -> None:
    assert next_at(time(8, 30), at("2026-03-02 08:29"), SHANGHAI) == at("2026-03-02 08:30")
    assert next_at(time(8, 30), at("2026-03-02 08:30"), SHANGHAI) == at("2026-03-03 08:30")


MORNING, EVENING = at("2026-03-02 10:00"), at("2026-03-02 22:00")
DUE = at("2026-03-05 17:00")
QUIET_POLICY = Telling(quiet=NIGHT)


def leaves(
    channel: str = "mail",
    *,
    now: datetime = MORNING,
    telling: Telling | None = None,
    habits: dict[str, Any] | None = None,
    **asked: Any,
) -> Going:
    person = Habits(**{"addresses": BOTH, **(habits or {})})
    wanted = Asked(("mail", "sms"), **{"due": DUE, **asked})
    return going(channel, wanted, person, telling or Telling(), now=now)


def test_by_day_a_message_leaves_at_once() -> None:
    assert leaves() == Going("mail", MORNING)
    assert leaves(telling=QUIET_POLICY) == Going("mail", MORNING)


def test_at_night_it_waits_for_the_morning_and_says_so() -> None:
    morning = at("2026-03-03 08:00")
    assert leaves(now=EVENING, telling=QUIET_POLICY) == Going("mail", morning, "quiet")
    assert leaves(now=EVENING, habits={"quiet": NIGHT}) == Going("mail", morning, "quiet")


def test_a_rung_may_ring_through_the_night() -> None:
    assert leaves(now=EVENING, telling=QUIET_POLICY, through_quiet=True) == Going("mail", EVENING)


def test_without_an_address_or_a_gateway_it_does_not_leave() -> None:
    assert leaves("sms", habits={"addresses": {"mail": "a@b.example"}}) == Going("sms", None, "no_sms")
    assert leaves(habits={"addresses": {}}) == Going("mail", None, "no_mail")
    assert leaves("sms", habits={"off": frozenset({"sms"})}) == Going("sms", None, "switched_off")
    not_there = going("sms", Asked(("sms",)), Habits(BOTH), Telling(), now=MORNING, ready=False)
    assert not_there == Going("sms", None, "not_configured")


def test_reminders_are_collected_for_whoever_wants_a_digest() -> None:
    collected = Going("mail", at("2026-03-03 09:00"), "digest", digest=True)
    assert leaves(habits={"digest_at": time(9)}) == collected
    by_role = Telling(digest_roles=frozenset({"unit_head"}), digest_at=time(9))
    assert leaves(telling=by_role, habits={"roles": frozenset({"unit_head"})}) == collected
    assert leaves(telling=by_role, habits={"roles": frozenset({"clerk"})}) == Going("mail", MORNING)
    assert leaves(digest=True).at == at("2026-03-03 08:30")
    assert leaves(digest=False, habits={"digest_at": time(9)}) == Going("mail", MORNING)


def test_an_escalation_never_waits_for_a_digest() -> None:
    assert leaves(level=1, habits={"digest_at": time(9)}) == Going("mail", MORNING)
    assert leaves(level=1, digest=True) == Going("mail", MORNING)


def test_a_reminder_that_the_digest_would_bring_too_late_leaves_at_once() -> None:
    assert leaves(due=at("2026-03-03 09:00"), habits={"digest_at": time(9)}) == Going("mail", MORNING)
    assert leaves(due=MORNING, habits={"digest_at": time(9)}) == Going("mail", MORNING)


def test_a_digest_at_a_quiet_time_leaves_when_it_is_over() -> None:
    assert leaves(telling=QUIET_POLICY, habits={"digest_at": time(6)}).at == at("2026-03-03 08:00")


def test_a_robot_keeps_the_quiet_hours_of_the_policy() -> None:
    assert group_going(Asked(("webhook",)), QUIET_POLICY, EVENING) == at("2026-03-03 08:00")
    assert group_going(Asked(("webhook",), through_quiet=True), QUIET_POLICY, EVENING) == EVENING


def test_a_policy_that_says_nothing_tells_as_before() -> None:
    said = Telling.of({"policy": {"key": "p", "zone": "Asia/Shanghai"}})
    assert (said.channels, said.announced, said.watching) == (
        ("mail",),
        True,
        ("handling", "intake", "received"),
    )
    assert Asked.by_rung({"level": 2}, said).channels == ("mail",)
    assert Asked.by_rung({"channels": ["none"]}, said).channels == ()
    assert Asked.by_rung({"channels": ["sms"], "quiet": "send"}, said).through_quiet


def test_a_policy_may_name_its_own_watchers_and_quiet_hours() -> None:
    telling = {
        "channels": ["mail", "sms"],
        "quiet": {"from": "21:00", "to": "08:00"},
        "digest_at": "09:15",
        "unannounced": True,
        "watching": ["firm"],
        "otherwise": [{"is": "head", "at": "firm"}],
    }
    said = Telling.of({"policy": {"zone": "Asia/Shanghai", "telling": telling}})
    assert (said.quiet, said.digest_at, said.announced) == (NIGHT, time(9, 15), False)
    assert (said.watching, said.otherwise) == (("firm",), ({"is": "head", "at": "firm"},))
