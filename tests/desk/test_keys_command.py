"""`juanzong keys`, and what is said at the start with a key that is not that of the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from documents import keyring, leftovers
from documents.audit import note, raw
from documents.file_check import DAMAGED, GOOD
from documents.keyring import COLLECTION, master_from, ring
from documents.migrations import DONE
from jobs.second_copy import SecondCopy
from portal.commands import keys
from tests.commands import typed, typed_apart
from tests.conftest import DATABASE_NAME
from tests.data_key import DATA_KEY
from tests.documents.conftest import NOW

Db = Database[dict[str, Any]]


@pytest.fixture
def told(database: Db, mongo_uri: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of a house with one encrypted fact; its keys are put back."""
    note("read", "TS-1", by="a", at=NOW, name="李小明")
    kept = list(database[COLLECTION].find())
    yield {"MONGODB_URI": mongo_uri, "JUANZONG_DATABASE": DATABASE_NAME, "JUANZONG_FOLDER": str(tmp_path)}
    database[COLLECTION].delete_many({})
    database[COLLECTION].insert_many(kept)
    keyring.use(keyring.master_from(DATA_KEY), keyring._open[0]._where)


def test_keys_are_counted_rotated_and_wrapped_anew(
    told: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "SETTLED", 0)
    number = ring().current.number
    assert f"audit               {number}: 1" in typed("keys", "status", told=told).stdout
    done = typed("keys", "rotate", told=told)
    assert (done.returncode, f"{number + 1} is left" in done.stdout) == (0, True), done.stderr
    said = typed("keys", "status", told=told).stdout
    assert f"audit               {number + 1}: 1" in said
    note("read", "TS-2", by="a", at=NOW, name="王敏")
    raw().update_one({"subject": "TS-2"}, {"$set": {"facts.name": "李四"}})
    done = typed("keys", "rotate", told=told)
    assert (done.returncode, f"{number + 2} is left" in done.stdout) == (1, True), done.stderr
    assert "✗ audit " in done.stdout
    assert raw().delete_one({"subject": "TS-2", "facts.name": "李四"}).deleted_count == 1
    fresh, copies = tmp_path / "new.key", tmp_path / "copies"
    SecondCopy(copies, master_from(DATA_KEY)).put([b"x"], digest := hashlib.sha256(b"x").hexdigest())
    told["JUANZONG_COPY_FOLDER"] = str(copies)
    assert typed("keys", "rewrap", str(fresh), told=told).returncode == 0
    assert fresh.stat().st_mode & 0o777 == 0o600
    assert SecondCopy(copies, master_from(fresh.read_text())).look(digest) == GOOD
    assert SecondCopy(copies, master_from(DATA_KEY)).look(digest) == DAMAGED  # it does not open
    refused = typed_apart("migrate", told=told)  # with the key of before
    assert refused.returncode == 1
    assert "数据主密钥与数据库不符" in refused.stderr
    assert "JUANZONG_DATA_KEY_FILE=" in refused.stderr
    doctor = typed("doctor", told={**told, "REDIS_URL": "redis://127.0.0.1:1/0"})
    assert "the master key is not that of this database" in doctor.stdout + doctor.stderr
    opens = {**told, "JUANZONG_DATA_KEY": "", "JUANZONG_DATA_KEY_FILE": str(fresh)}
    assert typed("keys", "status", told=opens).returncode == 0


def test_what_an_upgrade_left_readable_is_told_and_compacted(
    told: dict[str, str], database: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "collections", lambda: ["audit", COLLECTION])
    database[DONE].delete_many({})
    founded = datetime(2026, 11, 1, tzinfo=UTC)
    database[DONE].insert_one({"_id": "2026-11-25-series-of-each-policy", "at": founded})
    database[DONE].insert_one({"_id": "2026-11-29-encrypt-personal-data", "at": founded})
    said = typed("keys", "leftovers", told=told).stdout
    assert "从一开始就是加密的" in said
    assert "正常 good" in said
    later = {"_id": "2026-11-30-encrypt-stored-files", "at": datetime.now(UTC) + timedelta(minutes=1)}
    database[DONE].insert_one(later)
    said = typed("keys", "leftovers", "--compact", told=told).stdout
    assert "compacted" in said
    assert "早于加密" in said
    doctor = typed("doctor", told={**told, "REDIS_URL": "redis://127.0.0.1:1/0"}).stdout
    assert "的文件中还有升级前的明文" in doctor
