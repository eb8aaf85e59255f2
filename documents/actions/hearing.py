"""Hearing 听取申辩: whoever is complained about is asked for a statement, gives it once, or is asked no more.

Who is asked stays recused: the question and what the policy opens come to them, not the case.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from documents import events
from documents.actions import attachments, clocks, precedence
from documents.actions.answering import UNASKED, store_answers
from documents.actions.change import Change, Submission, write
from documents.actions.filling import Filling
from documents.actions.notices import Message
from documents.actions.recusing import refuse_upwards, take_off
from documents.actions.surroundings import STORED, Surroundings
from documents.case_parts import Hearing, stored_value
from documents.complaint import Complaint
from documents.database import transaction
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.explanations import moment_en, moment_zh
from documents.rules.fields import fields_of
from documents.rules.hearing import ANSWERED, ASKED, ENDED, STATED, covered, given_away
from documents.rules.policy_fields import all_fields
from documents.rules.retelling import SOURCE, UNHEARD
from documents.rules.telling import PERSONAL, Asked, Telling

Text = Mapping[str, str]
GIVEN: Text = {"zh": "已提交情况说明", "en": "Statement given"}
NO_MORE: Text = {"zh": "不再要求说明情况", "en": "Asked no more for a statement"}


def hear(change: Change, source: str, argument: Mapping[str, Any]) -> None:
    """Ask the person that a field names for a statement; from now on that person is recused.

    Raises RuleBroken("cannot_ask_yourself"), ("already_asked"), ("asked_has_left"), ("stands_above"),
    ("names_complainant").
    """
    key = change.fact(source)
    if not key:
        return
    person, question = change.surroundings.person(str(key)), str(change.fact(argument["question"]) or "")
    _refuse_asking(change, person)
    question, facts = _as_shown(change, question, person), change.facts()
    take_off(change, person.id, "named", [source])
    asked = Hearing(id=secrets.token_urlsafe(12), person=person.id, person_name=person.name, at=change.now)
    asked.by, asked.by_name, asked.form = change.actor.id, change.actor.name, argument["form"]
    asked.source = source
    asked.question, asked.policy_version = question, change.case.policy_version
    asked.shown = dict(_opened(change, argument, person))
    asked.withheld = [one for one in argument.get("opens", ()) if one not in asked.shown and facts.get(one)]
    _start(change, asked, argument.get("within"))
    change.case.hearings.append(asked)
    change.surroundings.tell([person.id], _summons(change, asked), now=change.now)


def _as_shown(change: Change, question: str, person: Person) -> str:
    """The question without what tells who complained.

    What the asker sees in full is refused. What lies under a mask for the asker, or is not for the asker at
    all, is left out in silence: a refusal would confirm a guess.
    """
    found = given_away(change.view.forms(), change.facts(), question, person.name)
    for field, _word in found:
        if not field.get("mask") and change.may_read(field):
            raise RuleBroken("names_complainant", field=field.get("label", {}))
    return covered(question, (word for _field, word in found))


def _refuse_asking(change: Change, person: Person) -> None:
    if person.id in (change.actor.id, change.seat.id):
        raise RuleBroken("cannot_ask_yourself")
    if not person.active:
        raise RuleBroken("asked_has_left", name=person.name)
    if any(one.person == person.id and one.state == ASKED for one in change.case.hearings):
        raise RuleBroken("already_asked", name=person.name)
    refuse_upwards(change, person)


def _opened(change: Change, argument: Mapping[str, Any], person: Person) -> Iterator[tuple[str, Any]]:
    """What the policy opens, but nothing that names the complainant, and of a confidential case nothing."""
    fields, facts = all_fields(change.view.definition), change.facts()
    for key in () if change.case.known_to else argument.get("opens", ()):
        value = facts.get(key)
        if value in (None, "", []) or key not in fields:
            continue
        if not given_away(change.view.forms(), facts, str(value), person.name):
            yield key, stored_value(value)


def _start(change: Change, asked: Hearing, limit: str | None) -> None:
    """The time to answer; two who are asked at once share the clock that runs."""
    if not limit:
        return
    if change.case.running(limit) is None:
        precedence.start(change, limit, {})
    clock = change.case.running(limit)
    asked.limit, asked.due_at = limit, clock.due_at if clock else None


def unhear(change: Change, source: str, _argument: Mapping[str, Any]) -> None:
    """Ask the person that a field names, or everybody who has not answered, no more."""
    named = None if source == "all" else change.fact(source)
    for one in _open(change.case):
        if source == "all" or one.person == named:
            _end(change, one)


def end_all(change: Change) -> None:
    """The case has ended: nobody is asked any more."""
    for one in _open(change.case):
        _end(change, one)


def _open(case: Complaint) -> list[Hearing]:
    return [one for one in case.hearings if one.state == ASKED]


def _end(change: Change, one: Hearing) -> None:
    one.state, one.ended_at, one.shown = ENDED, change.now, {}
    if one.limit and not _still_asked(change.case, one.limit):
        precedence.call_off(change, one.limit, {})
    told = {"verb": UNHEARD, "label": NO_MORE, "note": one.person_name, "by": events.SYSTEM}
    change.told.append({**told, "facts": {SOURCE: [one.source]} if one.source else {}})
    change.surroundings.tell([one.person], _called_off(change, one), now=change.now)


def _still_asked(case: Complaint, limit: str) -> bool:
    return any(one.limit == limit for one in _open(case))


def found(key: str, actor: Person) -> tuple[Complaint, Hearing]:
    """What this very person was asked, nobody else and no deputy; raises RuleBroken("unknown_statement")."""
    mine = {"id": key, "person": actor.id}
    case: Complaint | None = Complaint.objects(__raw__={"hearings": {"$elemMatch": mine}}).first()
    one = case.hearing(key) if case else None
    if case is None or one is None:
        raise RuleBroken("unknown_statement")
    return case, one


def waiting(person: str) -> list[Hearing]:
    """What a person is asked and has not answered, the oldest first."""
    cases = Complaint.objects(__raw__={"hearings": {"$elemMatch": {"person": person, "state": ASKED}}})
    mine = [one for case in cases.only("hearings") for one in _open(case) if one.person == person]
    return sorted(mine, key=lambda one: one.at)


def give(key: str, values: Mapping[str, Any], *, actor: Person, now: datetime, submission: str) -> Complaint:
    """申辩: give the statement, once. The same `submission` twice acts once.

    Raises RuleBroken("unknown_statement"), ("statement_given"), ("statement_not_needed"),
    ("form_incomplete").
    """

    def run() -> Complaint:
        case, one = found(key, actor)
        pressed = Submission(actor, now, submission)
        return case if one.submission == submission else state(case, one, values, pressed)

    return transaction(run)


def asked_of(case: Complaint, person: str, form: str) -> Hearing:
    """What a person was asked last with this form; raises RuleBroken("unknown_statement")."""
    mine = (one for one in reversed(case.hearings) if (one.person, one.form) == (person, form))
    one = next(mine, None)
    if one is None:
        raise RuleBroken("unknown_statement")
    return one


def state(
    case: Complaint,
    one: Hearing,
    values: Mapping[str, Any],
    pressed: Submission,
    surroundings: Surroundings = STORED,
) -> Complaint:
    """Take the statement amid the given surroundings: the real ones, or those of a trial."""
    if one.state != ASKED:
        raise RuleBroken("statement_given" if one.state == ANSWERED else "statement_not_needed")
    view = surroundings.view(case.policy, case.policy_version)
    change = Change(case, view, pressed.actor, pressed.now, {"key": STATED}, surroundings)
    _take_form(change, one, values)
    one.state, one.ended_at, one.submission = ANSWERED, pressed.now, pressed.key
    one.answer, one.shown = len(case.answers), {}
    if one.limit and not _still_asked(case, one.limit):
        clocks.stop(change, one.limit, {})
    write(change, label=GIVEN, from_stage=case.stage, submission=pressed)
    surroundings.tell(_readers(case, one), _news(change, one), now=pressed.now)
    return case


def _take_form(change: Change, one: Hearing, submitted: Mapping[str, Any]) -> None:
    """The form with nothing but what was filled in: no fact of the case, no earlier answer of another."""
    form = change.view.form(one.form)
    filling = Filling(change.view, change.actor, change.now, {}, change.surroundings)
    values = change.surroundings.settle(filling.checked(form, submitted))
    asked = [field["key"] for field in fields_of(form) if field["type"] not in UNASKED]
    change.values = filling.stamped(form, values)
    attachments.attach(change, one.form)
    change.values = {**dict.fromkeys(asked), **change.values}
    store_answers(change, one.form)


def _readers(case: Complaint, one: Hearing) -> list[str]:
    """Who hears of the answer: who asked, and who handles the case, as far as they may know of it."""
    scope = case.case_scope()
    return [each for each in (one.by, case.handler) if each and scope.refusal(each) is None]


def _summons(change: Change, one: Hearing) -> Message:
    """It names neither the case nor anybody in it."""
    zh = en = ""
    if one.due_at:
        due = one.due_at.astimezone(change.zone)
        zh, en = f"请在 {moment_zh(due)} 前填写。", f"Please answer by {moment_en(due)}."
    title = {
        "zh": "【请说明情况】有一件事项需要您说明",
        "en": "[Your statement] You are asked about a matter",
    }
    body = {
        "zh": f"请登录系统，在工作台或本通知中打开，由您本人填写，他人不能代填。{zh}",
        "en": f"Open it from your desk or from here. Only you can answer it, nobody for you. {en}",
    }
    return _message(change, f"heard:{one.id}", (title, body), link=one.id)


def _called_off(change: Change, one: Hearing) -> Message:
    title = {"zh": "不再需要您说明情况", "en": "Your statement is no longer needed"}
    body = {
        "zh": "此前请您说明的事项，现已不需要填写。",
        "en": "What you were asked about needs no answer now.",
    }
    return _message(change, f"unheard:{one.id}", (title, body))


def _news(change: Change, one: Hearing) -> Message:
    """It names nobody: who handles the case need not be one who may read the name."""
    number = change.case.number
    title = {"zh": f"【已说明】{number}", "en": f"[Statement] {number}"}
    body = {
        "zh": f"“{number}”：被问的人已提交情况说明，请查看。",
        "en": f"“{number}”: the statement that was asked for has been given.",
    }
    about = {"case": str(change.case.id), "number": number}
    return _message(change, f"stated:{one.id}", (title, body), **about)


def _message(change: Change, key: str, words: Sequence[Text], **about: Any) -> Message:
    telling = Telling.of(change.view.definition)
    channels = tuple(one for one in telling.channels if one in PERSONAL)
    title, body = words
    asked = Asked(channels, digest=False)
    return Message(f"{change.case.id}:{key}", title, body, asked=asked, telling=telling, **about)
