"""No parameter of any address becomes an operator of the database, and none makes a page fall over."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymongo import monitoring

from documents.person import Person
from tests.attack.conftest import Furnished
from tests.attack.injecting import Injection
from tests.attack.listening import LISTENER, RecordingRequest
from tests.long import long
from tests.portal import leaking
from tests.portal.doors import let_in

# Of the addresses every so manieth; with --long all, in three parts, and each kind for each parameter.
ADDRESSES, PARTS, KINDS_SENT = long(16, 3), long(1, 3), long(8, 1)
monitoring.register(LISTENER)
MASTER = (("intake_head", "QH-SL"), ("administrator", "QH"), ("archivist", "QH-DA"), ("clerk", "QH-CD"))


@pytest.mark.parametrize("part", range(PARTS))
def test_no_parameter_becomes_an_operator(
    part: int,
    app: Flask,
    furnished: Furnished,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    posts = [*MASTER, (leaking.WHOLE, leaking.HERE)]
    master = {"_id": "master", "login": "master", "name": "主管", "active": True, "language": "zh"}
    kept = {**master, "posts": [{"role": role, "unit": unit} for role, unit in posts], "theme": "light"}

    def enter() -> FlaskClient:
        Person.collection().replace_one({"_id": "master"}, kept, upsert=True)
        client = app.test_client()
        let_in(client, "master", app.config["CLOCK"]())
        return client

    app.config["WTF_CSRF_ENABLED"] = False
    monkeypatch.setattr(app, "request_class", RecordingRequest)
    injection = Injection(app.url_map, furnished.ids, enter, (part, ADDRESSES), KINDS_SENT)
    LISTENER.heard = LISTENER.marked = 0
    began = monotonic()
    injection.run()
    heard = f"{LISTENER.heard} filters, the input in {LISTENER.marked} as a plain value"
    reached = f"{injection.parameters} parameters, {injection.reached} kinds of payloads for them"
    sent = f"{reached}, {injection.sent} requests in {monotonic() - began:.0f} s"
    line = f"{sent}, {heard}, wrong: {len(injection.wrong)}"
    record_property("injection", line)
    print(line)
    assert injection.wrong == []
    assert LISTENER.heard > 100
