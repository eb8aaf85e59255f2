"""Disk full, or killed, in the middle of a package: never whole, and the same bytes in the end."""

from __future__ import annotations

import errno
import io
import os
import random
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from documents.rules.package import PackageContent
from documents.rules.volume import RenderedVolume
from pdf.verifier import verify
from tests.pdf import packing, small_disks
from tests.pdf.packing import Store

NAME = "Z109-2026-合规部"


class Year(NamedTuple):
    """A year to be packed, and what it is when nothing disturbs."""

    content: PackageContent
    store: Store
    files: dict[str, bytes]

    @property
    def payload(self) -> int:
        """The bytes of the folder, without its ZIP."""
        return sum(len(content) for path, content in self.files.items() if path.startswith(NAME + "/"))


@pytest.fixture(scope="module")
def year(rendered: RenderedVolume, tmp_path_factory: pytest.TempPathFactory) -> Year:
    store, folder = Store(), tmp_path_factory.mktemp("undisturbed")
    content = packing.content(rendered, store)
    packing.pack(folder, content, store)
    return Year(content, store, packing.files(folder))


def _looks_whole(out: Path) -> bool:
    return verify(out / NAME) == [] if (out / NAME / "bagit.txt").exists() else False


def _goes_on(out: Path, year: Year) -> None:
    """The next run completes it, to the byte."""
    packing.pack(out, year.content, year.store)
    assert packing.files(out) == year.files
    assert verify(out / NAME) == verify(out / f"{NAME}.zip") == []


@pytest.mark.parametrize("share", [0.05, 0.4, 0.9, 1.5], ids=["first file", "volumes", "last lists", "ZIP"])
def test_a_full_disk_leaves_nothing_that_looks_whole(
    share: float, year: Year, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    out, kept = tmp_path / "disk", tmp_path / "kept"
    work = partial(packing.pack, out, year.content, year.store)
    if small_disks.can_mount(tmp_path):
        code = small_disks.on_small_disk(int(year.payload * share) + 16_384, out, kept, work)
        assert code == errno.ENOSPC
    else:
        record_property("counted", "full disk: this machine lets nobody mount; files were limited instead")
        largest = max(len(content) for path, content in year.files.items() if path.startswith(NAME + "/"))
        code = small_disks.with_small_files(int(largest * share), work)
        assert code == errno.EFBIG
        kept = out
    assert not (kept / f"{NAME}.zip").exists()
    assert _looks_whole(kept) == (share > 1)
    _goes_on(kept, year)


def test_killed_within_a_file_leaves_nothing_that_looks_whole(year: Year, tmp_path: Path) -> None:
    store = Store(year.store.volumes, year.store.originals)
    store.open_volume = lambda number: _Deadly(year.store.volumes[number])  # type: ignore[method-assign]
    child = small_disks.begun(partial(packing.pack, tmp_path, year.content, store))
    assert small_disks.ended(child) == -signal.SIGKILL
    assert list((tmp_path / NAME).rglob("*.part"))
    assert not _looks_whole(tmp_path)
    _goes_on(tmp_path, year)


class _Deadly(io.BytesIO):
    """A volume whose reader is killed when half of it is written."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > len(self.getvalue()) // 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(min(size or -1, 10_000))


def test_killed_at_any_moment_again_and_again(year: Year, tmp_path: Path) -> None:
    chance, killed = random.Random(5), 0
    for _once in range(25):
        child = small_disks.begun(partial(packing.pack, tmp_path, year.content, year.store))
        time.sleep(chance.uniform(0, 0.08))
        os.kill(child, signal.SIGKILL)
        killed += small_disks.ended(child) == -signal.SIGKILL
        if _looks_whole(tmp_path):
            found = {
                path: one for path, one in packing.files(tmp_path).items() if path.startswith(NAME + "/")
            }
            assert found == {path: year.files[path] for path in found}
            assert sum(map(len, found.values())) == year.payload
        if (tmp_path / f"{NAME}.zip").exists():
            assert verify(tmp_path / f"{NAME}.zip") == []
    assert killed
    _goes_on(tmp_path, year)
