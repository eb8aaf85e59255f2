"""`python -m tests.fuzz TARGET… --minutes N`: these or all, each for so many minutes of computing."""

from __future__ import annotations

import argparse
import faulthandler
import resource
import sys
import time
import warnings
from pathlib import Path

from tests.fuzz import file_targets, reading_targets
from tests.fuzz.loop import HEADING, MOST_SHOWN, Fuzzed, fuzz

TARGETS = {one.name: one for one in (*reading_targets.TARGETS, *file_targets.TARGETS)}
MEMORY = 3 * 1024**3  # more is taken for a bomb that went off


def main() -> int:
    """Fuzz and print; 1 when something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", default=[], metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--minutes", type=float, default=1.0, help="of computing, for each target")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--broken", type=Path, help="a folder for the examples that broke something")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    faulthandler.enable()
    warnings.simplefilter("ignore")  # Python's parser warns of what it is about to refuse
    print(f"seed {asked.seed}\n{HEADING}", flush=True)
    found = [_fuzzed(name, asked) for name in asked.targets or TARGETS]
    examples, minutes = sum(one.examples for one in found), sum(one.seconds for one in found) / 60
    print(f"together {examples} examples in {minutes:.1f} minutes of computing", flush=True)
    return 1 if any(one.broken for one in found) else 0


def _fuzzed(name: str, asked: argparse.Namespace) -> Fuzzed:
    found = fuzz(TARGETS[name], seed=asked.seed, seconds=asked.minutes * 60)
    print(found.row(), flush=True)
    for number, (place, (times, what, example)) in enumerate(sorted(found.broken.items())):
        if number < MOST_SHOWN:
            print(f"    {place}, {times} times: {what!r}\n        {repr(example)[:300]}", flush=True)
        if asked.broken:
            asked.broken.mkdir(parents=True, exist_ok=True)
            (asked.broken / f"{name}-{number}.txt").write_text(f"{place}\n{what}\n{example!r}\n")
    return found


if __name__ == "__main__":
    sys.exit(main())
