"""Every type of the catalogue: asked, refused, stored, shown, printed, exported, searched, covered."""

from __future__ import annotations

import copy
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.datastructures import MultiDict

from documents.case_parts import plain_value
from documents.complaint import Complaint
from documents.dossier import filled_forms
from documents.person import Person
from documents.policy import Policy, publish
from documents.queries import Filters, case_page
from documents.rules.grammar.forms import FIELD, FIELD_TYPES, SEARCHED
from documents.sight import sight_of
from pdf import paper
from tests.pdf.reading import whole_text
from tests.portal.conftest import NOW, SignIn
from tests.portal.samples import COMPLAINT, PDF, sent

ADDRESS = "/register/p01/complaint"
TEXT = {"zh": "本人同意。", "en": "I agree."}


class Row(NamedTuple):
    """What somebody types into a field of a type, well and badly, and what becomes of it."""

    typed: Any
    stored: Any
    shown: str
    bad: Any = None
    says: str = ""
    more: Mapping[str, Any] = {}
    exported: bool = True


ROWS = {
    "text": Row(" 单行 ", "单行", "单行", "长" * 201, "最多 200 字，现有 201 字"),
    "longtext": Row("两行\r\n文字", "两行\n文字", "两行\n文字", "长" * 8_001, "最多 8000 字，现有 8001 字"),
    "number": Row("１２", 12, "12 件", "十几", "请填写数字", {"unit_label": {"zh": "件", "en": "pieces"}}),
    "money": Row("1,200.5", Decimal("1200.50"), "1,200.50", "很多钱", "请填写数字"),
    "percent": Row("12.5%", Decimal("12.5"), "12.5%", "120", "不能大于（晚于）100%"),
    "date": Row("2026年2月4日", "2026-02-04", "2026-02-04", "前天", "请填写日期"),
    "time": Row("上午9点半", "09:30", "09:30", "早上", "请填写时刻"),
    "datetime": Row(
        *("2026-02-05T16:40", datetime(2026, 2, 5, 8, 40, tzinfo=UTC), "2026-02-05"),
        *("昨晚", "请填写日期和时间"),
    ),
    "duration": Row("1小时30分", 90, "1小时30分", "一会儿", "请填写时长"),
    "bool": Row("true", True, "是", None, "请填写此项"),
    "consent": Row("zh", "given", "已同意", None, "请填写此项", {"text": TEXT}, exported=False),
    "choice": Row("visit", "visit", "走访", "pigeon", "所选选项已不存在", {"options": "channels"}),
    "choices": Row(["visit"], ["visit"], "走访", ["pigeon"], "所选选项已不存在", {"options": "channels"}),
    "tree": Row(
        *("violation_fees", "violation_fees", "收费", "pigeon", "所选选项已不存在"), {"options": "categories"}
    ),
    "person": Row("cd_handler", "cd_handler", "李强", "nobody", "所选人员不存在"),
    "unit": Row("QH-CD", "QH-CD", "城东", "QH-XX", "所选单位不存在"),
    "case": Row("TS-2026-0001", "TS-2026-0001", "TS-2026-0001", "x" * 41, "最多 40 字，现有 41 字"),
    "phone": Row("０２０-88880123", "020-88880123", "020-88880123", "打不通", "电话"),
    "email": Row("li@example.cn", "li@example.cn", "li@example.cn", "li＠", "邮箱"),
    "id_number": Row(
        "11010519491231002x", "11010519491231002X", "11010519491231002X", "110105194912310021", "证件"
    ),
    "address": Row(
        *({"province": "福建省", "detail": "东街 9 号"}, "text", "福建省东街 9 号"),
        *({"province": "福建省", "detail": ""}, "地址还缺：详址"),
        {"parts": ["province", "detail"], "parts_needed": ["detail"]},
    ),
    "files": Row(PDF, list, "回单.pdf", None, "请填写此项", exported=False),
    "signature": Row("王敏", "name", "王敏", "李强", "签名须与您的姓名", {"of": "actor"}, exported=False),
    "table": Row(
        *(
            {"0-what": "项目甲"},
            [{"what": "项目甲"}],
            "项目甲",
            {"0-what": "长" * 201},
            "最多 200 字，现有 201 字",
        ),
        {"fields": [{"key": "what", "type": "text", "label": {"zh": "项目", "en": "What"}}]},
        exported=False,
    ),
}
# Nobody types these; a group and a note have no value of their own.
GIVEN: dict[str, tuple[dict[str, Any], Any, str]] = {
    "computed": ({"value": "t_number * 2", "as": "number"}, 24, "24"),
    "lookup": ({"lookup": {"of": "t_unit", "field": "name"}}, "snapshot", "城东"),
    "series": ({"numbering": "stock"}, "HD-2026-0001", "HD-2026-0001"),
}
FRAMES = {"group", "note"}
# What pages and sheets show of them until they are revealed; paper shows them whole.
MASKED = {"phone": "020****0123", "id_number": "110****002X"}


def field(kind: str, **more: Any) -> dict[str, Any]:
    label = {"zh": f"栏目{FIELD_TYPES[kind][0]}", "en": kind}
    found = {"key": f"t_{kind}", "type": kind, "label": label, "class": "personal", **more}
    if kind in SEARCHED:
        found["search"] = SEARCHED[kind][-1] if kind in GIVEN else SEARCHED[kind][0]
    return {name: value for name, value in found.items() if name in FIELD.fitting(kind)}


