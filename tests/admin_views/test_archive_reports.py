"""The report page: reads like a document, each number leads to its cases, frozen it stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from documents.actions import confiding, duties
from documents.actions.confiding import Asked
from documents.blind_index import called
from documents.complaint import Complaint
from documents.duty import Duty
from documents.person import Person
from documents.report import Report
from documents.report_paper import report_paper
from jobs import queues
from jobs import surroundings as house
from jobs.surroundings import Surroundings
from tests.conftest import DATABASE_NAME, FOUNDED
from tests.documents.test_paths import TREATED
from tests.portal.conftest import Perform, Register, SignIn

JUNE = datetime(2026, 6, 8, 2, tzinfo=UTC)
MAY = datetime(2026, 5, 4, 2, tzinfo=UTC)
ASKED = {"unit": "QH", "year": "2026", "key": "half_year"}
ADDRESS = "/admin/reports/p01:half_year:2026:QH"


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
    assert 'name="cut_off" value="2026-05-31"' in text
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
    assert "按同一条件查到 2 件" in every
    waiting = Complaint.objects(category="service_waiting").get()
    narrow = head.get(f"{ADDRESS}/cases/by_category?group=service_waiting").text
    assert waiting.number in narrow
    assert Complaint.objects(category__ne="service_waiting").first().number not in narrow
    assert head.get(f"{ADDRESS}/cases/nonsense").status_code == 404


def test_cases_out_of_sight_are_counted_not_shown(head: FlaskClient) -> None:
    drafted(head)
    hidden = Complaint.objects(category="service_waiting").get()
    Complaint.collection().update_one({"_id": hidden.id}, {"$set": {"recused": ["intake_head"]}})
    text = head.get(f"{ADDRESS}/cases/accepted").text
    assert hidden.number not in text
    assert "其中 1 件不在您的查看范围内，没有列出。" in text
    page = head.get(ADDRESS).text
    assert hidden.number not in page
    assert "此件不在您的查看范围内" in page


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
    (listed,) = Report.objects.get().named
    confiding.confide(listed, Asked(Person.get("cd_head"), JUNE, "举报人要求"))
    Complaint.objects(number=listed).update(pull__known_to="intake_head")
    refused = head.get(f"{ADDRESS}/file.pdf")  # what it lists became confidential since
    assert (refused.status_code, "1 件现在保密" in refused.text) == (409, True)
    assert (
        Duty.objects.get(key="half_year_report", due_at__lt=datetime(2026, 7, 1, tzinfo=UTC)).state == "done"
    )


def test_a_report_lists_a_confidential_case_by_its_mark(head: FlaskClient) -> None:
    (listed,) = drafted(head).named
    confiding.confide(listed, Asked(Person.get("cd_head"), JUNE, "举报人要求"))
    report = drafted(head)
    assert (
        report.named,
        listed in str(report_paper(report)),
        called(listed) in str(report_paper(report)),
    ) == (
        [],
        False,
        True,
    )


def test_a_frozen_report_shows_the_same_numbers_after_the_cases_changed(head: FlaskClient) -> None:
    frozen(head)
    before = head.get(ADDRESS).text
    Complaint.collection().delete_one({"category": "service_waiting"})
    after = head.get(ADDRESS).text
    assert f'href="{ADDRESS}/cases/accepted">2</a>' in after
    assert before.count("<tr>") == after.count("<tr>")
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


def test_a_draft_before_the_cut_off_is_marked(head: FlaskClient) -> None:
    drafted(head, cut_off="2026-06-30")
    assert "统计截止日 2026-06-30 尚未结束" in head.get(ADDRESS).text


def test_a_reversed_period_is_refused_with_words(head: FlaskClient) -> None:
    answer = head.post("/admin/reports/draft", data={**ASKED, "first": "2026-06-01", "cut_off": "2026-05-01"})
    assert answer.status_code == 409
    assert "统计截止日 2026-05-01 早于起始日 2026-06-01" in answer.text


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
