"""A worker killed in the middle of its job: the message has left, and nobody has marked it as sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from documents.actions import mailing
from documents.outbox import OutboxMessage
from documents.way_out import WayOut
from jobs import clock
from jobs import surroundings as jobs_surroundings
from portal.servers import LOOPBACK
from tests.faults.conftest import Tell
from tests.jobs import world
from tests.jobs.gateways import open_gateway
from tests.jobs.houses import House, wait_for
from tests.jobs.post import open_post_office

pytestmark = pytest.mark.fault
SENT = world.DUE + timedelta(days=30)
AGAIN = SENT + mailing.LEASE + timedelta(seconds=1)


def write(gateway: str) -> None:
    """A case whose whole ladder has fired, by mail; and three messages to a robot."""
    world.open_case()
    world.fire_due(SENT)
    WayOut(id="robot", kind="webhook", name="robot", url=gateway, secret="knock").save()
    for number in range(3):
        row = {"channel": "webhook", "to": "robot", "way": "robot", "subject": "到期", "body": "到期"}
        OutboxMessage(id=f"robot:{number}", created_at=SENT, next_at=SENT, **row).save()


def killed_once(house: House, has_left: Callable[[], bool]) -> None:
    """A worker is killed while the other side has the message and holds its answer."""
    worker = house.start("worker")
    wait_for(has_left, seconds=60, house=house)
    house.kill(worker)


def marked(channel: str) -> Counter[tuple[str, int, datetime | None]]:
    """State, tries and moment of being marked, of all messages of a channel."""
    return Counter((one.state, one.attempts, one.sent_at) for one in OutboxMessage.objects(channel=channel))


def test_what_left_before_a_worker_was_killed_leaves_again_under_its_old_key(
    house: House, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUANZONG_WAY_KNOCK", "open sesame")
    monkeypatch.setenv("JUANZONG_HTTP_HOSTS", LOOPBACK)
    with open_post_office("hold") as office, open_gateway("hold") as gateway:
        write(gateway.url)
        house.told = replace(house.told, smtp_url=office.url)
        jobs_surroundings._told[:] = [house.told]
        mails = OutboxMessage.objects(channel="mail").count()
        assert clock.relay(SENT) == mails + 3
        killed_once(house, lambda: len(office.received) == 1)
        killed_once(house, lambda: len(gateway.taken) == 1)
        assert OutboxMessage.objects(state="waiting").count() == mails + 3
        assert clock.relay(AGAIN) == mails + 3
        house.start("worker")
        wait_for(lambda: OutboxMessage.objects(state="sent").count() == mails + 3, seconds=60, house=house)
        letters = Counter(message["Message-ID"] for message in office.received)
        robot = Counter(gateway.keys())
    assert sorted(letters.values()) == [1] * (mails - 1) + [2]
    assert robot == {"robot:0": 2, "robot:1": 1, "robot:2": 1}
    assert marked("mail") == {("sent", 2, AGAIN): mails}
    assert marked("webhook") == {("sent", 2, AGAIN): 3}
    tell(
        f"2 workers killed between sending and marking: {mails} mails and 3 calls marked once; "
        f"{letters.total() - mails} mail and {robot.total() - 3} call left twice, under the same key"
    )
