"""No identity bleeds from one request into another 身份不串: many people at once, one application."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

from flask.testing import FlaskClient

from tests.portal.conftest import Register, SignIn

SECRET = "11010519491231002X"
ASKED = 40
PEOPLE = ("cd_clerk", "hk_clerk", "intake_clerk", "admin")


def test_two_people_at_once_each_see_what_is_theirs(sign_in: SignIn, register: Register) -> None:
    """Threads ask in one process, in an order that differs each time, all beginning together."""
    ours = register("cd_clerk", complainant_id_number=SECRET, title="城东的投诉")
    theirs = register("hk_clerk", title="河口的投诉")
    clients = {person: sign_in(person) for person in PEOPLE}
    expected = {
        person: [answer(client, address) for address in addresses(ours.number, theirs.number)]
        for person, client in clients.items()
    }
    assert len({tuple(one) for one in expected.values()}) == len(PEOPLE), "they differ in what they see"
    together = threading.Barrier(len(PEOPLE))

    def ask(person: str) -> list[str]:
        order = [*range(len(expected[person]))] * (ASKED // len(expected[person]))
        random.Random(person).shuffle(order)
        together.wait(timeout=30)
        asked = addresses(ours.number, theirs.number)
        return [
            f"{person} {asked[one]}"
            for one in order
            if answer(clients[person], asked[one]) != expected[person][one]
        ]

    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        assert [wrong for found in pool.map(ask, PEOPLE) for wrong in found] == []


def addresses(ours: str, theirs: str) -> list[str]:
    return [f"/cases/{ours}", f"/cases/{theirs}", "/cases", f"/cases?words={SECRET}", "/"]


def answer(client: FlaskClient, address: str) -> str:
    """Of an answer what depends on who asks."""
    page = client.get(address)
    told = ("王敏", "何莉", SECRET, "城东的投诉", "河口的投诉", 'href="/cases.xlsx', "/admin/people")
    return f"{page.status_code} {[one for one in told if one in page.text]}"
