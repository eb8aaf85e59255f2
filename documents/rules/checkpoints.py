"""Checkpoints 检查点: the heads of the lanes of the audit trail, signed, each on the one before."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from documents.rules.trail import Head, stored_moment, written

Row = Mapping[str, Any]
Fits = Callable[[str, bytes, bytes], bool | None]  # key, signature, what was signed; None: a key nobody knows

UNREADABLE, UNSIGNED, STRANGE_KEY = "checkpoint_unreadable", "checkpoint_signature", "checkpoint_key"
ABSENT, LOOSE, CONTRADICTS = "checkpoint_missing", "checkpoint_loose", "checkpoint_contradicts"
PROBLEMS: Final = (UNREADABLE, UNSIGNED, STRANGE_KEY, ABSENT, LOOSE, CONTRADICTS)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a checkpoint; `number` is its own, or that of the line when it cannot be read."""

    code: str
    number: int


@dataclass
class Remembered:
    """What checkpoints remember 检查点内容: of each lane the hash at a number; what is wrong with them."""

    marks: dict[int, dict[int, bytes]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    first: int = 1  # the number of the earliest that was given
    newest: str = ""  # when the newest was made


@dataclass(frozen=True)
class Last:
    """The last checkpoint of a folder 末个检查点, and what it and those before it saw."""

    number: int
    line: str
    is_good: bool
    heads: Mapping[int, Head] = field(default_factory=dict)


def last_of(lines: Iterable[str], fits: Fits) -> Last | None:
    """The last of a folder's lines, which come in order; None where there is none.

    Its signature covers the digest of the line before, and so on; a line that is whole tells of every lane.
    """
    found, before, heads = None, "", dict[int, Head]()
    for text in lines:
        row = _read(text)
        if row is None:
            found, before, heads = Last(found.number if found else 0, text, is_good=False), "", {}
            continue
        if row.get("whole") or row["before"] != digest_of(before):
            heads = {}
        seen = {int(lane): (seq, bytes.fromhex(digest)) for lane, (seq, digest) in row["lanes"].items()}
        heads, before = {**heads, **seen}, text
        found = Last(row["number"], text, is_good=True, heads=heads)
    return replace(found, is_good=found.is_good and is_good(found.line, fits)) if found else None


def is_good(text: str, fits: Fits) -> bool:
    """Whether the line is a checkpoint that this key has signed."""
    row = _read(text)
    return row is not None and bool(fits(row["key"], base64.b64decode(row["signature"]), to_be_signed(row)))


def line_of(
    number: int, at: datetime, heads: Mapping[int, Head], before: str, key: str, whole: bool = False
) -> dict[str, Any]:
    """A checkpoint without its signature; `before` is the line of the one before it."""
    return {
        **({"whole": True} if whole else {}),
        "number": number,
        "at": stored_moment(at).isoformat(),
        "lanes": {str(lane): [seq, digest.hex()] for lane, (seq, digest) in sorted(heads.items())},
        "before": digest_of(before),
        "key": key,
    }


def digest_of(line: str) -> str:
    """The SHA-256 of a whole line; nothing for no line."""
    return hashlib.sha256(line.encode()).hexdigest() if line else ""


def to_be_signed(line: Row) -> bytes:
    """The bytes that the signature covers."""
    return written({name: value for name, value in line.items() if name != "signature"})


def text_of(line: Row, signature: bytes) -> str:
    """The line as it is kept."""
    return written({**line, "signature": base64.b64encode(signature).decode()}).decode()


def remembered(lines: Iterable[str], fits: Fits) -> Remembered:
    """Read the lines of all files, in any order; the same line may stand in several."""
    found, known = Remembered(), dict[int, str]()
    for place, text in enumerate(lines, start=1):
        row = _read(text)
        if row is None:
            found.problems.append(Problem(UNREADABLE, place))
        elif known.setdefault(row["number"], text) != text:
            found.problems.append(Problem(CONTRADICTS, row["number"]))
    before: tuple[int, str] | None = None
    for number, text in sorted(known.items()):
        _take(found, json.loads(text), before, fits)
        if before is not None and number > before[0] + 1:
            found.problems.append(Problem(ABSENT, before[0] + 1))
        before = number, text
    found.count, found.first = len(known), min(known, default=1)
    return found


def _take(found: Remembered, row: Row, before: tuple[int, str] | None, fits: Fits) -> None:
    follows = before is None or before[0] + 1 != row["number"] or row["before"] == digest_of(before[1])
    if not follows:
        found.problems.append(Problem(LOOSE, row["number"]))
    good = fits(row["key"], base64.b64decode(row["signature"]), to_be_signed(row))
    if not good:
        found.problems.append(Problem(UNSIGNED if good is False else STRANGE_KEY, row["number"]))
        return
    found.newest = row["at"]
    for lane, (seq, digest) in row["lanes"].items():
        # The first that saw this number counts: after a cut the lane comes to it a second time.
        found.marks.setdefault(int(lane), {}).setdefault(seq, bytes.fromhex(digest))


def _read(text: str) -> dict[str, Any] | None:
    """The line, when it has everything a checkpoint has."""
    try:
        row: dict[str, Any] = json.loads(text)
        base64.b64decode(row["signature"], validate=True)
        heads = [(int(lane), int(seq), bytes.fromhex(digest)) for lane, (seq, digest) in row["lanes"].items()]
        whole = isinstance(row["number"], int) and all(isinstance(row[one], str) for one in ("key", "before"))
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error, RecursionError):
        return None
    return row if whole and isinstance(row["at"], str) and all(seq > 0 for _, seq, _ in heads) else None
