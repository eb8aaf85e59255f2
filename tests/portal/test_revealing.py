"""Telephone and identity numbers lie under a mask; a reason or a second person shows them for a while."""

from __future__ import annotations

import copy
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from documents.actions import registration, revealing
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.notice import Notice
from documents.person import Person
from documents.policy import Policy, publish
from documents.reveal import Reveal
from documents.rules.broken import RuleBroken
from portal.forms.compile import marked
from tests.conftest import FOUNDED
from tests.everything import field, text
from tests.portal.conftest import NOW, Register, SignIn
from tests.portal.samples import COMPLAINT, hidden, sent
from tests.portal.test_leaks import cells_of

PHONE, IDENTITY = COMPLAINT["complainant_phone"], "11010519491231002X"
OTHER, KIN = "13911112222", "440524188001010014"
PERSONAL, RESTRICTED = {"class": "personal"}, {"class": "restricted"}
PHONES, NAMES, THEIR = "complainant_phone", "complainant_name", {"of": "earlier"}
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
    field(
        *("kin", "table", "亲属", "Kin"),
        **PERSONAL,
        fields=[
            field("called", "text", "称呼", "Name"),
            field("number", "phone", "电话", "Telephone"),
        ],
    ),
    field("account", "text", "账号", "Account", mask="account", **PERSONAL),
    field("again", "computed", "电话（抄）", "Again", value="complainant_phone", **{"as": "text"}),
    field(
        "third", "computed", "再抄", "Once more", value="again if empty(account) else again", **{"as": "text"}
    ),
    field("earlier", "case", "原投诉", "Earlier case"),
    field("their_phone", "lookup", "原电话", "Their telephone", lookup=THEIR | {"field": PHONES}, **PERSONAL),
    field("their_name", "lookup", "原姓名", "Their name", lookup=THEIR | {"field": NAMES}, **PERSONAL),
    field("hint", "text", "备注", "Hint", visible="again == '13800000000'"),
]
ACCOUNT, AUNT = "6222000012345678901", "13733334444"
KEPT = {**COMPLAINT, "account": ACCOUNT, "kin": [{"called": "姑姑", "number": AUNT}], "hint": "午后联系"}
SECRET = {PHONE, ACCOUNT, AUNT}
CONTACTS = [{"who": "李二", "reached": OTHER, "proof": KIN}]
MASKED = "138****0000"
BESIDE = re.compile("-(kept|shown)$")
ONCE = re.compile(r' name="(submission|form_owner|csrf_token)" value="[^"]*"| nonce="[^"]*"')
WHOLE = re.compile(r"\d{19}|\d{17}[\dX]|\d{11}")  # a number in full


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
    flow = next(one for one in changed["workflows"] if one["key"] == "complaint")
    fix = {"key": "fix", "label": text("更正", "Correct"), "from": ["received"], "to": "received"}
    who = [{"role": role, "at": "received"} for role in ("clerk", "unit_head")]
    flow["transitions"].append({**fix, "form": "intake", "who": who, "basis": "ours"})
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


def browser(page: str, **changes: Any) -> dict[str, Any]:
    """What a browser sends back of the step that opens the registration again, with what is typed into it."""
    plain = {key: value for key, value in COMPLAINT.items() if key != "complainant_phone"}
    inputs = re.findall(r'name="(q_[a-z0-9_-]*)"[^>]*? value="([^"]*)"', page)
    shown = {name: value for name, value in inputs if BESIDE.search(name) or value in SECRET | {"姑姑"}}
    return {**shown, **sent(page, **{**plain, "hint": "午后联系", **changes})}


def fields_seen(number: str) -> set[str]:
    """What the newest entry of the step's page says was shown."""
    entries = AuditEntry.objects(verb="read", subject=number).order_by("-id")
    newest = next(one for one in entries if one.facts.get("way") == "step")
    return set(newest.facts.get("fields", ()))


@pytest.fixture
def step(released: Policy) -> str:
    """The address of a step that opens the registration again."""
    actor = Person.get("cd_clerk")
    case = registration.register(released, "complaint", KEPT, actor=actor, now=NOW, submission="1")
    return f"/cases/{case.number}/steps/fix"


