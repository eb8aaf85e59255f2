"""No room, no harm: a volume that cannot be kept waits with its reason, and a bomb costs its own pages."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pymongo.database import Database

from documents import files
from documents.archive_number import ArchiveNumber
from documents.delayed_signature import DelayedSignature
from documents.papers import waiting
from documents.volume import Volume
from jobs import papers
from pdf.sandbox import Limits, Sandbox
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.documents.test_dossier import archived, upload
from tests.pdf import bombs

_ = (perform, register)  # fixtures
LATER = NOW.isoformat()


@contextmanager
def refusing(database: Database[dict[str, Any]]) -> Iterator[None]:
    """A file library that takes nothing, as one with a full disk."""
    database.command("collMod", "fs.chunks", validator={"_id": {"$exists": False}})
    try:
        yield
    finally:
        database.command("collMod", "fs.chunks", validator={})


@contextmanager
def little_room(most_bytes: int) -> Iterator[None]:
    """No file of this process may grow beyond this."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_volume_waits_while_nothing_can_be_kept_and_is_sealed_afterwards(
    register: Register, perform: Perform, database: Database[dict[str, Any]]
) -> None:
    case = archived(register, perform, papers=[upload("录音.mp3", b"ID3" + bytes(4_000_000))])
    number, before = case.volume.number, database["fs.chunks"].count_documents({})
    for trouble, said in (
        (refusing(database), "文件库拒绝写入，可能磁盘空间不足"),
        (little_room(3_000_000), "作业所在机器的磁盘不能写入（File too large）"),
    ):
        with trouble:
            assert papers.render_volume(number, LATER) == "waits for room"
        assert DelayedSignature.objects.get(id=number).reason.startswith(said)
        assert (ArchiveNumber.get(number).state, Volume.objects.count()) == ("reserved", 0)
        assert [paper.number for paper in waiting(9)] == [number]
        assert database["fs.chunks"].count_documents({}) == before
    papers.render_volume(number, LATER)
    assert files.read(Volume.get(number).file_id).startswith(b"%PDF-")
    assert DelayedSignature.objects.count() == 0


def test_a_bomb_is_kept_as_original_and_its_case_is_sealed(
    register: Register, perform: Perform, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = bombs.laughing_pdf(9)
    case = archived(register, perform, papers=[upload("单据.pdf", bomb), upload("说明.txt", "收费".encode())])
    # A fast machine fills the usual memory within that second; what ends the bomb here is the computing.
    with Sandbox(Limits(upload_cpu_seconds=1, memory_bytes=4 << 30)) as small:
        monkeypatch.setattr(papers.sandbox, "shared", lambda: small)
        papers.render_volume(case.volume.number, LATER)
    volume = Volume.get(case.volume.number)
    assert volume.warnings == ["附件“单据.pdf”仅存原件：翻印未能完成：计算超过 1 秒，已终止"]
    assert files.read(volume.originals[0]["file_id"]) == bomb
    assert [entry["note"] for entry in volume.contents[-2:]] == ["仅存原件", ""]
