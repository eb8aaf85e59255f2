"""Every way to damage an audit trail 破坏审计链, for the tests of its check."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from bson import ObjectId

from documents.rules import trail

Row = dict[str, Any]
Rows = list[Row]
Damage = Callable[[Rows, random.Random], Rows]

OWN = ("at", "by", "verb", "subject", "facts", "salt", "facts_hash", "hash", "_id")


def lane_of(rows: Rows, chance: random.Random, least: int = 3) -> Rows:
    """The entries of one lane that has enough of them."""
    lanes = sorted({row["lane"] for row in rows})
    several = [[row for row in rows if row["lane"] == lane] for lane in lanes]
    return chance.choice([one for one in several if len(one) >= least])


def victim(rows: Rows, chance: random.Random) -> Row:
    """An entry that is not the newest of its lane."""
    return chance.choice(lane_of(rows, chance)[:-1])


def _changed(name: str, value: Callable[[Any], Any]) -> Damage:
    def run(rows: Rows, chance: random.Random) -> Rows:
        one = victim(rows, chance)
        one[name] = value(one[name])
        return rows

    return run


def other_facts_and_digest(rows: Rows, chance: random.Random) -> Rows:
    """The facts with a digest that fits them."""
    one = victim(rows, chance)
    one["facts"] = {"rows": 1}
    one["facts_hash"] = trail.facts_hash(one["salt"], one["facts"])
    return rows


def another_actor_hashed_anew(rows: Rows, chance: random.Random) -> Rows:
    """Another actor, with a hash that fits; the next entry does not follow any more."""
    lane = lane_of(rows, chance)
    place = chance.randrange(len(lane) - 1)
    lane[place]["by"] = "somebody_else"
    before = lane[place - 1]["hash"] if place else trail.START
    lane[place]["hash"] = trail.entry_hash(before, lane[place])
    return rows


def removed(rows: Rows, chance: random.Random) -> Rows:
    """One entry taken out."""
    rows.remove(victim(rows, chance))
    return rows


def removed_and_renumbered(rows: Rows, chance: random.Random) -> Rows:
    """One entry taken out, and those behind it moved up."""
    gone = victim(rows, chance)
    rows.remove(gone)
    for row in rows:
        if row["lane"] == gone["lane"] and row["seq"] > gone["seq"]:
            row["seq"] -= 1
    return rows


def inserted(rows: Rows, chance: random.Random) -> Rows:
    """An entry that never was, with a hash that fits, and those behind it moved down."""
    after = victim(rows, chance)
    for row in rows:
        if row["lane"] == after["lane"] and row["seq"] > after["seq"]:
            row["seq"] += 1
    forged = {**after, "_id": ObjectId(), "seq": after["seq"] + 1, "by": "nobody"}
    forged["hash"] = trail.entry_hash(after["hash"], forged)
    return [*rows, forged]


def exchanged(rows: Rows, chance: random.Random) -> Rows:
    """Two entries of a lane in each other's place."""
    one, other = chance.sample(lane_of(rows, chance), 2)
    one["seq"], other["seq"] = other["seq"], one["seq"]
    return rows


def moved_to_another_lane(rows: Rows, chance: random.Random) -> Rows:
    """An entry in another lane, behind its newest."""
    one = victim(rows, chance)
    lane = next(row["lane"] for row in rows if row["lane"] != one["lane"])
    one["lane"], one["seq"] = lane, 1 + max(row["seq"] for row in rows if row["lane"] == lane)
    return rows


def unchained(rows: Rows, chance: random.Random) -> Rows:
    """An entry without its place in a chain."""
    one = victim(rows, chance)
    for name in ("lane", "seq", "hash"):
        del one[name]
    return rows


def emptied(rows: Rows, chance: random.Random) -> Rows:
    """The facts taken away as a destruction does it, but nothing vouches for it."""
    one = victim(rows, chance)
    one["facts"], one["redacted"] = {}, "1" * 24
    del one["salt"]
    return rows


def of_another_kind(rows: Rows, chance: random.Random) -> Rows:
    """A number where a word belongs."""
    victim(rows, chance)["by"] = 7
    return rows


def half_numbered(rows: Rows, chance: random.Random) -> Rows:
    """A copy of an entry between two others."""
    one = victim(rows, chance)
    return [*rows, {**one, "_id": ObjectId(), "seq": one["seq"] + 0.5}]


