"""Checkpoints 检查点: the heads of the audit trail, signed and written where the database does not reach.

What counts is what was signed and written outside: before the job signs again, it reads the end of each
folder and holds the database against it. Whoever writes to the database can change what it remembers of its
checkpoints, and takes nothing back by that.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from documents import audit_check, checkpoint
from documents.actions import alarming
from documents.checkpoint import Checkpoint
from documents.rules import checkpoints
from documents.rules.checkpoints import Last
from documents.rules.trail import Head
from jobs.checkpoint_folders import append, end_of
from jobs.house_key import Keyring, name_of, private_key
from jobs.surroundings import current

log = logging.getLogger(__name__)
FOLDER = "checkpoints"


@dataclass(frozen=True)
class Before:
    """What a new checkpoint follows: a number and a line; the heads that were known, None when unsure."""

    number: int
    line: str
    known: Mapping[int, Head] | None
    at: datetime | None


def write(now: str) -> int:
    """Sign where the trail stands and write it down outside; the lanes that went on. Safe to run twice."""
    moment, key = datetime.fromisoformat(now), private_key(current().audit_key)
    before = _held_against(Keyring([key.public_key()]), moment)
    heads, known = audit_check.heads(), before.known
    went_on = {lane: head for lane, head in heads.items() if known is None or known.get(lane) != head}
    if went_on:
        _keep(before, (heads, went_on), key, moment)
    for folder in folders():
        _catch_up(folder, Keyring([key.public_key()]))
    return len(went_on)


def folders() -> list[Path]:
    """Where checkpoints are written: the folder of the house, and a second one when one is configured."""
    house = current()
    return [house.folder / FOLDER, *([house.checkpoint_folder] if house.checkpoint_folder else [])]


def _held_against(ring: Keyring, now: datetime) -> Before:
    """Hold the database against what was signed; tell the administrators of every difference."""
    newest, ends = checkpoint.newest(), list(_ends(ring))
    holds = True
    for number, lanes, why in dict.fromkeys(_differences(newest, ends, ring)):
        alarming.trail_broken(number, lanes, why=why, now=now)
        holds = False
    good = max((one for one in ends if one.is_good), key=lambda one: one.number, default=None)
    known, at = None, newest.at if newest and isinstance(newest.at, datetime) else None
    if newest is not None and holds:
        # What was signed outside counts, whatever the database says that it was.
        known = {**newest.known, **(good.heads if good else {})}
    ahead = newest is not None and (good is None or newest.id > good.number)
    if newest is not None and ahead and checkpoints.is_good(newest.line, ring.fits):
        return Before(newest.id, newest.line, known, at)
    if good is None:
        return Before(max((one.number for one in ends), default=0), "", None, at)
    return Before(good.number, good.line, known, at)


def _ends(ring: Keyring) -> Iterator[Last]:
    for folder in folders():
        try:
            found = checkpoints.last_of(end_of(folder), ring.fits)
        except OSError:
            log.exception("no checkpoint could be read in %s", folder)
            continue
        if found is not None:
            yield found


def _differences(
    newest: Checkpoint | None, ends: list[Last], ring: Keyring
) -> Iterator[tuple[int, tuple[int, ...], str]]:
    """Of which checkpoint, which lanes, and what: the database against itself, and against each folder."""
    if newest is not None:
        gone = tuple(checkpoint.changed_lanes(newest.known))
        if gone:
            yield newest.id, gone, ""
        if not checkpoints.is_good(newest.line, ring.fits):
            yield newest.id, (), alarming.UNSIGNED
    for end in ends:
        if not end.is_good:
            yield end.number, (), alarming.UNSIGNED
            continue
        line = checkpoint.line(end.number)
        if line != end.line:
            yield end.number, (), alarming.FEWER if line is None else alarming.DIFFERENT
        gone = tuple(checkpoint.changed_lanes(dict(end.heads)))
        if gone:
            yield end.number, gone, ""


def _keep(
    before: Before, seen: tuple[dict[int, Head], dict[int, Head]], key: Ed25519PrivateKey, now: datetime
) -> None:
    heads, went_on = seen
    # The first of a month, and of a time after something did not fit, tells of every lane.
    month = before.at and (before.at.year, before.at.month)
    whole = before.known is None or month != (now.year, now.month)
    told = heads if whole else went_on
    name = name_of(key.public_key())
    line = checkpoints.line_of(before.number + 1, now, told, before.line, name, whole)
    text = checkpoints.text_of(line, key.sign(checkpoints.to_be_signed(line)))
    checkpoint.keep(line["number"], now, text, heads)


def _catch_up(folder: Path, ring: Keyring) -> None:
    """Append what the folder has not yet: the newest, and those of a time when it could not be written."""
    try:
        end, newest = checkpoints.last_of(end_of(folder), ring.fits), checkpoint.newest()
        number = end.number if end else 0
        if end and not end.is_good and newest:
            number = newest.id - 1  # behind what nobody signed stands the newest again
        for line in checkpoint.after(number):
            if checkpoints.is_good(line, ring.fits):
                append(folder, line)
    except OSError:
        log.exception("no checkpoint could be written to %s", folder)
