"""Fields 字段 for lists and tables that hold no references: read as they are.

mongoengine looks for references to follow each time a list or a table is read. Nothing stored here is a
reference, and a case is read thousands of times while it is worked on.
"""

from __future__ import annotations

from typing import Any

import mongoengine
from mongoengine.base.datastructures import BaseDict, BaseList, EmbeddedDocumentList

WATCHED = frozenset({BaseDict, BaseList, EmbeddedDocumentList})


class _Plain:
    """What is watched for changes already is handed out at once."""

    name: str

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is not None:
            value = instance._data.get(self.name)
            if type(value) in WATCHED:
                return value
        return super().__get__(instance, owner)  # type: ignore[misc]


class ListField(_Plain, mongoengine.ListField):
    """A list of values."""


class DictField(_Plain, mongoengine.DictField):
    """A table of values."""


class _Whole:
    """What is stored and read whole: nothing looks at its parts."""

    name: str

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self if instance is None else instance._data.get(self.name)

    def to_python(self, value: Any) -> Any:
        """As it came from the database."""
        return value

    def to_mongo(self, value: Any, use_db_field: bool = True, fields: Any = None) -> Any:
        """As it is."""
        return value


class WholeField(_Whole, mongoengine.DictField):
    """A table that is stored and read whole, as plain tables and lists: nothing watches its parts.

    For definitions: a policy holds tens of thousands of values, and wrapping each of them costs more than
    all that is done with them. Who changes a part must write the whole.
    """


class WholeListField(_Whole, mongoengine.ListField):
    """A list of plain values that is read and written whole: nobody looks at each of them."""

    def validate(self, value: Any) -> None:
        """Whoever wrote it made it."""


class EmbeddedDocumentListField(_Plain, mongoengine.EmbeddedDocumentListField):
    """A list of embedded documents."""
