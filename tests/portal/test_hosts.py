"""A request that calls the portal by a name of its own is not answered."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.application import configuration
from portal.settings import Settings


def settings(**more: str) -> Settings:
    told = {
        "MONGODB_URI": "mongodb://db",
        "JUANZONG_SECRET": "s",
        "JUANZONG_BASE_URL": "https://tousu.example",
    }
    return Settings.from_environment({**told, "JUANZONG_FOLDER": "/nowhere", **more})


def test_only_its_own_names_are_trusted() -> None:
    assert settings(JUANZONG_HOSTS="inside.bank, INNER").trusted_hosts == [
        *("127.0.0.1", "inner", "inside.bank", "localhost", "tousu.example"),
    ]
    assert settings(JUANZONG_DEMO="1").trusted_hosts is None
    assert configuration(settings())["TRUSTED_HOSTS"] == ["127.0.0.1", "localhost", "tousu.example"]


@pytest.mark.parametrize(
    ("host", "status"),
    [("tousu.example", 200), ("tousu.example:8443", 200), ("localhost", 200), ("evil.example", 400)],
)
def test_a_strange_host_is_refused(app: Flask, stranger: FlaskClient, host: str, status: int) -> None:
    app.config["TRUSTED_HOSTS"] = settings().trusted_hosts
    answer = stranger.get("/sign-in", headers={"Host": host, "X-Forwarded-Host": "tousu.example"})
    assert answer.status_code == status
    assert "evil.example" not in answer.text
