"""The attack in small form: every address in turns, within the process. In full: `python -m tests.attack`."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from documents.database import database
from documents.person import Person
from tests.attack import classes
from tests.attack.browsers import Answer, Form, Inside, sign_in, token
from tests.attack.conftest import Furnished
from tests.attack.engine import Attack
from tests.attack.house import ATTACKERS, PASSWORD, TRICKED, Attacker, settle
from tests.long import long

SHARE = long(8, 1)  # of the addresses for each attacker one in so many, others for the next


def test_every_address_is_classified(application: Flask) -> None:
    found = classes.unclassified(application)
    assert found == [], f"say in tests/attack/classes.py whose these are: {found}"


def browser_of(app: Flask, attacker: Attacker) -> Inside:
    made = Inside(app.test_client())
    if attacker.person:
        sign_in(made, Person.get(attacker.person).login, PASSWORD)
    settle(attacker)
    return made


def test_no_wrong_person_gets_in(
    app: Flask, furnished: Furnished, record_property: Callable[[str, object], None]
) -> None:
    attack = Attack(app.url_map, furnished.house, furnished.ids, database(), share=SHARE, small=True)
    for attacker in ATTACKERS:
        browser = browser_of(app, attacker)
        attack.run(attacker, browser, token(browser, "/profile"))
    for attacker in TRICKED:
        attack.run(attacker, browser_of(app, attacker), "", with_token=False)
    for number, line in enumerate(attack.report.table()):
        record_property(f"attack: {number}", line)
        print(line)
    assert attack.report.surprises == []
    assert sum(attack.report.outcomes.values()) > 600


class Changing:
    """A browser whose every request changes something, whatever it is answered."""

    def ask(self, method: str, path: str, form: Form = None, *, script: bool = False) -> Answer:
        database()["units"].insert_one({"_id": f"{method} {path}"})
        return Answer(403, {"X-Content-Type-Options": "nosniff"}, b"")


def test_a_change_is_seen_and_its_requests_are_named(app: Flask, furnished: Furnished) -> None:
    attack = Attack(app.url_map, furnished.house, furnished.ids, database(), share=100, small=True)
    stranger = ATTACKERS[0]
    attack.run(stranger, Changing(), "")
    changed = next(one for one in attack.report.surprises if one.startswith("one of these changed units:"))
    assert changed.count("\n    stranger ") == sum(attack.report.outcomes.values())
