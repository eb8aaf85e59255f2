"""The audit trail on a real database: chained as it is written, and every damage is found."""

from __future__ import annotations

import random
import runpy
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bson import Binary, DatetimeMS, ObjectId
from pymongo.database import Database

from documents import audit, audit_check, migrations
from documents.audit import AuditEntry
from documents.database import transaction
from documents.envelopes import SUBTYPE
from documents.rules import trail
from documents.rules.trail import Break
from documents.sequence import Sequence
from tests.damage import EVERY, Rows

NOW = datetime(2026, 3, 2, 1, 0, 0, 987_654, tzinfo=UTC)
MIGRATION = migrations.FOLDER / "2026-11-28-chain-earlier-audit-entries.py"
SEALS = migrations.FOLDER / "2026-12-03-seal-the-audit-trail.py"
Db = Database[dict[str, Any]]


@pytest.fixture(autouse=True)
def few_lanes(database: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "LANES", 3)


def noted(entries: int, **facts: Any) -> None:
    for number in range(entries):
        audit.note(
            "read", f"TS-{number}", by="cd_clerk", at=NOW, **{"way": "page", "pair": ("a", 1), **facts}
        )


def found(marks: dict[int, dict[int, bytes]] | None = None) -> list[Break]:
    return list(audit_check.check(audit_check.walk_along(marks)))


def migrated(path: Path, database: Db) -> None:
    migrate: Callable[[Db], None] = runpy.run_path(str(path))["migrate"]
    migrate(database)


def stored() -> Rows:
    return list(AuditEntry.collection().find().sort([("lane", 1), ("seq", 1)]))


def test_every_damage_is_found_and_what_was_not_touched_passes(database: Db) -> None:
    noted(40, moment=NOW, none=None, deep={"z": [1.5, {"a": "王"}]})
    rows = stored()
    marks = {lane: dict([head]) for lane, head in audit_check.heads().items()}
    assert found(marks) == []
    for seed, (name, damage) in enumerate(EVERY):
        AuditEntry.collection().delete_many({})
        AuditEntry.collection().insert_many(damage(deepcopy(rows), random.Random(seed)))
        assert found(marks), name
    AuditEntry.collection().delete_many({})
    AuditEntry.collection().insert_many(rows)
    assert found(marks) == []


def test_one_entry_that_does_not_open_hides_no_other(database: Db) -> None:
    noted(30, reason="王敏")
    flipped, plain, other = (row for row in stored() if row["seq"] == 2)
    kept = audit.raw().find_one({"_id": flipped["_id"]}) or {}
    sealed = bytearray(kept["facts"]["reason"])
    sealed[-1] ^= 1
    _put(flipped, {"facts.reason": Binary(bytes(sealed), SUBTYPE)})
    _put(plain, {"facts.reason": "王敏"})
    _put(other, {"by": "somebody_else"})
    told = {(one.code, one.lane, one.seq, one.entry) for one in found()}
    assert {(trail.UNKNOWN, one["lane"], 2, str(one["_id"])) for one in (flipped, plain)} <= told
    assert (trail.ALTERED, other["lane"], 2, str(other["_id"])) in told
    assert len(told) == 3


def test_entries_of_odd_kinds_are_breaks_and_stop_nobody(database: Db) -> None:
    noted(12)
    heads, whole = audit_check.heads(), audit.raw().find_one() or {}
    odd: list[dict[str, Any]] = [
        *({"lane": one} for one in ("3", None, 2.5, True, [7], {"a": 1})),
        *({"seq": one} for one in ("9", None, 7.5, -4, [1])),
        *({name: 5} for name in ("salt", "seal", "hash", "facts", "redacted", "facts_hash", "subject")),
        *({"readable": 5}, {"_cls": "Nobody"}, {"salt": 10**9}, {"redacted": ["a"]}, {"more": 1}),
        {"facts": {"cases": 5, "fields": [1, {"a": 2}]}},
        {"at": DatetimeMS(10**17)},
    ]
    rows = [{**whole, "lane": 50 + place, **one, "_id": ObjectId()} for place, one in enumerate(odd)]
    audit.raw().insert_many(rows)
    told = {one.entry for one in found()}
    assert {str(row["_id"]) for row in rows} <= told
    assert not told & {str(row["_id"]) for row in audit.raw().find({"lane": {"$in": list(heads)}})}
    assert {lane: head for lane, head in audit_check.heads().items() if lane in heads} == heads
    assert len(list(AuditEntry.objects)) == 12 + len(rows)
    noted(3)


