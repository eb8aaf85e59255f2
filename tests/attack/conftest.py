"""The furnished house 被攻击的机构, made once for all tests of a process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest
from flask import Flask

from documents.database import database
from tests.attack.house import House, furnish
from tests.attack.ids import Ids
from tests.conftest import Beginning
from tests.portal import leaking
from tests.portal.conftest import (  # noqa: F401 - the fixtures of the portal's tests serve here too
    app,
    application,
)


class Furnished(NamedTuple):
    """The house, and what addresses are filled with."""

    house: House
    ids: Ids


BEGINNING: Beginning[House] = Beginning()


@pytest.fixture
def furnished(app: Flask) -> Iterator[Furnished]:  # noqa: F811 - the fixture of that name
    """Everything as it was furnished; forms need a token, and mail leaves, so that every page is there."""
    house = BEGINNING.of(database(), furnish)
    app.config["WTF_CSRF_ENABLED"] = True
    extra = {"number": (house.number,), "seq": (str(house.letter),), "key": (leaking.STEP,)}
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, smtp_url="smtp://127.0.0.1:9")
    yield Furnished(house, Ids(database(), extra, most=1))
    app.extensions["settings"] = settings
