"""The loop 循环: change an example, run it within its time, keep it when it reached a new line."""

from __future__ import annotations

import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

PROJECT = str(Path(__file__).resolve().parents[2]) + "/"
OURS = tuple(f"{PROJECT}{folder}/" for folder in ("documents", "pdf", "portal", "admin_views", "jobs"))
WATCHED = 0.3  # of the time examples are watched line by line, which is slow
MOST_KEPT = 2_000
MOST_SHOWN = 5  # crashes of one place


@dataclass(frozen=True)
class Target:
    """Something that reads what others wrote 对象.

    `run` may raise what is `refused`; anything else is a crash, more than `seconds` of computing a hang.
    """

    name: str
    seeds: Callable[[], Sequence[Any]]
    run: Callable[[Any], None]
    refused: tuple[type[Exception], ...]
    change: Callable[[Random, Any, Sequence[Any]], Any]
    seconds: float = 2.0


@dataclass
class Fuzzed:
    """What came of it 结果."""

    target: str
    examples: int = 0
    refused: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    watched: float = 0.0
    lines: set[int] = field(default_factory=set)
    broken: dict[str, tuple[int, str, Any]] = field(default_factory=dict)  # place: times, what, the example

    def row(self) -> str:
        """One line of the table."""
        return (
            f"{self.target:<12}{self.examples:>10}{self.refused:>10}{self.seconds / 60:>9.1f}"
            f"{len(self.lines):>8}{self.slowest * 1000:>9.0f} ms{len(self.broken):>8}"
        )


HEADING = (
    f"{'target':<12}{'examples':>10}{'refused':>10}{'minutes':>9}{'lines':>8}{'slowest':>12}{'broken':>8}"
)


class Hung(BaseException):
    """An example took longer than it may 超时; nothing of ours catches it."""


def fuzz(target: Target, *, seed: int, examples: int | None = None, seconds: float | None = None) -> Fuzzed:
    """Run the target on changed examples, for a number of them or for a time."""
    found, chance = Fuzzed(target.name), Random(seed)
    pool = list(target.seeds())
    begun = time.process_time()
    for one in pool:
        _once(target, one, found, watched=seconds is not None)
    while not _done(found, examples, seconds, begun):
        example = target.change(chance, chance.choice(pool), pool)
        known = len(found.lines)
        passed = time.process_time() - begun
        _once(target, example, found, watched=seconds is not None and found.watched < passed * WATCHED)
        if len(found.lines) > known and len(pool) < MOST_KEPT:
            pool.append(example)
    found.seconds = time.process_time() - begun
    return found


def _done(found: Fuzzed, examples: int | None, seconds: float | None, begun: float) -> bool:
    if seconds is not None:
        return time.process_time() - begun >= seconds
    return found.examples >= (examples or 0)


def _once(target: Target, example: Any, found: Fuzzed, *, watched: bool) -> None:
    begun = time.process_time()
    found.examples += 1
    allowed = target.seconds * (12 if watched else 1)
    try:
        with _within(allowed), _watched(found.lines, on=watched):
            target.run(example)
    except target.refused:
        found.refused += 1
    except (Exception, Hung) as error:  # noqa: BLE001 - finding what nobody expected is what this is for
        _keep(found, error, example)
    took = time.process_time() - begun
    if watched:
        found.watched += took
    else:
        found.slowest = max(found.slowest, took)
    if took > allowed * 1.5:  # inside something that heeds no signal
        _keep(found, Hung(f"{took:.1f} s"), example)


def _keep(found: Fuzzed, error: BaseException, example: Any) -> None:
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename.startswith(OURS)]
    last = f"{frames[-1].filename.removeprefix(PROJECT)}:{frames[-1].lineno}" if frames else "?"
    place = f"{type(error).__name__} at {last}"
    times = found.broken[place][0] if place in found.broken else 0
    found.broken[place] = (times + 1, str(error)[:200], example)


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise Hung after so many seconds of computing."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise Hung(f"longer than {seconds} s")

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _watched(lines: set[int], *, on: bool) -> Iterator[None]:
    """Note the lines of ours that run."""
    if not on:
        yield
        return

    def inside(frame: FrameType, event: str, _more: Any) -> Any:
        if event == "line":
            lines.add(hash((frame.f_code.co_filename, frame.f_lineno)))
        return inside

    def entered(frame: FrameType, _event: str, _more: Any) -> Any:
        return inside if frame.f_code.co_filename.startswith(OURS) else None

    sys.settrace(entered)
    try:
        yield
    finally:
        sys.settrace(None)
