"""Encrypt what people wrote elsewhere 加密其余文字: evidence of duties, reasons, replays, receivers."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database

from documents.actions.encrypting import encrypt_more

# Of these more is encrypted now, whether or not they were gone through before.
AGAIN = (
    *("archive_numbers", "complaints", "destructions", "duties", "inspections", "loans", "packages"),
    *("print_orders", "replay_orders", "reports", "timers"),
)
BEGUN = "again:2026-12-01"


def migrate(_db: Database[dict[str, Any]]) -> None:
    """In portions; killed in the middle, it goes on where it was. Safe to run twice."""
    encrypt_more(BEGUN, AGAIN)
