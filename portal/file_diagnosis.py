"""Whether the stored files are whole 存档文件检查, and whether their second copy can be written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from documents.file_check import BAD
from documents.files import CHECKS
from jobs.second_copy import SecondCopy
from portal.findings import Finding, bad, good, note, warning
from portal.settings import Settings

FOLDER = "JUANZONG_COPY_FOLDER"


def stored_files(settings: Settings) -> Iterator[Finding]:
    """What the fixity job has found, and the folder of the second copy."""
    yield copies(settings)
    client: MongoClient[dict[str, Any]] = MongoClient(
        settings.mongodb_uri, serverSelectionTimeoutMS=3000, tz_aware=True
    )
    with client:
        rows = client[settings.database_name][CHECKS]
        try:
            damaged = rows.count_documents({"state": {"$in": list(BAD)}}, limit=1_000)
            checked = {"checked_at": {"$ne": None}}
            oldest = rows.find_one(checked, {"checked_at": 1}, sort=[("checked_at", 1)])
        except PyMongoError:
            return
    yield _files(settings, damaged, oldest["checked_at"] if oldest else None)


def _files(settings: Settings, damaged: int, oldest: datetime | None) -> Finding:
    if damaged:
        words = (f"{damaged} 个存档文件损坏或丢失", f"{damaged} stored files are damaged or missing")
        return bad(*words, "/admin/fixity/")
    if oldest is None:
        return note("存档文件还没有校验过", "no stored file was checked yet")
    day, days = f"{oldest:%Y-%m-%d}", settings.fixity_days
    if oldest < datetime.now(UTC) - timedelta(days=days):
        return warning(
            f"有文件超过 {days} 天没有校验（最早 {day}）",
            f"some file was not checked for {days} days (oldest {day})",
            "juanzong worker",
        )
    return good(f"存档文件校验正常（最早 {day}）", f"stored files are whole (oldest check {day})")


def copies(settings: Settings) -> Finding:
    """The folder of the second copy 第二副本."""
    folder = settings.copy_folder
    if folder is None:
        return note("未设置第二副本文件夹", "no folder for second copies", f"{FOLDER}=/path")
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        words = ("第二副本文件夹不能写入", "the folder of second copies cannot be written to")
        return bad(*words, f"{FOLDER}={folder}")
    if settings.closes_copies and next(SecondCopy(folder).plain(), None):
        words = ("有未加密的第二副本", "some second copies are not encrypted yet")
        return warning(*words, "juanzong copies encrypt")
    return good("第二副本文件夹可写", "second copies can be written")
