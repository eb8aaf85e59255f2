"""The key of the second copies 第二副本密钥: beside them, wrapped by the master key of the data.

It is an age identity (age-encryption.org/v1), made once for each folder and never changed: another master key
wraps it anew. Whoever has the folder and the master key opens the copies, without portal and database.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from pyrage.x25519 import Identity

from documents.keyring import KeyUnfit, fingerprint, unwrapped, wrapped

NAME = "key.json"
PURPOSE = b"juanzong second copies"


def key_of(folder: Path, master: bytes | None) -> Identity:
    """The key of the folder; makes it where there is none. Raises KeyUnfit."""
    if master is None:
        raise KeyUnfit("missing")
    path = folder / NAME
    if not path.exists():
        _write(path, {fingerprint(master): _closed(master, str(Identity.generate()))}, first=True)
    return Identity.from_str(_opened(path, master))


def wrap_for(folder: Path, old: bytes, new: bytes) -> None:
    """Let another master key open the folder, too; before the data is wrapped with it."""
    path = folder / NAME
    if path.exists():
        _write(path, {**_wraps(path), fingerprint(new): _closed(new, _opened(path, old))})


def forget_others(folder: Path, master: bytes) -> None:
    """Let this master key alone open the folder; once the data is wrapped with it."""
    path = folder / NAME
    if path.exists():
        _write(path, {fingerprint(master): _closed(master, _opened(path, master))})


def _opened(path: Path, master: bytes) -> str:
    wraps = _wraps(path)
    if fingerprint(master) not in wraps:
        raise KeyUnfit("wrong")
    return unwrapped(master, PURPOSE, base64.b64decode(wraps[fingerprint(master)])).decode()


def _closed(master: bytes, secret: str) -> str:
    return base64.b64encode(wrapped(master, PURPOSE, secret.encode())).decode()


def _wraps(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(path.read_text())
    except ValueError as error:
        raise KeyUnfit("malformed") from error
    return found


def _write(path: Path, wraps: Mapping[str, str], *, first: bool = False) -> None:
    """All of it or nothing; of two that make the first at once, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{NAME}.{uuid4().hex}")
    with draft.open("x") as file:
        file.write(json.dumps(wraps, indent=1))
        file.flush()
        os.fsync(file.fileno())
    try:
        if first:
            path.hardlink_to(draft)
        else:
            draft.replace(path)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)
