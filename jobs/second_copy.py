"""The second copy (第二副本): sealed files once more in a folder, under their SHA-256, whole or not there.

They are encrypted in the age format, each by itself, so that any age program opens them with the key of the
folder (`jobs.copy_key`, `juanzong copies`). Copies from before lie there as they are until they are renewed.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import pyrage
from pyrage.x25519 import Identity, Recipient

from documents.file_check import DAMAGED, GOOD, MISSING
from documents.keyring import KeyUnfit
from jobs.copy_key import key_of

BLOCK = 1024 * 1024
ENDING = ".age"
DIGEST = re.compile(r"[0-9a-f]{64}")
SET_ASIDE = "damaged"


class CopyUnfit(Exception):
    """What was to be copied has not the digest that it should have, or a copy does not open."""


@dataclass(frozen=True)
class SecondCopy:
    """A folder of files by digest, best on another disk or machine, under this master key 主密钥."""

    folder: Path
    master: bytes | None = None
    closes: bool = True  # whether what is written is encrypted

    @cached_property
    def key(self) -> Identity:
        """The key of the folder; raises CopyUnfit where the master key is another one, or missing."""
        try:
            return key_of(self.folder, self.master)
        except KeyUnfit as unfit:
            raise CopyUnfit(f"the master key of the copies is {unfit}") from unfit

    def path(self, sha256: str) -> Path:
        """Where the file with this digest lies, or will lie."""
        plain, closed = self._places(sha256)
        return closed if closed.exists() or (self.closes and not plain.exists()) else plain

    def _places(self, sha256: str) -> tuple[Path, Path]:
        plain = self.folder / sha256[:2] / sha256
        return plain, plain.with_name(plain.name + ENDING)

    def is_plain(self, sha256: str) -> bool:
        """Whether the copy lies there as it is though it should not."""
        return self.closes and self.path(sha256).suffix != ENDING

    def look(self, sha256: str) -> str:
        """Whether the copy is good, damaged or missing; every byte is read."""
        try:
            return GOOD if digest_of(self.read(sha256)) == sha256 else DAMAGED
        except FileNotFoundError:
            return MISSING
        except CopyUnfit:
            return DAMAGED

    def read(self, sha256: str) -> Iterator[bytes]:
        """The bytes of a copy as they were; raises CopyUnfit where it does not open, maybe at its end."""
        path = self.path(sha256)
        with path.open("rb") as file:
            if path.suffix == ENDING:
                yield from _decrypted(file, self.key)
            else:
                yield from iter(lambda: file.read(BLOCK), b"")

    def put(self, blocks: Iterable[bytes], sha256: str) -> None:
        """Write a copy; it appears under its name only once it is whole and on the disk."""
        goal, other = self._places(sha256)[:: -1 if self.closes else 1]
        digest = hashlib.sha256()

        def check() -> None:
            if digest.hexdigest() != sha256:
                raise CopyUnfit(sha256)

        self._write(goal, _hashed(blocks, digest), check)
        other.unlink(missing_ok=True)

    def _write(self, goal: Path, blocks: Iterator[bytes], check: Callable[[], None]) -> None:
        goal.parent.mkdir(parents=True, exist_ok=True)
        draft = goal.with_name(f".{goal.name}.{uuid4().hex}")
        try:
            with draft.open("wb") as file:
                if self.closes:
                    _encrypt(blocks, file, self.key.to_public())
                else:
                    file.writelines(blocks)
                file.flush()
                os.fsync(file.fileno())
            check()
            draft.replace(goal)
        finally:
            draft.unlink(missing_ok=True)
        _sync(goal.parent)

    def set_aside(self, sha256: str, stamp: str) -> Path:
        """Keep a damaged copy apart 留存损坏件, so that the right bytes can take its place."""
        path = self.path(sha256)
        kept = self.folder / SET_ASIDE / f"{sha256}.{stamp}{path.suffix}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        path.replace(kept)
        return self._close(kept)

    def plain(self) -> Iterator[Path]:
        """The copies that lie there as they are 未加密副本, in the order of their names."""
        for folder in sorted(self.folder.glob("*/")):
            for path in sorted(folder.iterdir()):
                if DIGEST.match(path.name) and path.suffix != ENDING:
                    yield path

    def encrypt(self, path: Path) -> bool:
        """Encrypt a copy that lies there as it is; whether its content was the right one.

        A damaged one is set aside, encrypted: the next look finds it missing and writes it anew.
        """
        sha256 = path.name.partition(".")[0]
        if path.parent.name == SET_ASIDE:
            self._close(path)
            return True
        try:
            with path.open("rb") as file:
                self.put(iter(lambda: file.read(BLOCK), b""), sha256)
        except CopyUnfit:
            self.set_aside(sha256, "plain")
            return False
        return True

    def _close(self, kept: Path) -> Path:
        """Encrypt what was set aside as it lies there; where it is then."""
        if not self.closes or kept.suffix == ENDING:
            return kept
        closed = kept.with_name(kept.name + ENDING)
        with kept.open("rb") as file:
            self._write(closed, iter(lambda: file.read(BLOCK), b""), lambda: None)
        kept.unlink()
        return closed

    def all(self) -> Iterator[str]:
        """The digests of all copies."""
        for path in sorted(self.folder.glob("??/*")):
            if DIGEST.fullmatch(path.name.removesuffix(ENDING)):
                yield path.name.removesuffix(ENDING)

    def remove(self, sha256: str) -> None:
        """Delete a copy, and whatever was damaged of it."""
        for one in self._places(sha256):
            one.unlink(missing_ok=True)
        for kept in (self.folder / SET_ASIDE).glob(f"{sha256}.*"):
            kept.unlink(missing_ok=True)


def _hashed(blocks: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    for block in blocks:
        digest.update(block)
        yield block


def _encrypt(blocks: Iterator[bytes], file: IO[bytes], key: Recipient) -> None:
    """Write what comes encrypted, in a thread that encrypts beside."""
    inward, outward = os.pipe()
    with ThreadPoolExecutor(1) as beside:
        done = beside.submit(_encrypt_beside, os.fdopen(inward, "rb"), file, key)
        with suppress(BrokenPipeError), os.fdopen(outward, "wb") as sink:  # why it broke says the thread
            sink.writelines(blocks)
        done.result()


def _encrypt_beside(source: IO[bytes], file: IO[bytes], key: Recipient) -> None:
    with source:
        pyrage.encrypt_io(source, file, [key])


def _decrypted(file: IO[bytes], key: Identity) -> Iterator[bytes]:
    """The content of an encrypted file, from a thread that decrypts beside."""
    inward, outward = os.pipe()
    with ThreadPoolExecutor(1) as beside, os.fdopen(inward, "rb") as source:
        done = beside.submit(_decrypt_beside, file, outward, key)
        try:
            yield from iter(lambda: source.read(BLOCK), b"")
        finally:
            source.close()  # whoever stops reading stops the thread
            error = done.exception()
        altered = isinstance(error, OSError) and error.errno is None  # in the middle: not the disk's own
        if altered or isinstance(error, pyrage.DecryptError):
            raise CopyUnfit("it does not open") from error
        if error is not None:
            raise error


def _decrypt_beside(file: IO[bytes], outward: int, key: Identity) -> None:
    with suppress(BrokenPipeError), os.fdopen(outward, "wb") as sink:
        pyrage.decrypt_io(file, sink, [key])


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
