"""Scenarios as real cases: what a trial says is what the database says, and any pack can be shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from documents import demonstration, staging, trial
from documents.actions import organising, timers
from documents.complaint import Complaint
from documents.database import ensure_indexes
from documents.house import example_house, house_of, person_id
from documents.named_contact import NamedContact
from documents.pack_files import definition as pack_definition
from documents.pack_files import packs
from documents.person import Person
from documents.policy import Policy, forget_views, publish
from documents.replay_records import READ, found_in
from documents.rules.scenarios import read_moment, scenarios_of
from documents.timer import Timer
from portal.commands.demo import welcome
from tests.long import long

LATER = datetime(2026, 12, 30, 1, 0, tzinfo=UTC)
NOW = datetime(2026, 7, 22, 6, 30, tzinfo=UTC)  # Wednesday 14:30 in Guangdong


@pytest.fixture
def policy(database: Any) -> Policy:
    """P01 with the organisation of its own example."""
    forget_views()
    ensure_indexes()
    definition = pack_definition("p01")
    house = example_house(definition)
    organising.load_calendar("cn", now=LATER)
    organising.load_units(house.units)
    organising.load_people(house.people, password="juanzong")
    return publish(definition, by="test", now=LATER)


def names_of(people: tuple[str, ...]) -> list[str]:
    return sorted(Person.get(person_id(one)).name for one in people)


OTHERS = [pack for pack in packs() if pack != "p01"]


def ring_before(moment: datetime) -> None:
    """Let every timer fire at its own moment, as a clock that never sleeps would."""
    while (row := Timer.collection().find_one({"state": "pending"}, sort=[("due", 1)])) is not None:
        if row["due"] >= moment:
            return
        timers.fire(timers.claim(row["due"], 100, "test"), "test", now=row["due"])


@pytest.mark.parametrize(
    "key",
    [
        *("outlet_cannot_solve", "every_limit_missed", "forwarded_by_the_superior", "recusal", "appeal"),
        *("extended_up_to_three_months", "declined", "repeated_complaint", "sent_back", "staff_violation"),
        "statement_given",
    ],
)
def test_a_real_case_becomes_what_the_trial_says(key: str, policy: Policy) -> None:
    scenario = next(one for one in scenarios_of(policy.definition) if one.key == key)
    tried = next(one for one in trial.run(policy.definition) if one.key == key)
    end = read_moment(scenario.steps[-1].at, "Asia/Shanghai")
    staged = staging.stage(policy, scenario, meanwhile=ring_before)
    rows = [Complaint.collection().find_one({"_id": one.id}, READ) for one in staged]
    real = [found_in(row, end) for row in rows]
    said = list({one.number: one for one in tried.cases.values()}.values())
    for one, other in zip(real, said, strict=True):
        assert (one.route, one.status, one.outcome) == (other.route, other.status, other.outcome)
        assert (one.clocks, one.letters) == (other.clocks, other.letters)
        told = [(each.limit, each.rung, each.at, names_of(each.to)) for each in other.notices]
        assert [(each.limit, each.rung, each.at, sorted(each.to)) for each in one.notices] == told


@pytest.mark.parametrize("pack", OTHERS[:: long(3, 1)])
def test_any_pack_can_be_shown(pack: str, database: Any) -> None:
    forget_views()
    ensure_indexes()
    count = demonstration.play(pack, now=NOW)
    cases = list(Complaint.objects)
    assert count == len(cases) > 0
    assert max(case.received_at for case in cases) <= NOW
    newest = [max(event.at for event in case.events) for case in cases]
    assert all(moment <= NOW for moment in newest)
    assert demonstration.play(pack, now=NOW) == count, "it is safe to run twice"
    accounts = house_of(pack).accounts
    assert {one["login"] for one in accounts} == {person.login for person in Person.objects}
    assert Person.get("admin").name == "系统管理员"
    assert all(person.name and not person.name.isascii() for person in Person.objects)
    assert set(NamedContact.chosen(pack)) == {one["key"] for one in pack_definition(pack).get("contacts", ())}


def test_the_demo_names_its_accounts() -> None:
    said = welcome("p02", 7)
    assert "7 件投诉" in said
    assert "front_desk.service" in said
    assert "admin" in said
