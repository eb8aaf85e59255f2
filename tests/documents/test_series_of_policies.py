"""Several policies in one house: each has its own series, and no two give out the same number."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from documents import migrations, staging
from documents.actions import organising, registration
from documents.complaint import Complaint
from documents.database import database as connected
from documents.examination import judged
from documents.house import example_house
from documents.pack_files import definition
from documents.person import Person
from documents.policy import Policy, in_force, publish
from documents.rules.numbers_together import meet
from documents.rules.scenarios import scenarios_of
from documents.sequence import Sequence
from documents.transfer_plan import numberings_of, numbers_on_cases, plan
from tests.conftest import Beginning
from tests.documents.conftest import NOW, Register, intake_values

LATER = datetime(2026, 12, 30, 1, 0, tzinfo=UTC)
SCRIPT = "2026-11-25-series-of-each-policy"


_second = Beginning[int]()


@pytest.fixture
def second(policy: Policy, database: Any) -> Policy:
    """P15 beside p01, with its own organisation."""
    assert policy.key == "p01"
    return Policy.of("p15", _second.of(database, lambda: founded().version))


def founded() -> Policy:
    for pack in ("p01", "p15"):
        house = example_house(definition(pack))
        organising.load_units(house.units)
        organising.load_people(house.people, password="juanzong")
    return publish(definition("p15"), by="test", now=LATER)


def stage(policy: Policy) -> list[Complaint]:
    return [
        case for one in scenarios_of(policy.definition) if one.steps for case in staging.stage(policy, one)
    ]


def test_side_by_side_no_number_is_missing_and_none_is_given_twice(
    policy: Policy, second: Policy, register: Register
) -> None:
    register()
    stage(second)
    register()
    stage(policy)
    for one in (policy, second):
        found = plan(one.view(), "QH", 2026)
        assert (found.gaps, found.strays) == ((), ()), one.key
    numbers = [row["number"] for row in Complaint.collection().find({}, ["number"])]
    assert len(numbers) == len(set(numbers)) > 10
    volumes = [case.volume.number for case in Complaint.objects(volume__ne=None)]
    assert len(volumes) == len(set(volumes)) > 0
    assert {row["_id"].partition(".")[0] for row in Sequence.collection().find()} == {"p01", "p15"}


def shared(register: Register, second: Policy) -> list[Complaint]:
    """Three cases of one day, numbered from one series by two policies, as an earlier release did."""
    mine = [register(), register()]
    theirs = stage(second)[0]
    for case, number in zip(
        (*mine, theirs), ("TS-2026-0224-0001", "TS-2026-0224-0003", "ZQ-2026-0224-0002"), strict=True
    ):
        Complaint.collection().update_one({"_id": case.id}, {"$set": {"number": number}})
    Complaint.collection().delete_many({"policy": "p15", "_id": {"$ne": theirs.id}})
    Sequence.collection().delete_many({})
    Sequence.collection().insert_many(
        [{"_id": "case:2026-02-24", "value": 3}, {"_id": "appeal:2026", "value": 5}]
    )
    connected()[migrations.DONE].delete_many({})
    return [*mine, theirs]


def test_a_shared_series_becomes_one_of_each_policy(
    second: Policy, policy: Policy, register: Register
) -> None:
    shared(register, second)
    assert SCRIPT in migrations.run(connected())
    rows = {row["_id"]: (row["value"], row.get("elsewhere")) for row in Sequence.collection().find()}
    assert rows == {
        "p01.case:2026-02-24": (3, [2]),
        "p15.case:2026-02-24": (3, [1, 3]),
        "p01.appeal:2026": (5, None),
    }
    assert [name for name in plan(policy.view(), "QH", 2026).gaps if name.startswith("TS")] == []
    assert [name for name in plan(second.view(), "QH", 2026).gaps if name.startswith("ZQ")] == []
    assert register().number == "TS-2026-0224-0004"


def test_a_number_that_was_lost_stays_lost_for_who_asks(
    second: Policy, policy: Policy, register: Register
) -> None:
    lost = shared(register, second)[0]
    Complaint.collection().delete_one({"_id": lost.id})
    migrations.run(connected())
    assert "TS-2026-0224-0001" in plan(policy.view(), "QH", 2026).gaps


def test_it_is_safe_to_run_twice(second: Policy, register: Register) -> None:
    shared(register, second)
    migrations.run(connected())
    before = list(Sequence.collection().find())
    assert migrations.run(connected()) == []
    connected()[migrations.DONE].delete_many({})
    assert SCRIPT in migrations.run(connected())
    assert list(Sequence.collection().find()) == before


def test_the_number_of_a_field_is_accounted_for(policy: Policy) -> None:
    newer: dict[str, Any] = copy.deepcopy(policy.definition)
    label = {"zh": "登记簿号", "en": "Register number"}
    newer["numbering"].append({"key": "book", "label": label, "pattern": "BK-{yyyy}-{seq:4}"})
    form = next(
        one
        for one in newer["forms"]
        if one["key"] == policy.view().case_type("complaint")["register"]["form"]
    )
    form["sections"][0]["fields"].append(
        {"key": "book", "type": "series", "numbering": "book", "label": label}
    )
    second_version = publish(newer, by="test", now=LATER)
    clerk = Person.get("cd_clerk")
    case = registration.register(
        second_version, "complaint", intake_values(), actor=clerk, now=NOW, submission="once"
    )
    assert "BK-2026-0001" in set(numbers_on_cases("p01"))
    assert plan(second_version.view(), "QH", 2026).gaps == ()
    assert case.policy_version == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("TS-{yyyy}-{seq:4}", "TS-{yyyy}-{seq:4}", True),
        ("TS-{yyyy}-{seq:4}", "TS-{year}-{seq:1}", True),
        ("TS-{yyyy}-{seq:4}", "ZQ-{yyyy}-{seq:4}", False),
        ("TS-{yyyy}-{mm}{dd}-{seq:4}", "TS-{yyyy}-{seq:4}", False),
        ("TS-{yyyy}{mm}{dd}{seq:3}", "TS-{yyyy}{seq:5}", True),
        ("{received}-{yyyy}-{seq:4}", "TS-{yyyy}-{seq:4}", True),
        ("TS2026{seq:4}", "TS{yyyy}{seq:4}", True),
        ("TS-{seq:4}A", "TS-{seq:4}B", False),
        ("TS-{seq:4}", "TS-{seq:6}", True),
    ],
)
def test_which_patterns_can_meet(one: str, other: str, same: bool) -> None:
    assert meet(one, other) is same
    assert meet(other, one) is same


def test_the_gate_refuses_a_policy_that_could_give_the_same_number(policy: Policy) -> None:
    wanted: dict[str, Any] = copy.deepcopy(definition("p15"))
    number = next(one for one in wanted["numbering"] if one["key"] == "case")
    number["pattern"] = "TS-{yyyy}-{mm}{dd}-{seq:5}"
    wanted["archive"]["volume_number"] = policy.definition["archive"]["volume_number"]
    letter = next(one for one in wanted["numbering"] if one["key"] == "notice")
    letter["pattern"] = "投诉告知〔{yyyy}〕{seq:3}号"
    sheet = next(one for one in wanted["numbering"] if one["key"] == "sheet")
    sheet["pattern"] = "DB-{yyyy}-{seq:6}"
    found = [
        one for one in judged(wanted, in_force("p15")).problems if "p01" in one.zh and "可能给出" in one.zh
    ]
    assert [(one.path, one.zh[one.zh.index("给出同样的") :]) for one in found] == [
        ("numbering[case].pattern", "给出同样的编号"),
        ("numbering[sheet].pattern", "给出同样的单据号"),
        ("numbering[notice].pattern", "给出同样的文号"),
        ("archive.volume_number", "给出同样的档号"),
    ]
    assert {one.remedy_zh for one in found} == {"请在格式中加入区别的前缀"}
    assert {one.severity for one in found} == {"refuse"}


def test_a_policy_without_archive_rules_has_series_of_its_numbers_only(database: Any) -> None:
    plain = definition("p01")
    del plain["archive"]
    publish({**plain, "policy": {**plain["policy"], "key": "plain"}}, by="setup", now=NOW)
    assert {one[0]["key"] for one in numberings_of("plain")} == {one["key"] for one in plain["numbering"]}
    migrations.run(connected())
