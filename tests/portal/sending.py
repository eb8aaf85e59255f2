"""A house that tells everything by every way out, and what came of it."""

from __future__ import annotations

import copy
from datetime import datetime

from documents import policy as policies
from documents.actions import mailing
from documents.audit import AuditEntry
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.person import Person
from documents.policy import Policy, view_of
from jobs import ways_out
from tests.jobs.gateways import Gateway
from tests.jobs.world import fire_due


def telling_everywhere(policy: str, version: int) -> None:
    """Each rung tells by all ways, and everybody can be reached."""
    definition = copy.deepcopy(dict(view_of(policy, version).definition))
    for ladder in definition["ladders"]:
        for rung in ladder["rungs"]:
            rung["channels"] = ["mail", "sms", "webhook"]
    Policy.collection().update_one({"key": policy, "version": version}, {"$set": {"definition": definition}})
    policies.forget_views()
    for person in Person.objects:
        person.update(set__email=f"{person.id}@bank.example", set__phone="13800000001")


def sent_out(gateway: Gateway, now: datetime) -> dict[str, str]:
    """Everything that is due by then, told and delivered: what left, and what is kept of it."""
    fire_due(now)
    while ids := mailing.claim(now, 50, "sender", ways_out.CHANNELS):
        ways_out.deliver(ids, "sender", now.isoformat())
    kinds = (OutboxMessage, Notice, AuditEntry)
    told = {kind.__name__: str([one.to_mongo() for one in kind.objects]) for kind in kinds}
    return {**told, "gateway": " ".join(one.body.decode() for one in gateway.taken)}
