"""Encrypted files 加密文件: each under its own key, in blocks that cannot be altered, exchanged, left out.

AES-256-GCM over blocks of `BLOCK` bytes, one to a chunk of the store. The nonce of a block is its number and
whether it is the last one (the STREAM construction); the key is used for nothing else, and lies beside the
file as an encrypted value, bound to the file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from gridfs import GridOut
from gridfs.errors import CorruptGridFile

BLOCK = 255 * 1024
TAG = 16
CHUNK = BLOCK + TAG


def new_key() -> bytes:
    """The key of one file."""
    return AESGCM.generate_key(256)


def encrypted(key: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """What is stored of a file that comes in blocks of `BLOCK` bytes, the last of which may be shorter."""
    cipher, number, waiting = AESGCM(key), 0, next(blocks, b"")
    for block in blocks:
        yield cipher.encrypt(_nonce(number, last=False), waiting, None)
        number, waiting = number + 1, block
    yield cipher.encrypt(_nonce(number, last=True), waiting, None)


def opened(key: bytes, number: int, stored: bytes, *, last: bool) -> bytes:
    """A block as it was; raises CorruptGridFile when it is not the one that was stored there."""
    try:
        return AESGCM(key).decrypt(_nonce(number, last=last), stored, None)
    except InvalidTag as error:
        raise CorruptGridFile(f"block {number} does not open") from error


def what_is_left(key: bytes, number: int, stored: bytes) -> bytes:
    """A block of a damaged file: opened where it still can be, else as it lies there."""
    for last in (False, True):
        try:
            return AESGCM(key).decrypt(_nonce(number, last=last), stored, None)
        except InvalidTag:
            continue
    return stored


class Source(Protocol):
    """What a file is read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most so many; none at the end."""


def in_blocks(stream: Source) -> Iterator[bytes]:
    """A stream in blocks of `BLOCK` bytes, whatever its reads return."""
    while block := _filled(stream):
        yield block


def _filled(stream: Source) -> bytes:
    pieces, size = list[bytes](), 0
    while size < BLOCK and (piece := stream.read(BLOCK - size)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _blocks(stored: int) -> int:
    return max(1, -(-stored // CHUNK))


def opened_length(stored: int) -> int:
    """How many bytes a file has of which so many are stored."""
    return max(0, stored - _blocks(stored) * TAG)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Opened(io.RawIOBase):
    """A stored file as it was, to be read from any place on."""

    def __init__(self, stored: GridOut, key: bytes) -> None:
        self._stored, self._key = stored, key
        self._blocks, self.length = _blocks(stored.length), opened_length(stored.length)
        self._at, self._number, self._block = 0, -1, b""

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from any place on."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        begins = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.length}
        self._at = max(0, begins[whence] + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from one block."""
        number, start = divmod(self._at, BLOCK)
        if number >= self._blocks or (self._at >= self.length and self._number >= 0):
            return 0
        piece = self._opened(number)[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _opened(self, number: int) -> bytes:
        if number != self._number:
            self._stored.seek(number * CHUNK)
            stored = self._stored.read(CHUNK)
            self._block = opened(self._key, number, stored, last=number == self._blocks - 1)
            self._number = number
        return self._block
