"""Recalling 收回借阅: a loan ends when its reader is recused from the case, or may no longer know of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import attrgetter

from documents import audit, events, files
from documents.actions import notices
from documents.actions.notices import Message
from documents.complaint import Complaint
from documents.database import transaction
from documents.kept_back import hidden_volumes
from documents.loan import RECALLED, UNENDED, Loan
from documents.rules.need_to_know import common_list
from documents.volume import Volume

MOST_AT_ONCE = 500
LABEL = {"zh": "收回借阅", "en": "Loan recalled"}
TITLE = {"zh": "一份借阅已终止", "en": "A loan has ended"}
BODY = {
    "zh": "您的一份借阅已提前终止，阅览件不能再打开。",
    "en": "One of your loans has ended before its last day; its copy can no longer be opened.",
}


def follow(case: Complaint, *, now: datetime) -> None:
    """The volumes of the case are for whom it is for; loans of others end, and its history says so.

    Joins the running transaction, which writes the case afterwards.
    """
    for volume in Volume.objects(cases=case.number, destroyed_at=None).only("cases"):
        others = [one for one in volume.cases if one != case.number]
        inside = [case, *Complaint.objects(number__in=others).only("known_to", "recused")]
        seen = {
            "known_to": common_list(one.known_to for one in inside),
            "recused": sorted({person for one in inside for person in one.recused}),
        }
        Volume.collection().update_one({"_id": volume.id}, {"$set": seen})
        hidden = Volume(cases=volume.cases, **seen).is_hidden_from
        lent = Loan.objects(volume=volume.id, state__in=UNENDED).order_by("number")
        ended = [one for one in lent if hidden(one.asked_by) and _end(one, now)]
        if ended:
            _tell_in(case, ended, now)


def _tell_in(case: Complaint, ended: Iterable[Loan], now: datetime) -> None:
    note = "；".join(f"{one.number} {one.asked_name}" for one in ended)
    by = {"by": events.SYSTEM, "by_name": events.SYSTEM_NAME}
    events.append(case, at=now, verb="loan_recalled", label=LABEL, note=note, **by)


def _end(loan: Loan, now: datetime) -> bool:
    """End it, with its entry in the trail and a notice that names nothing."""
    change = {"state": RECALLED, "ended_at": now, "ended_by": events.SYSTEM}
    here = {"_id": loan.id, "state": {"$in": list(UNENDED)}}
    if not Loan.collection().update_one(here, {"$set": change}).modified_count:
        return False
    audit.note("loan_recalled", loan.volume, by=events.SYSTEM, at=now, loan=loan.number)
    notices.announce([loan.asked_by], Message(f"loan:{loan.id}:recalled", TITLE, BODY), now=now)
    return True


def discard(volumes: Iterable[str] | None = None) -> int:
    """Delete the copies of recalled loans, of these volumes or of all; their digests stay."""
    wanted = {"state": RECALLED, "file_id": {"$ne": None}}
    narrow = {} if volumes is None else {"volume": {"$in": list(volumes)}}
    found = list(Loan.collection().find({**wanted, **narrow}, {"file_id": 1}).limit(MOST_AT_ONCE))
    for row in found:
        # Its name goes last: killed in between, it is found again.
        files.delete(row["file_id"])
        Loan.collection().update_one({"_id": row["_id"]}, {"$set": {"file_id": None}})
    return len(found)


def look_round(now: datetime) -> int:
    """例行检查: end what is lent to somebody from whom it is hidden, and delete the copies that are left."""
    ended, lent = 0, Loan.objects(state__in=UNENDED).order_by("asked_by", "id")
    for reader, loans in groupby(lent, attrgetter("asked_by")):
        known = list(loans)
        hidden = hidden_volumes((one.volume for one in known), reader)
        ended += sum(transaction(partial(_end, one, now)) for one in known if one.volume in hidden)
    discard()
    return ended
