"""Asking a virus scanner 查毒: clamd over its socket, where the settings name one.

Uploads are asked about before they are kept. A scanner that is named and says nothing lets nothing in.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from documents.rules.volume_facts import ScanFacts

SECONDS_SILENT = 60.0
SECONDS_TO_CONNECT = 5.0
MOST_SAID = 4096
LENGTH = 4
CLEAN, FOUND = " OK", " FOUND"
BLOCK = 256 * 1024

Named = tuple[str, Iterable[bytes]]


class ScannerSilent(Exception):
    """The scanner could not be asked or did not answer."""


_uploads: list[str] = []


def use(address: str) -> None:
    """Ask the scanner at this address about every upload of this process; none at all when it is empty."""
    _uploads[:] = [address] if address else []


def virus_in(stream: IO[bytes]) -> str:
    """The name of the virus that is found in an upload, or none; the stream stands at its start again.

    Raises ScannerSilent.
    """
    found = ""
    for address in _uploads:
        found = _virus(_streamed(address, iter(lambda: stream.read(BLOCK), b"")))
        stream.seek(0)
    return found


def asked_version(address: str) -> str:
    """What the scanner says of itself and its signatures; raises ScannerSilent."""
    return _said(address, b"zVERSION\0")


def _virus(verdict: str) -> str:
    said = verdict.removeprefix("stream: ")
    return said.removesuffix(FOUND) if said.endswith(FOUND) else ""


def scan(address: str, files: Iterable[Named]) -> ScanFacts | None:
    """What the scanner says of these files; None where no scanner is configured."""
    if not address:
        return None
    try:
        version, infected, count = asked_version(address), [], 0
        for name, blocks in files:
            count += 1
            verdict = _streamed(address, blocks)
            if _virus(verdict):
                infected.append(f"{name}：{verdict.removeprefix('stream: ')}")
    except ScannerSilent as silent:
        return ScanFacts(problem=str(silent))
    return ScanFacts(version=version, scanned=count, infected=tuple(infected))


def _said(address: str, command: bytes) -> str:
    with _line(address) as line:
        line.sendall(command)
        return _answer(line)


def _streamed(address: str, blocks: Iterable[bytes]) -> str:
    """INSTREAM: each block with its length before it, an empty one at the end."""
    with _line(address) as line:
        line.sendall(b"zINSTREAM\0")
        for block in blocks:
            if block:
                line.sendall(len(block).to_bytes(LENGTH, "big") + block)
        line.sendall(bytes(LENGTH))
        verdict = _answer(line)
    if not verdict.endswith((CLEAN, FOUND)):
        raise ScannerSilent(verdict or "没有结论")
    return verdict


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < MOST_SAID:
        piece = line.recv(MOST_SAID)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()


@contextmanager
def _line(address: str) -> Iterator[socket.socket]:
    """A connection to host:port, or to a socket in the file system."""
    try:
        with _connected(address) as line:
            yield line
    except (OSError, ValueError) as error:
        raise ScannerSilent(f"{address}：{error}") from error


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS_SILENT)
        line.connect(str(Path(address)))
        return line
    host, _, port = address.rpartition(":")
    line = socket.create_connection((host, int(port)), SECONDS_TO_CONNECT)
    line.settimeout(SECONDS_SILENT)
    return line
