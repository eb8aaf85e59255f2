"""The folders of checkpoints 检查点文件夹: read at their end, and written so that nothing is torn."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

FILES = "checkpoints-*.jsonl"
READ_AT_MOST = 1_000_000  # bytes of the end of a file: a day where every lane goes on, a month where few do


def end_of(folder: Path) -> list[str]:
    """The last lines of a folder, in order; of a file that is long those at its end."""
    files = sorted(folder.glob(FILES))
    if not files:
        return []
    with files[-1].open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - READ_AT_MOST))
        text = file.read().decode("utf-8", "replace")
    lines = text.splitlines()[1 if size > READ_AT_MOST else 0 :]
    return [line for line in lines if line.strip()]


def append(folder: Path, line: str) -> None:
    """Write a line into the file of its month, behind whatever stands there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"checkpoints-{json.loads(line)['at'][:7]}.jsonl"
    with path.open("ab+") as file:
        begun = file.seek(0, os.SEEK_END) > 0
        if begun and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n":
            file.write(b"\n")  # what was torn stands by itself
        file.write(f"{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def lines_of(files: list[Path]) -> Iterator[str]:
    """Every line of these files; of a folder, those of the files in it."""
    for path in files:
        inside = sorted(path.glob(FILES)) if path.is_dir() else [path]
        for one in inside:
            yield from (line for line in one.read_text(encoding="utf-8").splitlines() if line.strip())
