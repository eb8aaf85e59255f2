"""Telephone and identity numbers lie under a mask; a reason or a second person shows them for a while."""

from __future__ import annotations

import copy
import re
from datetime import timedelta

import pytest
from flask import Flask

from documents.actions import registration, revealing
from documents.audit import AuditEntry
from documents.notice import Notice
from documents.person import Person
from documents.policy import Policy, publish
from documents.reveal import Reveal
from documents.rules.broken import RuleBroken
from tests.conftest import FOUNDED
from tests.everything import field, text
from tests.portal.conftest import NOW, Register, SignIn
from tests.portal.samples import COMPLAINT
from tests.portal.test_leaks import cells_of

PHONE, IDENTITY = COMPLAINT["complainant_phone"], "11010519491231002X"
OTHER, KIN = "13911112222", "440524188001010014"
PERSONAL, RESTRICTED = {"class": "personal"}, {"class": "restricted"}
MORE = [
    field(
        *("contacts", "table", "联系人", "Contacts"),
        **PERSONAL,
        fields=[
            field("who", "text", "姓名", "Name"),
            field("reached", "phone", "联系方式", "Telephone"),  # as closed as its table
            field("proof", "id_number", "证件号码", "Identity number", **RESTRICTED),
        ],
    ),
]
CONTACTS = [{"who": "李二", "reached": OTHER, "proof": KIN}]
MASKED = "138****0000"
WHOLE = re.compile(r"\d{17}[\dX]|\d{11}")  # a number in full


def test_a_reason_shows_it_here_and_for_a_while(app: Flask, sign_in: SignIn, register: Register) -> None:
    case = register(complainant_id_number=IDENTITY)
    page, ask = f"/cases/{case.number}", f"/cases/{case.number}/reveal"
    clerk, elsewhere = sign_in("cd_clerk"), sign_in("cd_clerk")
    step = f"{page}/steps/report"
    for address in (page, step):
        shown = clerk.get(address).text
        assert MASKED in shown
        assert PHONE not in shown
    assert PHONE not in cells_of(clerk.get("/cases.xlsx").data)
    asked = clerk.get(ask, query_string={"field": "complainant_phone", "back": page}).text
    assert "联系投诉人" in asked
    assert "complainant_id_number" not in asked  # it is closed to a clerk, and no word of it
    assert clerk.post(ask, data={"fields": ["complainant_phone"], "reason": " "}).status_code == 409
    fields = ["complainant_phone", "complainant_id_number"]
    sent = clerk.post(ask, data={"fields": fields, "usual": "联系投诉人", "back": page})
    assert sent.headers["Location"] == page
    shown = clerk.get(page).text
    assert PHONE in shown
    assert IDENTITY not in shown
    assert PHONE in clerk.get(step).text
    assert PHONE in cells_of(clerk.get("/cases.xlsx").data)
    assert PHONE not in elsewhere.get(page).text  # another sitting of the same person
    assert PHONE not in sign_in("intake_head").get(page).text
    noted = AuditEntry.objects.get(verb="reveal")
    assert (noted.subject, noted.facts["fields"]) == (case.number, ["complainant_phone"])
    assert noted.facts["reason"] == "联系投诉人"
    seen = {"what": case.number, "field": "complainant_phone"}
    told = sign_in("admin").get("/admin/seen/", query_string=seen).text
    assert "联系投诉人" in told
    app.config["CLOCK"] = lambda: NOW + timedelta(minutes=16)
    assert PHONE not in clerk.get(page).text


@pytest.fixture
def released(policy: Policy) -> Policy:
    """The policy, with a second person for identity numbers, a table with such columns and more."""
    changed = copy.deepcopy(policy.definition)
    changed["policy"]["reveal"] = {"minutes": 30, "release": ["restricted"]}
    intake = next(one for one in changed["forms"] if one["key"] == "intake")
    intake["sections"].append({"key": "more", "title": text("另有", "More"), "fields": MORE})
    return publish(changed, by="setup", now=FOUNDED)


