"""What leaves the house – mail, short messages, robots, signed JSON – and what is kept of it names nobody."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from documents import policy as policies
from documents.actions import confiding, mailing
from documents.actions.confiding import Asked
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.person import Person
from documents.policy import Policy, view_of
from documents.way_out import WayOut
from jobs import surroundings, ways_out
from portal.servers import LOOPBACK
from tests.jobs.gateways import Gateway, open_gateway
from tests.jobs.world import fire_due
from tests.portal.conftest import NOW, Perform, Register
from tests.portal.samples import SUPERVISED, UNSOLVED

PERSONAL = {
    "complainant_name": "刘暗香",
    "complainant_phone": "13911112222",
    "complainant_id_number": "11010519491231002X",
    "complainant_email": "anxiang@secret.example",
    "respondent_name": "赵疏影",
}
TITLE = "保密事项鹧鸪天"
LATER = NOW + timedelta(days=60)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """A system outside that is told everything the policy tells at all."""
    monkeypatch.setenv("JUANZONG_WAY_KNOCK", "open sesame")
    before = list(surroundings._told)
    with open_gateway() as opened:
        surroundings._told[:] = [
            replace(before[0], base_url="https://a.example", plain_hosts=frozenset({LOOPBACK}))
        ]
        WayOut(id="out", kind="webhook", name="外部系统", url=f"{opened.url}/in", secret="knock").save()
        WayOut(id="sms", kind="sms", name="短信网关", url=f"{opened.url}/sms").save()
        yield opened
    surroundings._told[:] = before


def telling_everywhere(version: int) -> None:
    """Each rung tells by all ways, and everybody can be reached."""
    definition = copy.deepcopy(dict(view_of("p01", version).definition))
    for ladder in definition["ladders"]:
        for rung in ladder["rungs"]:
            rung["channels"] = ["mail", "sms", "webhook"]
    Policy.collection().update_one({"key": "p01", "version": version}, {"$set": {"definition": definition}})
    policies.forget_views()
    for person in Person.objects:
        person.update(set__email=f"{person.id}@bank.example", set__phone="13800000001")


def test_nothing_that_leaves_names_anybody(register: Register, perform: Perform, gateway: Gateway) -> None:
    plain = register(**PERSONAL)
    telling_everywhere(plain.policy_version)
    kept = register(title=TITLE, **PERSONAL)
    for case in (plain, kept):
        perform(case, "report", "cd_clerk", **UNSOLVED)
    confiding.confide(
        kept.number, Asked(Person.get("intake_clerk"), NOW, f"涉及{PERSONAL['complainant_name']}")
    )
    perform(Complaint.get(plain.number), "supervise", "intake_clerk", **SUPERVISED)
    fire_due(LATER)
    while ids := mailing.claim(LATER, 50, "sender", ways_out.CHANNELS):
        ways_out.deliver(ids, "sender", LATER.isoformat())

    channels = Counter(one.channel for one in OutboxMessage.objects)
    assert all(channels[one] for one in ("mail", "sms", "webhook")), channels
    assert len(gateway.taken) > 5
    told = {
        kind.__name__: str([one.to_mongo() for one in kind.objects])
        for kind in (OutboxMessage, Notice, AuditEntry)
    }
    told["gateway"] = " ".join(one.body.decode() for one in gateway.taken)
    for where, words in told.items():
        assert plain.number in words, where
        assert [one for one in (*PERSONAL.values(), TITLE) if one in words] == [], where
    heard = {one.person for one in Notice.objects(number=kept.number, sent=True, at__gt=NOW, person__ne=None)}
    assert heard <= set(Complaint.get(kept.number).known_to)
