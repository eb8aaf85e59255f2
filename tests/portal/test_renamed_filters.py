"""Whoever filters finds the cases of older versions by the new name, and by a bookmark with the old one."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from documents.actions import registration
from documents.dossier_words import Names
from documents.person import Person
from documents.policy import Policy, publish
from documents.register import COVERED, Reader, YearAsked, lines_of
from documents.rules.edits import apply
from documents.rules.identity import Name
from documents.rules.reading import Reading
from documents.rules.renaming import merge_options, rename
from documents.transfer_plan import plan
from tests.conftest import Beginning
from tests.portal.conftest import NOW, Perform, SignIn
from tests.portal.samples import COMPLAINT, UNSOLVED

NEW_WORDS = {
    "channel": "telefax",
    "category": "charges",
    "customer_phone": COMPLAINT["complainant_phone"],
    "customer_name": COMPLAINT["complainant_name"],
}
OLD_NAMES = ("category", "channel", "complainant_phone", "complainant_name")
RENAMED = (
    (Name("option", "fax", "channels"), "telefax"),
    (Name("option", "violation_fees", "categories"), "charges"),
    (Name("field", "complainant_phone"), "customer_phone"),
    (Name("field", "complainant_name"), "customer_name"),
    (Name("stage", "at_intake", "complaint"), "desk_stage"),
    (Name("step", "supervise", "complaint"), "oversee"),
    (Name("case_type", "complaint"), "grievance"),
)


def renamed(old: Any) -> dict[str, Any]:
    found = copy.deepcopy(old)
    for name, new in RENAMED:
        found = apply(found, rename(found, name, new)).definition
    merged = Name("option", "email", "channels")
    return apply(found, merge_options(found, merged, "telefax", today=date(2026, 2, 1))).definition


_both = Beginning[tuple[str, str, str]]()


@pytest.fixture
def both(policy: Policy, perform: Perform, database: Any) -> tuple[str, str, str]:
    """A case filled under the old names, one under the new ones, and one whose option was merged."""
    return _both.of(database, lambda: filled_both(policy, perform))


def filled_both(policy: Policy, perform: Perform) -> tuple[str, str, str]:
    def one(used: Policy, kind: str, **values: Any) -> str:
        given = {**values, "title": f"收费与公示不符 {values['channel']}"}
        case = registration.register(
            used, kind, given, actor=Person.get("cd_clerk"), now=NOW, submission=str(given["title"])
        )
        perform(case, "report", "cd_clerk", **UNSOLVED)
        return str(case.number)

    old = one(policy, "complaint", **{**COMPLAINT, "channel": "fax", "category": "violation_fees"})
    mail = one(policy, "complaint", **{**COMPLAINT, "channel": "email", "category": "violation_fees"})
    newest = publish(renamed(policy.definition), by="x", now=NOW)
    plain = {key: value for key, value in COMPLAINT.items() if key not in OLD_NAMES}
    return old, one(newest, "grievance", **plain, **NEW_WORDS), mail


@pytest.mark.parametrize(
    ("column", "old", "new"),
    [
        ("stage", "at_intake", "desk_stage"),
        ("category", "violation_fees", "charges"),
        ("category", "violation", "violation"),
        ("case_type", "complaint", "grievance"),
        ("channel", "fax", "telefax"),
    ],
)
def test_a_reading_knows_every_name(policy: Policy, column: str, old: str, new: str) -> None:
    reading = Reading.of(renamed(policy.definition))
    assert reading.now(column, old) == new
    assert set(reading.kin(column, [old])) >= {old, new}
    assert set(reading.kin(column, [old])) == set(reading.kin(column, [new]))


def test_the_list_finds_them_by_either_name(both: tuple[str, str, str], sign_in: SignIn) -> None:
    clerk = sign_in("intake_clerk")
    for query in (
        "stage=desk_stage",
        "stage=at_intake",
        "category=charges",
        "category=violation_fees",
        "category=violation",
        "case_type=grievance",
        "case_type=complaint",
        "channel=telefax",
        "channel=fax",
        "channel=email",
        "policy=p01&channel=telefax&stage=at_intake",
        f"words={COMPLAINT['complainant_phone']}",
    ):
        page = clerk.get(f"/cases?{query}").text
        assert [number for number in both if number not in page] == [], query
    assert not any(number in clerk.get("/cases?channel=phone").text for number in both)


def test_each_thing_is_offered_once_and_the_old_address_chooses_it(
    both: tuple[str, str, str], sign_in: SignIn
) -> None:
    page = sign_in("intake_clerk").get("/cases?channel=fax&stage=at_intake").text
    for key in ("telefax", "desk_stage"):
        assert page.count(f'<option value="{key}" selected>') == 1
    for key in ("fax", "email", "at_intake", "violation_fees", "complaint"):
        assert f'<option value="{key}"' not in page


def test_the_desk_counts_a_renamed_step_once(both: tuple[str, str, str], sign_in: SignIn) -> None:
    clerk = sign_in("intake_clerk")
    page = clerk.get("/").text
    assert "step:p01.oversee" in page
    assert "step:p01.supervise" not in page
    for step in ("oversee", "supervise"):
        narrowed = clerk.get(f"/?show=step:p01.{step}").text
        assert all(number in narrowed for number in both)


def test_similar_cases_of_the_same_person_are_found(both: tuple[str, str, str], sign_in: SignIn) -> None:
    clerk = sign_in("intake_clerk")
    page = clerk.get(
        "/lookups/similar/p01/grievance", query_string={"customer_phone": NEW_WORDS["customer_phone"]}
    ).text
    assert all(number in page for number in both)


def test_supervision_and_the_archive_read_every_version(both: tuple[str, str, str], sign_in: SignIn) -> None:
    for person, address in (
        ("intake_head", "/watch"),
        ("intake_head", "/admin/supervision/"),
        ("archivist", "/admin/archive/?unit=QH&year=2026"),
    ):
        assert sign_in(person).get(address).status_code == 200, address
    page = sign_in("archivist").get("/admin/register/?unit=QH&year=2026").text
    assert all(number in page for number in both)


def test_the_register_says_each_in_its_own_words_and_covers_the_name(both: tuple[str, str, str]) -> None:
    view, asked = Policy.current("p01").view(), YearAsked("QH", 2026)
    name = COMPLAINT["complainant_name"]
    lines = list(lines_of(view, asked, Names(), Reader()))
    assert [line[1] for line in lines] == [both[0], both[2], both[1]]
    assert [line[4] for line in lines] == ["传真", "电子邮件", "传真"]
    assert {line[5] for line in lines} == {name}
    covered = lines_of(view, asked, Names(), Reader(frozenset({"public"})))
    assert {line[5] for line in covered} == {COVERED}
    assert {one.note for one in plan(view, "QH", 2026).absent} == {"当前环节：受理部门受理"}
