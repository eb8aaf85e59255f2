"""A case is weighed by timers: when time alone raises it, and when others of its type were registered."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from documents import events, replay
from documents.actions import moving, organising, registration, steps, timers
from documents.actions.weighing import AGEING, COUNTING
from documents.case_move import CaseMove
from documents.complaint import Complaint
from documents.database import ensure_indexes
from documents.notice import Notice
from documents.person import Person
from documents.policy import Policy, forget_views, publish
from documents.rules.broken import RuleBroken
from documents.rules.edits import apply
from documents.rules.figures import Span, condition, group_value
from documents.rules.identity import Name
from documents.rules.renaming import rename
from documents.timer import Timer
from jobs.surroundings import Surroundings
from tests.conftest import Beginning
from tests.jobs.houses import open_house, wait_for
from tests.jobs.test_races import together
from tests.jobs.world import fire_due

CLERK = "project_service_officer.service"
_pressed = count(1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


_house = Beginning[str]()


def set_up() -> str:
    return str(organising.set_up("p10", password="juanzong", now=at("2026-01-04 09:00")).key)


@pytest.fixture
def policy(database: Any) -> Iterator[Policy]:
    forget_views()
    ensure_indexes()
    yield Policy.current(_house.of(database, set_up))
    forget_views()


def register(policy: Policy, who: str, when: str, **changes: Any) -> Complaint:
    """A complaint about late delivery, taken by the project's customer service."""
    values = {
        **{"channel": "phone", "received_at": at(when).isoformat(), "complainant_name": who},
        **{"title": "交房延期", "category": "late_delivery", "facts": "合同交房日已过。", "our_cause": True},
        **{"complainant_count": 1, **changes},
    }
    key = f"press-{next(_pressed)}"
    clerk = Person.get(CLERK)
    return registration.register(policy, "complaint", values, actor=clerk, now=at(when), submission=key)


def perform(case: Complaint, step: str, when: str, **values: Any) -> Complaint:
    turn = Complaint.get(case.number).turn
    pressed = {"actor": Person.get(CLERK), "now": at(when), "turn": turn, "submission": f"p{next(_pressed)}"}
    return steps.perform(case.number, step, values, **pressed)


def level(case: Complaint) -> str:
    case.reload()
    return str(case.severity.level)


def levels_told(case: Complaint) -> list[tuple[str, str]]:
    """(by, level) of every change of level in the history."""
    case.reload()
    assert events.broken_at(case.events) is None
    return [(one.by, one.facts["to"]) for one in case.events if one.verb == "severity"]


def test_time_raises_a_case_once_and_however_late(policy):
    case = register(policy, "汪女士", "2026-01-20 10:00")
    assert (case.severity.level, case.severity.next_at) == ("general", at("2026-01-28 00:00"))
    fire_due(at("2026-01-27 23:59"))
    assert level(case) == "general"
    turn = case.turn
    fire_due(at("2026-03-20 09:00"))  # the clock stood still for weeks
    fire_due(at("2026-03-20 09:00"))
    assert levels_told(case) == [("system", "major")]
    assert case.turn == turn, "whoever has the page open is not sent back"
    event = next(one for one in case.events if one.verb == "severity")
    assert event.facts["rules"] == ["month"]
    assert "一个月" in event.facts["lines"][0]["zh"]
    assert case.running("report_hq") is not None, "the raise has started the report to headquarters"
    assert {one.state for one in Timer.objects(case=str(case.id), limit=AGEING)} == {"done"}


def test_workers_with_the_same_timer_weigh_once(policy):
    case = register(policy, "汪女士", "2026-01-20 10:00")
    now = at("2026-01-28 00:00")
    while ids := timers.claim(now, 100, "owner"):
        together(*[lambda ids=ids: timers.fire(ids, "owner", now=now)] * 4)
    assert levels_told(case) == [("system", "hot")]
    assert [one.due for one in Timer.objects(case=str(case.id), limit=AGEING, state="pending")] == [
        at("2026-02-21 00:00")
    ]


