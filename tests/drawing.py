"""A signature as a canvas writes it: strokes on nothing."""

from __future__ import annotations

import struct
import zlib

MAGIC = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, rows: bytes, *, depth: int = 8, colours: int = 6) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    return MAGIC + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def strokes(width: int = 120, height: int = 36) -> bytes:
    """A slanting line."""
    rows = bytearray()
    for line in range(height):
        rows += b"\x00"
        for column in range(width):
            rows += b"\x1f\x29\x33\xff" if abs(column - 3 * line) < 4 else b"\x00\x00\x00\x00"
    return png(width, height, bytes(rows))


def blank(width: int = 120, height: int = 36) -> bytes:
    return png(width, height, bytes((1 + 4 * width) * height))
