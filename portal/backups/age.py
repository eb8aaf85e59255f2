"""Encrypted streams 加密流 in the age format (age-encryption.org/v1), readable by any age program."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

import pyrage
from pyrage.x25519 import Identity, Recipient

BLOCK = 1 << 20


class Undecipherable(Exception):
    """A key is none, or does not fit, or the file was changed or cut off 无法解密; the argument says what."""


def new_identity(path: Path) -> str:
    """Write a new secret key for its owner only; the public key that backups are encrypted for."""
    identity = Identity.generate()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def recipient_of(written: str) -> Recipient:
    """A public key; raises Undecipherable("recipient")."""
    try:
        return Recipient.from_str(written.strip())
    except pyrage.RecipientError as error:
        raise Undecipherable("recipient") from error


def identities_in(path: Path) -> list[Identity]:
    """The secret keys of a file; raises Undecipherable("identity")."""
    rows = [row.strip() for row in path.read_text(errors="replace").splitlines()]
    try:
        found = [Identity.from_str(row) for row in rows if row and not row.startswith("#")]
    except pyrage.IdentityError as error:
        raise Undecipherable("identity") from error
    if not found:
        raise Undecipherable("identity")
    return found


@contextmanager
def encrypted(path: Path, recipients: Sequence[Recipient]) -> Iterator[IO[bytes]]:
    """What is written reaches the file encrypted; the file has its name only when all of it is on disk."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            with _piped(partial(_encrypt, file, recipients)) as sink:
                yield sink
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)  # what is whole has its name by now


def _encrypt(file: IO[bytes], recipients: Sequence[Recipient], source: IO[bytes]) -> None:
    pyrage.encrypt_io(source, file, recipients)


@contextmanager
def _piped(work: Callable[[IO[bytes]], Any]) -> Iterator[IO[bytes]]:
    """A stream into work that runs beside; what stopped that work is raised here."""
    inward, outward = os.pipe()
    with ThreadPoolExecutor(1) as beside:
        done = beside.submit(_closing, work, os.fdopen(inward, "rb"))
        try:
            with os.fdopen(outward, "wb") as sink:
                yield sink
        except BrokenPipeError:
            done.result()
            raise
        done.result()


def _closing(work: Callable[[IO[bytes]], Any], stream: IO[bytes]) -> None:
    with stream:
        work(stream)


@contextmanager
def decrypted(path: Path, identities: Sequence[Identity], *, whole: bool = True) -> Iterator[IO[bytes]]:
    """The content of an encrypted file; raises Undecipherable("file") where it does not fit or is changed.

    Who wants only its beginning is not told when its end is cut off.
    """
    inward, outward = os.pipe()
    with ThreadPoolExecutor(1) as beside, path.open("rb") as file:

        def work(sink: IO[bytes]) -> None:
            pyrage.decrypt_io(file, sink, identities)

        done = beside.submit(_closing, work, os.fdopen(outward, "wb"))
        try:
            with os.fdopen(inward, "rb") as source:
                yield source
                while whole and source.read(BLOCK):
                    pass  # the end of the file has its seal, too
        finally:
            _blame(done)


def _blame(done: Future[None]) -> None:
    """What the reader met may only be the echo of a file that cannot be read; a reader that stops is none."""
    cause = done.exception()
    if isinstance(cause, BrokenPipeError) or cause is None:
        return
    if isinstance(cause, (pyrage.DecryptError, OSError)):
        raise Undecipherable("file") from cause
    raise cause
