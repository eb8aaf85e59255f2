"""Real servers for every test that wants them: one mongod and one Valkey for each pytest process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database
from redis import Redis

from documents import database as documents_database
from documents.actions import organising
from documents.policy import Policy, forget_views
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


@pytest.fixture(scope="session")
def _connected(mongo_uri: str) -> Iterator[Database[dict[str, Any]]]:
    documents_database.connect(mongo_uri, DATABASE_NAME)
    documents_database.ensure_indexes()
    yield documents_database.database()
    documents_database.disconnect()


@pytest.fixture
def database(_connected: Database[dict[str, Any]]) -> Iterator[Database[dict[str, Any]]]:
    """The connected database, with all indexes; emptied after the test."""
    yield _connected
    for name in _connected.list_collection_names(filter={"name": {"$not": {"$regex": "^system\\."}}}):
        _connected[name].delete_many({})


@pytest.fixture
def queue_connection(valkey_url: str) -> Iterator[Redis]:
    """A connection to Valkey; emptied after the test."""
    connection = Redis.from_url(valkey_url)
    yield connection
    connection.flushall()
    connection.close()


@pytest.fixture(scope="session")
def union(_connected: Database[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The Qinghe union of P01 as it stands in the database after setting up, read once."""
    forget_views()
    organising.set_up("p01", password="juanzong", now=FOUNDED)
    names = _connected.list_collection_names(filter={"name": {"$not": {"$regex": "^system"}}})
    found = {name: list(_connected[name].find()) for name in names}
    for name in names:
        _connected[name].delete_many({})
    return {name: rows for name, rows in found.items() if rows}


@pytest.fixture
def policy(database: Database[dict[str, Any]], union: dict[str, list[dict[str, Any]]]) -> Policy:
    """P01 with its union, put back as it was."""
    forget_views()
    for name, rows in union.items():
        database[name].insert_many(rows)
    return Policy.current("p01")
