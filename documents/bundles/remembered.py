"""Files read before 读过的文件: the same text of a file is not parsed twice while a process runs.

An export is read back before it is handed out, an import is read when it is sent, when it is considered
and when it is done: parsing is the dearest part of each. What is handed out is a copy, the caller's own.
"""

from __future__ import annotations

import hashlib
import pickle
from collections import OrderedDict
from threading import Lock
from typing import Any

MOST_BYTES = 16_000_000

_kept: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()
_turn = Lock()


def recall(file: str, text: str) -> Any:
    """What was kept for this text in a file of this name; None when there is nothing."""
    with _turn:
        kept = _kept.get(_key(file, text))
        if kept is not None:
            _kept.move_to_end(_key(file, text))
    return None if kept is None else pickle.loads(kept)  # noqa: S301 - written below, by this process


def keep(file: str, text: str, found: Any) -> None:
    """Keep what a text came to; the longest unused is forgotten."""
    kept = pickle.dumps(found, pickle.HIGHEST_PROTOCOL)
    with _turn:
        _kept[_key(file, text)] = kept
        while sum(map(len, _kept.values())) > MOST_BYTES:
            _kept.popitem(last=False)


def _key(file: str, text: str) -> tuple[str, bytes]:
    return file, hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
