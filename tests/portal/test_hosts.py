"""A request that calls the portal by a name of its own is not answered."""

from __future__ import annotations

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from portal.application import configuration, trust_proxies
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


@pytest.mark.parametrize(
    ("proxies", "address", "secure"),
    [("", "127.0.0.1", False), ("1", "203.0.113.9", True), ("2", "198.51.100.1", True)],
)
def test_who_asks_is_believed_of_our_own_proxies_only(proxies: str, address: str, secure: bool) -> None:
    app, told = Flask("asked"), settings(JUANZONG_PROXIES=proxies)
    app.add_url_rule("/", view_func=lambda: [request.remote_addr, request.is_secure, request.host])
    if told.proxies:
        trust_proxies(app, told.proxies)
    claimed = {
        "X-Forwarded-For": "10.0.0.1, 198.51.100.1, 203.0.113.9",
        "X-Forwarded-Proto": "https, https",
        "X-Forwarded-Host": "evil.example",
    }
    assert app.test_client().get("/", headers=claimed).json == [address, secure, "localhost"]
