"""Signing 签名 as far as it is stored: what waits for it, which roots are trusted, what a check found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from documents import audit, events
from documents.database import transaction
from documents.delayed_signature import DelayedSignature
from documents.rules.signatures import SignatureCheck, SignatureFacts
from documents.signing_state import HOUSE, SigningState
from documents.trusted_certificate import TrustedCertificate
from documents.volume import Volume


def delay(volume: str, reason: str, *, begun: bool, now: datetime) -> None:
    """Note why a volume waits to be sealed; it is tried again. `begun`: an attempt was counted."""
    changes = {
        "$set": {"reason": reason, "tried_at": now},
        "$setOnInsert": {"since": now},
        "$inc": {"times": int(begun)},
    }
    DelayedSignature.collection().update_one({"_id": volume}, changes, upsert=True)


def delayed_times(volume: str) -> int:
    """How often a volume had to wait; those attempts are no fault of it."""
    row = DelayedSignature.collection().find_one({"_id": volume}, {"times": 1})
    return int(row["times"]) if row else 0


def settle(volume: str) -> None:
    """The volume is sealed and waits no longer."""
    DelayedSignature.collection().delete_one({"_id": volume})


def trust(row: Mapping[str, Any], purpose: str, *, now: datetime) -> None:
    """Keep a root for good, for this purpose too."""
    facts = {name: row[name] for name in ("subject", "pem", "test", "not_after")}
    changes = {"$setOnInsert": {**facts, "since": now}, "$addToSet": {"purposes": purpose}}

    def write() -> None:
        done = TrustedCertificate.collection().update_one({"_id": row["id"]}, changes, upsert=True)
        if done.upserted_id is not None or done.modified_count:
            told = {"purpose": purpose, "name": str(row["subject"]), "test": bool(row["test"])}
            audit.note("trust_certificate", f"certificate:{row['id']}", by=events.SYSTEM, at=now, **told)

    transaction(write)


def note_signed(facts: SignatureFacts) -> None:
    """Keep with what was signed last."""
    row = {
        "subject": facts.subject,
        "fingerprint": facts.fingerprint,
        "not_after": facts.not_after,
        "level": facts.level,
        "authority": facts.authority,
        "test": facts.test or facts.test_authority,
        "signed_at": facts.signed_at,
    }
    SigningState.collection().update_one({"_id": HOUSE}, {"$set": row}, upsert=True)


def keep_check(volume: str, sha256: str, check: SignatureCheck, *, now: datetime) -> None:
    """Keep what a check of the signature found, with the digest of the bytes that were checked 验签结果."""
    Volume.collection().update_one(
        {"_id": volume}, {"$set": {"signature_check": check_row(sha256, check, now)}}
    )


def check_row(sha256: str, check: SignatureCheck, now: datetime) -> dict[str, Any]:
    """A check as a volume keeps it."""
    return {
        "sha256": sha256,
        "problems": list(check.problems),
        "root": check.root,
        "signed_at": check.signed_at,
        "authority": check.authority,
        "at": now,
    }
