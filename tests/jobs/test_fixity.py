"""Fixity: files are really damaged, found, put right from the second copy or told – and nothing is missed."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from bson import ObjectId
from pymongo.database import Database

from documents import file_check, files, keyring
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.file_check import DAMAGED, GOOD, MISSING, ORIGINAL, VOLUME, FileCheck
from documents.files import StoredFile
from documents.notice import Notice
from documents.volume import Volume
from jobs import fixity, surroundings
from jobs.second_copy import CopyUnfit, SecondCopy
from tests import opened
from tests.commands import typed
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.documents.test_dossier import upload
from tests.jobs.test_destructions import due

_ = (perform, register)  # fixtures
PERIOD = timedelta(days=90)
DB = Database[dict[str, Any]]


@pytest.fixture
def copy(database: DB, tmp_path: Path) -> Iterator[SecondCopy]:
    """A house with a folder for second copies."""
    before = list(surroundings._told)
    surroundings._told[:] = [replace(before[0], copy_folder=tmp_path / "copies")]
    yield SecondCopy(tmp_path / "copies", keyring.master())
    surroundings._told[:] = before


def stored(content: bytes, name: str = "回单.txt") -> StoredFile:
    return files.store(io.BytesIO(content), name, media_type="text/plain")


def damage(database: DB, file_id: str, content: bytes = b"XXXX") -> None:
    """Exchange what really lies in the database."""
    changed = database["fs.chunks"].update_one({"files_id": ObjectId(file_id)}, {"$set": {"data": content}})
    assert changed.modified_count == 1


def lose(database: DB, file_id: str) -> None:
    database["fs.chunks"].delete_many({"files_id": ObjectId(file_id)})
    database["fs.files"].delete_one({"_id": ObjectId(file_id)})


def checked(days: int = 0) -> int:
    return fixity.check((NOW + timedelta(days=days)).isoformat())


def state(file_id: str) -> str:
    return str(FileCheck.objects(id=file_id).get().state)


def test_every_file_is_looked_at_in_its_period_and_damage_is_told(policy: object, database: DB) -> None:
    whole, changed, lost, deleted = (stored(f"文件{n}".encode()) for n in range(4))
    cut = stored(b"x" * 3_000_000, "大文件.bin")
    assert checked() == 5
    assert checked() == 0  # nothing is due so soon
    found = file_check.coverage(NOW, PERIOD)
    assert (found.total, found.checked, found.bad, found.share) == (5, 5, 0, 100.0)
    damage(database, changed.id)
    lose(database, lost.id)
    files.delete(deleted.id)  # what was deleted on purpose is not missed
    database["fs.chunks"].delete_one({"files_id": ObjectId(cut.id), "n": 1})
    assert checked(days=73) == 4
    states = {one.id: state(one.id) for one in (whole, changed, lost, cut)}
    assert states == {whole.id: GOOD, changed.id: DAMAGED, lost.id: MISSING, cut.id: DAMAGED}
    assert Notice.objects(person="admin").count() == 3
    file_check.recheck([changed.id, lost.id, cut.id], now=NOW + timedelta(days=74))
    assert checked(days=74) == 3
    assert Notice.objects(person="admin").count() == 3  # each finding is told once
    assert file_check.any_bad() == 3
    assert AuditEntry.objects(verb="fixity_failed").count() == 3


def test_a_damaged_volume_is_put_right_from_the_second_copy(
    policy: object, register: Register, perform: Perform, database: DB, copy: SecondCopy
) -> None:
    volume = due(register, perform, papers=[upload("回单.txt", "收费五元".encode())])
    original = volume.originals[0]["file_id"]
    assert fixity.mirror(volume.id, now=NOW) == 2
    kinds = {one.id: (one.kind, one.subject) for one in FileCheck.objects()}
    assert kinds == {volume.file_id: (VOLUME, volume.id), original: (ORIGINAL, volume.id)}
    right = files.read(volume.file_id)
    assert right not in copy.path(volume.sha256).read_bytes()
    assert b"".join(copy.read(volume.sha256)) == right
    damage(database, volume.file_id, "收费九元".encode())
    lose(database, original)
    Complaint.objects(number=volume.case).update(recused=["intake_head"])
    assert checked(days=73) == 2
    assert files.read(volume.file_id) == right
    assert files.read(original) == "收费五元".encode()
    one = FileCheck.objects(id=volume.file_id).get()
    assert (one.state, files.read(one.evidence)) == (GOOD, "收费九元".encode())
    assert AuditEntry.objects(verb="fixity_repaired", subject=volume.id).count() == 2
    told = opened.notices("文件已自动修复")
    assert {one.person for one in told} == {"admin", "archivist"}  # not who is recused


def test_a_damaged_copy_is_put_right_from_the_first_and_kept_apart(
    policy: object, register: Register, perform: Perform, copy: SecondCopy
) -> None:
    volume = due(register, perform)
    fixity.mirror(volume.id, now=NOW)
    copy.path(volume.sha256).write_bytes(b"broken")
    checked(days=73)
    assert copy.look(volume.sha256) == GOOD
    (kept,) = (copy.folder / "damaged").iterdir()
    assert (kept.name.endswith(".age"), kept.read_bytes()) == (True, b"broken")
    assert AuditEntry.objects(verb="fixity_copy_repaired", subject=volume.id).count() == 1
    copy.path(volume.sha256).unlink()
    checked(days=146)
    assert copy.look(volume.sha256) == GOOD
    assert state(volume.file_id) == GOOD
    fixity.forget(volume.file_id)  # when it is destroyed nothing of it is left
    assert [path.name for path in copy.folder.rglob("*") if path.is_file()] == ["key.json"]
    assert FileCheck.objects.count() == 0


def test_with_both_damaged_it_is_an_alarm_and_both_stay_as_they_are(
    policy: object, register: Register, perform: Perform, database: DB, copy: SecondCopy
) -> None:
    volume = due(register, perform)
    fixity.mirror(volume.id, now=NOW)
    copy.path(volume.sha256).write_bytes(b"broken")
    damage(database, volume.file_id)
    checked(days=73)
    assert state(volume.file_id) == DAMAGED
    assert copy.path(volume.sha256).read_bytes() == b"broken"
    told = opened.notices("文件校验告警")
    assert {one.person for one in told} == {"admin", "archivist", "intake_head"}


def test_a_copy_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    copy = SecondCopy(tmp_path, keyring.master())
    with pytest.raises(CopyUnfit):
        copy.put([b"another"], "0" * 64)

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        copy.put(broken(), "1" * 64)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["key.json"]
    assert copy.look("1" * 64) == MISSING


def test_copies_are_opened_and_encrypted_without_the_portal(tmp_path: Path) -> None:
    master, folder, words = keyring.new_master(), tmp_path / "copies", "欧阳长河".encode() * 100_000
    told = {
        "JUANZONG_COPY_FOLDER": str(folder),
        "JUANZONG_FOLDER": str(tmp_path),
        "JUANZONG_DATA_KEY": master,
    }
    told["MONGODB_URI"] = "mongodb://127.0.0.1:1/"  # nobody there
    earlier, digest = SecondCopy(folder, closes=False), hashlib.sha256(words).hexdigest()
    earlier.put([words], digest)
    earlier.put([b"wrong"], bad := hashlib.sha256(b"wrong").hexdigest())
    earlier.path(bad).write_bytes(b"changed")
    copy = SecondCopy(folder, keyring.master_from(master))
    assert (copy.look(digest), copy.look(bad), copy.is_plain(digest)) == (GOOD, DAMAGED, True)
    assert "未加密 not encrypted: 2" in typed("copies", "status", told=told).stdout
    assert "set aside: 1" in typed("copies", "encrypt", told=told).stdout
    assert "未加密 not encrypted: 0" in typed("copies", "status", told=told).stdout
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert [path for path in kept if words[:12] in path.read_bytes()] == []
    assert (copy.look(digest), copy.look(bad)) == (GOOD, MISSING)
    assert typed("copies", "open", "--to", str(tmp_path / "out"), told=told).returncode == 0
    assert (tmp_path / "out" / digest).read_bytes() == words
    assert typed("copies", "key", str(tmp_path / "key"), told=told).returncode == 0
    identity = pyrage.x25519.Identity.from_str((tmp_path / "key").read_text().strip())
    assert pyrage.decrypt(copy.path(digest).read_bytes(), [identity]) == words
    refused = typed("copies", "status", told={**told, "JUANZONG_DATA_KEY": keyring.new_master()})
    assert "主密钥与数据库不符" in refused.stderr
    whole = copy.path(digest).read_bytes()
    for broken in (whole[:-1], whole[:-70_000], bytes([*whole[:-9], whole[-9] ^ 1, *whole[-8:]])):
        copy.path(digest).write_bytes(broken)
        assert copy.look(digest) == DAMAGED
        assert typed("copies", "open", digest, "--to", str(tmp_path / "no"), told=told).returncode == 1
    assert list((tmp_path / "no").iterdir()) == []


def test_a_copy_that_cannot_be_written_is_tried_again_soon(
    policy: object, register: Register, perform: Perform, copy: SecondCopy
) -> None:
    volume: Volume = due(register, perform)
    copy.folder.parent.mkdir(parents=True, exist_ok=True)
    copy.folder.write_text("a file where the folder should be")
    assert checked() == 1
    one = FileCheck.objects(id=volume.file_id).get()
    assert (one.state, one.copied_at) == (GOOD, None)
    assert one.next_at - one.checked_at < timedelta(hours=2)
    copy.folder.unlink()
    assert checked(days=1) == 1
    assert copy.look(volume.sha256) == GOOD
