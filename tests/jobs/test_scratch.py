"""Temporary files: closed to others, gone with their process, and swept when that was killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from documents.transfer import TransferPackage
from jobs import scratch
from jobs.surroundings import Surroundings, current
from tests.commands import typed
from tests.documents.conftest import NOW

WORK = """
import sys, tempfile
from pathlib import Path
from jobs import scratch
own = scratch.use(Path(sys.argv[1]))
tempfile.NamedTemporaryFile(delete=False).write(b"paper")
print(own, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[ExitStack]:
    with ExitStack() as open_:
        yield open_


def working(folder: Path, begun: ExitStack) -> tuple[subprocess.Popen[str], Path]:
    """A process that has written a temporary file, and its folder."""
    line = [sys.executable, "-c", WORK, str(folder)]
    process = begun.enter_context(
        subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    )
    begun.callback(process.kill)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_what_a_killed_process_left_is_swept_and_what_another_needs_is_not(
    tmp_path: Path, begun: ExitStack
) -> None:
    folder = tmp_path / "scratch"
    (killed, left), (_living, held) = working(folder, begun), working(folder, begun)
    assert [path.stat().st_mode & 0o777 for path in (folder, left, held)] == [0o700] * 3
    assert all(list(path.iterdir()) for path in (left, held))
    killed.kill()
    killed.wait()
    assert left.exists()
    next_one, own = working(folder, begun)
    assert sorted(folder.iterdir()) == sorted([held, own])
    next_one.communicate("", timeout=20)  # ends by itself
    assert list(folder.iterdir()) == [held]


def test_a_worker_begins_with_it_and_sweeps_packages_that_nobody_makes(
    surroundings: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Path] = []
    monkeypatch.setattr(scratch, "use", used.append)
    for key, state in (("a:QH:2026", "building"), ("b:QH:2026", "ready")):
        TransferPackage(
            id=key,
            policy="p01",
            policy_version=1,
            unit="QH",
            year=2026,
            state=state,
            made_by="a",
            made_at=NOW,
        ).save()
    for name in ("a-QH-2026", "b-QH-2026", "gone"):
        (tmp_path / "packages" / name / "data").mkdir(parents=True)
    told = {"MONGODB_URI": current().mongodb_uri, "JUANZONG_DATABASE": current().database_name}
    told |= {"REDIS_URL": current().redis_url, "JUANZONG_FOLDER": str(tmp_path)}
    assert typed("worker", "--burst", told=told).returncode == 0
    assert used == [tmp_path / "scratch"]
    assert [path.name for path in (tmp_path / "packages").iterdir()] == ["a-QH-2026"]
    assert (tmp_path / "packages").stat().st_mode & 0o777 == 0o700
