"""Real servers for every test that wants them: one mongod and one Valkey for each pytest process."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest
from mongoengine import ConnectionFailure
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError
from redis import Redis

from documents import database as documents_database
from documents import demonstration, keyring, migrations, page_entries
from documents import policy as policies
from documents.actions import organising
from documents.policy import Policy, forget_views
from documents.rules.policy import PolicyView
from jobs import surroundings
from jobs.surroundings import Surroundings
from portal.servers import Addresses, scratch_servers
from portal.waste import spare_what_is_loaded
from tests.data_key import DATA_KEY

T = TypeVar("T")
DATABASE_NAME = "juanzong_test"
NOT_OURS = {"name": {"$not": {"$regex": f"^system|^{keyring.COLLECTION}$|^{migrations.DONE}$"}}}
FOUNDED = datetime(2026, 1, 4, tzinfo=UTC)
DEMONSTRATED = datetime(2026, 7, 22, 6, 30, tzinfo=UTC)  # Wednesday 14:30 in Guangdong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long is begun first: at the end one of two would wait for it."""
    items.sort(key=lambda item: "early" not in item.keywords)


def pytest_collection_finish() -> None:
    """What is loaded by now stays, as where people work."""
    spare_what_is_loaded()


@pytest.fixture(scope="session")
def servers() -> Iterator[Addresses]:
    """The two servers in a folder of their own, gone at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="juanzong-tests-") as folder,
        scratch_servers(Path(folder)) as addresses,
    ):
        forgetful(addresses.mongodb_uri)
        yield addresses


def forgetful(uri: str) -> None:
    """Let this database acknowledge before its journal is written: nobody kills it, nothing outlives it.

    Tests that kill a database have one of their own, which waits. By the clock of the tests it is February;
    mongod, which goes by the real one, would take away what is kept for thirty days only.
    """
    with MongoClient[dict[str, Any]](uri) as client:
        config = client.admin.command("replSetGetConfig")["config"]
        config |= {"writeConcernMajorityJournalDefault": False, "version": config["version"] + 1}
        client.admin.command("replSetReconfig", config, force=True)
        client.admin.command("setParameter", 1, ttlMonitorEnabled=False)


@pytest.fixture(scope="session")
def mongo_uri(servers: Addresses) -> str:
    """The address of a writable single-node replica set."""
    return servers.mongodb_uri


@pytest.fixture(scope="session")
def valkey_url(servers: Addresses) -> str:
    """The address of a Valkey with its append-only file on."""
    return servers.redis_url


_ready: set[str] = set()
_looked_up: dict[str, tuple[str, PolicyView]] = {}


def connected(uri: str) -> Database[dict[str, Any]]:
    """The database of the tests with all indexes; connected anew when a test left another one behind."""
    try:
        found = documents_database.database()
        if found.name == DATABASE_NAME and uri in _ready and found.command("ping"):
            return found
    except (ConnectionFailure, PyMongoError):
        pass  # somebody closed it: tests of faults have servers of their own
    documents_database.connect(uri, DATABASE_NAME, keyring.master_from(DATA_KEY))
    if uri not in _ready:
        documents_database.ensure_indexes()
        _ready.add(uri)
    return documents_database.database()


@pytest.fixture
def database(mongo_uri: str) -> Iterator[Database[dict[str, Any]]]:
    """The connected database, with all indexes; emptied after the test.

    Jobs are told of it too, in a house without mail, queues and signatures, unless the test tells them more.
    """
    plain = Surroundings(mongo_uri, DATABASE_NAME, "redis://127.0.0.1:1/0")
    if not surroundings._told:
        surroundings._told[:] = [plain]
    yield connected(mongo_uri)
    if surroundings._told == [plain]:
        surroundings._told.clear()
    empty(connected(mongo_uri))


def filled(database: Database[dict[str, Any]]) -> list[str]:
    """The collections in which there is something, all of them asked at once.

    Not the keys of the data, nor which migrations were run: they are, whatever is in the database.
    """
    names = database.list_collection_names(filter=NOT_OURS)
    if not names:
        return []
    asked: list[list[dict[str, Any]]] = [
        [{"$limit": 1}, {"$project": {"_id": {"$literal": name}}}] for name in names
    ]
    others = zip(names[1:], asked[1:], strict=True)
    joined = [{"$unionWith": {"coll": name, "pipeline": pipeline}} for name, pipeline in others]
    return [row["_id"] for row in database[names[0]].aggregate([*asked[0], *joined])]


def empty(database: Database[dict[str, Any]]) -> None:
    """Take everything out of every collection; the keys of the data and the names of migrations stay."""
    for name in filled(database):
        database[name].delete_many({})
    page_entries.forget_places()


@pytest.fixture
def queue_connection(valkey_url: str) -> Iterator[Redis]:
    """A connection to Valkey; emptied after the test."""
    connection = Redis.from_url(valkey_url)
    yield connection
    connection.flushall()
    connection.close()


Rows = dict[str, list[dict[str, Any]]]


def held(database: Database[dict[str, Any]]) -> Rows:
    """All that the database holds, by collection."""
    return {name: list(database[name].find()) for name in filled(database)}


def taken(database: Database[dict[str, Any]]) -> Rows:
    """The same; nothing is left in it."""
    found = held(database)
    empty(database)
    return found


def put_back(database: Database[dict[str, Any]], rows: Rows) -> None:
    """Fill the empty database as it was."""
    for name, several in rows.items():
        database[name].insert_many(several)


class Beginning(Generic[T]):
    """What several tests begin with: made by the first of them, put back for the others as it was stored.

    Who was signed in before is not any more.
    """

    def __init__(self) -> None:
        self._rows: Rows = {}
        self._made: list[T] = []

    def of(self, database: Database[dict[str, Any]], make: Callable[[], T]) -> T:
        """Make it, or put it back; what `make` returned the first time: numbers, no documents."""
        if self._made:
            empty(database)
            put_back(database, self._rows)
        else:
            self._made.append(make())
            self._rows = held(database)
        return self._made[0]


@pytest.fixture(scope="session")
def union(mongo_uri: str) -> Rows:
    """The Qinghe union of P01 as it stands in the database after setting up, read once."""
    founded = connected(mongo_uri)
    forget_views()
    organising.set_up("p01", password="juanzong", now=FOUNDED)
    return taken(founded)


@pytest.fixture
def policy(database: Database[dict[str, Any]], union: Rows) -> Policy:
    """P01 with its union, put back as it was."""
    forget_views()
    put_back(database, union)
    found = Policy.current("p01")
    # The same version each time: its look-ups are made once, as in a process that serves for long.
    policies._views["p01", found.version] = _looked_up.setdefault(found.sha256, (found.sha256, found.view()))
    return found


@pytest.fixture(scope="session")
def demonstrated(mongo_uri: str) -> tuple[int, Rows]:
    """How many cases the demo plays, and the database after it, read once."""
    founded = connected(mongo_uri)
    empty(founded)
    forget_views()
    return demonstration.play("p01", now=DEMONSTRATED), taken(founded)


@pytest.fixture
def played(database: Database[dict[str, Any]], demonstrated: tuple[int, Rows]) -> int:
    """The demo's cases: one in every stage, with an extension, an appeal, a repeat and a refusal."""
    forget_views()
    count, rows = demonstrated
    put_back(database, rows)
    return count
