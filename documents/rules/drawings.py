"""Drawn signatures 手写签名: a small PNG, looked through to its last byte before it is kept."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

MAGIC: Final = b"\x89PNG\r\n\x1a\n"
MOST_BYTES: Final = 300 * 1024
MOST_WIDE, MOST_HIGH = 2_400, 1_200
CHANNELS: Final = {2: 3, 6: 4}  # what a canvas writes: colours, with or without transparency


class NoDrawing(Exception):
    """The bytes are no picture that is kept as a signature."""


def read_drawing(data: bytes) -> tuple[int, int]:
    """The width and height of a drawing in which something is drawn; raises NoDrawing."""
    if len(data) > MOST_BYTES or not data.startswith(MAGIC):
        raise NoDrawing
    chunks = list(_chunks(data))
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND" or len(chunks[0][1]) != 13:
        raise NoDrawing
    width, height, depth, colours, *rest = struct.unpack(">IIBBBBB", chunks[0][1])
    if not (0 < width <= MOST_WIDE and 0 < height <= MOST_HIGH) or depth != 8 or any(rest):
        raise NoDrawing
    if colours not in CHANNELS:
        raise NoDrawing
    line = 1 + width * CHANNELS[colours]
    _check_rows(_unpacked(chunks, line * height), line)
    return width, height


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(MAGIC)
    while place < len(data):
        head = data[place : place + 8]
        if len(head) < 8:
            raise NoDrawing
        size, kind = int.from_bytes(head[:4], "big"), head[4:]
        body, check = data[place + 8 : place + 8 + size], data[place + 8 + size : place + 12 + size]
        if len(check) < 4 or zlib.crc32(kind + body) != int.from_bytes(check, "big"):
            raise NoDrawing
        yield kind, body
        place += 12 + size


def _unpacked(chunks: list[tuple[bytes, bytes]], size: int) -> bytes:
    packed = b"".join(body for kind, body in chunks if kind == b"IDAT")
    reader = zlib.decompressobj()
    try:
        rows = reader.decompress(packed, size + 1)
    except zlib.error as error:
        raise NoDrawing from error
    if len(rows) != size or not reader.eof:
        raise NoDrawing
    return rows


def _check_rows(rows: bytes, line: int) -> None:
    """Every line is written in one of five ways, and the whole is not blank."""
    ways, blank = rows[::line], bytes(line - 1)
    if max(ways) > 4 or all(rows[at + 1 : at + line] == blank for at in range(0, len(rows), line)):
        raise NoDrawing
