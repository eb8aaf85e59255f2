"""Encrypt what identifies people 加密个人信息: in portions; killed in the middle, it goes on where it was."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database

from documents.actions.encrypting import encrypt_what_is_readable


def migrate(_db: Database[dict[str, Any]]) -> None:
    """Everything that was written before there was a key. Safe to run twice."""
    encrypt_what_is_readable()
