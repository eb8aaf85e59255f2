"""Files 文件 in the database (GridFS), found again by their SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

import gridfs
from bson import ObjectId
from pymongo.errors import OperationFailure, PyMongoError

from documents.database import database
from documents.rules.broken import RuleBroken

CHUNK = 255 * 1024 * 4
CHECKS = "file_checks"  # what documents.file_check keeps


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
    return gridfs.GridFSBucket(database())


def store(stream: IO[bytes], name: str, *, media_type: str, most_bytes: int | None = None) -> StoredFile:
    """Store the stream, or nothing of it.

    Beyond `most_bytes` it raises RuleBroken("file_too_large"), when the database takes no more NotKept.
    """
    upload = _bucket().open_upload_stream(name, metadata={"media_type": media_type})
    try:
        digest, size = _poured(stream, upload, most_bytes)
        upload.close()
    except OperationFailure as error:
        _take_back(upload)
        raise NotKept(str(error)[:200]) from error
    found = StoredFile(str(upload._id), name, size, digest, media_type)
    database()["fs.files"].update_one({"_id": upload._id}, {"$set": {"metadata.sha256": found.sha256}})
    return found


def _poured(stream: IO[bytes], upload: gridfs.GridIn, most_bytes: int | None) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for block in iter(lambda: stream.read(CHUNK), b""):
        size += len(block)
        if most_bytes is not None and size > most_bytes:
            upload.abort()
            raise RuleBroken("file_too_large", name=upload.filename, most_mb=most_bytes // 1024**2)
        digest.update(block)
        upload.write(block)
    return digest.hexdigest(), size


def _take_back(upload: gridfs.GridIn) -> None:
    """Remove the pieces that were taken; without its last line nobody sees them as a file anyway."""
    with suppress(PyMongoError):
        upload.abort()


def open_file(file_id: str) -> gridfs.GridOut:
    """The file opened for reading; raises gridfs.NoFile."""
    return _bucket().open_download_stream(ObjectId(file_id))


def read(file_id: str) -> bytes:
    """The whole file."""
    return bytes(open_file(file_id).read())


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
    for chunk in database()["fs.chunks"].find({"files_id": ObjectId(file_id)}).sort("n"):
        yield bytes(chunk["data"])


def keep_evidence(file_id: str, name: str) -> str | None:
    """Keep what is left of a damaged file beside it 留存损坏件, under a name of its own; its id."""
    pieces = list(raw(file_id))
    if not pieces:
        return None
    told = {"media_type": "application/octet-stream", "evidence_of": file_id}
    upload = _bucket().open_upload_stream(name, metadata=told)
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        upload.write(piece)
    upload.close()
    database()["fs.files"].update_one({"_id": upload._id}, {"$set": {"metadata.sha256": digest.hexdigest()}})
    return str(upload._id)


def restore(file_id: str, name: str, content: Iterator[bytes], *, media_type: str, sha256: str) -> None:
    """Put the right bytes in the place of damaged ones 修复; every record that names the file stays right."""
    place = ObjectId(file_id)
    database()["fs.files"].delete_one({"_id": place})
    database()["fs.chunks"].delete_many({"files_id": place})
    told = {"media_type": media_type, "sha256": sha256}
    upload = _bucket().open_upload_stream_with_id(place, name, metadata=told)
    for block in content:
        upload.write(block)
    upload.close()


def delete_earlier(keep: StoredFile) -> int:
    """Remove the files of the same name that were stored before this one."""
    found = database()["fs.files"].find(
        {"filename": keep.name, "_id": {"$ne": ObjectId(keep.id)}}, {"_id": 1}
    )
    earlier = [row["_id"] for row in found]
    for file_id in earlier:
        delete(file_id)
    return len(earlier)
