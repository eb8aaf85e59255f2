"""The report page: reads like a document, each number leads to its cases, frozen it stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from documents.actions import confiding, duties
from documents.actions.confiding import Asked
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.duty import Duty
from documents.person import Person
from documents.report import Report
from documents.report_paper import report_paper
from jobs import queues
from jobs import surroundings as house
from jobs.surroundings import Surroundings
from tests.conftest import DATABASE_NAME, FOUNDED
from tests.documents.test_paths import RESULT, SUPERVISED, TREATED, UNSOLVED
from tests.portal.conftest import Perform, Register, SignIn
from tests.portal.samples import COMPLAINT

JUNE = datetime(2026, 6, 8, 2, tzinfo=UTC)
MAY = datetime(2026, 5, 4, 2, tzinfo=UTC)
ASKED = {"unit": "QH", "year": "2026", "key": "half_year"}
ADDRESS = "/admin/reports/p01:half_year:2026:QH"
MEASURE = "公示牌每月核对"


@pytest.fixture(autouse=True)
def june(app: Flask, mongo_uri: str, valkey_url: str, tmp_path: Path) -> Iterator[None]:
    """It is June, and jobs have a house."""
    app.config["CLOCK"] = lambda: JUNE
    house._told[:] = [Surroundings(mongo_uri, DATABASE_NAME, valkey_url, folder=tmp_path)]
    yield
    house._told.clear()


@pytest.fixture
def head(register: Register, perform: Perform, sign_in: SignIn) -> FlaskClient:
    """The head of intake, with two complaints of the half-year, one resolved."""
    case = perform(register(now=MAY, received_at=MAY.isoformat()), "solve", "cd_clerk", now=MAY, **TREATED)
    perform(case, "pass_filing", "intake_clerk", now=MAY, review_opinion="同意。")
    register(now=MAY, received_at=MAY.isoformat(), category="service_waiting")
    return sign_in("intake_head")


def drafted(client: FlaskClient, **changes: Any) -> Report:
    client.post("/admin/reports/draft", data={**ASKED, **changes})
    return Report.objects.get()


def frozen(client: FlaskClient) -> Report:
    report = drafted(client)
    client.post(f"{ADDRESS}/freeze", data={"revision": report.revision, "confirmed": "yes"})
    return Report.objects.get()


def test_the_page_says_what_is_due_and_offers_the_policys_period(head: FlaskClient) -> None:
    duties.plan(now=FOUNDED)
    text = head.get("/admin/reports/?year=2026").text
    assert "上半年投诉管理运行报告" in text
    assert "统计期间 2026-01-01 至 2026-05-31" in text
    assert "须于 2026-06-15 周一 前报送" in text


def test_a_draft_reads_like_a_document_with_charts_and_links(head: FlaskClient) -> None:
    drafted(head)
    text = head.get(ADDRESS).text
    assert "2026年上半年投诉管理运行报告" in text
    assert "本期受理投诉次数2件。" in text
    assert f'href="{ADDRESS}/cases/accepted">2</a>' in text
    assert '<svg class="chart"' in text
    assert "本系统默认" in text


def test_a_number_leads_to_its_cases(head: FlaskClient) -> None:
    drafted(head)
    every = head.get(f"{ADDRESS}/cases/accepted").text
    assert "报告中的数字：2。" in every
    waiting = Complaint.objects(category="service_waiting").get()
    narrow = head.get(f"{ADDRESS}/cases/by_category?group=service_waiting").text
    assert waiting.number in narrow
    assert Complaint.objects(category__ne="service_waiting").first().number not in narrow
    assert head.get(f"{ADDRESS}/cases/nonsense").status_code == 404


def test_cases_out_of_sight_are_neither_shown_nor_counted_apart(head: FlaskClient) -> None:
    drafted(head)
    hidden = Complaint.objects(category="service_waiting").get()
    Complaint.collection().update_one({"_id": hidden.id}, {"$set": {"recused": ["intake_head"]}})
    text = head.get(f"{ADDRESS}/cases/accepted").text
    assert hidden.number not in text
    assert "不在您的查看范围内" not in text
    page = head.get(ADDRESS).text
    assert hidden.number not in page
    assert "不在您的查看范围内" not in page


def test_words_are_edited_and_numbers_are_not(head: FlaskClient) -> None:
    report = drafted(head)
    assert "数字由统计得出，不能手工改" in head.get(f"{ADDRESS}/edit").text
    form = {"revision": report.revision, "section-causes": "公示牌更新不及时。", "figure-accepted": "99"}
    head.post(f"{ADDRESS}/edit", data=form)
    text = head.get(ADDRESS).text
    assert "公示牌更新不及时。" in text
    assert "由 黄伟 改写" in text
    assert Report.objects.get().figure("accepted").value == "2"


def test_who_was_slower_keeps_what_was_typed(head: FlaskClient, sign_in: SignIn) -> None:
    report = drafted(head)
    sign_in("intake_clerk").post(
        f"{ADDRESS}/edit", data={"revision": report.revision, "section-causes": "甲"}
    )
    answer = head.post(f"{ADDRESS}/edit", data={"revision": report.revision, "section-causes": "乙方的话"})
    assert answer.status_code == 409
    assert "报告已被他人更改，没有保存" in answer.text
    assert "乙方的话" in answer.text


def test_freezing_asks_first_then_prints_and_fulfils_the_duty(head: FlaskClient) -> None:
    duties.plan(now=FOUNDED)
    report = drafted(head)
    asked = head.post(f"{ADDRESS}/freeze", data={"revision": report.revision})
    assert "确定定稿吗" in asked.text
    assert Report.objects.get().state == "draft"
    report = frozen(head)
    assert report.state == "frozen"
    assert "正在生成 PDF" in head.get(ADDRESS).text
    queues.worker().work(burst=True, logging_level="WARNING")
    assert "打开 PDF" in head.get(f"{ADDRESS}/progress").text
    assert head.get(f"{ADDRESS}/file.pdf").data.startswith(b"%PDF-")
    (listed,) = Report.objects.get().listed
    assert noted("intake_head", "export") == [{listed}]
    assert {listed} in noted("intake_head", "read_list")
    confiding.confide(listed, Asked(Person.get("cd_head"), JUNE, "举报人要求"))
    Complaint.objects(number=listed).update(pull__known_to="intake_head")
    refused = head.get(f"{ADDRESS}/file.pdf")  # what it lists became confidential since
    assert (refused.status_code, "报告载明了您不能查看的投诉" in refused.text) == (409, True)
    assert (
        Duty.objects.get(key="half_year_report", due_at__lt=datetime(2026, 7, 1, tzinfo=UTC)).state == "done"
    )


def test_a_confidential_case_counts_in_the_figures_and_in_nothing_else(head: FlaskClient) -> None:
    report = drafted(head)
    (listed,) = report.listed
    paper = str(report_paper(report))
    assert (listed in paper, COMPLAINT["title"] in paper) == (True, False)  # it leaves the house
    confiding.confide(listed, Asked(Person.get("cd_head"), JUNE, "举报人要求"))
    report = drafted(head)
    assert (report.listed, listed in str(report_paper(report))) == ([], False)
    assert report.figure("accepted").value == "2"
    tables = {table.key: [row.cells[0] for row in table.rows] for table in report.tables}
    assert (tables["by_category"], tables["by_channel"], tables["by_unit"]) == (["1"], ["1"], ["1"])
    paper = str(report_paper(report))
    assert all(words in paper for words in ("尚有1件未办结，未逐件列出", "保密案件只计入指标"))
    assert "保密案件只计入指标" in head.get(ADDRESS).text


def noted(who: str, verb: str) -> list[set[str]]:
    """The cases of which a page of reports, or its file, told somebody."""
    found = AuditEntry.objects(by=who, verb=verb)
    return [set(one.facts["cases"]) for one in found if one.facts.get("way") == "report"]


def test_words_of_a_case_are_read_by_whom_the_case_admits(
    head: FlaskClient, sign_in: SignIn, perform: Perform
) -> None:
    """Quotes and lists leave out what is kept from the drafter; what is kept from a reader closes it."""
    quoted = perform(Complaint.objects(status="open").get(), "report", "cd_clerk", now=MAY, **UNSOLVED)
    quoted = perform(quoted, "supervise", "intake_clerk", now=MAY, **SUPERVISED)
    quoted = perform(quoted, "sign", "qs_handler", now=MAY)
    perform(quoted, "reply", "qs_handler", now=MAY, **RESULT, measures=MEASURE)
    Complaint.collection().update_one({"_id": quoted.id}, {"$set": {"recused": ["intake_head"]}})
    assert MEASURE not in str(drafted(head).to_mongo())
    sign_in("intake_clerk").post("/admin/reports/draft", data=ASKED)
    report = Report.objects.get()
    assert [one.cases for one in report.sections if one.key == "measures"] == [[quoted.number]]
    assert MEASURE in sign_in("intake_clerk").get(ADDRESS).text
    other = set(report.listed) - {quoted.number}
    assert noted("intake_clerk", "read_list") == [{quoted.number} | other]
    for address in (ADDRESS, f"{ADDRESS}/edit"):
        text = head.get(address).text
        assert MEASURE not in text
        assert quoted.number not in text
    form = {"revision": report.revision, "section-measures": "改"}
    assert head.post(f"{ADDRESS}/edit", data=form).status_code == 409
    Report.collection().update_one({}, {"$set": {"file_id": "f", "sha256": "0" * 64, "state": "frozen"}})
    assert head.get(f"{ADDRESS}/file.pdf").status_code == 409
    Report.collection().update_one({}, {"$unset": {"listed": 1}})  # as reports were kept before
    assert head.get(f"{ADDRESS}/file.pdf").status_code == 409
    assert quoted.number not in head.get(ADDRESS).text


def test_a_frozen_report_shows_the_same_numbers_after_the_cases_changed(head: FlaskClient) -> None:
    frozen(head)
    before = head.get(ADDRESS).text
    Complaint.collection().delete_one({"category": "service_waiting"})
    after = head.get(ADDRESS).text
    assert f'href="{ADDRESS}/cases/accepted">2</a>' in after
    numbers = '<td class="figure">'
    assert before.count(numbers) == after.count(numbers)
    assert "报告以定稿时的数字为准" in head.get(f"{ADDRESS}/cases/accepted").text


def test_a_frozen_report_cannot_be_edited_or_counted_anew(head: FlaskClient) -> None:
    report = frozen(head)
    for address, form in (
        (f"{ADDRESS}/edit", {"revision": report.revision, "section-causes": "改"}),
        ("/admin/reports/draft", ASKED),
        (f"{ADDRESS}/freeze", {"revision": report.revision, "confirmed": "yes"}),
    ):
        answer = head.post(address, data=form)
        assert answer.status_code == 409
        assert "报告已定稿，不能再改。" in answer.text


def test_a_report_is_no_way_to_ask_for_one_day(head: FlaskClient, app: Flask) -> None:
    """The days are the policy's; counted again tomorrow, an early draft tells nothing of a kept case."""
    report = drafted(head, first="2026-05-04", cut_off="2026-05-04")
    assert (report.first, report.cut_off) == ("2026-01-01", "2026-05-31")
    kept = Complaint.objects(category="service_waiting").get()
    Complaint.collection().update_one({"_id": kept.id}, {"$set": {"recused": ["intake_head"]}})
    assert drafted(head).figure("accepted").value == "2"
    app.config["CLOCK"] = lambda: MAY + timedelta(days=9)
    early = drafted(head)
    assert (early.figure("accepted").value, early.listed) == ("1", [])
    text = head.get(ADDRESS).text
    assert "统计截止日 2026-05-31 尚未结束" in text
    assert "起草人须回避的案件不计入" in text


@pytest.mark.parametrize("who", ["cd_clerk", "cd_handler", "archivist", "admin"])
def test_who_may_not_report_finds_no_reports(head: FlaskClient, sign_in: SignIn, who: str) -> None:
    drafted(head)
    for address in ("/admin/reports/", ADDRESS, f"{ADDRESS}/cases/accepted"):
        assert sign_in(who).get(address).status_code in (302, 403, 404), address


def test_another_offices_report_does_not_exist(head: FlaskClient, sign_in: SignIn) -> None:
    drafted(head)
    office = sign_in("bs_officer")
    assert office.get(ADDRESS).status_code == 404
    assert office.post(f"{ADDRESS}/freeze", data={"revision": 1}).status_code == 404


def test_the_report_speaks_english(head: FlaskClient) -> None:
    drafted(head)
    Person.objects(id="intake_head").update(language="en")
    text = head.get(ADDRESS).text
    assert "Half-year report" in text
    assert "Complaints accepted" in text
    assert "Freeze" in text