def test_a_person_decides_and_time_goes_on(policy):
    case = register(policy, "毕先生", "2026-03-02 09:00", complainant_count=6)
    assert (level(case), case.severity.next_at) == ("major", None)
    with pytest.raises(RuleBroken, match="form_incomplete"):
        perform(case, "set_level", "2026-03-02 10:00", level="general")
    perform(case, "set_level", "2026-03-02 10:00", level="general", level_reason="联名六人为同一户")
    assert levels_told(case) == [("system", "major"), (CLERK, "general")]
    assert (case.severity.reason, case.severity.passed_over) == (
        "联名六人为同一户",
        ["five_people", "three_people"],
    )
    fire_due(at("2026-03-10 00:00"))
    assert levels_told(case)[-1] == ("system", "hot"), "the week is new; the head-count was known"


def test_what_ends_a_case_calls_its_timers_off(policy):
    case = register(policy, "汪女士", "2026-01-20 10:00")
    perform(case, "reassess", "2026-01-21 10:00", our_cause=False, complainant_count=1)
    assert case.reload().severity.next_at is None
    assert [one.state for one in Timer.objects(case=str(case.id), limit=AGEING)] == ["cancelled"]
    fire_due(at("2026-03-20 09:00"))
    assert levels_told(case) == []


def test_three_of_a_type_raise_each_other(policy):
    first = register(policy, "丁先生", "2026-03-02 09:00", our_cause=False)
    register(policy, "丁先生", "2026-03-03 09:00", our_cause=False)
    second = register(policy, "戴女士", "2026-03-10 09:00", our_cause=False)
    fire_due(at("2026-03-10 10:00"))
    assert (level(first), level(second)) == ("general", "general"), "two complainants are not three"
    third = register(policy, "贺女士", "2026-03-20 09:00", our_cause=False)
    other = register(policy, "安先生", "2026-03-20 09:00", our_cause=False, category="quality")
    for _ in range(2):
        fire_due(at("2026-03-20 10:00"))
    assert {level(one) for one in (first, second, third)} == {"hot"}
    assert level(other) == "general"
    assert levels_told(first) == levels_told(third) == [("system", "hot")]
    assert first.severity.similar["same_type"] == 3
    assert first.severity.waits is None
    woken = [one.id for one in Timer.objects(limit=COUNTING, rung="neighbour")]
    assert len(woken) == len(set(woken)) == 3


def test_three_that_are_registered_in_the_same_moment_see_each_other(policy):
    names = ["丁先生", "戴女士", "贺女士", "元先生"]
    work = [lambda name=name: register(policy, name, "2026-03-20 09:00", our_cause=False) for name in names]
    cases = together(*work)
    shares = [timers.claim(at("2026-03-20 09:01"), 1, f"owner-{n}") for n in range(len(cases))]
    fire = [
        lambda n=n, ids=ids: timers.fire(ids, f"owner-{n}", now=at("2026-03-20 09:01"))
        for n, ids in enumerate(shares)
    ]
    together(*fire)
    fire_due(at("2026-03-20 09:02"))
    assert [level(case) for case in cases] == ["hot"] * 4
    assert all(levels_told(case) == [("system", "hot")] for case in cases)
    assert Timer.objects(state="set_aside").count() == 0


def test_a_case_that_moves_to_a_new_version_is_weighed_by_its_rules(policy):
    case = register(policy, "汪女士", "2026-01-20 10:00", category="quality")
    exposed = register(policy, "卫女士", "2026-01-20 10:00", category="other", media_exposed=True)
    renamed = apply(policy.definition, rename(policy.definition, Name("option", "major", "levels"), "grave"))
    stricter = {"do": "set", "path": "severity.rules[week].unresolved.amount", "value": 3}
    publish(apply(renamed.definition, [stricter]).definition, by="chief", now=at("2026-01-25 09:00"))
    now = at("2026-01-25 10:00")
    move = CaseMove.begin("p10", 2, {}, actor="chief", now=now)
    while moving.advance(str(move.id), now=now):
        pass
    assert (level(case), level(exposed), exposed.severity.rank) == ("general", "grave", 3)
    fire_due(now)
    assert levels_told(case) == [("system", "hot")]
    assert levels_told(exposed) == [("system", "major")], "renamed, not raised again"


