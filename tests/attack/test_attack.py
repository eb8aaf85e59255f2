"""The attack in small form: every address in turns, within the process. In full: `-m tests.attack`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from documents.database import database
from documents.person import Person
from tests.attack import classes
from tests.attack.browsers import Inside, sign_in, token
from tests.attack.engine import Attack
from tests.attack.house import ATTACKERS, PASSWORD, TRICKED, Attacker, House, furnish, settle
from tests.attack.ids import Ids
from tests.portal import leaking
from tests.portal.conftest import (  # noqa: F401 - the fixtures of the portal's tests serve here too
    app,
    application,
)

FEW, SHARE = 1, 3


def test_every_address_is_classified(application: Flask) -> None:  # noqa: F811 - the fixture of that name
    found = classes.unclassified(application)
    assert found == [], f"say in tests/attack/classes.py whose these are: {found}"


@pytest.fixture
def house(app: Flask) -> House:  # noqa: F811 - the fixture of that name
    found = furnish()
    app.config["WTF_CSRF_ENABLED"] = True
    return found


def browser_of(app: Flask, attacker: Attacker) -> Inside:  # noqa: F811 - the fixture of that name
    made = Inside(app.test_client())
    if attacker.person:
        sign_in(made, Person.get(attacker.person).login, PASSWORD)
    settle(attacker)
    return made


def test_no_wrong_person_gets_in(
    app: Flask,  # noqa: F811 - the fixture of that name
    house: House,
    record_property: Callable[[str, object], None],
) -> None:
    extra = {"number": (house.number,), "seq": (str(house.letter),), "key": (leaking.STEP,)}
    attack = Attack(app.url_map, house, Ids(database(), extra, FEW), database(), share=SHARE)
    for attacker in ATTACKERS:
        browser = browser_of(app, attacker)
        attack.run(attacker, browser, token(browser, "/profile"))
    for attacker in TRICKED:
        attack.run(attacker, browser_of(app, attacker), "", with_token=False)
    for number, line in enumerate(attack.report.table()):
        record_property(f"attack: {number}", line)
        print(line)
    assert attack.report.surprises == []
    assert sum(attack.report.outcomes.values()) > 1_000
