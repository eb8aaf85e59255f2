"""`python -m tests.fuzz TARGET… --minutes N`: these or all, each for so many minutes of computing.

atheris guides it; it is in requirements-dev.in for Linux, where it comes built. `--corpus` keeps what it
found worth keeping, so that the next run goes on from there.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.loop import HEADING, Fuzzed

# By name: to import what they read takes seconds, and only the process of atheris needs it.
TARGETS: tuple[str, ...] = ("expression", "notice", "result", "edits", "typed", "way", "time", "cursor")
TARGETS += ("yaml", "zip", "policy", "upload", "mail", "drawing", "package")
MOST_SHOWN = 5


def main() -> int:
    """Fuzz and print; 1 when something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", default=[], metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--minutes", type=float, default=1.0, help="of computing, for each target")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 2**31)
    parser.add_argument("--corpus", type=Path, help="a folder that keeps the examples that reached new lines")
    parser.add_argument("--broken", type=Path, help="a folder for the examples that broke something")
    asked = parser.parse_args()
    print(f"seed {asked.seed}\n{HEADING}", flush=True)
    found = [fuzzed(name, asked) for name in asked.targets or TARGETS]
    examples, minutes = sum(one.examples for one in found), sum(one.seconds for one in found) / 60
    print(f"together {examples} examples in {minutes:.1f} minutes of computing", flush=True)
    return 1 if any(one.broken for one in found) else 0


def fuzzed(name: str, asked: argparse.Namespace) -> Fuzzed:
    """One target, in a process that may die of it."""
    with tempfile.TemporaryDirectory(prefix="juanzong-fuzz-") as scratch:
        found = guided(name, asked, Path(scratch))
    print(found.row(), flush=True)
    for number, (place, (times, what, example)) in enumerate(sorted(found.broken.items())):
        if number < MOST_SHOWN:
            print(f"    {place}, {times} times: {what!r}\n        {example[:300]}", flush=True)
        if asked.broken:
            asked.broken.mkdir(parents=True, exist_ok=True)
            (asked.broken / f"{name}-{number}.txt").write_text(f"{place}\n{what}\n{example}\n")
    return found


def guided(name: str, asked: argparse.Namespace, scratch: Path) -> Fuzzed:
    """What the process of atheris says, or that it died, and of which bytes."""
    result, log = scratch / "result", scratch / "log"
    command = [sys.executable, "-m", "tests.fuzz.guided", name, f"--seconds={asked.minutes * 60}"]
    command += [f"--seed={asked.seed}", f"--corpus={(asked.corpus or scratch / 'corpus') / name}"]
    with log.open("wb") as told:
        code = subprocess.run(
            [*command, f"--result={result}"], stdout=told, stderr=told, check=False
        ).returncode
    if code == 0 and result.exists():
        said = json.loads(result.read_text())
        broken = {place: (times, what, example) for place, times, what, example in said.pop("broken")}
        return Fuzzed(**said, broken=broken)
    last = log.read_text(errors="replace")[-1500:]
    example = next((repr(one.read_bytes()) for one in scratch.glob("result-*")), "")
    return Fuzzed(name, broken={f"the process ended with {code}": (1, last, example)})


if __name__ == "__main__":
    sys.exit(main())
