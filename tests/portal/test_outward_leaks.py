"""What leaves the house – mail, short messages, robots, signed JSON – and what is kept of it names nobody."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from documents.actions import confiding
from documents.actions.confiding import Asked
from documents.complaint import Complaint
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.person import Person
from tests.jobs.gateways import Gateway
from tests.portal.conftest import NOW, Perform, Register
from tests.portal.samples import SUPERVISED, UNSOLVED
from tests.portal.sending import sent_out, telling_everywhere

PERSONAL = {
    "complainant_name": "刘暗香",
    "complainant_phone": "13911112222",
    "complainant_id_number": "11010519491231002X",
    "complainant_email": "anxiang@secret.example",
    "respondent_name": "赵疏影",
}
TITLE = "保密事项鹧鸪天"
LATER = NOW + timedelta(days=60)


def test_nothing_that_leaves_names_anybody(register: Register, perform: Perform, gateway: Gateway) -> None:
    plain = register(**PERSONAL)
    telling_everywhere("p01", plain.policy_version)
    kept = register(title=TITLE, **PERSONAL)
    for case in (plain, kept):
        perform(case, "report", "cd_clerk", **UNSOLVED)
    confiding.confide(
        kept.number, Asked(Person.get("intake_clerk"), NOW, f"涉及{PERSONAL['complainant_name']}")
    )
    perform(Complaint.get(plain.number), "supervise", "intake_clerk", **SUPERVISED)
    told = sent_out(gateway, LATER)

    channels = Counter(one.channel for one in OutboxMessage.objects)
    assert all(channels[one] for one in ("mail", "sms", "webhook")), channels
    assert len(gateway.taken) > 5
    for where, words in told.items():
        assert plain.number in words, where
        assert [one for one in (*PERSONAL.values(), TITLE) if one in words] == [], where
    heard = {one.person for one in Notice.objects(number=kept.number, sent=True, at__gt=NOW, person__ne=None)}
    assert heard <= set(Complaint.get(kept.number).known_to)
