"""The connection to MongoDB and its transactions.

mongoengine 0.29 knows no sessions, so `transaction` keeps one in a context variable and
`SessionCollection` hands it to every call that our documents make.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar

import mongoengine
from mongoengine.errors import OperationError
from pymongo import ReadPreference, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from documents import keyring, migrations
from documents.encrypted_collection import read, written
from documents.encryption import Encryption

ALIAS = "default"
T = TypeVar("T")

_session: ContextVar[ClientSession | None] = ContextVar("session", default=None)

Write = Callable[[Sequence[Any]], None]
_last: ContextVar[dict[Write, list[Any]] | None] = ContextVar("last", default=None)

# Every collection method of pymongo that our code or mongoengine calls and that takes a session.
SESSION_METHODS = frozenset(
    [
        "insert_one",
        "insert_many",
        "replace_one",
        "update_one",
        "update_many",
        "delete_one",
        "delete_many",
        "find",
        "find_one",
        "find_one_and_update",
        "find_one_and_replace",
        "find_one_and_delete",
        "count_documents",
        "distinct",
        "aggregate",
        "bulk_write",
    ]
)


def connect(uri: str, name: str, key: bytes | None = None) -> None:
    """Connect the documents to the database `name` of the replica set at `uri`.

    `key` is the master key 主密钥 of its encrypted values; without one, that of the last connection.
    """
    mongoengine.disconnect(ALIAS)
    logging.getLogger("pymongo").setLevel(logging.WARNING)  # below that it writes whole commands: complaints
    mongoengine.connect(
        name,
        host=uri,
        alias=ALIAS,
        tz_aware=True,
        uuidRepresentation="standard",
        w="majority",
        connect=False,
        serverSelectionTimeoutMS=10_000,
    )
    keyring.use(key, database)
    forget_collections()


def disconnect() -> None:
    """Close the connection; the documents forget their collections."""
    forget_collections()
    mongoengine.disconnect(ALIAS)


def forget_collections() -> None:
    """Make every document class look its collection up again."""
    for document in documents():
        document._collection = None


def documents() -> list[type[Stored]]:
    """All stored document classes that are imported."""
    found: list[type[Stored]] = []
    waiting = list(Stored.__subclasses__())
    while waiting:
        document = waiting.pop()
        waiting.extend(document.__subclasses__())
        if not document._meta.get("abstract"):
            found.append(document)
    return found


def database() -> Database[dict[str, Any]]:
    """The database that is connected."""
    connected: Database[dict[str, Any]] = mongoengine.get_db(ALIAS)
    return connected


def server_time() -> datetime:
    """The time of the database 数据库时间: the one clock that every machine sees alike."""
    told: datetime = database().client.admin.command("hello")["localTime"]
    return told.replace(tzinfo=UTC)


def ensure_indexes() -> None:
    """Create collections and indexes, and bring older data up to date; safe to run twice."""
    existing = set(database().list_collection_names())
    for document in documents():
        if document._get_collection_name() not in existing:
            database().create_collection(document._get_collection_name())
        document.ensure_indexes()
    migrations.run(database())


class SessionCollection:
    """A collection that joins the running transaction, and keeps some of its values encrypted."""

    def __init__(self, collection: Collection[dict[str, Any]], encryption: Encryption | None = None) -> None:
        self._collection = collection
        self._encryption = encryption

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._collection, name)
        if name not in SESSION_METHODS:
            return member

        encryption = self._encryption

        def joined(*args: Any, **kwargs: Any) -> Any:
            kwargs.setdefault("session", _session.get())
            if encryption is None:
                return member(*args, **kwargs)
            return read(encryption, member(*written(encryption, name, args), **kwargs))

        return joined

    def __getitem__(self, name: str) -> Any:
        return self._collection[name]

    def with_options(self, **options: Any) -> SessionCollection:
        return SessionCollection(self._collection.with_options(**options), self._encryption)


class Stored(mongoengine.Document):
    """The base of every stored document."""

    meta: dict[str, Any] = {"abstract": True, "auto_create_index": False, "auto_create_index_on_save": False}

    @classmethod
    def _get_collection(cls) -> Any:
        if cls._collection is None:
            cls._collection = SessionCollection(database()[cls._get_collection_name()], cls.encryption())
        return cls._collection

    @classmethod
    def encryption(cls) -> Encryption | None:
        """Which of its values are stored encrypted, if any."""
        paths = cls._meta.get("encrypted")
        return Encryption.of(cls._get_collection_name(), paths) if paths else None

    @classmethod
    def collection(cls) -> Any:
        """The collection itself; its calls join the running transaction."""
        return cls._get_collection()


def in_transaction() -> bool:
    """Whether this code runs inside `transaction`."""
    return _session.get() is not None


def running_session() -> ClientSession | None:
    """The session of the running transaction, for what no document class stores."""
    return _session.get()


def write_last(write: Write, rows: Sequence[Any]) -> None:
    """Write rows as the last thing of the running transaction, all together; at once where none runs."""
    waiting = _last.get()
    if waiting is None:
        write(rows)
    else:
        waiting.setdefault(write, []).extend(rows)


def transaction(callback: Callable[[], T]) -> T:
    """Run the callback in one transaction; a conflict with another writer runs it again.

    Inside a running transaction it joins that one. The callback must be free of outside effects.
    """
    if in_transaction():
        return callback()
    with database().client.start_session() as session:
        return session.with_transaction(
            lambda running: _joined(running, callback),
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern("majority"),
            read_preference=ReadPreference.PRIMARY,
        )


def _joined(session: ClientSession, callback: Callable[[], T]) -> T:
    waiting: dict[Write, list[Any]] = {}
    token, last = _session.set(session), _last.set(waiting)
    try:
        result = callback()
        for write, rows in waiting.items():
            write(rows)
        return result
    except OperationError as error:
        # mongoengine hides the label that tells pymongo to try again.
        if isinstance(error.__context__, PyMongoError):
            raise error.__context__ from error
        raise
    finally:
        _last.reset(last)
        _session.reset(token)
