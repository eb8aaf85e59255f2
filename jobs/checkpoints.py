"""Checkpoints 检查点: the heads of the audit trail, signed and written where the database does not reach."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from documents import audit_check, checkpoint
from documents.actions import alarming
from documents.checkpoint import Checkpoint
from documents.rules import checkpoints
from documents.rules.trail import Head
from jobs.house_key import name_of, private_key
from jobs.surroundings import current

log = logging.getLogger(__name__)
FOLDER = "checkpoints"


def write(now: str) -> int:
    """Sign where the trail stands and write it down outside; the lanes that went on. Safe to run twice."""
    moment = datetime.fromisoformat(now)
    last = checkpoint.newest()
    gone = checkpoint.changed_lanes(last.known) if last else []
    if last and gone:
        alarming.trail_broken(last.id, gone, now=moment)
    heads = audit_check.heads()
    went_on = {lane: head for lane, head in heads.items() if not last or last.known.get(lane) != head}
    if went_on:
        _keep(last, heads, went_on, moment)
    for folder in folders():
        _catch_up(folder)
    return len(went_on)


def folders() -> list[Path]:
    """Where checkpoints are written: the folder of the house, and a second one when one is configured."""
    house = current()
    return [house.folder / FOLDER, *([house.checkpoint_folder] if house.checkpoint_folder else [])]


def _keep(last: Checkpoint | None, heads: dict[int, Head], went_on: dict[int, Head], now: datetime) -> None:
    key = private_key(current().audit_key)
    # The first of a month tells of every lane, so that the files of a month stand by themselves.
    whole = last is None or (last.at.year, last.at.month) != (now.year, now.month)
    line = checkpoints.line_of(
        last.id + 1 if last else 1,
        now,
        heads if whole else went_on,
        last.line if last else "",
        name_of(key.public_key()),
    )
    text = checkpoints.text_of(line, key.sign(checkpoints.to_be_signed(line)))
    checkpoint.keep(line["number"], now, text, heads)


def _catch_up(folder: Path) -> None:
    """Append what the folder has not yet: the newest, and those of a time when it could not be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for line in checkpoint.after(_last_number(folder)):
            _append(folder / f"checkpoints-{json.loads(line)['at'][:7]}.jsonl", line)
    except OSError:
        log.exception("no checkpoint could be written to %s", folder)


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())


def _last_number(folder: Path) -> int:
    files = sorted(folder.glob("checkpoints-*.jsonl"))
    lines = list(lines_of([files[-1]])) if files else []
    return int(json.loads(lines[-1])["number"]) if lines else 0


def lines_of(files: list[Path]) -> Iterator[str]:
    """Every line of these files; of a folder, those of the files in it."""
    for path in files:
        inside = sorted(path.glob("checkpoints-*.jsonl")) if path.is_dir() else [path]
        for one in inside:
            yield from (line for line in one.read_text(encoding="utf-8").splitlines() if line.strip())
