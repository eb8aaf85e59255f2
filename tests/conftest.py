"""Real servers for every test that wants them: one mongod and one Valkey for each pytest process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mongoengine import ConnectionFailure
from pymongo.database import Database
from pymongo.errors import PyMongoError
from redis import Redis

from documents import database as documents_database
from documents.actions import organising
from documents.policy import Policy, forget_views
from jobs import surroundings
from jobs.surroundings import Surroundings
from portal.servers import Addresses, scratch_servers

DATABASE_NAME = "juanzong_test"
FOUNDED = datetime(2026, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="session")
def servers() -> Iterator[Addresses]:
    """The two servers in a folder of their own, gone at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="juanzong-tests-") as folder,
        scratch_servers(Path(folder)) as addresses,
    ):
        yield addresses


@pytest.fixture(scope="session")
def mongo_uri(servers: Addresses) -> str:
    """The address of a writable single-node replica set."""
    return servers.mongodb_uri


@pytest.fixture(scope="session")
def valkey_url(servers: Addresses) -> str:
    """The address of a Valkey with its append-only file on."""
    return servers.redis_url


_ready: set[str] = set()


def connected(uri: str) -> Database[dict[str, Any]]:
    """The database of the tests with all indexes; connected anew when a test left another one behind."""
    try:
        found = documents_database.database()
        if found.name == DATABASE_NAME and uri in _ready and found.command("ping"):
            return found
    except (ConnectionFailure, PyMongoError):
        pass  # somebody closed it: tests of faults have servers of their own
    documents_database.connect(uri, DATABASE_NAME)
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


def empty(database: Database[dict[str, Any]]) -> None:
    """Take everything out of every collection."""
    for name in database.list_collection_names(filter={"name": {"$not": {"$regex": "^system\\."}}}):
        database[name].delete_many({})


@pytest.fixture
def queue_connection(valkey_url: str) -> Iterator[Redis]:
    """A connection to Valkey; emptied after the test."""
    connection = Redis.from_url(valkey_url)
    yield connection
    connection.flushall()
    connection.close()


@pytest.fixture(scope="session")
def union(mongo_uri: str) -> dict[str, list[dict[str, Any]]]:
    """The Qinghe union of P01 as it stands in the database after setting up, read once."""
    founded = connected(mongo_uri)
    forget_views()
    organising.set_up("p01", password="juanzong", now=FOUNDED)
    names = founded.list_collection_names(filter={"name": {"$not": {"$regex": "^system"}}})
    found = {name: list(founded[name].find()) for name in names}
    empty(founded)
    return {name: rows for name, rows in found.items() if rows}


@pytest.fixture
def policy(database: Database[dict[str, Any]], union: dict[str, list[dict[str, Any]]]) -> Policy:
    """P01 with its union, put back as it was."""
    forget_views()
    for name, rows in union.items():
        database[name].insert_many(rows)
    return Policy.current("p01")
