"""Children that run out of disk, or are killed: real file systems, real signals."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import shutil
import traceback
from collections.abc import Callable
from pathlib import Path

NEW_MOUNTS, NEW_USER = 0x00020000, 0x10000000
CRASHED = 250


def begun(work: Callable[[], object]) -> int:
    """Let a fork of this process do the work; it ends with the number of its OSError, or 0."""
    child = os.fork()
    if child:
        return child
    code = CRASHED
    try:
        work()
        code = 0
    except OSError as error:
        code = error.errno or CRASHED
    except BaseException:  # noqa: BLE001 - the end of a fork: it must not run on as a second pytest
        traceback.print_exc()
    finally:
        os._exit(code)


def ended(child: int) -> int:
    """How a child ended: its code, or its signal below zero."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def on_small_disk(size: int, folder: Path, keep: Path, work: Callable[[], object]) -> int:
    """Do the work in a folder on a disk of so many bytes, and keep what lies there when it is full."""

    def fill() -> None:
        _mount(size, folder)
        try:
            work()
        finally:
            shutil.copytree(folder, keep)

    folder.mkdir()
    return ended(begun(fill))


def with_small_files(size: int, work: Callable[[], object]) -> int:
    """Do the work where no file may have more bytes: for machines that let nobody mount."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        work()

    return ended(begun(limit))


def can_mount(folder: Path) -> bool:
    """Whether this machine lets us have a disk of our own."""
    return ended(begun(lambda: _mount(4096, folder))) == 0


def _mount(size: int, folder: Path) -> None:
    """A memory disk that only this process sees."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    _check(libc.unshare(NEW_USER | NEW_MOUNTS))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    _check(libc.mount(b"none", os.fsencode(folder), b"tmpfs", 0, f"size={size}".encode()))


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno() or errno.EPERM, "not permitted here")
