"""What stands encrypted in the database, as whoever has the key reads it."""

from __future__ import annotations

from typing import Any

from documents.database import database, documents
from documents.notice import Notice


def rows(collection: str) -> list[dict[str, Any]]:
    """Every document of a collection, opened."""
    for one in documents():
        if one._get_collection_name() == collection:
            return list(one.collection().find())
    return list(database()[collection].find())


def notices(beginning: str, **narrow: Any) -> list[Notice]:
    """The notices whose title begins so."""
    return [one for one in Notice.objects(**narrow) if one.title["zh"].startswith(beginning)]
