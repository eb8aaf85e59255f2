"""Commands of `juanzong` as they are typed, run here: another process loads for a second what is here.

What only a process can show – that it loads by itself, can be killed, and ends – is shown with one: every
file that types commands keeps some of them apart.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest
from mongoengine import connection

from documents import database
from documents.policy import forget_views
from jobs import queues, surroundings
from portal.commands import main

Done = subprocess.CompletedProcess[str]


def typed(*arguments: str, told: Mapping[str, str]) -> Done:
    """Run a command with these settings in this process, on a connection of its own."""
    said, errors = io.StringIO(), io.StringIO()
    with _set(told), _another_connection(), redirect_stdout(said), redirect_stderr(errors):
        try:
            main.main(arguments, prog_name="juanzong")
        except SystemExit as end:
            code = _ended(end)
    return Done(arguments, code, said.getvalue(), errors.getvalue())


def typed_apart(*arguments: str, told: Mapping[str, str]) -> Done:
    """The same in a process of its own."""
    line = [sys.executable, "-m", "portal", *arguments]
    return subprocess.run(line, env={**os.environ, **told}, capture_output=True, text=True, check=False)


def _ended(end: SystemExit) -> int:
    """The exit code, as the interpreter makes it."""
    if isinstance(end.code, str):
        print(end.code, file=sys.stderr)
        return 1
    return end.code or 0


@contextmanager
def _set(told: Mapping[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setenv(name, value)
        yield


@contextmanager
def _another_connection() -> Iterator[None]:
    """What this process is connected to stays open and comes back, whatever the command closes."""
    kept = (connection._connections, connection._connection_settings, connection._dbs)
    before = [dict(one) for one in kept]
    told, queued = list(surroundings._told), list(queues._connections)
    for one in kept:
        one.clear()
    forget_views()
    try:
        yield
    finally:
        database.disconnect()
        for one, content in zip(kept, before, strict=True):
            one.clear()
            one.update(content)
        surroundings._told[:], queues._connections[:] = told, queued
        forget_views()
