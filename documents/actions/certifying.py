"""Certifying 出具销毁证明: the end of a destruction list, and its certificate kept under its digest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents import audit, events
from documents.actions import signing
from documents.actions.entitlement import check_right
from documents.database import transaction
from documents.destruction import DONE, RUNNING, STOPPED, Certificate, Destruction
from documents.files import StoredFile
from documents.keepers import RIGHT
from documents.person import Person
from documents.policy import view_in_force
from documents.rules.signatures import SignatureCheck, SignatureFacts
from documents.withheld import check_open


def begin(one: Destruction, *, now: datetime) -> int:
    """Count an attempt at the certificate before it starts."""
    row = Destruction.collection().find_one_and_update(
        {"_id": one.id}, {"$inc": {"attempts": 1}, "$set": {"beat_at": now}}
    )
    return 1 + int(row.get("attempts", 0)) if row else 0


def wait(one: Destruction, reason: str, *, begun: bool, now: datetime) -> None:
    """Note why the certificate waits for its signature; an attempt that was counted is no fault of it."""
    changes = {"$set": {"waits": reason, "beat_at": now}, "$inc": {"attempts": -int(begun)}}
    Destruction.collection().update_one({"_id": one.id, "state": RUNNING}, changes)


def keep(one: Destruction, stored: StoredFile, facts: SignatureFacts | None = None, *, now: datetime) -> bool:
    """Keep the certificate and close the list; False when another worker was first."""
    kept = Certificate(file_id=stored.id, name=stored.name, sha256=stored.sha256, size=stored.size, at=now)
    if facts is not None:
        check = SignatureCheck((), root=facts.root, signed_at=facts.signed_at, authority=facts.authority)
        kept.signature, kept.signature_check = facts.as_row(), signing.check_row(stored.sha256, check, now)
    state = STOPPED if one.stopped_at else DONE
    turn = {"verb": state, "by": events.SYSTEM, "name": events.SYSTEM_NAME, "at": now}

    def write() -> bool:
        done = Destruction.collection().update_one(
            {"_id": one.id, "state": RUNNING},
            {
                "$set": {"state": state, "done_at": now, "waits": None, "certificate": kept.to_mongo()},
                "$push": {"history": turn},
            },
        )
        if done.modified_count:
            audit.note("destruction_done", one.number, by=events.SYSTEM, at=now, sha256=stored.sha256)
        return bool(done.modified_count)

    return transaction(write)


def set_aside(one: Destruction, problem: str) -> None:
    """Note why no certificate could be made; what is destroyed stays destroyed."""
    Destruction.collection().update_one({"_id": one.id}, {"$set": {"problem": problem}})


def retry(one: Destruction, *, actor: Person, now: datetime) -> None:
    """Let a list go on that was set aside; each of its volumes is open to the person."""
    check_right(actor, RIGHT, view_in_force(one.policy), one.owner)
    check_open(actor, one.names(), one.owner)
    changes = {"problem": None, "attempts": 0, "beat_at": now}
    Destruction.collection().update_one({"_id": one.id, "state": RUNNING}, {"$set": changes})
    audit.note("destruction_retry", one.number, by=actor.id, at=now)


def keep_check(list_id: str, check: Mapping[str, Any]) -> None:
    """Keep what a new check of the signature of the certificate found 验签结果."""
    here = {"_id": ObjectId(list_id), "certificate": {"$ne": None}}
    Destruction.collection().update_one(here, {"$set": {"certificate.signature_check": dict(check)}})
