"""Mail leaves through a real SMTP conversation, at least once, and nothing is lost when it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from documents.actions import mailing
from documents.outbox import OutboxMessage
from documents.rules.broken import RuleBroken
from jobs import mail, surroundings
from jobs.surroundings import Surroundings
from portal.servers import LOOPBACK, free_port
from tests.jobs.post import PostOffice, open_post_office
from tests.jobs.world import START

MINUTE = timedelta(minutes=1)
NOW = START


@pytest.fixture
def office(database, mongo_uri: str, valkey_url: str) -> Iterator[PostOffice]:
    """A post office to which the jobs of this process send."""
    with open_post_office() as opened:
        house = Surroundings(
            mongo_uri,
            database.name,
            valkey_url,
            opened.url,
            "卷宗 <juanzong@union.example>",
            "https://tousu.example/",
        )
        surroundings._told[:] = [house]
        yield opened
    surroundings._told.clear()


def put(
    key: str = "t1:zhao:mail", *, to: str = "zhao@union.example", body: str = "期限将到。\n请办理。"
) -> None:
    """A message that waits."""
    OutboxMessage(
        id=key,
        to=to,
        subject="【临期提醒】TS-1 办理并答复",
        body=body,
        number="TS-1",
        created_at=NOW,
        next_at=NOW,
    ).save()


def deliver(now=NOW, owner: str = "sender") -> int:
    """Claim and send whatever waits."""
    ids = mailing.claim(now, 25, owner)
    return mail.deliver(ids, owner, now.isoformat())["sent"]


def the(key: str = "t1:zhao:mail") -> OutboxMessage:
    """The message as it is stored."""
    return OutboxMessage.objects.get(id=key)


def test_a_message_arrives_as_text_and_html_with_a_way_to_the_case(office):
    put()
    assert deliver() == 1
    arrived = office.received[0]
    text, html = (part.get_content() for part in arrived.iter_parts())
    assert arrived["Subject"] == "【临期提醒】TS-1 办理并答复"
    assert arrived["From"].addresses[0].display_name == "卷宗"
    assert text.startswith("期限将到。\r\n请办理。")
    assert "https://tousu.example/cases/TS-1" in text
    assert 'href="https://tousu.example/cases/TS-1"' in html
    assert "<script" not in html
    assert the().state == "sent"


def test_a_message_that_was_sent_is_not_sent_again(office):
    put()
    deliver()
    assert deliver(NOW + timedelta(days=1)) == 0
    assert mail.deliver(["t1:zhao:mail"], "sender", NOW.isoformat())["sent"] == 0
    assert len(office.received) == 1


def test_a_server_that_says_later_is_asked_again_after_a_while(office):
    office.moods[:] = ["451 try later"]
    put()
    assert deliver() == 0
    assert (the().state, the().attempts) == ("waiting", 1)
    assert "try later" in the().last_error
    assert deliver(NOW + MINUTE / 2) == 0
    assert deliver(NOW + MINUTE) == 1
    assert the().last_error is None


def test_a_line_that_breaks_after_the_message_sends_it_again_under_the_same_id(office):
    office.moods[:] = ["drop"]
    put()
    assert deliver() == 0
    assert deliver(NOW + MINUTE) == 1
    assert len({message["Message-ID"] for message in office.received}) == 1
    assert len(office.received) == 2


def test_a_broken_line_does_not_hold_up_the_other_messages(office):
    office.moods[:] = ["drop"]
    put("a")
    put("b")
    assert deliver() == 1
    assert (the("a").state, the("b").state) == ("waiting", "sent")


def test_an_unknown_address_is_dead_at_once_and_the_others_go_on(office):
    office.strangers.add("nobody@union.example")
    put("a", to="nobody@union.example")
    put("b")
    assert deliver() == 1
    assert (the("a").state, the("b").state) == ("dead", "sent")
    assert "no such person" in the("a").last_error


def test_an_address_that_is_none_is_dead_and_the_others_go_on(office):
    put("a", to="zhao@union.example\nBcc: everybody@union.example")
    put("b")
    assert deliver() == 1
    assert the("a").state == "dead"
    assert len(office.received) == 1


def test_without_a_server_everything_waits(office):
    surroundings._told[:] = [replace(surroundings.current(), smtp_url=f"smtp://{LOOPBACK}:{free_port()}")]
    put("a")
    put("b")
    assert deliver() == 0
    assert [(the(key).state, the(key).attempts) for key in "ab"] == [("waiting", 1)] * 2


def test_after_the_last_try_a_message_is_dead_and_can_be_sent_once_more(office):
    office.moods[:] = ["451 try later"] * mailing.TRIES
    put()
    now = NOW
    for _ in range(mailing.TRIES):
        assert the().state == "waiting"
        deliver(now)
        now += mailing.BACK_OFF[-1]
    assert the().state == "dead"
    mailing.resend("t1:zhao:mail", actor="root", now=now)
    assert deliver(now) == 1


def test_only_a_dead_message_can_be_sent_once_more(office):
    put()
    with pytest.raises(RuleBroken, match="message_not_dead"):
        mailing.resend("t1:zhao:mail", actor="root", now=NOW)


def test_a_sender_that_was_killed_loses_its_messages_to_the_next(office):
    put()
    assert mailing.claim(NOW, 25, "killed") == ["t1:zhao:mail"]
    assert mailing.claim(NOW, 25, "next") == []
    assert deliver(NOW + mailing.LEASE, "next") == 1


def test_a_message_that_kills_every_sender_is_given_up(office):
    put()
    now = NOW
    for _ in range(mailing.TRIES):
        assert mailing.claim(now, 25, "killed")
        now += mailing.LEASE
    assert mailing.claim(now, 25, "killed") == []
    assert (the().state, the().last_error) == ("dead", mailing.KILLED)


def test_hostile_text_stays_text(office):
    put(body="<script>alert(1)</script> & “引号”")
    deliver()
    text, html = (part.get_content() for part in office.received[0].iter_parts())
    assert "<script>" in text
    assert "<script" not in html
    assert "&lt;script&gt;" in html
