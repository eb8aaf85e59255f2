"""A policy carries no answer to where it would be more open than its field."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents.pack_files import definition
from documents.rules.policy_checking import problems
from documents.rules.policy_problems import Findings, Problem
from documents.rules.policy_retelling import check_retelling
from documents.rules.recusal import Relative, where_related
from documents.rules.retelling import EVERY_CLASS, FOUND, noted, retold_by, strictness

LABEL = {"zh": "所填", "en": "What was said"}
SEALED: dict[str, Any] = {"class": "restricted", "sealed_to": ["intake_head"]}
MASKED: dict[str, Any] = {"class": "personal", "mask": "account"}
RESTRICTED: dict[str, Any] = {"class": "restricted"}
PERSONAL: dict[str, Any] = {"class": "personal"}


def field(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": LABEL, **more}


def made(effect: dict[str, Any], *fields: dict[str, Any], note: str | None = None) -> dict[str, Any]:
    """The shipped policy with one more step, whose form has these fields."""
    policy = copy.deepcopy(definition("p01"))
    section = {"key": "all", "title": LABEL, "fields": list(fields)}
    policy["forms"].append({"key": "extra", "title": LABEL, "basis": "ours", "sections": [section]})
    flow = next(one for one in policy["workflows"] if one["key"] == "complaint")
    step = {"key": "carry", "label": LABEL, "from": ["received"], "to": "received", "form": "extra"}
    who = {"who": [{"role": "clerk", "at": "received"}], "effects": [effect] if effect else []}
    flow["transitions"].append({**step, **who, "basis": "ours", **({"note_from": note} if note else {})})
    appeal = next(one for one in policy["forms"] if one["key"] == "appeal_intake")
    appeal["sections"][0]["fields"].append(field("copied"))
    return policy


def found(policy: dict[str, Any]) -> list[Problem]:
    findings = Findings()
    check_retelling(policy, findings)
    return findings.problems


OPEN_APPEAL = {"open_case": "appeal", "link": "appeal_of", "at": "received"}
COPY = {**OPEN_APPEAL, "from": {"copied": "why"}}
PAUSE, SLOT = {"pause": "all", "reason": "why"}, {"slot": "handling", "from": "why"}


@pytest.mark.parametrize(
    ("effect", "fields", "place"),
    [
        pytest.param(PAUSE, [field("why", **SEALED)], "reason", id="pause, sealed"),
        pytest.param(PAUSE, [field("why", **MASKED)], "reason", id="pause, masked"),
        pytest.param({"outcome": "why"}, [field("why", **PERSONAL)], "outcome", id="outcome"),
        pytest.param(SLOT, [field("why", "unit", **RESTRICTED)], "from", id="unit"),
        pytest.param({"handler": "why"}, [field("why", "person", **PERSONAL)], "handler", id="handler"),
        pytest.param(
            {"start": "cap", "anchor": "why"}, [field("why", "datetime", **RESTRICTED)], "anchor", id="date"
        ),
        pytest.param(COPY, [field("why", **RESTRICTED)], "from.copied", id="copy"),
        pytest.param(COPY, [field("why", **SEALED)], "from.copied", id="sealed copy"),
        pytest.param(
            COPY,
            [field("why", "phone", **PERSONAL)],
            "from.copied",
            id="masked copy",
        ),
        pytest.param(
            {**OPEN_APPEAL, "carry": ["copied"]}, [field("copied", **PERSONAL)], "carry.copied", id="carried"
        ),
    ],
)
def test_what_is_more_open_than_its_source_is_refused(
    effect: dict[str, Any], fields: list[dict[str, Any]], place: str
) -> None:
    (problem,) = found(made(effect, *fields))
    assert problem.path.endswith(f"effects[0].{place}")
    assert fields[0]["key"] in problem.zh
    assert fields[0]["key"] in problem.en
    assert "请" in problem.remedy_zh
    assert problem.remedy_en


def test_a_note_takes_no_sealed_and_no_masked_answer() -> None:
    for more in (SEALED, MASKED):
        (problem,) = found(made({}, field("why", **more), note="why"))
        assert problem.path.endswith("note_from")


@pytest.mark.parametrize(
    ("effect", "fields", "note"),
    [
        pytest.param({}, [field("why", **RESTRICTED)], "why", id="a note, which the page closes"),
        pytest.param({"pause": "all", "reason": "why"}, [field("why", **RESTRICTED)], None, id="so a pause"),
        pytest.param({"recuse_named": "why"}, [field("why", **SEALED)], None, id="a name, which is not said"),
        pytest.param(COPY, [field("why")], None, id="a public copy"),
    ],
)
def test_what_stays_as_closed_is_not_refused(
    effect: dict[str, Any], fields: list[dict[str, Any]], note: str | None
) -> None:
    assert found(made(effect, *fields, note=note)) == []


def test_a_copy_that_is_as_closed_is_not_refused() -> None:
    policy = made(COPY, field("why", **SEALED))
    appeal = next(one for one in policy["forms"] if one["key"] == "appeal_intake")
    appeal["sections"][0]["fields"][-1] |= SEALED
    assert found(policy) == []
    appeal["sections"][0]["fields"][-1] |= {"sealed_to": ["intake_head", "clerk"]}
    assert [one.path.rpartition(".")[2] for one in problems(policy)] == ["copied"]


def test_where_an_event_of_before_came_from() -> None:
    policy = definition("p01")
    assert retold_by(policy, {"recuse_named", "hear"}) == {"respondent_name", "heard_person"}
    assert retold_by(made({"pause": "all", "reason": "why"}, field("why")), {"pause"}) == {"why"}
    step = {"form": "intake", "note_from": "gone"}
    assert noted(policy, step) == []
    assert noted(policy, {"form": "intake"}) is None
    assert [strictness(one) for one in ({}, *EVERY_CLASS, SEALED)] == [0, 1, 2, 3]
    assert FOUND == "recused_found"


def test_in_which_fields_a_relative_stands() -> None:
    forms = [{"sections": [{"fields": [field("a", **PERSONAL), field("b", "phone"), field("c")]}]}]
    facts = {"a": "王 五", "b": "+86 138-0000-0000", "c": "别人"}
    assert where_related(Relative("x", "王五", "13800000000"), forms, facts) == ["a", "b"]
