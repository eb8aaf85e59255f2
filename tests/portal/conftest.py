"""The portal on real servers, in the Qinghe union of the shipped pack, on a Tuesday morning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from documents.actions import registration, steps
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import Policy
from documents.way_out import WayOut
from jobs import surroundings
from portal.application import assemble
from portal.servers import LOOPBACK
from portal.settings import Settings
from tests.conftest import DATABASE_NAME, connected
from tests.jobs.gateways import Gateway, open_gateway
from tests.portal.doors import let_in
from tests.portal.samples import COMPLAINT

NOW = datetime(2026, 2, 24, 1, 2, tzinfo=UTC)  # Tuesday 09:02 in Guangdong

SignIn = Callable[[str], FlaskClient]
Register = Callable[..., Complaint]
Perform = Callable[..., Complaint]


@pytest.fixture(scope="session")
def application(mongo_uri: str, valkey_url: str, tmp_path_factory: Any) -> Flask:
    folder: Path = tmp_path_factory.mktemp("portal")
    settings = Settings(
        mongodb_uri=mongo_uri,
        redis_url=valkey_url,
        secret_key="for tests only",
        data_folder=folder,
        database_name=DATABASE_NAME,
    )
    connected(mongo_uri)
    app = assemble(settings)
    app.config["CLOCK"] = lambda: NOW
    return app


@pytest.fixture
def app(application: Flask, policy: Policy) -> Iterator[Flask]:
    before = dict(application.config)
    application.config["WTF_CSRF_ENABLED"] = False
    yield application
    application.config.update(before)
    application.extensions["attempts"].flushall()


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """A browser in which the person with this id is signed in."""

    def run(person: str) -> FlaskClient:
        client = app.test_client()
        let_in(client, person, app.config["CLOCK"]())
        return client

    return run


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """A system outside that is told everything the policy tells at all."""
    monkeypatch.setenv("JUANZONG_WAY_KNOCK", "open sesame")
    before = list(surroundings._told)
    with open_gateway() as opened:
        surroundings._told[:] = [
            replace(before[0], base_url="https://a.example", plain_hosts=frozenset({LOOPBACK}))
        ]
        WayOut(id="out", kind="webhook", name="外部系统", url=f"{opened.url}/in", secret="knock").save()
        WayOut(id="sms", kind="sms", name="短信网关", url=f"{opened.url}/sms").save()
        yield opened
    surroundings._told[:] = before


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture(scope="session")
def submissions() -> Iterator[int]:
    """No two of a session are the same: a case that is put back has its own."""
    return count(1)


@pytest.fixture
def register(policy: Policy, submissions: Iterator[int]) -> Register:
    """Register a case through the action."""

    def run(
        who: str = "cd_clerk", case_type: str = "complaint", now: datetime = NOW, **changes: Any
    ) -> Complaint:
        return registration.register(
            policy,
            case_type,
            {**COMPLAINT, **changes},
            actor=Person.get(who),
            now=now,
            submission=f"s{next(submissions)}",
        )

    return run


@pytest.fixture
def perform(submissions: Iterator[int]) -> Perform:
    """Perform a step through the action."""

    def run(case: Complaint, key: str, who: str, now: datetime = NOW, **values: Any) -> Complaint:
        return steps.perform(
            case.number,
            key,
            values,
            actor=Person.get(who),
            now=now,
            turn=Complaint.get(case.number).turn,
            submission=f"s{next(submissions)}",
        )

    return run
