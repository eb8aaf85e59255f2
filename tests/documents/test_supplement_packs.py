"""The shipped supplements attach to the process that they are shown on, without a problem."""

import pytest

from documents import trial
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
def test_the_scenarios_of_a_supplement_pass_on_its_host(pack: str) -> None:
    results = trial.run(runnable(pack))
    assert results
    assert [(one.key, difference.zh) for one in results for difference in one.differences] == []


@pytest.mark.parametrize("pack", packs())
def test_a_shipped_policy_has_no_problem(pack: str) -> None:
    done = runnable(pack)
    assert problems(done) == []
    assert set(done) <= set(SECTIONS)


def test_every_policy_of_the_digest_is_shipped() -> None:
    assert {*packs(), *supplements()} == {f"p{number:02}" for number in range(1, 27)}
