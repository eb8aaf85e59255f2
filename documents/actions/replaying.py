"""Replaying 回放: asked for, carried out by a job in small tellings of progress, stopped when asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from documents import audit
from documents.database import transaction
from documents.person import Person
from documents.policy import canonical, roles_in_force
from documents.replay import MOST
from documents.replay_order import ReplayOrder
from documents.rules.broken import RuleBroken
from documents.rules.policy_checking import problems

OPEN = {"finished_at": None, "problem": None}


def order(definition: Mapping[str, Any], *, cases: int, actor: Person, now: datetime) -> ReplayOrder:
    """下单: ask for a replay of the newest cases under a definition.

    Raises RuleBroken("operation_not_granted"), ("policy_has_problems").
    """
    if not actor.may_do("administer", roles_in_force()):
        raise RuleBroken("operation_not_granted", operation="administer")
    found = problems(definition)
    if found:
        raise RuleBroken("policy_has_problems", count=len(found), problems=found)
    kept = dict(definition)
    asked = ReplayOrder(
        policy=kept["policy"]["key"],
        definition=kept,
        sha256=hashlib.sha256(canonical(kept)).hexdigest(),
        cases=min(max(cases, 1), MOST),
        by=actor.id,
        by_name=actor.name,
        at=now,
        touched_at=now,
    )

    def write() -> ReplayOrder:
        asked.save(force_insert=True)
        audit.note(
            "replay_policy", f"policy:{asked.policy}", by=actor.id, at=now, cases=cases, sha256=asked.sha256
        )
        return asked

    return transaction(write)


def begin(asked: ReplayOrder, *, now: datetime) -> int:
    """Count an attempt before it starts; the count begins anew, so that it is safe to run twice."""
    changes = {"$inc": {"attempts": 1}, "$set": {"touched_at": now, "done": 0}}
    row = ReplayOrder.collection().find_one_and_update({"_id": asked.id, **OPEN}, changes)
    return 1 + int(row.get("attempts", 0)) if row else 0


def tell(asked: ReplayOrder, done: int, *, now: datetime) -> bool:
    """Note how far it is; False when somebody asked to stop, or another worker was faster."""
    changes = {"$set": {"done": done, "touched_at": now}}
    row = ReplayOrder.collection().find_one_and_update({"_id": asked.id, **OPEN}, changes)
    return row is not None and not row.get("stop", False)


def finish(asked: ReplayOrder, result: Mapping[str, Any], *, now: datetime) -> bool:
    """Keep what came of it, and note of how many cases, and which it names; False when another was first."""
    changes = {"result": dict(result), "finished_at": now, "touched_at": now, "done": result["cases"]}
    named = sorted({one["number"] for group in result["groups"] for one in group["samples"]})
    pieces = audit.pieces(named) or [[]]
    told = {"verb": "replayed", "subject": f"policy:{asked.policy}", "by": asked.by, "at": now}

    def write() -> bool:
        done = ReplayOrder.collection().update_one({"_id": asked.id, **OPEN}, {"$set": changes})
        if done.modified_count:
            audit.note_rows({**told, "facts": {"rows": result["cases"], "cases": one}} for one in pieces)
        return bool(done.modified_count)

    return transaction(write)


def set_aside(asked: ReplayOrder, problem: str) -> None:
    """Note why it could not be carried out."""
    ReplayOrder.collection().update_one({"_id": asked.id, **OPEN}, {"$set": {"problem": problem}})


def stop(order_id: str, *, actor: Person) -> None:
    """停止: ask a replay to stop; what it found so far is kept. Raises RuleBroken("unknown_order")."""
    if not actor.may_do("administer", roles_in_force()):
        raise RuleBroken("operation_not_granted", operation="administer")
    asked = ReplayOrder.get(order_id)
    ReplayOrder.collection().update_one({"_id": asked.id, **OPEN}, {"$set": {"stop": True}})
