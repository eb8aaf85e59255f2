"""The first start of a house that is no demo: one administrator, one password, which opens it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from pymongo.database import Database

from documents.audit import AuditEntry
from documents.person import Person
from documents.policy import Policy
from documents.second_factor import SecondFactor
from documents.sign_in import SignIn
from documents.unit import Unit
from tests.commands import Done, typed, typed_apart

Migrate = Callable[..., Done]
NOW = datetime(2026, 2, 24, 1, 2, tzinfo=UTC)


@pytest.fixture
def told(
    database: Database[dict[str, Any]], mongo_uri: str, valkey_url: str, tmp_path: Path
) -> dict[str, str]:
    return {
        "MONGODB_URI": mongo_uri,
        "REDIS_URL": valkey_url,
        "JUANZONG_DATABASE": database.name,
        "JUANZONG_FOLDER": str(tmp_path),
    }


@pytest.fixture
def migrate(told: dict[str, str]) -> Migrate:
    """What every start does before anybody works."""
    return lambda **more: typed("migrate", told={**told, **more})


@pytest.fixture
def migrate_apart(told: dict[str, str]) -> Migrate:
    """In a process of its own."""
    return lambda **more: typed_apart("migrate", told={**told, **more})


def test_the_first_start_lets_one_administrator_in(migrate_apart: Migrate, tmp_path: Path) -> None:
    assert migrate_apart().returncode == 0
    waiting = tmp_path / "first-password"
    assert waiting.stat().st_mode & 0o777 == 0o600
    (admin,) = Person.objects
    password = waiting.read_text().split("password")[1].split()[0]
    assert PasswordHasher().verify(admin.password_hash, password)
    assert admin.password_once
    assert Policy.current("p01").version == 1
    assert [unit.id for unit in Unit.objects] == [admin.posts[0].unit]

    before = waiting.read_text()
    assert migrate_apart().returncode == 0
    assert waiting.read_text() == before
    assert Person.objects.count() == 1


def test_another_pack_may_be_the_first(migrate: Migrate, tmp_path: Path) -> None:
    refused = migrate(JUANZONG_PACK="nonsense")
    assert refused.returncode == 1
    assert "没有制度包 nonsense" in refused.stderr
    assert Person.objects.count() == 0
    assert migrate(JUANZONG_PACK="p15").returncode == 0
    assert Policy.objects.distinct("key") == ["p15"]


def test_a_house_with_people_gets_nobody(migrate: Migrate, tmp_path: Path) -> None:
    Person(id="zhao", login="zhao", name="赵").save()
    assert migrate().returncode == 0
    assert Person.objects.count() == 1
    assert not (tmp_path / "first-password").exists()


def test_the_demo_has_its_own_people(migrate: Migrate, tmp_path: Path) -> None:
    assert migrate(JUANZONG_DEMO="1").returncode == 0
    assert not (tmp_path / "first-password").exists()


def test_whoever_keeps_the_machine_lets_the_last_administrator_in(
    migrate: Migrate, told: dict[str, str]
) -> None:
    migrate()
    SecondFactor(id="admin", secret=b"on a lost phone").save()
    SignIn(id="x", person="admin", since=NOW, seen=NOW, idle=60, ends=NOW).save()
    refused = typed("let-in", "nobody", "--reason", "手机丢失", told=told)
    assert refused.returncode == 1
    assert SecondFactor.objects.count() == 1
    done = typed("let-in", "admin", "--reason", "手机丢失", told=told)
    password = done.stdout.split("password")[1].split()[0]
    admin = Person.get("admin")
    assert PasswordHasher().verify(admin.password_hash, password)
    assert admin.password_once
    assert (SecondFactor.objects.count(), SignIn.objects.count()) == (0, 0)
    entry = AuditEntry.objects.get(verb="rescue")
    assert (entry.by, entry.subject, entry.facts) == ("operator", "person:admin", {"reason": "手机丢失"})
