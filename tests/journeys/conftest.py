"""A whole portal with its demo, and a browser in front of it.

`JUANZONG_WATCH=1 pytest tests/journeys` shows the browser and lets it go slowly, for a person to watch.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.house import House
from tests.journeys.visitor import Visitor

WATCHED = os.environ.get("JUANZONG_WATCH") == "1"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]

Arrive = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`juanzong up` with a fresh demo, in a folder of its own."""
    house = House(tmp_path_factory.mktemp("house"))
    house.open()
    yield house
    house.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=15_000)  # milliseconds: two browsers and all servers share two cores
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=not WATCHED, slow_mo=700 if WATCHED else 0, args=ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture
def arrive(house: House, browser: Browser) -> Iterator[Arrive]:
    """A person sits down at a browser of their own, signed in when a login is given."""
    visitors: list[Visitor] = []

    def run(login: str | None = None, *, phone: bool = False) -> Visitor:
        visitor = Visitor.arrive(browser, house.address, phone=phone)
        visitors.append(visitor)
        if login:
            visitor.signs_in(login)
        return visitor

    yield run
    for visitor in visitors:
        visitor.leaves()
