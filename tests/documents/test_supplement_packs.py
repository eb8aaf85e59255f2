"""The shipped supplements attach to the process that they are shown on, without a problem."""

import copy

import pytest

from documents import trial
from documents.attaching import look
from documents.pack_files import definition, packs, supplements
from documents.rules.edits import apply
from documents.rules.grammar import SECTIONS
from documents.rules.policy_checking import problems
from documents.rules.supplements import problems as problems_of
from documents.rules.supplements import suggested
from documents.supplement_packs import runnable


@pytest.mark.parametrize("pack", supplements())
def test_a_supplement_has_no_problem_on_its_host(pack: str) -> None:
    supplement = definition(pack)
    assert problems_of(supplement, definition(supplement["policy"]["host"])) == []


@pytest.mark.parametrize("pack", supplements())
def test_the_scenarios_of_a_supplement_pass_on_its_host(pack: str) -> None:
    results = trial.run(runnable(pack))
    assert results
    assert [(one.key, difference.zh) for one in results for difference in one.differences] == []


@pytest.mark.parametrize("pack", supplements())
def test_attaching_keeps_every_scenario_of_the_host_passing(pack: str) -> None:
    """What the scenarios of the host answer besides, and expect otherwise, is accepted in the same edit."""
    supplement = definition(pack)
    host = definition(supplement["policy"]["host"])
    found = look(host, supplement, suggested(supplement, host), trial.calendar_for(host))
    assert [one.key for one in found.scenarios if one.left] == []
    done = apply(host, found.whole)
    assert problems(done.definition) == []
    results = {one.key: one for one in trial.run(done.definition)}
    assert [key for key, one in results.items() if not one.passed] == []
    changed = {one.key: one for one in found.scenarios}
    for before in host["scenarios"]:
        now = next(one for one in done.definition["scenarios"] if one["key"] == before["key"])
        assert (now != before) is (before["key"] in changed)
        assert ("附加“" in now.get("note", {}).get("zh", "")) is (before["key"] in changed)
    assert apply(done.definition, done.inverse).definition == host


def test_only_what_differs_is_expected_otherwise() -> None:
    supplement, host = definition("p03"), definition("p10")
    found = look(host, supplement, suggested(supplement, host), trial.calendar_for(host))
    (change,) = found.scenarios
    assert change.key == "group_of_six"
    assert {one.part for one in change.differences} == {"late", "notices"}
    before = next(one for one in host["scenarios"] if one["key"] == change.key)["expect"]
    now = change.scenario["expect"]
    assert {part for part in now if now[part] != before[part]} == {"late", "notices"}
    kept = {(one["limit"], one["rung"]): one for one in now["notices"]}
    for one in before["notices"]:
        assert kept[one["limit"], one["rung"]].get("at") == one.get("at")


def test_a_scenario_that_no_answer_saves_is_left_to_a_person() -> None:
    supplement, host = copy.deepcopy(definition("p07")), definition("p02")
    supplement["scenarios"] = []
    sheet = next(one for one in supplement["attach"] if one.get("part") == "sections")
    sheet["add"]["fields"].append(
        {"key": "seen", "type": "date", "label": {"zh": "查看日期", "en": "Seen on"}, "required": True}
    )
    found = look(host, supplement, suggested(supplement, host), trial.calendar_for(host))
    left = [one for one in found.scenarios if one.left]
    assert left
    assert "seen" in left[0].left[0].zh
    assert [operation for one in left for operation in one.operations({"zh": "", "en": ""})] == []


@pytest.mark.parametrize("pack", packs())
def test_a_shipped_policy_has_no_problem(pack: str) -> None:
    done = runnable(pack)
    assert problems(done) == []
    assert set(done) <= set(SECTIONS)


def test_every_policy_of_the_digest_is_shipped() -> None:
    assert {*packs(), *supplements()} == {f"p{number:02}" for number in range(1, 27)}
