"""Replays in the background: ordered by an administrator, carried out once, stopped when asked."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest

from documents import replay
from documents.actions import replaying
from documents.audit import AuditEntry
from documents.pack_files import definition as pack_definition
from documents.person import Person
from documents.replay_order import SILENCE, ReplayOrder, lost_replays
from documents.rules.broken import RuleBroken
from jobs import queues, replays
from tests.conftest import DEMONSTRATED

NOW = DEMONSTRATED


def tighter() -> dict[str, Any]:
    draft = copy.deepcopy(pack_definition("p01"))
    next(one for one in draft["limits"] if one["key"] == "handle")["amount"] = 2
    return draft


def ordered(cases: int = 100) -> ReplayOrder:
    return replaying.order(tighter(), cases=cases, actor=Person.get("admin"), now=NOW)


def test_a_replay_is_ordered_carried_out_and_kept(played: int) -> None:
    order = ordered()
    assert order.progress() == {"state": "waiting", "done": 0, "cases": 100, "problem": None}
    assert replays.run(str(order.id), NOW.isoformat()) == "kept"
    kept = ReplayOrder.get(str(order.id))
    assert (kept.state, kept.done) == ("done", played)
    assert kept.result == replay.run(tighter(), most=100, by="admin", now=NOW).as_table()
    assert AuditEntry.objects(verb="replay_policy", by="admin").count() == 1
    noted = AuditEntry.objects(verb="replayed", by="admin").get().facts
    samples = {one["number"] for group in kept.result["groups"] for one in group["samples"]}
    assert (noted["rows"], set(noted["cases"])) == (played, samples)
    assert samples
    latest = ReplayOrder.latest("p01")
    assert latest is not None
    assert latest.id == order.id


def test_it_is_carried_out_once(played: int) -> None:
    order = ordered()
    replays.run(str(order.id), NOW.isoformat())
    assert replays.run(str(order.id), NOW.isoformat()) == "done before"
    assert ReplayOrder.get(str(order.id)).attempts == 1


def test_two_workers_keep_one_result(played: int) -> None:
    order = ordered()
    found = replay.run(tighter(), most=100, by="admin", now=NOW).as_table()
    assert replaying.finish(order, found, now=NOW)
    assert not replaying.finish(order, {**found, "cases": 0}, now=NOW)
    assert ReplayOrder.get(str(order.id)).result["cases"] == played


def test_it_stops_when_asked_and_keeps_what_it_found(played: int) -> None:
    order = ordered()
    replaying.stop(str(order.id), actor=Person.get("admin"))
    replays.run(str(order.id), NOW.isoformat())
    assert ReplayOrder.get(str(order.id)).state == "stopped"


def test_only_an_administrator_may_ask_or_stop(played: int) -> None:
    with pytest.raises(RuleBroken, match="operation_not_granted"):
        replaying.order(tighter(), cases=5, actor=Person.get("cd_clerk"), now=NOW)
    order = ordered()
    with pytest.raises(RuleBroken, match="operation_not_granted"):
        replaying.stop(str(order.id), actor=Person.get("cd_clerk"))


def test_a_draft_with_problems_is_not_replayed(played: int) -> None:
    draft = tighter()
    draft["limits"][0]["ladder"] = "nowhere"
    with pytest.raises(RuleBroken, match="policy_has_problems"):
        replaying.order(draft, cases=5, actor=Person.get("admin"), now=NOW)


def test_a_lost_replay_is_queued_again_and_given_up_in_the_end(played: int, surroundings: Any) -> None:
    order = ordered()
    assert lost_replays(NOW) == []
    later = NOW + SILENCE + timedelta(seconds=1)
    assert replays.find_lost(later.isoformat()) == 1
    assert queues.queue(queues.PAPER).count == 1
    for _ in range(4):
        replaying.begin(order, now=later)
    assert replays.run(str(order.id), later.isoformat()) == "set aside"
    assert ReplayOrder.get(str(order.id)).state == "failed"
    assert lost_replays(later + SILENCE * 2) == []
