"""The second copy (第二副本): sealed files once more in a folder, under their SHA-256, whole or not there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from documents.file_check import DAMAGED, GOOD, MISSING

BLOCK = 1024 * 1024


class CopyUnfit(Exception):
    """What was to be copied has not the digest that it should have."""


@dataclass(frozen=True)
class SecondCopy:
    """A folder of files by digest, best on another disk or machine."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where the file with this digest lies."""
        return self.folder / sha256[:2] / sha256

    def look(self, sha256: str) -> str:
        """Whether the copy is good, damaged or missing; every byte is read."""
        try:
            return GOOD if digest_of(self.read(sha256)) == sha256 else DAMAGED
        except FileNotFoundError:
            return MISSING

    def read(self, sha256: str) -> Iterator[bytes]:
        """The bytes of a copy."""
        with self.path(sha256).open("rb") as file:
            yield from iter(lambda: file.read(BLOCK), b"")

    def put(self, blocks: Iterable[bytes], sha256: str) -> None:
        """Write a copy; it appears under its name only once it is whole and on the disk."""
        goal = self.path(sha256)
        goal.parent.mkdir(parents=True, exist_ok=True)
        draft, digest = goal.with_name(f".{sha256}.{uuid4().hex}"), hashlib.sha256()
        try:
            with draft.open("wb") as file:
                for block in blocks:
                    digest.update(block)
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            if digest.hexdigest() != sha256:
                raise CopyUnfit(sha256)
            draft.replace(goal)
        finally:
            draft.unlink(missing_ok=True)
        _sync(goal.parent)

    def set_aside(self, sha256: str, stamp: str) -> Path:
        """Keep a damaged copy apart 留存损坏件, so that the right bytes can take its place."""
        kept = self.folder / "damaged" / f"{sha256}.{stamp}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        self.path(sha256).replace(kept)
        return kept

    def remove(self, sha256: str) -> None:
        """Delete a copy, and whatever was damaged of it."""
        self.path(sha256).unlink(missing_ok=True)
        for kept in (self.folder / "damaged").glob(f"{sha256}.*"):
            kept.unlink(missing_ok=True)


def digest_of(blocks: Iterable[bytes]) -> str:
    """The SHA-256 of what comes piece by piece."""
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()


def _sync(folder: Path) -> None:
    """The name of the file, too, must be on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
