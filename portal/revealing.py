"""What is shown in full 查看完整内容 to the person behind the request, in this sitting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from flask import g, session

from documents.complaint import Complaint
from documents.policy import view_of
from documents.reveal import Reveal
from documents.rules.field_reading import is_empty
from documents.rules.fields import fields_of
from documents.rules.revealing import beneath, veiled
from portal.clock import now
from portal.language import said
from portal.signing_in import me
from portal.standing import may_on

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Party:
    """The masked fields of one part of a form 遮盖栏目: they are usually wanted together."""

    title: str
    fields: tuple[Definition, ...]


def sitting() -> str:
    """The mark of this sign-in; what is revealed in it is revealed in no other."""
    if "sitting" not in session:
        session["sitting"] = token_urlsafe(12)
    return str(session["sitting"])


def revealed(number: str) -> Mapping[str, datetime]:
    """The fields of a case that are shown in full now, and until when."""
    if "revealed" not in g:
        known = session.get("sitting")
        g.revealed = Reveal.of_sitting(me().id, known, now()) if known else {}
    found: Mapping[str, datetime] = g.revealed.get(number, {})
    return found


def veil(number: str, field: Definition, value: Any, under: str = "") -> str:
    """What the person sees of an answer that lies under its mask; nothing when it is shown in full."""
    text = veiled(field, value)
    return "" if not text or (under or field["key"]) in revealed(number) else text


def parties(case: Complaint) -> list[Party]:
    """The masked fields that the case has answers to and the person may read, part by part."""
    view, facts = view_of(case.policy, case.policy_version), case.facts()
    found: dict[tuple[str, ...], Party] = {}
    for key in dict.fromkeys(answers.form for answers in case.answers):
        for section in view.form(key)["sections"]:
            fields = tuple(one for one in fields_of({"sections": [section]}) if _lies_under(one, facts, case))
            names = tuple(str(one["key"]) for one in fields)
            if fields:
                found.setdefault(names, Party(said(section["title"]), fields))
    return list(found.values())


def _lies_under(field: Definition, facts: Mapping[str, Any], case: Complaint) -> bool:
    masked = any(may_on(case, field=one) for one in beneath(field).values())
    return masked and not is_empty(facts.get(field["key"])) and bool(may_on(case, field=field))
