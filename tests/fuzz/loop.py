"""One target 对象: how an example is read, run within its time, and what is kept of what broke."""

from __future__ import annotations

import json
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.mutations import Chance

PROJECT = str(Path(__file__).resolve().parents[2]) + "/"
OURS = tuple(f"{PROJECT}{folder}/" for folder in ("documents", "pdf", "portal", "admin_views", "jobs"))


@dataclass(frozen=True)
class Coding:
    """An example as bytes, which is all that atheris knows, and back; what cannot be read is no example."""

    read: Callable[[bytes], Any]
    written: Callable[[Any], bytes]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _named(data: bytes) -> tuple[str, str, bytes]:
    head, _, content = data.partition(b"\n")
    name, media_type = json.loads(head)
    return name, media_type, content


RAW = Coding(bytes, bytes)
TEXT = Coding(lambda data: data.decode("utf-8", "replace"), lambda text: str(text).encode("utf-8", "replace"))
PLAIN = Coding(lambda data: json.loads(data.decode("utf-8", "surrogatepass")), _json)
FILE = Coding(_named, lambda one: _json(one[:2]) + b"\n" + one[2])


@dataclass(frozen=True)
class Target:
    """Something that reads what others wrote.

    `run` may raise what is `refused`; anything else is a crash, more than `seconds` of computing a hang.
    """

    name: str
    seeds: Callable[[], Sequence[Any]]
    run: Callable[[Any], None]
    refused: tuple[type[Exception], ...]
    change: Callable[[Chance, Any, Sequence[Any]], Any]
    coding: Coding = RAW
    seconds: float = 2.0


@dataclass
class Fuzzed:
    """What came of it 结果."""

    target: str
    examples: int = 0
    refused: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    broken: dict[str, tuple[int, str, Any]] = field(default_factory=dict)  # place: times, what, the example

    def row(self) -> str:
        """One line of the table."""
        return (
            f"{self.target:<12}{self.examples:>10}{self.refused:>10}{self.seconds / 60:>9.1f}"
            f"{self.slowest * 1000:>9.0f} ms{len(self.broken):>8}"
        )


HEADING = f"{'target':<12}{'examples':>10}{'refused':>10}{'minutes':>9}{'slowest':>12}{'broken':>8}"


class Hung(BaseException):
    """An example took longer than it may 超时; nothing of ours catches it."""


def fuzz(target: Target, *, seed: int, examples: int) -> Fuzzed:
    """Run the target on so many changes of its seeds, the same for the same seed; atheris does more of it."""
    found, chance, seeds = Fuzzed(target.name), Chance(seed), list(target.seeds())
    begun = time.process_time()
    for example in seeds:
        once(target, example, found)
    while found.examples < examples:
        once(target, target.change(chance, chance.choice(seeds), seeds), found)
    found.seconds = time.process_time() - begun
    return found


def once(target: Target, example: Any, found: Fuzzed) -> None:
    """Run it on one example."""
    begun = time.process_time()
    found.examples += 1
    try:
        with _within(target.seconds):
            target.run(example)
    except target.refused:
        found.refused += 1
    except (Exception, Hung) as error:  # noqa: BLE001 - finding what nobody expected is what this is for
        _keep(found, error, example)
    took = time.process_time() - begun
    found.slowest = max(found.slowest, took)
    if took > target.seconds * 1.5:  # inside something that heeds no signal
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
