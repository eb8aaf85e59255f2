"""The words of reminders and escalations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from documents.rules import notice_words
from documents.rules.notice_words import Occasion, remaining
from documents.rules.recipients import Addressee

DUE = datetime(2026, 5, 8, 15, 59, 59, tzinfo=UTC)
OCCASION = Occasion(
    number="TS-2026-0506-0001",
    subject={"zh": "办理并答复", "en": "Handle and reply"},
    rung={"zh": "到期未结", "en": "Overdue"},
    level=1,
    due=DUE,
    zone="Asia/Shanghai",
)


@pytest.mark.parametrize(
    ("left", "zh", "en"),
    [
        (timedelta(days=2, hours=3, minutes=5), "尚余2天3小时", "2 days 3 hours left"),
        (timedelta(hours=1, minutes=1), "尚余1小时1分钟", "1 hour 1 minute left"),
        (timedelta(seconds=20), "尚余1分钟", "1 minute left"),
        (timedelta(0), "期限已到", "the time is up"),
        (-timedelta(seconds=59), "期限已到", "the time is up"),
        (-timedelta(days=1), "已超期1天", "overdue by 1 day"),
    ],
)
def test_time_left_and_overdue(left: timedelta, zh: str, en: str) -> None:
    assert remaining(left) == {"zh": zh, "en": en}


def test_a_notice_says_what_is_due_when_and_why_you_are_told() -> None:
    assert notice_words.title(OCCASION)["zh"] == "【到期未结】TS-2026-0506-0001 办理并答复"
    text = notice_words.body(OCCASION, Addressee("chen", why="unassigned"), DUE + timedelta(days=1))
    assert "期限为 2026-05-08 周五 24:00，已超期1天。" in text["zh"]
    assert "尚未分派承办人，通知单位负责人" in text["zh"]
    assert text["en"].startswith(
        "“TS-2026-0506-0001 Handle and reply” is due Fri 2026-05-08 24:00; overdue by 1 day."
    )


def test_a_duty_has_no_number() -> None:
    duty = Occasion("", OCCASION.subject, OCCASION.rung, 0, DUE, "Asia/Shanghai")
    assert notice_words.title(duty) == {"zh": "【到期未结】办理并答复", "en": "[Overdue] Handle and reply"}


def test_level_zero_reminds_and_higher_ones_escalate() -> None:
    assert [notice_words.kind(level) for level in (0, 1, 3)] == ["reminder", "escalation", "escalation"]
