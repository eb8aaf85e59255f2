"""Encrypt the stored files 加密已存文件: one after the other; killed, it goes on where it was."""

from __future__ import annotations

import sys
from typing import Any

from pymongo.database import Database

from documents.files import encrypt_earlier

TOLD_EVERY = 500


def migrate(_db: Database[dict[str, Any]]) -> None:
    """Each file is whole at every moment, and keeps its id. Safe to run twice."""
    for count, file_id in enumerate(encrypt_earlier(), start=1):
        if count % TOLD_EVERY == 0:
            print(f"加密文件 encrypting files: {count:,} ({file_id})", file=sys.stderr)
