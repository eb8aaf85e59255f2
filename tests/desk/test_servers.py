"""The embedded servers start, take writes and keep what they were given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from redis import Redis
from redis.exceptions import AuthenticationError

from documents import keyring, migrations
from portal import servers


def test_the_database_takes_a_transaction(database: Database[dict[str, Any]]) -> None:
    client = database.client
    with client.start_session() as session, session.start_transaction():
        database.first.insert_one({"_id": 1}, session=session)
        database.second.insert_one({"_id": 2}, session=session)
    assert database.first.count_documents({}) == database.second.count_documents({}) == 1


def test_the_database_is_empty_again_for_the_next_test(database: Database[dict[str, Any]]) -> None:
    # All tests encrypt with the same key, and what is migrated once is migrated.
    names = set(database.list_collection_names()) - {keyring.COLLECTION, migrations.DONE}
    assert all(database[name].count_documents({}) == 0 for name in names)


def test_zlib_is_not_negotiated(mongo_uri: str) -> None:
    with MongoClient[dict[str, Any]](mongo_uri) as client:
        hello = client.admin.command({"hello": 1, "compression": ["zlib", "zstd"]})
    assert hello["compression"] == ["zstd"]


def test_valkey_appends_every_write_to_a_file(queue_connection: Redis) -> None:
    settings: dict[str, str] = queue_connection.config_get("append*")  # type: ignore[assignment]
    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "everysec"


def test_valkey_refuses_who_does_not_know_the_password(valkey_url: str) -> None:
    address = valkey_url.partition("@")[2]
    with Redis.from_url(f"redis://{address}") as stranger, pytest.raises(AuthenticationError):
        stranger.ping()


def test_data_survives_a_restart_on_other_ports(tmp_path: Path) -> None:
    with servers.scratch_servers(tmp_path) as first, MongoClient[dict[str, Any]](first.mongodb_uri) as client:
        client.get_database("kept").things.insert_one({"_id": "a"})
        Redis.from_url(first.redis_url).set("kept", "b")
    with (
        servers.scratch_servers(tmp_path) as second,
        MongoClient[dict[str, Any]](second.mongodb_uri) as client,
    ):
        assert second.mongodb_uri != first.mongodb_uri
        assert client.get_database("kept").things.find_one() == {"_id": "a"}
        assert Redis.from_url(second.redis_url).get("kept") == b"b"


def test_a_platform_without_a_binary_is_told_the_two_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "machine", lambda: "riscv64")
    with pytest.raises(servers.ServerMissing, match="MONGODB_URI") as raised:
        servers.valkey_binary()
    assert "REDIS_URL" in str(raised.value)


def test_a_server_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    (tmp_path / "mongod" / "mongod.lock").mkdir(parents=True)
    with pytest.raises(servers.ServerFailed, match=r"mongod\.lock"), servers.scratch_servers(tmp_path):
        pass
