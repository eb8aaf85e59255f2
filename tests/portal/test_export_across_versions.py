"""The exported list has a renamed field in one column, and says which version never asked for one."""

from __future__ import annotations

import copy
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from documents.actions import registration
from documents.person import Person
from documents.policy import Policy, publish
from documents.rules.edits import apply
from documents.rules.identity import Name
from documents.rules.renaming import rename
from tests.portal.conftest import NOW, SignIn
from tests.portal.samples import COMPLAINT

NONE = "（本版无此栏）"
ADDED = {
    "key": "place",
    "type": "text",
    "label": {"zh": "发生地点", "en": "Place"},
    "required": False,
}
SECRET = {"key": "inner_note", "type": "text", "class": "restricted", "label": {"zh": "内部", "en": "Inner"}}


def second_version(old: Any) -> dict[str, Any]:
    """A field renamed, one added, one taken away."""
    found = copy.deepcopy(old)
    found = apply(found, rename(found, Name("field", "demand"), "request")).definition
    fields = "forms[intake].sections[matter].fields"
    return apply(
        found,
        [
            {"do": "add", "path": fields, "value": ADDED},
            {"do": "add", "path": fields, "value": SECRET},
            {"do": "set", "path": f"{fields}[request].label.zh", "value": "诉求"},
            {"do": "set", "path": "roles[senior].reads", "value": ["public"]},
            {"do": "remove", "path": "forms[intake].sections[complainant].fields[complainant_email]"},
        ],
    ).definition


@pytest.fixture
def numbers(policy: Policy) -> tuple[str, str, str]:
    """A case under the first version, two under the second: one says where it was, one does not."""
    newest = publish(second_version(policy.definition), by="x", now=NOW)
    given: dict[str, Any] = {**COMPLAINT, "complainant_email": "li@example.cn"}
    plain = {key: value for key, value in COMPLAINT.items() if key != "demand"}
    later = {**plain, "request": "退还并致歉", "inner_note": "不出清单"}
    made: list[str] = []
    for used, values in ((policy, given), (newest, {**later, "place": "=城东"}), (newest, later)):
        case = registration.register(
            used,
            "complaint",
            values,
            actor=Person.get("cd_clerk"),
            now=NOW,
            submission=f"x{len(made)}",
        )
        made.append(str(case.number))
    return made[0], made[1], made[2]


def exported(sign_in: SignIn, query: str = "", who: str = "cd_clerk") -> Any:
    return load_workbook(BytesIO(sign_in(who).get(f"/cases.xlsx{query}").data))


def test_the_list_spans_versions(numbers: tuple[str, str, str], sign_in: SignIn) -> None:
    book = exported(sign_in)
    assert book.sheetnames == ["投诉清单", "说明"]
    head, *rows = book["投诉清单"].iter_rows(values_only=True)
    lines = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert len(set(head)) == len(head)
    old, full, bare = (lines[number] for number in numbers)
    assert "投诉诉求" not in head
    assert [one["诉求"] for one in (old, full)] == [COMPLAINT["demand"], "退还并致歉"]
    assert [one["发生地点"] for one in (old, full, bare)] == [NONE, "'=城东", None]
    assert [one["电子邮箱"] for one in (old, full, bare)] == ["li@example.cn", NONE, NONE]
    assert old["类别"] == full["类别"]
    assert "内部" not in head


def test_the_notes_say_which_version_lacks_what(numbers: tuple[str, str, str], sign_in: SignIn) -> None:
    rows = list(exported(sign_in)["说明"].iter_rows(values_only=True))
    start = next(index for index, row in enumerate(rows) if row[0] == "栏目")
    told = {(row[0], row[1].rpartition(" 第 ")[2], row[3]) for row in rows[start + 1 :]}
    assert told == {("发生地点", "1 版", "1"), ("电子邮箱", "2 版", "2")}


def test_a_list_of_one_version_lacks_nothing(numbers: tuple[str, str, str], sign_in: SignIn) -> None:
    book = exported(sign_in, f"?words={numbers[0]}")
    head, row = book["投诉清单"].iter_rows(values_only=True)
    assert NONE not in row
    assert "发生地点" not in head
    assert [line[0] for line in book["说明"].iter_rows(values_only=True)][-1] == "栏目"


def test_what_a_post_may_not_read_is_covered(numbers: tuple[str, str, str], sign_in: SignIn) -> None:
    head, *rows = exported(sign_in, who="qh_senior")["投诉清单"].iter_rows(values_only=True)
    named = {row[0]: row[head.index("姓名或名称")] for row in rows}
    assert named == dict.fromkeys(numbers, "※")  # the version in force says what a role reads
