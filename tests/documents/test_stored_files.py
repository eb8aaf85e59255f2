"""Stored files are encrypted block by block; what was altered, exchanged or cut off does not open."""

from __future__ import annotations

import io
import os
from typing import Any

import gridfs
import pytest
from bson import ObjectId
from gridfs.errors import CorruptGridFile
from pymongo.database import Database

from documents import files
from documents.file_cipher import BLOCK, TAG

Db = Database[dict[str, Any]]
NAME = "欧阳若曦的身份证.pdf"


def stored(content: bytes, name: str = NAME) -> files.StoredFile:
    return files.store(io.BytesIO(content), name, media_type="application/pdf")


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 5 * BLOCK + 77])
def test_a_file_comes_back_whole_and_from_any_place(database: Db, size: int) -> None:
    content = os.urandom(size)
    found = stored(content)
    assert (found.size, files.read(found.id)) == (size, content)
    row = database["fs.files"].find_one({"_id": ObjectId(found.id)}) or {}
    assert (files.length_of(row), files.told_of(row)["name"]) == (size, NAME)
    with files.open_file(found.id) as stream:
        for place in (0, size // 2, max(0, size - 3), size):
            stream.seek(place)
            assert stream.read(10) == content[place : place + 10]


def test_neither_name_nor_content_stands_in_the_database(database: Db) -> None:
    stored(b"mark" * 1000)
    raw = b"".join(b"".join(database[name].find_raw_batches()) for name in ("fs.files", "fs.chunks"))  # type: ignore[arg-type]
    assert b"application/pdf" in raw
    assert b"markmark" not in raw
    assert "欧阳若曦".encode() not in raw


def test_what_was_changed_exchanged_or_cut_off_is_refused(database: Db) -> None:
    mine, other = stored(b"a" * (2 * BLOCK)), stored(b"b" * (2 * BLOCK))
    chunks = database["fs.chunks"]
    of = {"files_id": ObjectId(mine.id)}
    first, second = (one["data"] for one in chunks.find(of).sort("n"))
    theirs = (chunks.find_one({"files_id": ObjectId(other.id), "n": 0}) or {})["data"]
    for wrong in (theirs, second, bytes(first[:-1]) + bytes([first[-1] ^ 1])):
        chunks.update_one({**of, "n": 0}, {"$set": {"data": wrong}})
        with pytest.raises(CorruptGridFile):
            files.read(mine.id)
    chunks.update_one({**of, "n": 0}, {"$set": {"data": first}})
    assert files.read(mine.id) == b"a" * (2 * BLOCK)
    chunks.delete_one({**of, "n": 1})
    database["fs.files"].update_one({"_id": ObjectId(mine.id)}, {"$set": {"length": BLOCK + TAG}})
    with pytest.raises(CorruptGridFile):
        files.read(mine.id)
    assert b"".join(files.raw(mine.id)) == b"a" * BLOCK  # what is left is still readable as evidence


def test_files_from_before_are_encrypted_in_their_places(database: Db) -> None:
    content = os.urandom(2 * BLOCK + 5)
    bucket = gridfs.GridFSBucket(database)
    old = bucket.upload_from_stream(NAME, content, metadata={"media_type": "text/plain", "sha256": "x"})
    left = bucket.upload_from_stream("copy", b"half", metadata={"becomes": old})  # as a kill leaves it
    assert (files.read(str(old)), files.told_of(files.row_of(str(old)))["name"]) == (content, NAME)
    assert list(files.encrypt_earlier()) == [str(old)]
    assert list(files.encrypt_earlier()) == []
    told = files.told_of(files.row_of(str(old)))
    assert (files.read(str(old)), told["name"], told["sha256"]) == (content, NAME, "x")
    assert not database["fs.chunks"].find_one({"data": content[: 255 * 1024]})
    assert database["fs.chunks"].count_documents({"files_id": {"$ne": old}}) == 0
    assert database["fs.files"].find_one({"_id": left}) is None
