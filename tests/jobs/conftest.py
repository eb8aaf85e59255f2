"""The small world for each test of timers and jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.database import Database
from redis import Redis

from documents import policy
from jobs import queues
from jobs import surroundings as jobs_surroundings
from jobs.surroundings import Surroundings
from tests.jobs import world


@pytest.fixture
def small_world(database: Database[dict[str, Any]]) -> Iterator[None]:
    """One union with its units, people and policy, stored."""
    policy.forget_views()
    world.found()
    yield
    policy.forget_views()


@pytest.fixture
def surroundings(
    database: Database[dict[str, Any]], mongo_uri: str, valkey_url: str, queue_connection: Redis
) -> Iterator[Surroundings]:
    """The house of this test, connected: no mail server, unless the test opens one."""
    told = Surroundings(mongo_uri, database.name, valkey_url, base_url="http://127.0.0.1:8000")
    queues.connect(valkey_url)
    jobs_surroundings._told[:] = [told]
    yield told
    jobs_surroundings._told.clear()
