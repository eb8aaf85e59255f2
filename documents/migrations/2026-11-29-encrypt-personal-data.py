"""Encrypt what identifies people 加密个人信息: in portions; killed in the middle, it goes on where it was."""

from __future__ import annotations

import sys
from typing import Any

from pymongo.database import Database

from documents.actions.renewing import PORTION, renew

TOLD_EVERY = 20 * PORTION


def migrate(_db: Database[dict[str, Any]]) -> None:
    """Everything that was written before there was a key. Safe to run twice."""
    renew(look=_tell)


def _tell(collection: str, seen: int, renewed: int) -> None:
    if seen and seen % TOLD_EVERY == 0:
        print(f"加密 encrypting {collection}: {seen:,}, {renewed:,} 已改写 written", file=sys.stderr)