def test_a_second_person_releases_it(app: Flask, sign_in: SignIn, released: Policy) -> None:
    actor = Person.get("cd_clerk")
    asked = {**COMPLAINT, "complainant_id_number": IDENTITY}
    case = registration.register(released, "complaint", asked, actor=actor, now=NOW, submission="1")
    page, ask = f"/cases/{case.number}", f"/cases/{case.number}/reveal"
    clerk, head = sign_in("intake_clerk"), sign_in("intake_head")
    clerk.post(ask, data={"fields": ["complainant_id_number"], "usual": "核对投诉人身份"})
    assert IDENTITY not in clerk.get(page).text
    waiting = Reveal.objects.get()
    assert Notice.objects(person="intake_head", number=case.number).count() == 1
    assert "核对投诉人身份" not in str([one.to_mongo() for one in Notice.objects])
    with pytest.raises(RuleBroken, match="not_your_own_reveal"):
        revealing.decide(str(waiting.id), allow=True, actor=Person.get("intake_clerk"), now=NOW)
    with pytest.raises(RuleBroken, match="operation_not_granted"):
        revealing.decide(str(waiting.id), allow=True, actor=actor, now=NOW)
    assert "等您批准" in head.get(page).text
    app.config["CLOCK"] = lambda: NOW + timedelta(hours=2)
    assert "批准查看" in head.get(ask).text
    assert head.post(f"{ask}/{waiting.id}", data={"do": "release"}).status_code == 302
    assert IDENTITY in clerk.get(page).text
    assert IDENTITY not in head.get(page).text
    assert AuditEntry.objects.get(verb="release_reveal").facts["person"] == "intake_clerk"
    app.config["CLOCK"] = lambda: NOW + timedelta(hours=3)
    assert IDENTITY not in clerk.get(page).text
    clerk.post(ask, data={"fields": ["complainant_id_number"], "usual": "核对投诉人身份"})
    head.post(f"{ask}/{Reveal.objects.get(state='asked').id}", data={"do": "refuse"})
    assert IDENTITY not in clerk.get(page).text


def test_columns_of_a_table_are_revealed(sign_in: SignIn, released: Policy) -> None:
    actor, asked = Person.get("cd_clerk"), {**COMPLAINT, "contacts": CONTACTS}
    case = registration.register(released, "complaint", asked, actor=actor, now=NOW, submission="1")
    page, ask = f"/cases/{case.number}", f"/cases/{case.number}/reveal"
    clerk, officer, head = (sign_in(one) for one in ("cd_clerk", "intake_clerk", "intake_head"))
    shown = clerk.get(page).text
    assert "李二" in shown
    assert "139****2222" in shown
    assert f"{ask}?field=contacts" in shown
    assert "须他人批准" not in clerk.get(ask).text  # the column that waits is closed to a clerk
    clerk.post(ask, data={"fields": ["contacts"], "usual": "联系投诉人"})
    shown = clerk.get(page).text
    assert OTHER in shown
    assert KIN not in shown
    assert "须他人批准" in officer.get(ask).text
    officer.post(ask, data={"fields": ["contacts"], "usual": "核对投诉人身份"})
    assert {OTHER, KIN}.isdisjoint(WHOLE.findall(officer.get(page).text))
    head.post(f"{ask}/{Reveal.objects.get(state='asked').id}", data={"do": "release"})
    assert {OTHER, KIN} <= set(WHOLE.findall(officer.get(page).text))
    noted = AuditEntry.objects.get(verb="release_reveal").facts["fields"]
    assert noted == ["contacts.proof", "contacts.reached"]
    seen = {"what": case.number, "field": "contacts.proof"}
    told = sign_in("admin").get("/admin/seen/", query_string=seen).text
    assert "联系人 · 证件号码" in told
    assert "受理员" in told or "intake_clerk" in told
