"""Blind index 盲索引: what cases are searched by, as keyed digests; who has no key cannot ask for a word.

A digest tells that two cases share a word, not which; sorted, their order says nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from bson import Decimal128

from documents.keyring import DataKey, ring
from documents.rules.text import single_characters, whole_grams
from documents.rules.trail import words_digest

SOMEONE = "k:"  # stands before who complained
ENDINGS = frozenset({".pdf", ".zip", ".xml", ".json", ".csv"})  # of files that the portal itself makes
MARKED = "不可见案件 "  # stands before the mark of a case
SIZE = 8  # bytes: as long as an integer of the database


def words_of(texts: Iterable[tuple[str, str]], single: str) -> list[int]:
    """The digests of all pieces of these (mark, text) and of the single characters of one, sorted."""
    key = ring().current
    found = {_digest(key, f"{mark}{piece}") for mark, text in texts for piece in whole_grams(text)}
    found |= {_digest(key, piece) for piece in single_characters(single)}
    return sorted(found)


def word(piece: str) -> list[int]:
    """What to look for, for a piece: one digest for each key that is in use."""
    return [_digest(key, piece) for key in ring().all]


def pieces_of(words: str) -> list[str]:
    """The pieces by which these words are found: of three characters and more each three, else the pair."""
    found = [piece for text in words.split() for piece in whole_grams(text, least=True)]
    return list(dict.fromkeys(found))


def answer(value: Any) -> int:
    """An answer as it is kept for exact search."""
    return _digest(ring().current, _said(_plain(value)))


def answers(value: Any) -> list[Any]:
    """What to look for, for an answer: itself, where it is compared, or a digest for each key in use."""
    return [value, *(_digest(key, _said(_plain(value))) for key in ring().all)]


def _plain(value: Any) -> str:
    """A value in one way of writing."""
    if isinstance(value, Decimal128):
        value = value.to_decimal()
    return value.isoformat() if isinstance(value, date) else str(value)


def someone(digest: str | None) -> str | None:
    """Who complained, told by a digest that only the key gives; it stays the same for as long as cases do."""
    if digest is None:
        return None
    if digest.startswith(SOMEONE):
        return digest
    return SOMEONE + hashlib.blake2b(digest.encode(), key=ring().lasting.blind, digest_size=16).hexdigest()


def searched(words: str) -> str:
    """What the audit trail keeps of searched words; who has no key cannot try words out."""
    return words_digest(ring().lasting.searched, words)


def mark(number: str) -> str:
    """A short mark for a case whose number is not told; without the key nobody gets from one to the other."""
    return hashlib.blake2b(f"mark:{number}".encode(), key=ring().lasting.blind, digest_size=3).hexdigest()


def told(words: str) -> str:
    """A mark of words that a page showed in full; who has no key cannot try words out."""
    return hashlib.blake2b(f"told:{words}".encode(), key=ring().lasting.blind, digest_size=8).hexdigest()


def called(number: str) -> str:
    """What paper and lists call a case whose number is not told 不可见案件."""
    return f"{MARKED}{mark(number)}"


def file_name(name: str) -> str:
    """What the store of files knows a file by: nothing of its name but the ending."""
    ending = PurePosixPath(name).suffix
    digest = hashlib.blake2b(name.encode(), key=ring().lasting.blind, digest_size=16).hexdigest()
    return digest + (ending if ending in ENDINGS else "")


def _said(value: Any) -> str:
    return f"\x00{value}"  # an answer is never mistaken for a piece of a text


def _digest(key: DataKey, piece: str) -> int:
    digest = hashlib.blake2b(piece.encode(), key=key.blind, digest_size=SIZE).digest()
    return int.from_bytes(digest, "big", signed=True)
