"""A collection some of whose values are encrypted 加密集合: it encrypts and decrypts."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MethodType
from typing import Any

from pymongo.command_cursor import CommandCursor
from pymongo.cursor import Cursor

from documents.encryption import Encryption, with_id

# What a method takes first: documents to write, a condition, or a condition and a change.
INSERT, ASK, CHANGE, REPLACE = "insert", "ask", "change", "replace"
TAKES: Mapping[str, str] = {
    "insert_one": INSERT,
    "insert_many": INSERT,
    "find": ASK,
    "find_one": ASK,
    "count_documents": ASK,
    "delete_one": ASK,
    "delete_many": ASK,
    "find_one_and_delete": ASK,
    "update_one": CHANGE,
    "update_many": CHANGE,
    "find_one_and_update": CHANGE,
    "replace_one": REPLACE,
    "find_one_and_replace": REPLACE,
}


def written(encryption: Encryption, method: str, arguments: Sequence[Any]) -> list[Any]:
    """The arguments of a call as the database gets them."""
    takes, given = TAKES.get(method), list(arguments)
    if method == "distinct":
        encryption.check({given[0]: True})
    elif method == "bulk_write":
        given[0] = [_single(encryption, one) for one in given[0]]
    elif takes == INSERT and method == "insert_one":
        given[0] = encryption.row(with_id(given[0]))
    elif takes == INSERT:
        given[0] = [encryption.row(with_id(row)) for row in given[0]]
    elif takes and given:
        encryption.check(given[0])
        if takes == CHANGE:
            given[1] = encryption.update(given[1], given[0])
        elif takes == REPLACE:
            given[1] = encryption.row(_owned(given[1], given[0]))
        elif len(given) > 1:
            given[1] = with_owner(encryption, given[1])
    return given


def _owned(row: Mapping[str, Any], condition: Mapping[str, Any]) -> Mapping[str, Any]:
    return row if "_id" in row else {"_id": condition["_id"], **row}


def with_owner(encryption: Encryption, columns: Any) -> Any:
    """The columns that are asked for, with the id where something is encrypted: it opens with it only."""
    if isinstance(columns, Mapping) and columns.get("_id") == 0:
        named = {name: wanted for name, wanted in columns.items() if name != "_id"}
        return named if any(name.split(".")[0] in encryption.tree for name in named) else columns
    return columns


def _single(encryption: Encryption, write: Any) -> Any:
    """One write of a bulk; the driver keeps condition and change in these two places."""
    one = copy.copy(write)
    condition, told = getattr(one, "_filter", None), getattr(one, "_doc", None)
    if told is None:
        return one
    if condition is None:
        one._doc = encryption.row(with_id(told))
    elif any(name.startswith("$") for name in told):
        one._doc = encryption.update(told, condition)
    else:
        one._doc = encryption.row(_owned(told, condition))
    return one


def read(encryption: Encryption, found: Any) -> Any:
    """What a call brought: a row or rows opened, anything else as it is."""
    if isinstance(found, Cursor | CommandCursor):
        return Reading(found, encryption)
    return encryption.opened(found) if isinstance(found, Mapping) else found


class Reading(Iterable[Any]):
    """A cursor whose rows are opened as they come."""

    def __init__(self, cursor: Any, encryption: Encryption) -> None:
        self._cursor, self._encryption = cursor, encryption

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return self._encryption.opened(next(self._cursor))

    next = __next__

    def __getitem__(self, index: Any) -> Any:
        return self._own(self._cursor[index])

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._cursor, name)
        if not isinstance(member, MethodType):
            return member
        return lambda *args, **kwargs: self._own(member(*args, **kwargs))

    def __copy__(self) -> Reading:
        return Reading(copy.copy(self._cursor), self._encryption)

    def __deepcopy__(self, memo: Any) -> Reading:
        return Reading(copy.deepcopy(self._cursor, memo), self._encryption)

    def _own(self, found: Any) -> Any:
        return self if found is self._cursor else read(self._encryption, found)
