"""Whoever is given a case hears of it in the same transaction, unless the policy keeps quiet."""

from __future__ import annotations

import copy

import pytest

from documents import policy as policies
from documents.actions import staffing
from documents.complaint import Complaint
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.person import Person
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from tests.portal.conftest import NOW, Perform, Register
from tests.portal.samples import SUPERVISED, UNSOLVED


def told() -> list[str]:
    """Who was told of a change of hands."""
    return sorted(one.person for one in Notice.objects(kind="message", sent=True))


def test_a_case_on_its_way_tells_whoever_has_it_next(register: Register, perform: Perform) -> None:
    case = register()
    assert told() == []  # who registers it knows
    case = perform(case, "report", "cd_clerk", **UNSOLVED)
    assert told() == ["intake_clerk", "intake_clerk2", "intake_head"]
    notice = Notice.objects.get(person="intake_clerk")
    assert notice.title["zh"] == f"【请办理】{case.number} 受理部门受理"
    assert "的期限为" in notice.body["zh"]
    assert case.title not in str(notice.to_mongo())
    assert OutboxMessage.objects(person="intake_clerk").count() == bool(Person.get("intake_clerk").email)
    Notice.objects.delete()
    case = perform(case, "supervise", "intake_clerk", **SUPERVISED)
    assert "qs_handler" in told()
    assert "intake_clerk" not in told()
    Notice.objects.delete()
    perform(case, "sign", "qs_handler")
    assert told() == []  # who takes it knows
    staffing.deactivate("qs_handler", receiver="qs_head", actor=Person.get("admin"), now=NOW)
    assert told() == ["qs_head"]


def test_the_word_and_the_step_are_one(register: Register, perform: Perform) -> None:
    case = register()
    with pytest.raises(RuleBroken):
        perform(case, "supervise", "intake_clerk", **SUPERVISED)
    assert told() == []


def test_nobody_recused_hears_of_it(register: Register, perform: Perform) -> None:
    case = register()
    Complaint.objects(id=case.id).update(set__recused=["intake_clerk2"])
    perform(case, "report", "cd_clerk", **UNSOLVED)
    assert told() == ["intake_clerk", "intake_head"]


def test_a_policy_may_keep_quiet(register: Register, perform: Perform) -> None:
    case = register()
    changed = copy.deepcopy(Policy.current("p01").definition)
    changed["policy"]["telling"] = {"unannounced": True}
    Policy.collection().update_one({"key": "p01"}, {"$set": {"definition": changed}})
    policies.forget_views()
    perform(case, "report", "cd_clerk", **UNSOLVED)
    assert told() == []
    policies.forget_views()
