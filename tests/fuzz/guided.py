"""One target under atheris 覆盖引导模糊测试, in a process of its own: atheris keeps it to its end."""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import atheris

from tests.fuzz.mutations import EDGES, LONGEST, WORDS, Chance, changed_bytes, changed_text

atheris.enabled_hooks.add("str")
# What reads; to instrument all of the application takes longer than a short run.
READERS = ["documents.rules", "documents.bundles", "documents.queries", "pdf.renditions", "pdf.verifier"]
with atheris.instrument_imports(include=READERS):
    from tests.fuzz import file_targets, reading_targets
    from tests.fuzz.loop import RAW, TEXT, Fuzzed, Target, once

TARGETS = {one.name: one for one in (*reading_targets.TARGETS, *file_targets.TARGETS)}
MEMORY = 3 * 1024**3  # more is taken for a bomb that went off
LONGEST_WORD = 64  # of a dictionary of libFuzzer
STUCK = 300  # seconds for one example, of whatever heeds no signal


class Guided(Chance):
    """A seeded chance whose changes are those of libFuzzer."""

    def stirred(self, data: bytes, _others: object) -> bytes:
        """The bytes, changed with what was compared and found so far."""
        return bytes(atheris.Mutate(data, LONGEST))


def main() -> None:
    """Fuzz until the time is over; what came of it is in the file that was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--result", type=Path, required=True)
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    faulthandler.enable()
    warnings.simplefilter("ignore")  # Python's parser warns of what it is about to refuse
    target = TARGETS[asked.target]
    sow(target, asked.corpus)
    told = [sys.argv[0], str(asked.corpus), f"-seed={asked.seed}", f"-max_len={LONGEST}"]
    told += [f"-timeout={STUCK}", "-rss_limit_mb=0", f"-artifact_prefix={asked.result}-", "-reload=0"]
    told += [f"-dict={dictionary(asked.result.with_name('words'))}"]
    run = runner(target, asked.seconds, asked.result)
    if target.change in (changed_bytes, changed_text):
        atheris.Setup(told, run)
    else:
        atheris.Setup(told, run, custom_mutator=mutator(target))
    atheris.Fuzz()


def runner(target: Target, seconds: float, result: Path) -> Callable[[bytes], None]:
    """Runs the target on one example after the other, until the time is over."""
    found, begun = Fuzzed(target.name), time.process_time()

    def run(data: bytes) -> None:
        try:
            example = target.coding.read(data)
        except ValueError:
            return
        once(target, example, found)
        found.seconds = time.process_time() - begun
        if found.seconds >= seconds:
            finish(found, result)

    return run


def sow(target: Target, corpus: Path) -> None:
    """The examples to begin with; words that no dictionary holds are some where any bytes are."""
    corpus.mkdir(parents=True, exist_ok=True)
    begin = [target.coding.written(one) for one in target.seeds()]
    if target.coding in (RAW, TEXT):
        begin += [word for word in _words() if len(word) > LONGEST_WORD]
    for one in begin:
        (corpus / sha256(one).hexdigest()).write_bytes(one)


def mutator(target: Target) -> Callable[[bytes, int, int], bytes]:
    """How examples of a form of their own are changed."""
    seeds = list(target.seeds())

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = Guided(seed)
        try:
            example = target.coding.read(data)
        except ValueError:
            example = chance.choice(seeds)
        made = target.coding.written(target.change(chance, example, seeds))
        return made if len(made) <= most else data

    return mutate


def dictionary(path: Path) -> Path:
    """The words that texts of others are made of, as libFuzzer reads them."""
    short = [word for word in _words() if len(word) <= LONGEST_WORD]
    path.write_text("\n".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"' for word in short))
    return path


def _words() -> list[bytes]:
    return [*EDGES, *(word.encode() for word in WORDS)]


def finish(found: Fuzzed, path: Path) -> None:
    """Write down what came of it and end the process, as libFuzzer would go on."""
    broken = [[place, times, what, repr(example)] for place, (times, what, example) in found.broken.items()]
    path.write_text(json.dumps({**vars(found), "broken": broken}))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
