"""Files 文件 in the database (GridFS), found again by their SHA-256."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import IO, Any, cast

import gridfs
from bson import ObjectId
from gridfs.errors import CorruptGridFile
from pymongo.errors import OperationFailure, PyMongoError

from documents import blind_index, file_cipher
from documents.database import database, running_session, transaction
from documents.encryption import Encryption
from documents.rules.broken import RuleBroken

CHUNK = 1024 * 1024
CHECKS = "file_checks"  # what documents.file_check keeps
FILES, CHUNKS = "fs.files", "fs.chunks"
# Beside each file lie its key and its name, encrypted; the store itself knows it by a digest of the name.
ENCRYPTION = Encryption.of(FILES, {"metadata.key": (), "metadata.name": ()})


class NotKept(Exception):
    """The database refused to take the bytes 未能入库, most likely because its disk is full."""


@dataclass(frozen=True)
class StoredFile:
    """A file that was stored; `size` in bytes."""

    id: str
    name: str
    size: int
    sha256: str
    media_type: str


def _bucket() -> gridfs.GridFSBucket:
    return gridfs.GridFSBucket(database(), chunk_size_bytes=file_cipher.CHUNK)


def store(
    stream: IO[bytes], name: str, *, media_type: str, most_bytes: int | None = None, brought: bool = False
) -> StoredFile:
    """Store the stream, encrypted, or nothing of it. `brought`: it is somebody's upload, and so is its name.

    Beyond `most_bytes` it raises RuleBroken("file_too_large"), when the database takes no more NotKept.
    """
    place, measured = ObjectId(), Measured(stream, name, most_bytes)
    told = {"media_type": media_type} | ({"brought": True} if brought else {})
    try:
        _write(place, place, name, file_cipher.in_blocks(measured), told)
    except OperationFailure as error:
        raise NotKept(str(error)[:200]) from error
    found = StoredFile(str(place), name, measured.size, measured.digest.hexdigest(), media_type)
    database()[FILES].update_one({"_id": place}, {"$set": {"metadata.sha256": found.sha256}})
    return found


class Measured:
    """A stream whose bytes are counted and hashed as they go by."""

    def __init__(self, stream: IO[bytes], name: str, most_bytes: int | None = None) -> None:
        self._stream, self._name, self._most = stream, name, most_bytes
        self.digest, self.size = hashlib.sha256(), 0

    def read(self, size: int) -> bytes:
        """The next bytes; raises RuleBroken("file_too_large")."""
        block = self._stream.read(size)
        self.size += len(block)
        if self._most is not None and self.size > self._most:
            raise RuleBroken("file_too_large", name=self._name, most_mb=self._most // 1024**2)
        self.digest.update(block)
        return block


def _write(
    place: ObjectId, owner: ObjectId, name: str, blocks: Iterator[bytes], told: dict[str, Any]
) -> None:
    """Write a file under its place, encrypted for its owner; or nothing of it."""
    key = file_cipher.new_key()
    secret = ENCRYPTION.row({"_id": owner, "metadata": {**told, "key": key, "name": name}})["metadata"]
    upload = _bucket().open_upload_stream_with_id(place, blind_index.file_name(name), metadata=secret)
    with ExitStack() as unfinished:
        unfinished.callback(_take_back, upload)
        for block in file_cipher.encrypted(key, blocks):
            upload.write(block)
        upload.close()
        unfinished.pop_all()


def _take_back(upload: gridfs.GridIn) -> None:
    """Remove the pieces that were taken; without its last line nobody sees them as a file anyway."""
    with suppress(PyMongoError):
        upload.abort()


def open_file(file_id: str) -> IO[bytes]:
    """The file opened for reading; raises gridfs.NoFile, and CorruptGridFile where it was altered."""
    stored = _bucket().open_download_stream(ObjectId(file_id))
    key = told_of(stored._file).get("key")
    return cast(IO[bytes], io.BufferedReader(file_cipher.Opened(stored, key), CHUNK) if key else stored)


def row_of(file_id: str) -> Mapping[str, Any]:
    """What the store says of a file; nothing of one that is lost."""
    return database()[FILES].find_one({"_id": ObjectId(file_id)}) or {}


def told_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What lies beside a file: its name, media type, digest, key; of one from before encryption no key."""
    told = ENCRYPTION.opened(row).get("metadata") or {}
    return {"name": row.get("filename"), **told}


def length_of(row: Mapping[str, Any]) -> int:
    """How many bytes a file has, by what the store says of it."""
    length = int(row["length"])
    return file_cipher.opened_length(length) if told_of(row).get("key") else length


