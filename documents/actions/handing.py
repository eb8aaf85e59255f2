"""Handing over 交接: whoever is given a case hears of it at once, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from documents.actions import notices
from documents.actions.notices import Message
from documents.complaint import Complaint
from documents.rules.explanations import moment_en, moment_zh
from documents.rules.passing import Hands, taking_over
from documents.rules.policy import PolicyView
from documents.rules.recipients import REASONS, Concern, addressees
from documents.rules.telling import PERSONAL, Asked, Telling
from documents.staff import roster

Who = Mapping[str, Any]


@dataclass(frozen=True)
class Handing:
    """What is said of a case that goes into other hands, and to whom 交接通知."""

    concern: Concern
    tell: Sequence[Who]
    message: Message
    besides: str  # who did it knows already


class Teller(Protocol):
    """Who passes the word on 通知."""

    def announce(self, handing: Handing, *, now: datetime) -> object:
        """Tell everybody whom it concerns, once."""

    def tell(self, people: Sequence[str], message: Message, *, now: datetime) -> object:
        """Tell these people something, once."""


class StoredTeller:
    """The notices in the database; joins the running transaction."""

    def tell(self, people: Sequence[str], message: Message, *, now: datetime) -> None:
        notices.announce(people, message, now=now)

    def announce(self, handing: Handing, *, now: datetime) -> None:
        roles = {who["role"] for who in handing.tell if "role" in who}
        people = roster([handing.concern], roles)
        reached = addressees(handing.tell, handing.concern, people.staff, now, otherwise=())
        for why in sorted({one.why or "" for one in reached if one.not_sent is None}):
            told = [one.person for one in reached if one.not_sent is None and (one.why or "") == why]
            message = replace(handing.message, why=REASONS[why]) if why else handing.message
            notices.announce([one for one in told if one != handing.besides], message, now=now)


def hands_of(case: Complaint, facts: Mapping[str, Any]) -> Hands:
    """In whose hands the case is now."""
    return Hands(case.stage or "", case.handler, dict(case.units), case.status == "open", facts)


def handing(case: Complaint, view: PolicyView, before: Hands, after: Hands, *, actor: str) -> Handing | None:
    """What is to be said of a change of hands; None when nobody new has the case."""
    telling = Telling.of(view.definition)
    if not telling.announced:
        return None
    tell = taking_over(view.transitions(case.case_type), before, after)
    if not tell:
        return None
    concern = Concern(
        slots=dict(case.units),
        handler=case.handler,
        registrar=case.registrar,
        barred=frozenset(case.recused),
        known_to=tuple(case.known_to),
        watching=telling.watching,
    )
    return Handing(concern, tell, _message(case, view, telling), besides=actor)


def _message(case: Complaint, view: PolicyView, telling: Telling) -> Message:
    stage = view.stage(case.case_type, case.stage)["label"]
    due = _due(case, view)
    channels = tuple(one for one in telling.channels if one in PERSONAL)
    return Message(
        key=f"{case.id}:handed:{len(case.events)}",
        title={
            "zh": f"【请办理】{case.number} {stage['zh']}",
            "en": f"[Yours now] {case.number} {stage['en']}",
        },
        body={
            "zh": f"“{case.number}”已转到您处，当前环节：{stage['zh']}。{due['zh']}",
            "en": f"“{case.number}” is with you now, at the stage “{stage['en']}”. {due['en']}",
        },
        case=str(case.id),
        number=case.number,
        asked=Asked(channels, digest=False),
        telling=telling,
    )


def _due(case: Complaint, view: PolicyView) -> dict[str, str]:
    """Until when, by the limit that ends first."""
    running = [clock for clock in case.clocks if clock.state == "running"]
    if not running:
        return {"zh": "", "en": ""}
    first = min(running, key=lambda clock: clock.due_at)
    label, due = view.limit(first.limit)["label"], first.due_at.astimezone(ZoneInfo(view.zone))
    return {
        "zh": f"“{label['zh']}”的期限为 {moment_zh(due)}。",
        "en": f"“{label['en']}” is due {moment_en(due)}.",
    }


STORED_TELLER = StoredTeller()
