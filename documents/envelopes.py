"""Envelopes 密文: one encrypted value, bound to its place in its document and to the number of its key.

AES-256-GCM-SIV (RFC 8452), so that a nonce that came twice would give nothing away but that two values are
equal. A value that is moved to another field or another document does not open there.
"""

from __future__ import annotations

import os
from typing import Any

import bson
from bson.binary import Binary
from bson.codec_options import CodecOptions
from cryptography.exceptions import InvalidTag

from documents.keyring import NONCE, KeyUnfit, ring

SUBTYPE = 0x8A  # of BSON binary: whatever carries it is one of ours
BOUND, LOOSE = 1, 2  # to a field of a document; to a field, where one change concerns many documents
HEAD = 3
TEXT, OTHER = b"t", b"b"
OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


class NotAuthentic(Exception):
    """An encrypted value was altered, or taken from another place 密文不符; the argument says where."""


def encrypted(value: Any, place: str, owner: Any = None) -> Any:
    """The value as it is stored; what says nothing stays as it is."""
    if says_nothing(value) or is_envelope(value):
        return value
    key, kind, nonce = ring().current, LOOSE if owner is None else BOUND, os.urandom(NONCE)
    plain = TEXT + value.encode() if isinstance(value, str) else OTHER + bson.encode({"": value})
    head = bytes([kind]) + key.number.to_bytes(2, "big")
    return Binary(head + nonce + key.values.encrypt(nonce, plain, _bound(head, place, owner)), SUBTYPE)


def decrypted(value: Any, place: str, owner: Any = None) -> Any:
    """The value as it was; what is not encrypted stays as it is. Raises NotAuthentic and KeyUnfit."""
    if not is_envelope(value):
        return value
    head, nonce = value[:HEAD], value[HEAD : HEAD + NONCE]
    key = ring().numbered(key_of(value))
    try:
        plain = key.values.decrypt(nonce, value[HEAD + NONCE :], _bound(head, place, owner))
    except (InvalidTag, ValueError) as error:
        raise NotAuthentic(f"{place} of {owner}") from error
    return plain[1:].decode() if plain[:1] == TEXT else bson.decode(plain[1:], OPTIONS)[""]


def says_nothing(value: Any) -> bool:
    """Whether there is nothing to encrypt: such a value is stored as it is."""
    return value is None or value in ("", [], {})


def is_envelope(value: Any) -> bool:
    """Whether this is an encrypted value."""
    return type(value) is Binary and value.subtype == SUBTYPE


def key_of(value: bytes) -> int:
    """The number of the key of an encrypted value."""
    return int.from_bytes(value[1:HEAD], "big")


def _bound(head: bytes, place: str, owner: Any) -> bytes:
    owned = f"{place}\x00{owner}" if head[:1] == bytes([BOUND]) else place
    return head + owned.encode()


__all__ = ["KeyUnfit", "NotAuthentic", "decrypted", "encrypted", "is_envelope", "key_of"]