def numbered_from_below(rows: Rows, chance: random.Random) -> Rows:
    """A lane of one entry whose number is none."""
    return [*rows, {**victim(rows, chance), "_id": ObjectId(), "lane": 99, "seq": -1}]


def told_unreadable(rows: Rows, chance: random.Random) -> Rows:
    """Facts that nobody can open."""
    victim(rows, chance)["facts"] = {trail.UNREADABLE: True}
    return rows


def tail_cut(rows: Rows, chance: random.Random) -> Rows:
    """The newest entries of a lane taken away."""
    gone = lane_of(rows, chance)[-2:]
    return [row for row in rows if row not in gone]


def lane_dropped(rows: Rows, chance: random.Random) -> Rows:
    """A whole lane taken away."""
    gone = lane_of(rows, chance)[0]["lane"]
    return [row for row in rows if row["lane"] != gone]


def rewritten(rows: Rows, chance: random.Random) -> Rows:
    """An entry changed, and the whole lane behind it hashed anew."""
    lane = lane_of(rows, chance)
    place = chance.randrange(len(lane) - 1)
    lane[place]["by"] = "somebody_else"
    before = lane[place - 1]["hash"] if place else trail.START
    for row in lane[place:]:
        before = row["hash"] = trail.entry_hash(before, row)
    return rows


def _next(row: Row, **said: Any) -> Row:
    """The entry that would follow, made by somebody who knows how, but has no key."""
    forged = {**row, "_id": ObjectId(), "seq": row["seq"] + 1, **said}
    forged["facts_hash"] = trail.facts_hash(forged["salt"], forged["facts"])
    forged["hash"] = trail.entry_hash(row["hash"], forged)
    return forged


def appended(rows: Rows, chance: random.Random) -> Rows:
    """An entry that never was, behind the newest."""
    return [*rows, _next(lane_of(rows, chance)[-1], by="somebody_else")]


def emptied_with_a_voucher(rows: Rows, chance: random.Random) -> Rows:
    """The facts taken away, and an entry behind the newest that says a destruction did it."""
    emptied(rows, chance)
    one = next(row for row in rows if row.get("redacted"))
    told = {"entries": 1, "digest": trail.redacted_hash(trail.START, one).hex()}
    said = {"verb": trail.REDACT, "subject": f"{trail.REDACTION}{one['redacted']}", "facts": told}
    last = next(row for row in reversed(rows) if "salt" in row)
    newest = max((row for row in rows if row["lane"] == last["lane"]), key=lambda row: row["seq"])
    return [*rows, _next({**newest, "salt": b"s" * 16}, **said)]


def seals_taken_off(rows: Rows, chance: random.Random) -> Rows:
    """A lane as it would stand from before there were seals, and the newest entry of it changed."""
    lane = lane_of(rows, chance)
    for row in lane:
        row.pop("seal", None)
    lane[-1]["by"] = "somebody_else"
    lane[-1]["hash"] = trail.entry_hash(lane[-2]["hash"], lane[-1])
    return rows


# What the chain alone finds, what the seals of the house find, and what only a checkpoint finds.
BY_CHAIN: Sequence[tuple[str, Damage]] = (
    ("actor", _changed("by", lambda value: f"{value}x")),
    ("verb", _changed("verb", lambda value: f"{value}x")),
    ("subject", _changed("subject", lambda value: f"{value}x")),
    ("moment", _changed("at", lambda value: value + timedelta(milliseconds=1))),
    ("facts", _changed("facts", lambda value: {**value, "more": 1})),
    ("salt", _changed("salt", lambda value: bytes(len(value)))),
    ("hash", _changed("hash", lambda value: bytes(len(value)))),
    ("identity", _changed("_id", lambda _value: ObjectId())),
    *((one.__name__, one) for one in (other_facts_and_digest, another_actor_hashed_anew, removed)),
    *((one.__name__, one) for one in (removed_and_renumbered, inserted, exchanged)),
    *((one.__name__, one) for one in (moved_to_another_lane, unchained, emptied, of_another_kind)),
    *((one.__name__, one) for one in (half_numbered, numbered_from_below, told_unreadable)),
)
BY_SEAL: Sequence[tuple[str, Damage]] = (
    *((one.__name__, one) for one in (rewritten, appended, emptied_with_a_voucher, seals_taken_off)),
)
BY_CHECKPOINT: Sequence[tuple[str, Damage]] = (("tail_cut", tail_cut), ("lane_dropped", lane_dropped))
EVERY = (*BY_CHAIN, *BY_SEAL, *BY_CHECKPOINT)
