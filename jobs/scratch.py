"""Scratch space 临时文件: what a process writes for a moment lies in a folder of its own, and goes with it.

Paper in the making is readable there. Nobody else may look into it; what a killed process left is swept by
the next one that starts.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CLOSED = 0o700
_held: list[int] = []  # the folder of this process stays locked for as long as it lives


def use(folder: Path) -> Path:
    """Let this process, and what it starts, write temporary files below it; sweep those of the dead."""
    folder.mkdir(parents=True, exist_ok=True, mode=CLOSED)
    folder.chmod(CLOSED)
    with _alone(folder):
        sweep(folder)
        own = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=folder))
        _held.append(_locked(own) or -1)
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    tempfile.tempdir = os.environ["TMPDIR"] = str(own)
    return own


def sweep(folder: Path) -> list[str]:
    """Remove the folders of processes that are gone; their names."""
    gone = []
    for path in sorted(folder.iterdir()):
        lock = _locked(path) if path.is_dir() else None
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)
            gone.append(path.name)
    return gone


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else sweeps or begins meanwhile."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _locked(folder: Path) -> int | None:
    """Hold the folder; None where a living process does."""
    with suppress(FileNotFoundError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle
    return None
