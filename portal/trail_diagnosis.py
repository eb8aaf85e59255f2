"""Whether checkpoints of the audit trail are written 审计检查点检查, and whether they leave this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from portal.findings import Finding, bad, good, note, warning
from portal.settings import Settings

FOLDER = "JUANZONG_CHECKPOINT_FOLDER"
OLD = timedelta(days=2)  # a house in which nobody does anything over a weekend still has a clock that writes


def checkpoints(settings: Settings) -> Iterator[Finding]:
    """The folder beside the data, and the second one."""
    files = sorted((settings.data_folder / "checkpoints").glob("checkpoints-*.jsonl"))
    if not files:
        yield note("还没有审计检查点", "no checkpoint of the audit trail yet")
    else:
        newest = datetime.fromtimestamp(files[-1].stat().st_mtime, UTC)
        said = (f"最近的审计检查点 {newest:%Y-%m-%d %H:%M} UTC", f"newest checkpoint {newest:%Y-%m-%d %H:%M}")
        yield good(*said) if datetime.now(UTC) - newest < OLD else warning(*said, "juanzong clock")
    yield _elsewhere(settings)


def _elsewhere(settings: Settings) -> Finding:
    folder = settings.checkpoint_folder
    if folder is None:
        words = ("审计检查点没有写到别处", "checkpoints of the audit trail are kept on this machine only")
        return note(*words, f"{FOLDER}=/path")
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return bad("审计检查点文件夹不能写入", "checkpoints cannot be written", f"{FOLDER}={folder}")
    return good("审计检查点另写一份", "checkpoints are written a second time")
