"""What stands encrypted in the database, as whoever has the key reads it."""

from __future__ import annotations

from typing import Any

from documents import files
from documents.database import database, documents
from documents.notice import Notice


def rows(collection: str) -> list[dict[str, Any]]:
    """Every document of a collection, opened."""
    for one in documents():
        if one._get_collection_name() == collection:
            return list(one.collection().find())
    return list(database()[collection].find())


def exchange(file_id: str, content: bytes) -> None:
    """Put other bytes into a stored file, as somebody with the key could; what was told of it stays."""
    told = files.told_of(files.row_of(file_id))
    digest = str(told.get("sha256"))
    files.restore(file_id, told["name"], iter([content]), media_type=told["media_type"], sha256=digest)


def notices(beginning: str, **narrow: Any) -> list[Notice]:
    """The notices whose title begins so."""
    return [one for one in Notice.objects(**narrow) if one.title["zh"].startswith(beginning)]