def every_type() -> list[dict[str, Any]]:
    asked = [field(kind, required=True, **row.more) for kind, row in ROWS.items()]
    given = [field(kind, **more) for kind, (more, _, _) in GIVEN.items()]
    return [field("note"), {**field("group"), "fields": [*asked, *given]}]


@pytest.fixture
def made(policy: Policy) -> Policy:
    """The shipped policy with a field of every type on its registration form; heads read what is public."""
    changed = copy.deepcopy(policy.definition)
    section = {"key": "sweep", "title": {"zh": "各类", "en": "Types"}, "fields": every_type()}
    next(one for one in changed["forms"] if one["key"] == "intake")["sections"].append(section)
    stock = {"key": "stock", "label": TEXT, "pattern": "HD-{yyyy}-{seq:4}", "reset": "year"}
    changed["numbering"].append(stock)
    next(one for one in changed["roles"] if one["key"] == "senior")["reads"] = ["public"]
    return publish(changed, by="setup", now=NOW)


@pytest.fixture
def clerk(made: Policy, sign_in: SignIn) -> FlaskClient:
    return sign_in("cd_clerk")


def send(clerk: FlaskClient, values: Mapping[str, Any]) -> Any:
    form = MultiDict(sent(clerk.get(ADDRESS).text, **COMPLAINT))
    for kind, value in values.items():
        if isinstance(value, Mapping):
            form.update({f"q_t_{kind}-{name}": part for name, part in value.items()})
        elif value is not None:
            form.setlist(f"q_t_{kind}", value if isinstance(value, list) else [value])
    return clerk.post(ADDRESS, data=form)


def registered(clerk: FlaskClient) -> Complaint:
    upload = clerk.post("/uploads", data={"file": (io.BytesIO(PDF), "回单.pdf")}).get_json()["id"]
    answer = send(clerk, {**{kind: row.typed for kind, row in ROWS.items()}, "files": [upload]})
    assert answer.status_code == 302, answer.text
    return Complaint.objects.get()


def test_every_type_is_here() -> None:
    assert {*ROWS, *GIVEN, *FRAMES} == set(FIELD_TYPES)


def test_every_type_is_refused_when_it_is_wrong(clerk: FlaskClient) -> None:
    answer = send(clerk, {kind: row.bad for kind, row in ROWS.items()})
    assert answer.status_code == 422
    for kind, row in ROWS.items():
        said = answer.text.split(f'id="field-t_{kind}"', 1)[1].split('id="field-', 1)[0]
        assert row.says in said, kind
    assert Complaint.objects.count() == 0


def test_every_type_is_stored_shown_printed_exported_searched_and_covered(
    clerk: FlaskClient, sign_in: SignIn, tmp_path: Path
) -> None:
    case = registered(clerk)
    values = plain_value(case.answers[0].values)
    page = clerk.get(f"/cases/{case.number}").text
    hidden = sign_in("qh_senior").get(f"/cases/{case.number}").text
    printed = whole_text(paper.form(filled_forms(case)[0]), tmp_path)
    sheet = exported(clerk)
    expected = {kind: (row.stored, row.shown, row.exported) for kind, row in ROWS.items()}
    expected |= {kind: (stored, shown, True) for kind, (_, stored, shown) in GIVEN.items()}
    for kind, (stored, shown, in_sheet) in expected.items():
        value, label = values[f"t_{kind}"], f"栏目{FIELD_TYPES[kind][0]}"
        if isinstance(stored, str) and isinstance(value, dict):
            assert stored in value, kind
        else:
            assert isinstance(value, list) if stored is list else value == stored, kind
        seen = MASKED.get(kind, shown)
        assert seen in after(page, label), kind
        assert all(part in printed for part in shown.split()), kind
        assert label in printed, kind
        assert "您的岗位不能查看此项" in after(hidden, label), kind
        assert (label in sheet) == in_sheet, kind
        if in_sheet:
            assert seen.split("\n")[0] in sheet[label].replace("'", ""), kind
    assert_searched(case)


def after(page: str, label: str) -> str:
    """What the page shows under a label."""
    return page.split(f"<dt>{label}</dt>", 1)[1].split("<dt>", 1)[0]


def exported(clerk: FlaskClient) -> dict[str, str]:
    """The row of the only case in the exported list, by column."""
    book = load_workbook(io.BytesIO(clerk.get("/cases.xlsx").data))
    head, row = (list(line) for line in book.worksheets[0].iter_rows(values_only=True))
    return {str(name): str(value) for name, value in zip(head, row, strict=True)}


def assert_searched(case: Complaint) -> None:
    """By words through the list, by value or by range through the index of values."""
    indexed = {row["k"] for row in case.attrs}
    sight = sight_of(Person.get("cd_clerk"))
    for kind, ways in SEARCHED.items():
        way = ways[-1] if kind in GIVEN else ways[0]
        if way != "text":
            assert f"t_{kind}" in indexed, kind
            continue
        words = ROWS[kind].shown.split("\n")[0]
        found = case_page(sight, Filters(words=words), now=NOW)
        assert [row["number"] for row in found.rows] == [case.number], kind
