"""The chain of the audit trail: what was not touched follows, and every damage is found."""

from __future__ import annotations

import random
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from bson import ObjectId

from documents.rules import trail
from documents.rules.trail import Break, Walk
from tests.damage import BY_CHECKPOINT, BY_SEAL, EVERY, Damage, Rows

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SEEDS = range(25)
KEY = b"k" * 32


def seal(digest: bytes) -> bytes:
    return trail.seal_of(KEY, digest)


def salts(chance: random.Random) -> Any:
    return (chance.randbytes(16) for _ in count())


def a_trail(chance: random.Random, entries: int = 40, lanes: int = 4) -> Rows:
    """Entries that were written as they come, in random lanes."""
    rows: Rows = []
    heads: dict[int, trail.Head] = {}
    salt = salts(chance)
    for number in range(entries):
        lane = 1 + chance.randrange(lanes)
        facts = {"rows": number, "at": NOW, "names": ["王", None, 1.5], "deep": {"é": True}}
        one = {
            **{"_id": ObjectId(), "at": NOW + timedelta(seconds=number), "by": "cd_clerk"},
            **{"verb": "read", "subject": f"TS-{number}", "facts": facts},
        }
        found = trail.chained([one], lane, heads.get(lane), salt)
        found[0]["seal"] = seal(found[0]["hash"])
        heads[lane] = found[0]["seq"], found[0]["hash"]
        rows += found
    return rows


def in_order(rows: Rows) -> Rows:
    return sorted((row for row in rows if "lane" in row), key=lambda row: (row["lane"], row["seq"]))


def breaks(rows: Rows, marks: dict[int, dict[int, bytes]] | None = None) -> list[Break]:
    walk = Walk(marks or {}, seal)
    found = list(walk.breaks(in_order(rows)))
    loose = [Break(trail.UNCHAINED, entry=str(row["_id"])) for row in rows if "lane" not in row]
    return [*found, *walk.unvouched({}), *loose]


def marks_of(rows: Rows) -> dict[int, dict[int, bytes]]:
    walk = Walk()
    assert not list(walk.breaks(in_order(rows)))
    return {lane: {seq: digest} for lane, (seq, digest) in walk.heads.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_not_touched_follows(seed: int) -> None:
    rows = a_trail(random.Random(seed))
    assert breaks(rows, marks_of(rows)) == []


@pytest.mark.parametrize(("name", "damage"), EVERY, ids=[name for name, _ in EVERY])
def test_every_damage_is_found(name: str, damage: Damage) -> None:
    for seed in SEEDS:
        chance = random.Random(seed)
        rows = a_trail(chance)
        marks = marks_of(rows)
        assert breaks(damage(deepcopy(rows), chance), marks), (name, seed)


@pytest.mark.parametrize(("name", "damage"), BY_CHECKPOINT, ids=[name for name, _ in BY_CHECKPOINT])
def test_what_only_a_checkpoint_finds_is_not_found_without(name: str, damage: Damage) -> None:
    chance = random.Random(1)
    rows = a_trail(chance)
    assert breaks(damage(deepcopy(rows), chance)) == [], name


@pytest.mark.parametrize(("name", "damage"), BY_SEAL, ids=[name for name, _ in BY_SEAL])
def test_what_only_the_seals_find_is_found_without_a_checkpoint(name: str, damage: Damage) -> None:
    for seed in SEEDS:
        chance = random.Random(seed)
        found = breaks(damage(a_trail(chance), chance))
        assert trail.FORGED in {one.code for one in found}, (name, seed)
    chance = random.Random(1)
    rows = damage(a_trail(chance), chance)
    assert list(Walk().breaks(in_order(rows))) == [], name


def test_entries_from_before_the_seals_hold_behind_a_sealed_one_only() -> None:
    rows = in_order(a_trail(random.Random(6), 12, 1))
    for row in rows[:8]:
        del row["seal"]
    assert breaks(rows) == []
    assert breaks(rows[:8]) == [Break(trail.FORGED, 1, 8)]
    del rows[9]["seal"]
    assert breaks(rows) == [Break(trail.FORGED, 1, 10, str(rows[9]["_id"]))]
    rows[9]["seal"] = rows[10]["seal"]
    assert breaks(rows) == [Break(trail.FORGED, 1, 10, str(rows[9]["_id"]))]


def test_a_break_says_where() -> None:
    chance = random.Random(3)
    rows = a_trail(chance)
    one = next(row for row in rows if row["lane"] == 2 and row["seq"] == 3)
    one["by"] = "somebody_else"
    assert breaks(rows) == [Break(trail.ALTERED, 2, 3, str(one["_id"]))]
    rows.remove(one)
    assert breaks(rows) == [Break(trail.MISSING, 2, 3)]


def test_after_a_gap_the_rest_of_the_lane_is_still_checked() -> None:
    rows = [row for row in a_trail(random.Random(4), 60, 1) if row["seq"] not in (5, 6)]
    rows[-1]["subject"] = "TS-9"
    assert [(one.code, one.seq, one.count) for one in breaks(rows)] == [
        (trail.MISSING, 5, 2),
        (trail.ALTERED, 60, 1),
    ]


def test_a_redaction_holds_while_an_entry_vouches_for_it() -> None:
    rows = in_order(a_trail(random.Random(5)))
    digest = trail.START
    for row in rows[3:6]:
        row["facts"], row["redacted"] = {"sha256": "x"}, "t1"
        del row["salt"]
        digest = trail.redacted_hash(digest, row)
    walk = Walk()
    assert list(walk.breaks(rows)) == []
    assert list(walk.unvouched({"t1": [{"entries": 3, "digest": digest.hex()}]})) == []
    assert list(walk.unvouched({"t1": [{"entries": 2, "digest": digest.hex()}]}))
    rows[4]["facts"] = {"sha256": "y"}
    walk = Walk()
    assert list(walk.breaks(rows)) == []
    assert list(walk.unvouched({"t1": [{"entries": 3, "digest": digest.hex()}]}))


def test_the_same_facts_hash_alike_before_and_after_storing() -> None:
    salt = b"s" * 16
    before = {"at": datetime(2026, 3, 2, 1, 0, 0, 123_456, tzinfo=UTC), "pair": ("a", "b"), "n": 1}
    after = {"n": 1, "pair": ["a", "b"], "at": datetime(2026, 3, 2, 1, 0, 0, 123_000, tzinfo=UTC)}
    assert trail.facts_hash(salt, before) == trail.facts_hash(salt, after)
