"""A small share of the fuzzing, the same each time, and what the large share once broke."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from documents.bundles.found import BundleRefused
from documents.pack_files import definition
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.field_reading import Unreadable
from documents.rules.policy_checking import Problem, problems
from tests.fuzz import __main__ as command
from tests.fuzz import file_targets, reading_targets
from tests.fuzz.loop import Fuzzed, Target, fuzz, once
from tests.fuzz.mutations import changed_bytes
from tests.pdf import uploads

TARGETS = (*reading_targets.TARGETS, *file_targets.TARGETS)
# Of the targets that take long for one example.
FEW = {"policy": 6, "zip": 12, "yaml": 40, "package": 60, "mail": 60, "edits": 40}
MANY = 300


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("target", TARGETS, ids=lambda one: one.name)
def test_nothing_that_reads_what_others_wrote_falls_over(target: Target) -> None:
    found = fuzz(target, seed=20261126, examples=FEW.get(target.name, MANY))
    assert found.broken == {}
    assert found.examples >= FEW.get(target.name, MANY)


BY_NAME = {one.name: one for one in TARGETS}
assert tuple(BY_NAME) == command.TARGETS, "name every target in tests/fuzz/__main__.py"
OF_ANOTHER_TIME = uploads.zipped({"a": b"x"}).replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xff")
NAMELESS = uploads.zipped({"abcdefg.txt": b"x"}).replace(b"abcdefg", b"\0bcdefg")
BASE64 = b"Content-Transfer-Encoding: base64\r\n\r\nYQ=="
BROKE: list[tuple[str, Any, type[Exception] | None]] = [
    ("expression", "z ,\r\n y", None),
    ("expression", "units.handling or 'Q\r\nH'", None),
    ("expression", "x < 1000000000001e40000000000000000", PolicyInvalid),
    ("edits", [{"do": {"of": "x"}, "path": "forms"}], RuleBroken),
    ("edits", [{"do": "set", "path": "policy.title.zh", "value": "half \ud83d"}], RuleBroken),
    ("typed", ({"key": "s", "type": "choice", "options": "channels"}, {"key": "x"}), Unreadable),
    ("way", {**reading_targets.SMS, "body": '{"a":' * 750 + "{phone}{text}"}, RuleBroken),
    ("way", {**reading_targets.SMS, "answer": "[" * 100_000}, None),
    ("yaml", b'a: "\\UFFFFFFFF"', BundleRefused),
    ("yaml", b"%YAML 1.8", BundleRefused),
    ("cursor", "WzkyMjMzNzIwMzY4NTQ3NzU4MDgsICIwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAiLCBmYWxzZV0", None),
    (
        "cursor",
        "WyI5OTk5LTEyLTMxVDIzOjU5OjU5LTE0OjAwIiwgIjAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCIsIGZhbHNlXQ",
        None,
    ),
    ("upload", ("a\r\nb\x1d.txt", "text/plain", b"x"), None),
    ("upload", ("a.zip", "x/y", OF_ANOTHER_TIME), None),
    ("upload", ("a.zip", "x/y", NAMELESS), None),
    ("mail", b"From: a\r\nContent-Type: text/plain; charset=a\x00b\r\n" + BASE64, None),
]


def test_no_number_is_a_line_of_noughts() -> None:
    made = definition("p01")
    made["numbering"][0]["pattern"] = "TS-{yyyy}-{seq:99999999999}"
    made["archive"]["volume_number"] = "{fonds}-{year}-{retention}-{seq:9999999999}"
    found = {one.path for one in problems(made)}
    assert {"numbering[0]", "archive.volume_number"} <= {path.replace("[case]", "[0]") for path in found}


def test_no_path_repeats_what_a_key_holds() -> None:
    made = definition("p01")
    inner: dict[str, Any] = {"key": "x" * 5_000, "parts": [{"basis": "none"}] * 300}
    for _ in range(30):
        inner = {"slots": [{"key": inner, "person": "p"}], "y" * 5_000: [{"basis": "none"}]}
    made["slots"]["deep"] = inner
    found = problems(made)
    assert len(found) > 300
    assert max(len(one.path) for one in found) < 5_000


def test_a_large_policy_is_checked_within_its_time() -> None:
    made, many = definition("p01"), range(600)
    label = {"zh": "甲", "en": "a"}
    chain = [{"key": f"k{n}", "type": "text", "label": label, "visible": f"k{n + 1} == 'a'"} for n in many]
    made["forms"][0]["sections"][0]["fields"] += chain
    flow, steps = made["workflows"][0], made["scenarios"][0]["steps"]
    flow["stages"] += [{"key": f"stage_{n}", "label": label, "status": "open"} for n in many]
    flow["transitions"] += [{"key": f"t{n}", "from": ["received"], "to": f"stage_x{n}"} for n in many]
    steps += [dict(steps[0]) for _ in many]
    made["letters"] += [{"key": f"k{n}"} for n in range(1_001)]
    told, found = list[Problem](), Fuzzed("policy")
    once(replace(BY_NAME["policy"], run=lambda one: told.extend(problems(one)), seconds=3.0), made, found)
    assert found.broken == {}
    assert any(one.path == "letters" and "1000" in one.zh for one in told)


@pytest.mark.parametrize(
    ("name", "example", "refused"), BROKE, ids=[f"{n} {one[0]}" for n, one in enumerate(BROKE)]
)
def test_what_once_broke_is_taken_or_refused(
    name: str, example: Any, refused: type[Exception] | None
) -> None:
    if refused is None:
        BY_NAME[name].run(example)
    else:
        with pytest.raises(refused):
            BY_NAME[name].run(example)


def test_the_loop_finds_what_crashes_and_what_hangs() -> None:
    def bad(data: bytes) -> None:
        if data.startswith(b"x"):
            raise KeyError(data)
        while data.startswith(b"y"):
            pass

    target = Target("bad", lambda: [b"x", b"y", b"z"], bad, (), changed_bytes, seconds=0.02)
    found = fuzz(target, seed=1, examples=30)
    assert {place.split(" ")[0] for place in found.broken} == {"KeyError", "Hung"}
