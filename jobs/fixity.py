"""Fixity (固化校验): every stored file is hashed within a period; what is damaged is put right or told."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

import gridfs
from gridfs.errors import CorruptGridFile

from documents import file_check, files, keyring
from documents.actions import alarming
from documents.file_check import COPIED, DAMAGED, GOOD, MISSING, FileCheck
from jobs.second_copy import CopyUnfit, SecondCopy, digest_of
from jobs.surroundings import current

log = logging.getLogger(__name__)
SECONDS_AT_ONCE = 60.0
SOON = timedelta(hours=1)  # a copy that could not be written is tried again


def check(now: str) -> int:
    """Look at files for a while, those first that have waited longest; how many. Safe to run twice."""
    began, moment = time.monotonic(), datetime.fromisoformat(now)
    file_check.enrol(moment)
    done = 0
    while True:
        passed = time.monotonic() - began
        here = moment + timedelta(seconds=passed)
        one = file_check.claim(here) if passed < SECONDS_AT_ONCE else None
        if one is None:
            return done
        look_at(one, now=here)
        done += 1


def look_at(one: FileCheck, *, now: datetime) -> str:
    """One file and its second copy; what is wrong with one is put right from the other."""
    house = current()
    period, copy = timedelta(days=house.fixity_days), second_copy()
    state = _state(one)
    if not file_check.is_watched(one.id):
        return "deleted"  # on purpose, while it was looked at
    changes: dict[str, object] = {"state": state, "sha256": one.sha256}
    if state == GOOD:
        changes |= {"found_at": None} | _copied(one, copy, now)
    elif copy is not None and one.sha256 and _is_good(copy, one):
        changes |= _repair(one, copy, now)
    else:
        changes |= {"found_at": one.found_at or now}
    copied = changes.get("copied_at", now) is not None
    file_check.note(one, changes, now=now, period=period if copied else SOON)
    if state != GOOD and changes["state"] != GOOD and one.found_at is None:
        alarming.damaged(one.told(changes), now=now)
    return str(changes["state"])


def second_copy() -> SecondCopy | None:
    """The folder of the second copy, when one is configured."""
    house = current()
    return SecondCopy(house.copy_folder, keyring.master(), house.closes_copies) if house.copy_folder else None


def _state(one: FileCheck) -> str:
    """Whether the stored bytes are those that were stored; a file without a digest gets it now."""
    try:
        digest = digest_of(files.blocks(one.id))
    except gridfs.NoFile:
        return MISSING
    except CorruptGridFile:
        return DAMAGED
    one.sha256 = one.sha256 or digest
    return GOOD if digest == one.sha256 else DAMAGED


def _copied(one: FileCheck, copy: SecondCopy | None, now: datetime) -> dict[str, object]:
    """See to the second copy 第二副本 of a good file: write it, or put it right from the first."""
    if copy is None or one.kind not in COPIED:
        return {}
    try:
        found = copy.look(one.sha256)
        if found == DAMAGED:
            kept = copy.set_aside(one.sha256, now.strftime("%Y%m%dT%H%M%S"))
            alarming.copy_repaired(one, kept.name, now=now)
        if found == GOOD and copy.is_plain(one.sha256):
            copy.encrypt(copy.path(one.sha256))  # from before copies were encrypted
        if found != GOOD:
            copy.put(files.blocks(one.id), one.sha256)
            if not file_check.is_watched(one.id):
                copy.remove(one.sha256)  # destroyed while it was being copied
    except gridfs.NoFile:
        return {}
    except (OSError, CopyUnfit):
        log.exception("the second copy of %s could not be written", one.subject)
        return {"copied_at": None}
    return {"copied_at": now}


def _is_good(copy: SecondCopy, one: FileCheck) -> bool:
    """Whether the copy can put the file right."""
    try:
        return copy.look(one.sha256) == GOOD
    except OSError:
        log.exception("the second copy of %s could not be read", one.subject)
        return False


def _repair(one: FileCheck, copy: SecondCopy, now: datetime) -> dict[str, object]:
    """Put the right bytes in place of the damaged ones, which are kept as evidence."""
    evidence = files.keep_evidence(one.id, f"损坏件 {one.id} {now:%Y-%m-%dT%H%M%S}")
    files.restore(
        one.id, one.name or one.subject, copy.read(one.sha256), media_type=one.media_type, sha256=one.sha256
    )
    alarming.repaired(one, evidence, now=now)
    return {"state": GOOD, "found_at": None, "repaired_at": now, "evidence": evidence, "copied_at": now}


def mirror(volume: str, *, now: datetime) -> int:
    """Check a volume that was just sealed, and copy it and its originals. Safe to run twice."""
    if second_copy() is None:
        return 0
    file_check.enrol(now)
    found = list(FileCheck.objects(subject=volume, kind__in=COPIED, copied_at=None))
    for one in found:
        look_at(one, now=now)
    return len(found)


def forget(file_id: str) -> None:
    """Take a destroyed file out of everything 销毁: its second copy, what was kept of it damaged, itself."""
    one = FileCheck.objects(id=file_id).first()
    copy = second_copy()
    if one is not None and one.evidence:
        _delete(one.evidence)
    digest = one.sha256 if one is not None else None
    if copy is not None and digest and not file_check.other_of_digest(digest, file_id):
        copy.remove(digest)
    _delete(file_id)


def _delete(file_id: str) -> None:
    try:
        files.delete(file_id)
    except gridfs.NoFile:
        return  # deleted before the worker was killed
