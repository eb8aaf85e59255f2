"""Web processes on a machine whose time is wrong 机器时间错误: told to gunicorn as its configuration.

Each new process looks for a note in the folder of the house and goes wrong by as many seconds as it says:
`datetime.now`, `datetime.utcnow`, `time.time`, for everything that it loads afterwards, the whole portal.
"""

from __future__ import annotations

import datetime
import os
import time
from pathlib import Path
from typing import Any, Self

NOTE = "wrong-time"
RIGHT = datetime.datetime
CONFIGURATION = f"-c python:{__name__}"


class _AnyDatetime(type):
    """What the right clock told is a datetime as well."""

    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, RIGHT)


def go_wrong(ahead: float) -> None:
    """From now on this process takes another moment for the present."""
    right = time.time

    class WrongTime(RIGHT, metaclass=_AnyDatetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Self:
            return cls.fromtimestamp(right() + ahead, tz)

        @classmethod
        def utcnow(cls) -> Self:
            return cls.now(datetime.UTC).replace(tzinfo=None)

    vars(datetime)["datetime"] = WrongTime
    vars(time)["time"] = lambda: right() + ahead


def post_fork(_server: Any, worker: Any) -> None:
    """What gunicorn calls in each new process, before it loads the portal."""
    note = Path(os.environ["JUANZONG_FOLDER"]) / NOTE
    if note.exists():
        go_wrong(float(note.read_text()))
        (note.parent / f"{NOTE}-{worker.pid}").touch()
