"""Every type of field, from the page through the database to the case page, the paper and the letter."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from bson import Decimal128
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from documents import blind_index
from documents.actions import registration
from documents.audit import AuditEntry
from documents.case_parts import AnswerSet, plain_value
from documents.complaint import Complaint
from documents.dossier import filled_forms
from documents.dossier_letters import letter_paper
from documents.moved_cases import newest_answers
from documents.person import Person
from documents.policy import Policy, publish
from documents.queries import Filters, case_page
from documents.rules.stamping import digest_of_answers
from documents.sequence import Sequence
from documents.sight import sight_of
from documents.unit import Unit
from pdf import paper
from tests import everything
from tests.conftest import FOUNDED
from tests.drawing import blank, strokes
from tests.pdf.reading import whole_text
from tests.portal.conftest import NOW, Register, SignIn
from tests.portal.samples import COMPLAINT, PDF, hidden
from tests.portal.stand_ins import deputising

Fill = Callable[..., Any]


@pytest.fixture
def case(policy: Policy) -> Complaint:
    """A case of the outlet Chengdong under the policy with every type."""
    Unit.objects(id="QH-CD").update(set__head="cd_head")
    made = publish(everything.definition(), by="setup", now=FOUNDED)
    clerk = Person.get("cd_clerk")
    return registration.register(made, "complaint", COMPLAINT, actor=clerk, now=NOW, submission="first")


@pytest.fixture
def clerk(sign_in: SignIn) -> FlaskClient:
    return sign_in("cd_clerk")


@pytest.fixture
def address(case: Complaint) -> str:
    return f"/cases/{case.number}/steps/{everything.STEP}"


@pytest.fixture
def fill(clerk: FlaskClient, address: str) -> Fill:
    """Send the form as a browser would, with changes; None leaves a field out."""

    def run(**changes: Any) -> Any:
        page = clerk.get(address).text
        typed = {key: value for key, value in {**everything.TYPED, **changes}.items() if value is not None}
        names = {name: hidden(page, name) for name in ("form_owner", "submission", "turn", "seen")}
        form = MultiDict(names)
        for key, value in typed.items():
            form.setlist(f"q_{key}", value if isinstance(value, list) else [value])
        return clerk.post(address, data=form)

    return run


def kept(case: Complaint) -> AnswerSet:
    found = newest_answers(Complaint.get(case.number), everything.KEY)
    assert found is not None
    return found


def test_every_type_has_a_widget_with_its_label_its_help_and_the_right_keyboard(
    clerk: FlaskClient, address: str
) -> None:
    page = clerk.get(address).text
    for name, more in {
        "rate": 'inputmode="decimal"',
        "pieces": 'inputmode="numeric"',
        "at_counter": 'type="time"',
        "begins": 'type="date"',
        "noticed_at": 'type="datetime-local"',
        "card": 'inputmode="numeric"',
        "plate": 'placeholder="粤A12345"',
        "agreed": 'type="checkbox"',
    }.items():
        tag = page[: page.index(f'name="q_{name}"')].rsplit("<", 1)[1] + page.split(f'name="q_{name}"', 1)[1]
        assert more in f"{tag.split('>')[0]} ", name
        assert f'for="q_{name}"' in page
    assert everything.CONSENT["zh"].split("\n")[1] in page
    assert "编号在提交时生成 · 例如 HD-2026-0001" in page
    assert 'min="2025-01-20" max="2026-02-24"' in page
    assert "客户与账户" in page
    assert "旧栏目" not in page
    assert 'data-exclusive="none"' in page


def test_what_people_type_is_kept_in_native_types(case: Complaint, fill: Fill) -> None:
    answer = fill()
    assert answer.status_code == 302, answer.text
    values = kept(case).values
    assert values["pieces"] == 3
    assert values["disputed"] == Decimal128("1200.50")
    assert values["rate"] == Decimal128("12.5")
    assert values["waited"] == 90
    assert values["begins"] == "2026-02-04"
    assert values["at_counter"] == "09:30"
    assert values["noticed_at"] == datetime(2026, 2, 5, 8, 40, tzinfo=UTC)
    assert values["credit_code"] == "91350100M000100Y43"
    assert values["card"] == "4111111111111111"
    assert values["plate"] == "粤AD12345"
    assert values["telephone"] == "020-88880123"
    assert values["identity"] == "11010519491231002X"
    assert values["wishes"] == ["refund", "apology"]
    assert values["home"]["text"] == "福建省福州市鼓楼区东街街道八一七北路 1 号"
    assert values["home"]["county"] == "鼓楼区"
    assert values["place"] == "清河县城东路 1 号"
    assert values["urgent"] is True
    assert values["total"].to_decimal() == Decimal("1200.5")
    assert [row["what"] for row in values["losses"]] == ["手续费", "误工费"]
    assert values["losses"][0] == {
        "what": "手续费",
        "owed": Decimal128("5.00"),
        "paid": Decimal128("5.00"),
        "share": Decimal128("50"),
        "lasted": 45,
        "day": "2026-02-04",
        "why": "visit",
    }
    assert "why" not in values["losses"][1]
    assert values["visits"][0]["where"] == {
        "county": "城关镇",
        "detail": "1 号柜台",
        "text": "城关镇1 号柜台",
    }


def test_what_the_server_stamps(case: Complaint, fill: Fill) -> None:
    fill()
    values = kept(case).values
    text = everything.CONSENT["zh"]
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert values["agreed"] == {"given": True, "language": "zh", "sha256": digest, "at": NOW}
    assert {key: values["signed"][key] for key in ("name", "by", "at")} == {
        "name": "王 敏",
        "by": "cd_clerk",
        "at": NOW,
    }
    assert values["signed"]["sha256"] == digest_of_answers(everything.FORM, plain_value(values))
    assert values["register_number"] == "HD-2026-0001"
    assert values["unit_head"]["snapshot"] == "周涛"
    assert (values["unit_head"]["of"], values["unit_head"]["id"]) == ("unit", "QH-CD")


def test_a_form_that_is_opened_again_hides_and_keeps_what_its_filler_may_not_read(
    case: Complaint, clerk: FlaskClient, address: str, fill: Fill
) -> None:
    closed = {"telephone": "020-88880123", "mail": "li@example.cn", "identity": "11010519491231002X"}
    fill()
    page = clerk.get(address).text
    assert 'value="福建省"' in page, "what the clerk may read is proposed"
    assert "4111111111111111" not in page, "but not what lies under a mask"
    assert not [one for one in (*closed.values(), "赵保安") if one in page]
    assert page.count("留空则保持不变") == 3
    assert page.count("提交后保持不变；要修改，先查看完整内容。") == 1
    assert page.count("提交后保持不变。") == 1
    told = fill(**dict.fromkeys(closed, ""), **{"visits-0-guard": "", "visits-0-where-detail": "2 号"})
    assert told.status_code == 302
    values = kept(case).values
    assert {key: values[key] for key in closed} == closed
    assert [row["guard"] for row in values["visits"]] == ["赵保安"]
    assert Complaint.get(case.number).facts()["telephone"] == closed["telephone"]
    assert fill(telephone="020-88880124").status_code == 302
    assert kept(case).values["telephone"] == "020-88880124"


def test_a_number_is_taken_only_when_the_form_is_kept(case: Complaint, fill: Fill) -> None:
    assert fill(headline="").status_code == 422
    assert Sequence.collection().count_documents({"_id": {"$regex": r"stock:2026$"}}) == 0
    assert fill().status_code == 302
    assert fill().status_code == 302
    assert kept(case).values["register_number"] == "HD-2026-0002"


def test_what_is_searched_stands_typed_in_the_index(case: Complaint, fill: Fill) -> None:
    fill()
    found = {(row["k"], str(row["v"])) for row in Complaint.get(case.number).attrs}
    assert {
        ("rate", "12.5"),
        ("waited", "90"),
        ("pieces", "3"),
        ("begins", "2026-02-04"),
        ("credit_code", str(blind_index.answer("91350100M000100Y43"))),
        ("register_number", str(blind_index.answer("HD-2026-0001"))),
        ("wishes", str(blind_index.answer("refund"))),
        ("visits.where", str(blind_index.answer("城关镇1 号柜台"))),
    } <= found
    sight = sight_of(Person.get("cd_clerk"))
    numbers = [row["number"] for row in case_page(sight, Filters(words="八一七北路"), now=NOW).rows]
    assert numbers == [case.number]


@pytest.mark.parametrize(
    ("changes", "says", "typed"),
    [
        ({"rate": "一半"}, "请填写数字", 'value="一半"'),
        ({"rate": "120"}, "不能大于（晚于）100%", 'value="120"'),
        ({"pieces": "2.5"}, "请填写整数", 'value="2.5"'),
        ({"waited": "一会儿"}, "请填写时长", 'value="一会儿"'),
        ({"at_counter": "早上"}, "请填写时刻", 'value="早上"'),
        ({"at_counter": "7:30"}, "不能小于（早于）08:00", 'value="7:30"'),
        ({"begins": "前天"}, "请填写日期", 'value="前天"'),
        ({"begins": "2024-01-01"}, "不能小于（早于）", 'value="2024-01-01"'),
        ({"begins": "2026-02-21"}, "开始不能晚于结束。", 'value="2026-02-21"'),
        ({"noticed_at": "昨晚"}, "请填写日期和时间", 'value="昨晚"'),
        ({"credit_code": "91350100M000100Y44"}, "统一社会信用代码不正确", 'value="91350100M000100Y44"'),
        ({"card": "4111111111111112"}, "银行卡号不正确", 'value="4111111111111112"'),
        ({"wishes": ["none", "refund"]}, "“以上都不是”不能与其他选项同时选择", 'value="none" id="q_wishes"'),
        ({"wishes": ["refund", "apology", "explain"]}, "最多选择 2 项，现选 3 项", 'value="explain" checked'),
        ({"losses-0-paid": "6"}, "已付不能多于应付。", 'name="q_losses-0-paid" id="q_losses-0-paid"'),
        ({"losses-2-what": "手续费"}, "与上面的行重复", 'name="q_losses-1-what"'),
        ({"agreed": None}, "请填写此项", 'id="field-agreed"'),
        ({"signed": "李强"}, "签名须与您的姓名“王敏”一致", 'value="李强"'),
        ({"home-province": "", "home-detail": ""}, "地址还缺：省、详址", 'value="鼓楼区"'),
        ({"way": "pigeon"}, "所选选项已不存在", "pigeon"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_stays_as_typed(
    fill: Fill, changes: dict[str, Any], says: str, typed: str
) -> None:
    answer = fill(**changes)
    assert answer.status_code == 422
    assert says in answer.text
    if "checked" not in typed and "wishes" not in typed and "pigeon" not in typed:
        assert typed in answer.text


def test_the_form_is_as_clear_in_english(clerk: FlaskClient, fill: Fill) -> None:
    Person.objects(id="cd_clerk").update(set__language="en")
    page = fill(rate="half", begins="2026-02-21", agreed=None).text
    for text in ("Please enter a number", "Begins after its end.", "I may withdraw this at any time."):
        assert text in page
    assert "The number is given on submission · such as HD-2026-0001" in page


def test_a_consent_given_in_english_is_kept_with_the_english_text(case: Complaint, fill: Fill) -> None:
    fill(agreed="en")
    digest = hashlib.sha256(everything.CONSENT["en"].encode()).hexdigest()
    assert kept(case).values["agreed"]["sha256"] == digest


def test_an_address_offers_what_the_readers_own_cases_say(
    case: Complaint, clerk: FlaskClient, fill: Fill, address: str, sign_in: SignIn
) -> None:
    fill()
    used = f"/lookups/places/{everything.KEY}/home"
    assert used in clerk.get(address).text
    offered = clerk.get(used).get_json()
    assert offered["county"] == ["鼓楼区"]
    assert "detail" not in offered
    assert sign_in("hk_clerk").get(used).get_json()["county"] == []
    with deputising("cd_clerk", "hk_clerk"):
        assert sign_in("hk_clerk").get(used).get_json()["county"] == ["鼓楼区"]
    noted = AuditEntry.objects.get(verb="search").facts
    assert (noted["way"], noted["instead_of"]) == ("value", "cd_clerk")
    again = clerk.get(address).text
    assert 'value="八一七北路 1 号"' in again
    Complaint.collection().update_one({"number": case.number}, {"$set": {"answers.1.values.home": "旧住址"}})
    assert "旧住址" in clerk.get(f"/cases/{case.number}").text
    assert 'name="q_home-detail" id="q_home-detail" value="旧住址"' in clerk.get(address).text


def test_a_hidden_group_leaves_nothing_anywhere(
    case: Complaint, clerk: FlaskClient, fill: Fill, tmp_path: Path
) -> None:
    assert fill(way="letter").status_code == 302
    values = kept(case).values
    gone = {"pieces", "disputed", "rate", "waited", "begins", "at_counter", "noticed_at", "losses", "total"}
    assert not gone & set(values)
    assert not gone & {row["k"] for row in Complaint.get(case.number).attrs}
    printed = whole_text(paper.form(filled_forms(Complaint.get(case.number))[-1]), tmp_path)
    page = clerk.get(f"/cases/{case.number}").text
    for text in ("费率", "等候时长", "误工费"):
        assert text not in printed
        assert text not in page


def test_files_are_counted_and_weighed_by_the_server(clerk: FlaskClient, fill: Fill) -> None:
    def uploaded(name: str, content: bytes) -> str:
        sent = clerk.post("/uploads", data={"file": (io.BytesIO(content), name)})
        assert sent.status_code == 200, sent.text
        return str(sent.get_json()["id"])

    small, other = uploaded("回单.pdf", PDF), uploaded("说明.txt", "说明".encode())
    large = uploaded("大.pdf", PDF + b"%" * (1024 * 1024))
    assert "最多上传 2 个附件，现有 3 个" in fill(proofs=[small, other, large]).text
    assert "说明.txt 的类型不在允许之列（.pdf、.jpg）" in fill(proofs=[other]).text
    assert "大.pdf 有 1.0 MB，超过单个 1 MB 的上限" in fill(proofs=[large]).text
    assert fill(proofs=[small]).status_code == 302


def test_a_signature_is_drawn_kept_shown_and_printed(
    case: Complaint, clerk: FlaskClient, fill: Fill, sign_in: SignIn
) -> None:
    def drawn(content: bytes, by: FlaskClient = clerk) -> Any:
        return by.post("/uploads/drawings", data={"file": (io.BytesIO(content), "x.png")})

    assert drawn(blank()).status_code == 409
    mine, other = drawn(strokes()).get_json()["id"], sign_in("hk_clerk")
    theirs = drawn(strokes(), other).get_json()["id"]
    sent = {"customer_sign": "", "customer_sign-drawn": mine}
    # It survives what is wrong elsewhere, and stays its maker's until it is sent.
    again = fill(headline="", **sent)
    assert again.status_code == 422
    assert f'name="q_customer_sign-drawn" value="{mine}"' in again.text
    assert f'data-drawn="/uploads/drawings/{mine}"' in again.text
    assert clerk.get(f"/uploads/drawings/{mine}").data == strokes()
    assert other.get(f"/uploads/drawings/{mine}").status_code == 404
    assert "手写签名已不存在" in fill(**{**sent, "customer_sign-drawn": theirs}).text
    pdf = clerk.post("/uploads", data={"file": (io.BytesIO(PDF), "回单.pdf")}).get_json()["id"]
    assert "手写签名已不存在" in fill(**{**sent, "customer_sign-drawn": pdf}).text
    assert "签名须与您的姓名" in fill(**{"signed": "李强", "signed-drawn": mine}).text
    assert fill(**sent, **{"signed": "", "signed-drawn": mine}).status_code == 302
    full = Complaint.get(case.number)
    values = kept(case).values
    assert values["signed"]["name"] == "王敏"
    assert values["customer_sign"]["name"] == ""
    assert values["customer_sign"]["drawn"]["sha256"] == hashlib.sha256(strokes()).hexdigest()
    assert not full.attachments
    page = f"/cases/{case.number}/drawings/{values['customer_sign']['drawn']['file_id']}"
    assert f'src="{page}"' in clerk.get(f"/cases/{case.number}").text
    shown = clerk.get(page)
    assert (shown.mimetype, shown.data) == ("image/png", strokes())
    assert other.get(page).status_code == 404
    assert clerk.get(f"/cases/{case.number}/drawings/{full.id}").status_code == 404
    with pikepdf.open(io.BytesIO(paper.form(filled_forms(full)[-1]))) as printed:
        assert any(len(one.get_images()) for one in printed.pages)


def test_who_may_not_read_a_field_sees_its_mask(
    case: Complaint, clerk: FlaskClient, fill: Fill, sign_in: SignIn
) -> None:
    fill()
    page = clerk.get(f"/cases/{case.number}").text
    for secret, shown in MASKED.items():
        assert secret not in page, secret
        assert shown in page, shown
    assert "4111111111111111" not in page  # personal: whoever works on the case reads it, for a reason
    assert "4111111111111111" in revealed(clerk, case)
    reader = revealed(sign_in("intake_clerk"), case)
    for secret, shown in MASKED.items():
        assert secret in reader
        assert shown not in reader


def revealed(browser: FlaskClient, case: Complaint) -> str:
    """The page of the case after everything under a mask was asked for."""
    ask = f"/cases/{case.number}/reveal"
    fields = re.findall(r'name="fields" value="(\w+)"', browser.get(ask).text)
    browser.post(ask, data={"fields": fields, "usual": "核对账户或交易"})
    return browser.get(f"/cases/{case.number}").text


MASKED = {
    "020-88880123": "020****0123",
    "li@example.cn": "l****@example.cn",
    "11010519491231002X": "110****002X",
    "赵保安": "赵**",
}


def test_a_lookup_is_read_by_the_server_and_with_the_rights_of_the_reader(
    case: Complaint, clerk: FlaskClient, fill: Fill, register: Register
) -> None:
    mine, theirs = register(title="城东旧案"), register("hk_clerk", title="河口旧案")
    field = f"/lookups/value/{everything.KEY}/1/{everything.KEY}/earlier_title"
    assert clerk.get(f"{field}?key={mine.number}").get_json() == {"words": "城东旧案", "value": "城东旧案"}
    assert clerk.get(f"{field}?key={theirs.number}").get_json() == {"words": "", "value": None}
    assert clerk.get(f"{field}?key=nothing").get_json() == {"words": "", "value": None}
    assert not AuditEntry.objects(verb="search")
    with deputising("hk_clerk", "cd_clerk"):  # who reads what the absent would, which is noted
        assert clerk.get(f"{field}?key={theirs.number}").get_json()["words"] == "河口旧案"
        noted = AuditEntry.objects.get(verb="search").facts
        assert (noted["cases"], noted["instead_of"]) == ([theirs.number], "hk_clerk")
    fill(earlier=mine.number, earlier_title="骗人的")
    assert kept(case).values["earlier_title"]["snapshot"] == "城东旧案"
    fill(earlier=theirs.number)
    assert "earlier_title" not in kept(case).values


def test_a_snapshot_stays_as_it_was(case: Complaint, clerk: FlaskClient, fill: Fill) -> None:
    fill()
    Unit.objects(id="QH-CD").update(set__head="cd_handler")
    assert "周涛" in clerk.get(f"/cases/{case.number}").text


def test_the_case_page_the_paper_and_the_letter_say_it_in_words(
    case: Complaint, clerk: FlaskClient, fill: Fill, tmp_path: Path
) -> None:
    fill()
    full = Complaint.get(case.number)
    page = clerk.get(f"/cases/{case.number}").text
    printed = whole_text(paper.form(filled_forms(full)[-1]), tmp_path)
    for text in (
        "12.5%",
        "1小时30分",
        "09:30",
        "3 件",
        "周涛",
        "HD-2026-0001",
        "粤AD12345",
        "45分钟",
        "城关镇1 号柜台",
    ):
        assert text in page, text
        assert text.replace(" ", "") in printed, text
    assert "福建省福州市鼓楼区东街街道八一七北路 1 号" in page
    assert "福建省福州市鼓楼区东街街道八一七北路1号" in printed
    assert "已同意 · 2026-02-24 周二 09:02" in page
    for text in ("本同意可随时撤回", "已同意2026-02-2409:02", "签名时内容摘要", "客户与账户", "李小明"):
        assert text in printed, text
    written = whole_text(paper.letter(letter_paper(full, full.letters[-1])), tmp_path)
    expected = (
        "编号HD-2026-0001，费率12.5%，等候1小时30分，09:30到柜，金额1,200.50元，3件，"
        "负责人周涛，关联——，签名王敏，住址福建省福州市鼓楼区东街街道八一七北路1号"
    )
    assert expected in written


def test_a_field_that_was_retired_later_is_still_shown_and_printed(
    case: Complaint, clerk: FlaskClient, tmp_path: Path
) -> None:
    full = Complaint.get(case.number)
    full.answers.append(
        AnswerSet(
            form=everything.KEY, seq=2, transition=everything.STEP, by="cd_clerk", at=NOW, policy_version=1
        )
    )
    full.answers[-1].values = {"old_note": "当年填写的内容"}
    full.save()
    assert "当年填写的内容" in clerk.get(f"/cases/{case.number}").text
    assert "当年填写的内容" in whole_text(paper.form(filled_forms(full)[-1]), tmp_path)