def read(file_id: str) -> bytes:
    """The whole file."""
    return b"".join(blocks(file_id))


def read_or_left(file_id: str) -> bytes:
    """The whole file, or what is left of a damaged one; raises gridfs.NoFile."""
    try:
        return read(file_id)
    except CorruptGridFile:
        return b"".join(raw(file_id))


def blocks(file_id: str) -> Iterator[bytes]:
    """The file piece by piece."""
    with open_file(file_id) as stream:
        yield from iter(lambda: stream.read(CHUNK), b"")


def delete(file_id: Any) -> None:
    """Remove a file that nothing refers to; from now on nobody misses it or puts it back."""
    database()[CHECKS].delete_one({"_id": str(file_id)})
    _bucket().delete(ObjectId(file_id))


def raw(file_id: str) -> Iterator[bytes]:
    """Whatever is left of a damaged file 残片, piece by piece, in its order."""
    key = told_of(row_of(file_id)).get("key")
    for chunk in database()[CHUNKS].find({"files_id": ObjectId(file_id)}).sort("n"):
        left = bytes(chunk["data"])
        yield file_cipher.what_is_left(key, chunk["n"], left) if key else left


def keep_evidence(file_id: str, name: str) -> str | None:
    """Keep what is left of a damaged file beside it 留存损坏件, under a name of its own; its id."""
    pieces = list(raw(file_id))
    if not pieces:
        return None
    place, content = ObjectId(), b"".join(pieces)
    told = {"media_type": "application/octet-stream", "evidence_of": file_id}
    told["sha256"] = hashlib.sha256(content).hexdigest()
    _write(place, place, name, file_cipher.in_blocks(io.BytesIO(content)), told)
    return str(place)


def restore(file_id: str, name: str, content: Iterator[bytes], *, media_type: str, sha256: str) -> None:
    """Put the right bytes in the place of damaged ones 修复; every record that names the file stays right."""
    place = ObjectId(file_id)
    database()[FILES].delete_one({"_id": place})
    database()[CHUNKS].delete_many({"files_id": place})
    told = {"media_type": media_type, "sha256": sha256}
    _write(place, place, name, file_cipher.in_blocks(Pieces(content)), told)


class Pieces:
    """Pieces of any size as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""

    def read(self, size: int) -> bytes:
        """The next bytes, at most so many."""
        self._left = self._left or next(self._pieces, b"")
        found, self._left = self._left[:size], self._left[size:]
        return found


def delete_earlier(keep: StoredFile) -> int:
    """Remove the files of the same name that were stored before this one."""
    names = {"$in": [keep.name, blind_index.file_name(keep.name)]}
    found = database()[FILES].find({"filename": names, "_id": {"$ne": ObjectId(keep.id)}}, {"_id": 1})
    earlier = [row["_id"] for row in found]
    for file_id in earlier:
        delete(file_id)
    return len(earlier)


def encrypt_earlier() -> Iterator[str]:
    """Encrypt the files from before 加密已有文件, one after the other; each is whole at every moment."""
    for row in list(database()[FILES].find({"metadata.becomes": {"$exists": True}}, {"_id": 1})):
        _bucket().delete(row["_id"])  # a copy that was not finished
    for row in database()[FILES].find({"metadata.key": None}).sort("_id"):
        _encrypt_one(row)
        yield str(row["_id"])


def _encrypt_one(row: Mapping[str, Any]) -> None:
    """Write an encrypted copy beside the file, and let it take its place at once."""
    place, beside = row["_id"], ObjectId()
    told = {**(row.get("metadata") or {}), "becomes": place}
    stream = _bucket().open_download_stream(place)
    _write(beside, place, str(row["filename"]), file_cipher.in_blocks(stream), told)
    copy = database()[FILES].find_one({"_id": beside}) or {}
    metadata = {name: value for name, value in copy["metadata"].items() if name != "becomes"}

    def swap() -> None:
        files, chunks, session = database()[FILES], database()[CHUNKS], running_session()
        files.delete_one({"_id": beside}, session=session)
        if not files.delete_one({"_id": place}, session=session).deleted_count:
            chunks.delete_many({"files_id": beside}, session=session)  # destroyed meanwhile: so is the copy
            return
        chunks.delete_many({"files_id": place}, session=session)
        chunks.update_many({"files_id": beside}, {"$set": {"files_id": place}}, session=session)
        files.insert_one({**copy, "_id": place, "metadata": metadata}, session=session)

    transaction(swap)