def answers_of(step: str) -> dict[str, Any]:
    return Complaint.get(step.split("/")[2]).facts()


def test_a_form_that_opens_answers_again_shows_their_masks_and_keeps_them(sign_in: SignIn, step: str) -> None:
    clerk, number = sign_in("cd_clerk"), step.split("/")[2]
    opened = clerk.get(step)
    page = opened.text
    assert set(WHOLE.findall(page)) & SECRET == set()
    form = page[page.index("policy-form") : page.index("<aside")]
    assert form.count(MASKED) == 3  # with the two copies
    assert "137****4444" in form
    assert "**** 8901" in form
    assert 'data-field="hint" data-kind="text" data-visible="[&#34;value&#34;, true]">' in form
    assert marked(re.findall(r'name="([^"]*)"', form)) == {*("q_complainant_phone", "q_kin", "q_account")}
    assert 'name="q_complainant_phone"' not in form
    assert f"/cases/{number}/reveal?field=complainant_phone&amp;back={step}" in form
    assert "complainant_name" in fields_seen(number)
    assert fields_seen(number) & {"complainant_phone", "kin.number", "account", "again", "third"} == set()
    assert WHOLE.findall(clerk.post(f"{step}/check", data=browser(page, title="")).text) == []
    again = clerk.post(step, data=browser(page, title=""))
    assert again.status_code == 422
    assert set(WHOLE.findall(again.text)) & SECRET == set()
    late = clerk.post(step, data={**browser(page), "turn": "0"})  # somebody was faster
    assert set(WHOLE.findall(late.text)) & SECRET == set()
    assert clerk.post(step, data=browser(again.text, demand="另求赔偿。")).status_code == 302
    known = answers_of(step)
    assert {name: known[name] for name in ("complainant_phone", "account", "kin", "hint")} == {
        name: KEPT[name] for name in ("complainant_phone", "account", "kin", "hint")
    }
    assert known["demand"] == "另求赔偿。"
    assert known["again"] == PHONE


def test_what_is_revealed_can_be_changed_and_is_named_in_the_trail(sign_in: SignIn, step: str) -> None:
    clerk, number = sign_in("cd_clerk"), step.split("/")[2]
    before = clerk.get(step).text
    shown = {"fields": ["complainant_phone", "kin"], "usual": "核对投诉人身份", "back": step}
    assert clerk.post(f"/cases/{number}/reveal", data=shown).headers["Location"] == step
    page = clerk.get(step).text
    assert set(WHOLE.findall(page)) & SECRET == {PHONE, AUNT}
    assert "可见至" in page
    assert {"complainant_phone", "kin.number", "again", "third"} <= fields_seen(number)
    assert "account" not in fields_seen(number)
    typed = browser(page, complainant_phone="13555556666")
    assert typed["q_kin-0-number"] == AUNT
    assert "q_account-kept" in typed
    # A page of before the revealing keeps what it showed as a mask.
    assert clerk.post(step, data=browser(before, demand="另求赔偿。")).status_code == 302
    assert answers_of(step)["complainant_phone"] == PHONE
    typed["turn"] = hidden(clerk.get(step).text, "turn")
    assert clerk.post(step, data=typed).status_code == 302
    known = answers_of(step)
    assert (known["complainant_phone"], known["kin"]) == ("13555556666", KEPT["kin"])
    assert known["account"] == ACCOUNT