def test_a_replay_says_which_cases_would_have_another_level(policy):
    register(policy, "汪女士", "2026-01-20 10:00", category="quality")
    register(policy, "卫女士", "2026-01-20 11:00", category="other", media_exposed=True)
    now = at("2026-01-25 09:00")
    fire_due(now)
    assert replay.run(policy.definition, most=10, by="admin", now=now).tally.different == 0
    stricter = {"do": "set", "path": "severity.rules[week].unresolved.amount", "value": 3}
    found = replay.run(apply(policy.definition, [stricter]).definition, most=10, by="admin", now=now).tally
    level = next(group for group in found.ordered() if group.kind == "severity")
    assert (level.count, level.zh) == (1, "一般投诉 ⇒ 热点投诉")


def test_a_report_counts_the_level_that_stood_on_its_day(policy):
    case = register(policy, "汪女士", "2026-01-20 10:00", category="quality")
    for moment in ("2026-01-28 09:00", "2026-02-21 09:00"):
        fire_due(at(moment))
    assert levels_told(case) == [("system", "hot"), ("system", "major")]

    def counted(known: str) -> dict[str, int]:
        span = Span("SERVICE", at("2026-01-01 00:00"), at("2026-02-01 00:00"), at(known))
        found = {one: condition({"severity": [one]}, span) for one in ("general", "hot", "major")}
        return {one: Complaint.collection().count_documents(wanted) for one, wanted in found.items()}

    assert counted("2026-01-27 00:00") == {"general": 1, "hot": 0, "major": 0}
    assert counted("2026-02-01 00:00") == {"general": 0, "hot": 1, "major": 0}
    assert counted("2026-03-01 00:00") == {"general": 0, "hot": 0, "major": 1}
    span = Span("SERVICE", at("2026-01-01 00:00"), at("2026-02-01 00:00"), at("2026-02-01 00:00"))
    grouped = Complaint.collection().aggregate([{"$group": {"_id": group_value("severity", span)}}])
    assert [row["_id"] for row in grouped] == ["hot"]


def test_a_rung_with_a_condition_tells_only_when_it_holds(policy):
    ours = register(policy, "汪女士", "2026-03-02 09:00", category="quality")
    not_ours = register(policy, "卫女士", "2026-03-02 09:00", category="other", our_cause=False)
    fire_due(at("2026-03-10 09:00"))
    told = {one.case for one in Notice.objects(limit="week", rung="hot", sent=True)}
    assert told == {str(not_ours.id)}
    skipped = Timer.objects.get(case=str(ours.id), limit="week", rung="hot")
    assert (skipped.state, skipped.reason["en"]) == ("cancelled", "its condition did not hold at the moment")


def test_real_workers_raise_a_case_once(policy, surroundings: Surroundings, tmp_path: Path):
    """Two clocks and two workers, as in a running house."""
    received = datetime.now(UTC) - timedelta(days=9)
    when = received.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
    cases = [register(policy, "汪女士", when, category="quality") for _ in range(6)]
    with open_house(surroundings, tmp_path) as house:
        processes = [house.start(name) for name in ("worker", "worker", "clock", "clock")]
        due = {"subject": "severity", "due__lte": datetime.now(UTC), "state__in": ("pending", "claimed")}
        wait_for(lambda: Timer.objects(**due).count() == 0, seconds=90, house=house)
        for process in processes:
            process.send_signal(signal.SIGTERM)
    assert [level(case) for case in cases] == ["hot"] * 6
    assert all(len(levels_told(case)) == 1 for case in cases)
