"""Revealing 查看完整内容: at once for a reason, or after a second person released it; the trail has each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId
from bson.errors import InvalidId

from documents import audit
from documents.actions import notices
from documents.actions.notices import Message
from documents.complaint import Complaint
from documents.database import transaction
from documents.filing_answers import SharedAnswers
from documents.person import Person
from documents.policy import roles_in_force, roles_of, view_of
from documents.reveal import ASKED, OPEN, REFUSED, Reveal
from documents.rules.access import READ, Decision, for_whom, may
from documents.rules.broken import RuleBroken
from documents.rules.fields import Definition
from documents.rules.policy import PolicyView
from documents.rules.revealing import UNMASK, RevealRules, beneath, waits

MOST_TOLD = 20
MOST_LOOKED_AT = 200


@dataclass(frozen=True)
class Asked:
    """Who wants to see, in which sitting, when, and why."""

    actor: Person
    sitting: str
    now: datetime
    reason: str


def reveal(number: str, fields: Sequence[Definition], asked: Asked) -> Reveal:
    """Show the fields in full, or ask a second person for it where the policy wants one.

    A table 明细表 stands for those of its masked columns that the person may read.
    Raises RuleBroken("unknown_case") for who may not read them, ("nothing_masked").
    """
    case = Complaint.get(number)
    view = view_of(case.policy, case.policy_version)
    inside, instead = _inside(case, view, fields, asked)
    rules, names = RevealRules.of(view.definition), sorted(inside)
    waiting = waits(rules, fields, inside)

    def write() -> Reveal:
        made = Reveal(
            case=number,
            person=asked.actor.id,
            sitting=asked.sitting,
            fields=names,
            reason=asked.reason,
            state=ASKED if waiting else OPEN,
            asked_at=asked.now,
            until=rules.until(asked.now),
        )
        made.save(force_insert=True)
        verb = "ask_reveal" if waiting else "reveal"
        told = {"fields": names, "reason": asked.reason, "until": made.until}
        told |= for_whom(instead)
        audit.note(verb, number, by=asked.actor.id, at=asked.now, **told)
        if waiting:
            notices.announce(_releasers(case, asked.actor), _message(made, asked.actor), now=asked.now)
        return made

    return transaction(write)


def _inside(
    case: Complaint, view: PolicyView, fields: Sequence[Definition], asked: Asked
) -> tuple[dict[str, Definition], set[str]]:
    """What is under a mask in the fields, by its name; and because of which absent 代办 it is read."""
    reach, roles = asked.actor.reach(roles_in_force(), asked.now), roles_of(view.key)

    def read(field: Definition) -> Decision:
        return may(reach, READ, case.case_scope(), roles=roles, field=field)

    decided = [read(one) for one in fields]
    if not all(decided):
        raise RuleBroken("unknown_case", number=case.number)
    inside = {name: one for field in fields for name, one in beneath(field).items() if read(one)}
    if not inside:
        raise RuleBroken("nothing_masked")
    return inside, {one.instead_of for one in decided}


def reveal_shared(answers: SharedAnswers, asked: Asked) -> Reveal:
    """Show what was filled in once for a batch 共用填写, but for what a second person must release.

    The trail has it for each of the cases that the person sees. Raises RuleBroken("nothing_masked").
    """
    names, shared = sorted(answers.hidden), answers.shared
    if not names:
        raise RuleBroken("nothing_masked")
    until = RevealRules.of(shared.view.definition).until(asked.now)

    def write() -> Reveal:
        made = Reveal(
            case=shared.mark,
            person=asked.actor.id,
            sitting=asked.sitting,
            fields=names,
            reason=asked.reason,
            asked_at=asked.now,
            until=until,
        )
        made.save(force_insert=True)
        told = {"fields": names, "reason": asked.reason, "until": until}
        audit.note_each("reveal", dict.fromkeys(shared.cases, told), by=asked.actor.id, at=asked.now)
        return made

    return transaction(write)


def decide(request: str, *, allow: bool, actor: Person, now: datetime) -> Reveal:
    """放行或不予: a second person releases what was asked for, from now on for its time, or refuses it.

    Raises RuleBroken("unknown_reveal"), ("not_your_own_reveal"), ("operation_not_granted").
    """

    def write() -> Reveal:
        found = _asked(request)
        case = Complaint.get(found.case)
        if found.person == actor.id:
            raise RuleBroken("not_your_own_reveal")
        if not may_release(actor, case):
            raise RuleBroken("operation_not_granted", operation=UNMASK)
        found.state, found.decided_by, found.decided_at = OPEN if allow else REFUSED, actor.id, now
        found.until = RevealRules.of(view_of(case.policy, case.policy_version).definition).until(now)
        found.save()
        verb = "release_reveal" if allow else "refuse_reveal"
        audit.note(verb, case.number, by=actor.id, at=now, fields=list(found.fields), person=found.person)
        notices.announce([found.person], _answer(found, allow=allow), now=now)
        return found

    return transaction(write)


def may_release(person: Person, case: Complaint) -> bool:
    """Whether the person may release masked content of the case."""
    roles = roles_in_force()
    return bool(may(person.reach(roles), UNMASK, case.case_scope(), roles=roles))


def _asked(request: str) -> Reveal:
    try:
        found: Reveal | None = Reveal.objects(id=ObjectId(request), state=ASKED).first()
    except InvalidId:
        found = None
    if found is None:
        raise RuleBroken("unknown_reveal")
    return found


def _releasers(case: Complaint, actor: Person) -> list[str]:
    """Whom to ask: who may release it and works in a unit of the case."""
    units = sorted(set(case.units.values()))
    people = Person.objects(active=True, posts__unit__in=units, id__ne=actor.id).limit(MOST_LOOKED_AT)
    return [one.id for one in people if may_release(one, case)][:MOST_TOLD]


def _message(made: Reveal, actor: Person) -> Message:
    return Message(
        key=f"reveal:{made.id}",
        title={"zh": f"请批准查看完整内容：{made.case}", "en": f"Release masked content: {made.case}"},
        body={
            "zh": f"{actor.name}申请查看“{made.case}”的完整内容，请到案件页批准或退回。",
            "en": f"{actor.name} asks to see masked content of “{made.case}”; decide on its page.",
        },
        number=made.case,
    )


def _answer(made: Reveal, *, allow: bool) -> Message:
    words = ("已批准", "released") if allow else ("未批准", "not released")
    return Message(
        key=f"reveal:{made.id}:answer",
        title={"zh": f"查看申请{words[0]}：{made.case}", "en": f"Masked content {words[1]}: {made.case}"},
        body={
            "zh": f"您查看“{made.case}”完整内容的申请{words[0]}。",
            "en": f"What you asked to see of “{made.case}” was {words[1]}.",
        },
        number=made.case,
    )