def test_a_draft_of_a_time_when_more_was_shown_is_covered_again(
    app: Flask, sign_in: SignIn, step: str
) -> None:
    clerk, number = sign_in("cd_clerk"), step.split("/")[2]
    shown = {"fields": ["complainant_phone", "kin", "account"], "usual": "核对投诉人身份"}
    clerk.post(f"/cases/{number}/reveal", data=shown)
    typed = browser(clerk.get(step).text, account="6222000099990000111", demand="另求赔偿。")
    assert clerk.post("/drafts", data={**typed, "q_kin-0-called": "舅舅"}).json == {"saved": True}
    app.config["CLOCK"] = lambda: NOW + timedelta(hours=1)
    late = clerk.post(step, data={**typed, "q_kin-0-called": "舅舅"})
    assert late.status_code == 422
    assert late.text.count("已留在草稿中") == 2  # at the table, and in the summary
    assert set(WHOLE.findall(late.text)) & SECRET == set()
    page = clerk.get(step).text
    assert set(WHOLE.findall(page)) & SECRET == set()
    assert "另求赔偿。" in page
    assert "6222000099990000111" in page  # which he typed himself
    assert "草稿中有您对此栏的改动" in page
    assert fields_seen(number) & {"complainant_phone", "kin.number", "account"} == set()
    clerk.post("/drafts", data=browser(page, demand="另求道歉。"))
    clerk.post(f"/cases/{number}/reveal", data=shown)
    page = clerk.get(step).text
    assert "舅舅" in page
    assert "另求道歉。" in page
    assert {PHONE, AUNT} <= set(WHOLE.findall(page))


def test_a_right_guess_in_a_draft_looks_like_a_wrong_one(app: Flask, sign_in: SignIn, step: str) -> None:
    clerk, elsewhere = sign_in("cd_clerk"), sign_in("cd_clerk")
    app.config["CLOCK"] = lambda: NOW + timedelta(minutes=5)
    newer = browser(clerk.get(step).text, demand="另求道歉。")  # newer answers than a late form has seen
    assert clerk.post(step, data=newer).status_code == 302
    plain = browser(clerk.get(step).text)
    del plain["q_account-kept"]

    def told(guess: str, **more: Any) -> list[str]:
        """All that answers a guess: where it stands itself there is a dot."""
        typed = {**plain, "q_account": guess, **more}
        assert clerk.post("/drafts", data=typed).json == {"saved": True}
        reloaded, other = clerk.get(step).text, elsewhere.get(step).text
        again = clerk.post(step, data={**typed, "q_title": ""})
        late = clerk.post(step, data={**typed, "turn": "0", "seen": "1"})
        assert (again.status_code, late.status_code) == (422, 409)
        shown = [reloaded, other, again.text, late.text]
        assert all(f'value="{guess}"' in one for one in shown)
        assert "<strong>账号</strong><span>" in late.text  # among what somebody else answered meanwhile
        shown.append(clerk.post(f"{step}/check", data=typed).text)
        return [ONCE.sub("", one).replace(guess, "…") for one in shown]

    wrong = "6222000099990008901"  # with the same mask
    assert told(ACCOUNT) == told(wrong)
    forged = {"q_account-shown": "0123456789abcdef"}
    assert told(ACCOUNT, **forged) == told(wrong, **forged)
    masked = {**plain, "q_account-kept": ""}
    answers = [clerk.post(step, data={**masked, "q_account": one}) for one in (ACCOUNT, wrong)]
    assert [one.status_code for one in answers] == [422, 422]
    assert ONCE.sub("", answers[0].text) == ONCE.sub("", answers[1].text)
    assert "已留在草稿中" in answers[0].text


def test_what_is_looked_up_shows_its_mask_or_is_noted(
    sign_in: SignIn, step: str, released: Policy, register: Register
) -> None:
    other, clerk = register(complainant_phone=OTHER), sign_in("cd_clerk")
    asked = f"/lookups/value/{released.key}/{released.version}/intake"
    key = {"key": other.number}
    masks = {"words": "139****2222", "value": "139****2222"}
    assert clerk.get(f"{asked}/their_phone", query_string=key).json == masks
    assert AuditEntry.objects(verb="search").count() == 0
    assert clerk.get(f"{asked}/their_name", query_string=key).json == dict.fromkeys(
        ("words", "value"), "李小明"
    )
    noted = AuditEntry.objects.get(verb="search").facts
    assert (noted["cases"], noted["fields"]) == ([other.number], ["complainant_name"])
    page = clerk.get(step).text
    answered = clerk.post(step, data=browser(page, earlier=other.number, title=""))
    assert answered.status_code == 422
    assert OTHER not in answered.text
    assert "139****2222" in answered.text
    assert clerk.post(step, data=browser(page, earlier=other.number)).status_code == 302
    assert answers_of(step)["their_phone"] == OTHER
