"""What lies on a disk 盘上文件, read as bytes: servers that pack nothing, and marks in every writing.

mongod compresses what it stores; a text that stood readable would not be found in that. Here it does not.
"""

from __future__ import annotations

import base64
import json
import re
import struct
import subprocess
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from portal import servers
from portal.servers import Server

AS_IT_IS = (
    *("--wiredTigerCollectionBlockCompressor", "none", "--wiredTigerJournalCompressor", "none"),
    *("--wiredTigerIndexPrefixCompression", "false"),
)


@contextmanager
def plain_mongod(folder: Path) -> Iterator[tuple[Server, subprocess.Popen[bytes]]]:
    """A database that compresses nothing; ended at the end, if it is not ended before."""
    server = servers.mongod(folder, folder / "mongod.log", servers.free_port())
    with running(replace(server, command=(*server.command, *AS_IT_IS))) as process:
        yield server, process


def plain_valkey(folder: Path) -> Server:
    """The same of Valkey."""
    server = servers.valkey(folder, folder / "valkey.log", servers.free_port())
    return replace(server, command=(*server.command, "--rdbcompression", "no"))


@contextmanager
def running(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    """A server of its own."""
    process = subprocess.Popen(servers.leashed(server.command), stdout=subprocess.DEVNULL)
    try:
        servers.wait_until_ready(server, process)
        yield process
    finally:
        servers.stop([process])


def writings(mark: str) -> Iterator[bytes]:
    """A mark in every way in which it might be written down."""
    yield from (mark.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"))
    yield from (quote(mark).encode(), json.dumps(mark)[1:-1].encode(), mark.encode().hex().encode())
    for before in range(3):  # where it may begin in a text of base64
        coded = base64.b64encode(b"\0" * before + mark.encode())
        yield coded[4 if before else 0 : -4]
    if mark.isdigit():
        yield struct.pack("<q", int(mark))
        yield struct.pack("<d", float(mark))


def found(folder: Path, marks: Sequence[str]) -> list[tuple[str, str]]:
    """Which mark stands in which file of the folder, in whatever writing."""
    told = [(mark, one) for mark in marks for one in dict.fromkeys(writings(mark))]
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return sorted({
        (path.relative_to(folder).as_posix(), mark)
        for path in files
        for content in [written(path)]
        for mark, one in told
        if one in content
    })  # fmt: skip


def written(path: Path) -> bytes:
    """A file, without the emptiness that a journal is given ahead, and with what programs packed in it."""
    content = path.read_bytes().rstrip(b"\0")
    return content + (b"\n".join(_unpacked(content)) if "valkey" in path.parts else b"")


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What rq packs: deflated values, and deflated values in base64."""
    coded = (base64.b64decode(one) for one in re.findall(rb"(?:[A-Za-z0-9+/]{4}){6,}={0,2}", content))
    for piece in (content, *coded):
        for begin in re.finditer(rb"x\x9c", piece):
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(piece[begin.start() :])