def _put(row: dict[str, Any], values: dict[str, Any]) -> None:
    """Change an entry as somebody who writes to the database, but has no key."""
    audit.raw().update_one({"_id": row["_id"]}, {"$set": values})


def test_an_entry_is_there_when_its_transaction_is_and_only_then(database: Db) -> None:
    def fails() -> None:
        noted(3)
        raise RuntimeError("after the entries")

    with pytest.raises(RuntimeError, match="after"):
        transaction(fails)
    assert AuditEntry.objects.count() == 0
    transaction(lambda: noted(3))
    rows = stored()
    assert [row["seq"] for row in rows] == [1, 2, 3]
    assert len({row["lane"] for row in rows}) == 1
    assert found() == []


def test_many_who_write_at_once_leave_one_whole_chain(database: Db) -> None:
    told = {"TS-1": {"n": 1}, "TS-2": {"n": 2}}

    def numbered() -> None:
        Sequence.take(secrets.token_hex(4))
        audit.note_each("read", told, by="a", at=NOW)

    def work(number: int) -> None:
        if number % 3:
            audit.note("read", f"TS-{number}", by="cd_clerk", at=NOW)
        else:
            transaction(numbered)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(90)))
    assert AuditEntry.objects.count() == 120
    assert found() == []


def test_what_a_destruction_takes_is_vouched_for(database: Db) -> None:
    noted(12, name="李小明", sha256="x")
    about = ["TS-1", "TS-4", "TS-7"]

    def kept(facts: Any) -> dict[str, Any]:
        return {"sha256": facts["sha256"], "redacted_at": NOW}

    transaction(lambda: audit.redact(about, kept, by="system", at=NOW))
    assert found() == []
    assert sum(one.facts.get("name") == "李小明" for one in AuditEntry.objects) == 9
    assert AuditEntry.objects.get(verb="redact").facts["entries"] == 3
    transaction(lambda: audit.redact(about, kept, by="system", at=NOW))
    assert AuditEntry.objects(verb="redact").count() == 1
    AuditEntry.collection().update_one({"subject": "TS-4"}, {"$set": {"facts.sha256": "y"}})
    assert [one.code for one in found()] == [trail.REMOVED]


def test_entries_from_before_the_chain_are_chained_and_it_says_so(database: Db) -> None:
    rows = [
        {"_id": ObjectId(), "at": NOW, "by": "a", "verb": "read", "subject": f"TS-{n}", "facts": {"n": n}}
        for n in range(5)
    ]
    AuditEntry.collection().insert_many([*rows[:4], {**rows[4], "facts": None}])
    assert [one.code for one in found()] == [trail.UNCHAINED] * 5
    for _twice in range(2):
        migrated(MIGRATION, database)
    assert [one.code for one in found()] == [trail.FORGED]
    for _twice in range(2):
        migrated(SEALS, database)
    assert found() == []
    assert AuditEntry.objects.get(verb=trail.CHAINED).facts["entries"] == 5
    told = audit_check.earlier()
    assert told is not None
    assert told["entries"] == 5
    assert [row["seq"] for row in stored()] == list(range(1, 8))


def test_a_house_without_earlier_entries_has_nothing_to_say(database: Db) -> None:
    migrated(MIGRATION, database)
    assert AuditEntry.objects.count() == 0
    migrated(SEALS, database)
    assert [one.verb for one in AuditEntry.objects] == [trail.SEALED]
    assert found() == []
