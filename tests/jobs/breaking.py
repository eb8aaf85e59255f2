"""A job that breaks on what somebody wrote, and talks about it as a careless library would."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from typing import Any

from redis import Redis
from rq.job import Job
from rq.serializers import JSONSerializer

from documents.rules.breakage import in_one_line

MARK = "zqjobx"
BREAKS = "tests.jobs.breaking.breaks"


def breaks() -> None:
    """Break, in a thread, in a log and in the end, with the words of a complaint each time."""
    thread = threading.Thread(target=_slips)
    thread.start()
    thread.join()
    try:
        _slips()
    except ValueError as error:
        logging.getLogger("some.library").exception("it slipped: %s", error)
        logging.getLogger("some.library").warning(error)
        raise KeyError(f"{MARK} is unknown") from error


def _slips() -> None:
    int(f"投诉内容 {MARK}")


def everything_in(valkey: Redis) -> str:
    """All that Valkey holds, as text."""
    readers: dict[Any, Callable[[Any], Any]] = {
        b"string": valkey.get,
        b"hash": valkey.hgetall,
        b"list": lambda key: valkey.lrange(key, 0, -1),
        b"set": valkey.smembers,
        b"zset": lambda key: valkey.zrange(key, 0, -1),
        b"stream": valkey.xrange,
    }
    return str([(key, readers[valkey.type(key)](key)) for key in valkey.keys("*")])


def left_places_and_no_words(job: Job, said: str, valkey: Redis) -> None:
    """What the broken job left in the logs of its worker and in Valkey."""
    assert re.search(rf"ERROR rq\.worker: job {job.id} \({BREAKS}\) failed: builtins\.KeyError", said)
    assert len(re.findall(r"breaking\.py:\d+ _slips", said)) == 3
    assert "WARNING some.library: builtins.ValueError" in said
    assert MARK not in said
    found = Job.fetch(job.id, connection=valkey, serializer=JSONSerializer)
    kept = found.latest_result().exc_string
    assert re.fullmatch(r"builtins\.KeyError · \S+breaking\.py:\d+ breaks", in_one_line(kept))
    assert MARK not in kept + str(found.to_dict()) + everything_in(valkey)
