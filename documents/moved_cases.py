"""Cases that moved to another version 改版后的案件: what their older steps and answers are called there."""

from __future__ import annotations

from typing import Any

from documents.case_parts import AnswerSet, plain_value
from documents.complaint import Complaint
from documents.policy import identity_between, view_of
from documents.rules.carrying import Carrier
from documents.rules.identity import identity


def step_now(case: Complaint, key: str) -> str | None:
    """What a step of any version that the case ever had is called in its version; None when it is gone."""
    known = {str(one["key"]) for one in view_of(case.policy, case.policy_version).transitions(case.case_type)}
    if key in known:
        return key
    names = (
        identity_between(case.policy, moved["version"], case.policy_version).key(
            "step", key, moved["workflow"]
        )
        for moved in case.moves
    )
    return next((name for name in names if name in known), None)


def step_names(case: Complaint, key: str) -> list[str]:
    """Every name that a step of the case's version ever had, the present one first."""
    view = view_of(case.policy, case.policy_version)
    flow = str(view.workflow(case.case_type)["key"])
    return [key, *sorted(identity({}, view.definition).former("step", key, flow) - {key})]


def newest_answers(case: Complaint, form: str) -> AnswerSet | None:
    """The newest answers to a form of the case's version, whatever it was called when they were given."""
    for answers in reversed(case.answers):
        way = identity_between(case.policy, answers.policy_version, case.policy_version)
        if way.key("form", answers.form) == form:
            return answers
    return None


def filled(case: Complaint, form: str) -> dict[str, Any] | None:
    """The newest answers to a form, in the names that the case's version has."""
    answers = newest_answers(case, form)
    if answers is None:
        return None
    values = {key: plain_value(value) for key, value in answers.values.items()}
    if answers.policy_version == case.policy_version:
        return values
    old, now = (view_of(case.policy, one) for one in (answers.policy_version, case.policy_version))
    return Carrier(old.definition, now.definition).values(answers.form, values)
