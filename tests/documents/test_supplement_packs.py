"""The shipped supplements attach to the process that they are shown on, without a problem."""

import pytest

from documents.pack_files import definition, packs, supplements
from documents.rules.grammar import SECTIONS
from documents.rules.policy_checking import problems
from documents.rules.supplements import problems as problems_of
from documents.supplement_packs import runnable


@pytest.mark.parametrize("pack", supplements())
def test_a_supplement_has_no_problem_on_its_host(pack: str) -> None:
    supplement = definition(pack)
    assert problems_of(supplement, definition(supplement["policy"]["host"])) == []


@pytest.mark.parametrize("pack", supplements())
def test_a_supplement_brings_scenarios_that_run_on_its_host(pack: str) -> None:
    done = runnable(pack)
    own = {one["key"] for one in definition(pack)["scenarios"]}
    assert own
    assert own <= {one["key"] for one in done["scenarios"]}


@pytest.mark.parametrize("pack", packs())
def test_a_shipped_policy_has_no_problem(pack: str) -> None:
    done = runnable(pack)
    assert problems(done) == []
    assert set(done) <= set(SECTIONS)
