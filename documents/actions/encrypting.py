"""What migrations that encrypt 加密迁移 have in common: a pass over the data, told of to whoever migrates."""

from __future__ import annotations

import sys
from collections.abc import Collection

from documents.actions.renewing import PASSES, PORTION, renew
from documents.database import database

TOLD_EVERY = 20 * PORTION


def encrypt_what_is_readable() -> None:
    """In portions; killed in the middle, it goes on where it was. Safe to run twice."""
    renew(look=_tell)


def encrypt_more(name: str, collections: Collection[str]) -> None:
    """The same, and once by this name anew through collections of which more is encrypted by now."""
    passes = database()[PASSES]
    known = {row["_id"] for row in passes.find({}, {"_id": 1})}
    if name not in known:
        again = [one for one in known if one.rpartition(":")[0] in collections]
        passes.delete_many({"_id": {"$in": again}})
        passes.insert_one({"_id": name})
    encrypt_what_is_readable()


def _tell(collection: str, seen: int, renewed: int) -> None:
    if seen and seen % TOLD_EVERY == 0:
        print(f"加密 encrypting {collection}: {seen:,}, {renewed:,} 已改写 written", file=sys.stderr)
