"""Holds: what is frozen stays, on record, until somebody lifts it with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from documents.actions import holding
from documents.actions.holding import HoldAsked
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.hold import Hold, held
from documents.keepers import administrators, keepers
from documents.notice import Notice
from documents.person import Person
from documents.rules.broken import RuleBroken
from tests import opened
from tests.documents.conftest import NOW, Register

TODAY = date(2026, 2, 24)


def asked(*numbers: str, **changes: Any) -> HoldAsked:
    usual: dict[str, Any] = {
        "name": "李某诉联社案",
        "numbers": numbers,
        "reason": "诉讼保全",
        "basis": "（2026）粤18民初12号",
        "since": TODAY,
        "review_on": date(2026, 8, 24),
    }
    return HoldAsked(**{**usual, **changes})


def frozen(*numbers: str, who: str = "archivist", **changes: Any) -> Hold:
    return holding.place(asked(*numbers, **changes), actor=Person.get(who), now=NOW, today=TODAY)


def test_a_hold_lasts_until_it_is_lifted_and_stays_on_record(register: Register) -> None:
    first, second, other = (register() for _ in range(3))
    numbers = [first.number, second.number, other.number]
    hold = frozen(first.number, second.number)
    assert held(numbers) == {first.number, second.number}
    assert AuditEntry.objects(verb="hold", subject=first.number, by="archivist").count() == 1
    assert Complaint.get(first.number).revision == first.revision + 1  # of two at once one sees the other
    again = frozen(second.number, name="监管检查")
    archivist = Person.get("archivist")
    with pytest.raises(RuleBroken, match="reason_missing"):
        holding.lift(str(hold.id), " ", actor=archivist, now=NOW)
    holding.lift(str(hold.id), "判决已生效", actor=archivist, now=NOW)
    assert held(numbers) == {second.number}
    with pytest.raises(RuleBroken, match="hold_lifted_before"):
        holding.lift(str(hold.id), "再次", actor=archivist, now=NOW)
    ever = Hold.objects(cases=second.number).order_by("-at")
    assert [one.id for one in ever] == [again.id, hold.id]
    assert [turn["verb"] for turn in Hold.get(str(hold.id)).history] == ["placed", "lifted"]


def test_a_hold_says_why_until_when_and_on_what_it_stands(register: Register) -> None:
    number = register().number
    wrong: dict[str, dict[str, Any]] = {
        "hold_without_reason": {"basis": ""},
        "hold_review_day": {"review_on": TODAY},
        "hold_numbers_unknown": {"numbers": [number, "TS-2026-0224-9999"]},
        "hold_without_cases": {"numbers": []},
    }
    for code, changes in wrong.items():
        with pytest.raises(RuleBroken, match=code):
            frozen(number, **changes)
    with pytest.raises(RuleBroken, match="hold_numbers_unknown"):
        frozen(number, who="cd_clerk")  # who may not archive finds nothing
    assert Hold.objects.count() == 0


def test_the_review_day_is_told_once_to_whoever_keeps_the_archive(register: Register) -> None:
    hold = frozen(register().number)
    assert holding.remind(NOW, TODAY) == 0
    later = date(2026, 8, 24)
    assert keepers("QH") == ["archivist", "intake_head"]
    assert administrators() == ["admin"]
    assert holding.remind(NOW, later) == 2
    assert holding.remind(NOW, later) == 0
    assert {one.person for one in Notice.objects()} == {"archivist", "intake_head"}
    archivist = Person.get("archivist")
    holding.review(str(hold.id), date(2027, 2, 24), "二审中", actor=archivist, now=NOW, today=later)
    assert holding.remind(NOW, later) == 0


def test_each_case_of_a_hold_has_a_say_in_who_lifts_it_and_hears_of_it(register: Register) -> None:
    open_one, kept = register(), register()
    key, day = str(frozen(open_one.number, kept.number).id), date(2027, 2, 24)
    archivist, head = Person.get("archivist"), Person.get("intake_head")

    def refused(person: Person, code: str) -> None:
        with pytest.raises(RuleBroken, match=code):
            holding.lift(key, "因为", actor=person, now=NOW)
        with pytest.raises(RuleBroken, match=code):
            holding.review(key, day, "", actor=person, now=NOW, today=date(2026, 8, 24))

    def hides(case: Complaint, **changes: Any) -> None:
        Complaint.objects(id=case.id).update(**changes)

    hides(kept, recused=["archivist"])
    refused(archivist, "withheld_from_you")
    assert holding.remind(NOW, date(2026, 8, 24)) == 1
    assert {one.person for one in Notice.objects()} == {"intake_head"}  # its name may name who is in the case
    hides(kept, recused=[], known_to=["archivist"])
    refused(head, "withheld_from_you")
    hides(open_one, recused=["archivist"])
    refused(archivist, "withheld_from_all")  # each of them is kept from one
    hides(open_one, recused=[], scope=["u:GD-BS"])
    refused(archivist, "withheld_from_all")  # who keeps only one of the cases
    hides(kept, recused=["archivist"])
    refused(archivist, "unknown_hold")
    Hold.objects(id=key).update(review_on="2026-09-01")
    assert holding.remind(NOW, date(2026, 9, 1)) == 1
    (told,) = opened.notices("归档室有事项无人可办")
    assert (told.person, "名单" in told.body["zh"], "李某" in str(told.to_mongo())) == ("admin", True, False)
