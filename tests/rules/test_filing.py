"""Filing: which period the rules propose, when a reason is due, and which cases may share a volume."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.rules import filing, workflow
from documents.rules.broken import RuleBroken
from documents.rules.filing import Arrangement, Member, arranged
from documents.rules.issuing import fits, issued, volume_numbering
from documents.rules.policy_checking import problems
from documents.rules.workflow import CaseState, Viewer

RULES: dict[str, Any] = {
    "retention": [
        {"when": "'major' in flags", "code": "D30", "label": {"zh": "30年", "en": "30 years"}, "years": 30},
        {"code": "D10", "label": {"zh": "10年", "en": "10 years"}, "years": 10},
        {"code": "Y", "label": {"zh": "永久", "en": "For ever"}, "by_hand": True},
    ],
    "unit_codes": [{"when": "category == 'fees'", "code": "SF", "label": {"zh": "收费", "en": "Fees"}}],
}
ONE = Member("TS-1", ("p", "QH", "0128", "2026"), "D10", "QH-CD", "CD", 2026, "complaint")
JOINED = Arrangement(joined=True, most=2)


def test_the_first_period_that_holds_is_proposed_and_a_class_by_hand_never() -> None:
    assert filing.proposed(RULES, {"flags": ["major"]})["code"] == "D30"
    assert filing.proposed(RULES, {"flags": []})["code"] == "D10"
    assert filing.kept_as(filing.proposed(RULES, {"flags": []})) == {
        "zh": "10年", "en": "10 years", "code": "D10", "years": 10,
    }  # fmt: skip


def test_the_class_table_begins_with_what_is_kept_for_ever() -> None:
    assert [one["code"] for one in filing.classes(RULES)] == ["Y", "D30", "D10"]
    assert filing.class_of(RULES, "Y")["by_hand"]
    with pytest.raises(RuleBroken, match="unknown_retention"):
        filing.class_of(RULES, "D5")


@pytest.mark.parametrize(
    ("proposal", "chosen", "change"),
    [("D10", "D10", ""), ("D10", "D30", "longer"), ("D30", "Y", "longer"), ("D30", "D10", "shorter")],
)
def test_who_departs_from_the_proposal_says_why(proposal: str, chosen: str, change: str) -> None:
    before, after = filing.class_of(RULES, proposal), filing.class_of(RULES, chosen)
    assert filing.change_of(before, after) == change
    filing.check_reason(before, after, "涉及群体性投诉")
    if change:
        with pytest.raises(RuleBroken, match="retention_without_reason"):
            filing.check_reason(before, after, "  ")


def test_the_code_of_the_subject_stands_before_that_of_the_unit() -> None:
    assert filing.unit_code(RULES, {"category": "fees"}, "CD") == "SF"
    assert filing.unit_code(RULES, {"category": "other"}, "CD") == "CD"


def test_one_case_a_volume_unless_the_policy_joins_them() -> None:
    assert Arrangement.of({}) == Arrangement()
    written = {"arrangement": {"mode": "joined", "by": ["unit"], "most": 50}}
    assert Arrangement.of(written) == Arrangement(joined=True, by=("unit",), most=50)
    two = [ONE, replace(ONE, number="TS-2")]
    assert [len(one) for one in arranged(two, {"p": Arrangement()})] == [1, 1]
    assert [len(one) for one in arranged(two, {"p": JOINED})] == [2]


@pytest.mark.parametrize(
    "other",
    [{"retention": "D30"}, {"unit": "QH-HK"}, {"closed_year": 2025}, {"house": ("p", "QH", "0128", "2025")}],
)
def test_what_must_not_be_mixed_gets_a_volume_of_its_own(other: dict[str, Any]) -> None:
    different = replace(ONE, number="TS-2", **other)
    assert [len(one) for one in arranged([ONE, different], {"p": JOINED})] == [1, 1]


def test_a_volume_holds_no_more_than_its_bound_and_a_supplement_stands_alone() -> None:
    cases = [replace(ONE, number=f"TS-{number}") for number in (3, 1, 2)]
    late = replace(ONE, number="TS-0", supplement=True)
    together = [[one.number for one in volume] for volume in arranged([*cases, late], {"p": JOINED})]
    assert sorted(together) == [["TS-0"], ["TS-1", "TS-2"], ["TS-3"]]


def test_who_filed_the_case_cannot_hand_it_over_and_nothing_moves_meanwhile() -> None:
    step = {"key": "archive", "from": ["done"], "who": [{"role": "keeper"}], "effects": [{"archive": True}]}
    case = CaseState(stage="done", open=False, units={}, filers=frozenset({"su"}))
    su, wang = (Viewer(name, frozenset({("keeper", "DA")})) for name in ("su", "wang"))
    refused = workflow.refusal(step, case, su)
    assert refused is not None
    assert refused.code == "second_person_needed"
    assert workflow.refusal(step, case, wang) is None
    assert workflow.refusal({**step, "effects": []}, case, su) is None
    locked = workflow.refusal({**step, "from": "any_open"}, replace(case, locked=True), wang)
    assert locked is not None
    assert locked.code == "case_handed_over"
    assert filing.needs_second({})
    assert not filing.needs_second({"four_eyes": False})


def test_a_series_runs_by_unit_only_where_the_number_says_so() -> None:
    old = volume_numbering({"volume_number": "{fonds}-{retention}-{year}-{seq}"})
    new = volume_numbering({"volume_number": "{fonds}-{category}-{unit}-{retention}-{year}-{seq}",
                            "category_code": "TS"})  # fmt: skip
    assert (old["scope"], new["scope"]) == (["fonds", "retention"], ["fonds", "retention", "unit"])
    assert list(issued("p.volume:0128/D10/SF:2026", 1, new)) == ["0128-TS-SF-D10-2026-1"]
    assert not fits("p.volume:0128/D10/SF:2026", old)
    assert fits("p.volume:0128/D10:2026", old)


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        ("{fonds}-{retention}-{year}", "缺少流水号"),
        ("{fonds}-{year}-{seq}", "缺少保管期限"),
        ("{fonds}-{retention}-{seq}", "每年的档号会重复"),
        ("{fonds}-{retention}-{year}-{moon}-{seq}", "没有 {moon}"),
    ],
)
def test_a_pattern_that_gives_one_number_twice_is_refused(pattern: str, wrong: str) -> None:
    policy: Any = copy.deepcopy(pack_definition("p01"))
    policy["archive"]["volume_number"] = pattern
    assert any(wrong in one.zh for one in problems(policy))
    policy["archive"]["volume_number"] = "{fonds}-{category}·{yyyy}-{retention}-{unit}-{seq:4}"
    assert problems(policy) == []
