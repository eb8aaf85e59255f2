"""Checking the audit trail 审计核验: every entry against its hash, lane by lane, and against checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pymongo.read_concern import ReadConcern

from documents import audit
from documents.audit import CHAINED, AuditEntry
from documents.rules import trail
from documents.rules.trail import Break, Walk

ORDER = [("lane", 1), ("seq", 1)]
AT_ONCE = 2_000
SHOWN_UNCHAINED = 20


def walk_along(marks: Mapping[int, Mapping[int, bytes]] | None = None) -> Walk:
    """A walk that asks for the seals of the house; `marks` are what checkpoints remember."""
    return Walk(marks or {}, audit.seal)


def is_sealed() -> bool:
    """Whether the seals of this trail have begun; a backup from before them has none."""
    return AuditEntry.collection().find_one({"verb": trail.SEALED}, {"_id": 1}) is not None


def check(walk: Walk) -> Iterator[Break]:
    """What does not follow in the whole trail; the memory it takes does not grow with the entries.

    Each entry is opened by itself: one that does not open is one break, and all others are looked at.
    """
    entries, encryption = audit.raw(), AuditEntry.encryption()
    rows = entries.find(CHAINED).sort(ORDER).batch_size(AT_ONCE)
    yield from walk.breaks(encryption.told(row) for row in rows)
    yield from walk.unvouched(_vouchers(walk))
    found = entries.find({"lane": {"$exists": False}}, {"_id": 1}).limit(SHOWN_UNCHAINED)
    yield from (Break(trail.UNCHAINED, entry=str(row["_id"])) for row in found)


def _vouchers(walk: Walk) -> Mapping[str, list[Mapping[str, Any]]]:
    """The entries that vouch for what was taken away: each was checked in its lane like every other."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for token in walk.redacted:
        told = {"subject": f"{trail.REDACTION}{token}", "verb": trail.REDACT, **CHAINED}
        found[token] = [row["facts"] for row in AuditEntry.collection().find(told, {"facts": 1})]
    return found


def earlier() -> Mapping[str, Any] | None:
    """What was said when the entries from before the chain were chained: how many, until when."""
    row = AuditEntry.collection().find_one({"lane": trail.EARLIER, "verb": trail.CHAINED})
    return row["facts"] if row else None


def heads() -> dict[int, trail.Head]:
    """The newest entry of every lane, of those that no fail-over takes back."""
    found: dict[int, trail.Head] = {}
    safe = AuditEntry.collection().with_options(read_concern=ReadConcern("majority"))
    for lane in _lanes():
        wanted = {"lane": lane, "seq": audit.WHOLE_NUMBER}
        row = safe.find_one(wanted, {"seq": 1, "hash": 1}, sort=[("seq", -1)])
        if row:
            found[lane] = row["seq"], row.get("hash") or trail.START
    return found


def _lanes() -> Iterator[int]:
    """Every lane there is; one look into the index for each. What is no number is none."""
    last: dict[str, Any] = {"$gte": trail.EARLIER}
    while row := AuditEntry.collection().find_one(
        {"lane": {"$exists": True, **audit.WHOLE_NUMBER, **last}}, {"lane": 1}, sort=ORDER
    ):
        yield row["lane"]
        last = {"$gt": row["lane"]}
