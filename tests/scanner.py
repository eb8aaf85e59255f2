"""A virus scanner on loopback: a real clamd that knows one virus, the word EICAR."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from documents.virus_scans import ScannerSilent, asked_version
from portal.servers import LOOPBACK, free_port

VIRUS = "Juanzong.Test.UNOFFICIAL"
SIGNATURE = f"Juanzong.Test:0:*:{b'EICAR'.hex()}\n"
SETTINGS = """
Foreground yes
DatabaseDirectory {folder}
TCPSocket {port}
TCPAddr {host}
StreamMaxLength {most}M
"""
SECONDS_TO_START = 20


@contextmanager
def scanner(most: int = 60) -> Iterator[str]:
    """Its address, until the end; it looks at streams of up to `most` MB."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert program, "clamd is missing: ./check --setup installs it"
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        (folder / "test.ndb").write_text(SIGNATURE)
        settings = folder / "clamd.conf"
        settings.write_text(SETTINGS.format(folder=folder, port=port, host=LOOPBACK, most=most))
        clamd = subprocess.Popen(
            [program, "-c", settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield _listening(f"{LOOPBACK}:{port}")
        finally:
            clamd.kill()
            clamd.wait()


def _listening(address: str) -> str:
    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            asked_version(address)
        except ScannerSilent:
            assert time.monotonic() < until, "clamd does not listen"
            time.sleep(0.02)
        else:
            return address
