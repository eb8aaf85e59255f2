"""Encrypt what people wrote elsewhere 加密其余文字: evidence of duties, reasons, replays, receivers."""

from __future__ import annotations

import sys
from typing import Any

from pymongo.database import Database

from documents.actions.renewing import PASSES, PORTION, renew

# Of these more is encrypted now, whether or not they were gone through before.
AGAIN = (
    *("archive_numbers", "complaints", "destructions", "duties", "inspections", "loans", "packages"),
    *("print_orders", "replay_orders", "reports", "timers"),
)
BEGUN = "again:2026-12-01"
TOLD_EVERY = 20 * PORTION


def migrate(db: Database[dict[str, Any]]) -> None:
    """In portions; killed in the middle, it goes on where it was. Safe to run twice."""
    passes = {row["_id"] for row in db[PASSES].find({}, {"_id": 1})}
    if BEGUN not in passes:
        again = [name for name in passes if name.rpartition(":")[0] in AGAIN]
        db[PASSES].delete_many({"_id": {"$in": again}})
        db[PASSES].insert_one({"_id": BEGUN})
    renew(look=_tell)


def _tell(collection: str, seen: int, renewed: int) -> None:
    if seen and seen % TOLD_EVERY == 0:
        print(f"加密 encrypting {collection}: {seen:,}, {renewed:,} 已改写 written", file=sys.stderr)
