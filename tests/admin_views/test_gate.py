"""The page before publishing tells everything in words, and its one button publishes what was shown."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from documents.actions import drafting, moving, publishing
from documents.actions.publishing import OpenCases
from documents.case_move import CaseMove
from documents.complaint import Complaint
from documents.draft import Draft
from documents.gate_count import GateCount
from documents.policy import Policy
from jobs import case_moves, gate_counts, queues
from tests.portal.conftest import NOW, Perform, Register, SignIn
from tests.portal.samples import UNSOLVED

MATTER = "forms[intake].sections[matter].fields"
GATE = "/admin/gate/p01"


def put(path: str, value: Any = None) -> dict[str, Any]:
    return {"do": "set", "path": path, "value": value}


def drafted(*operations: dict[str, Any]) -> Draft:
    drafting.start("p01", actor="designer", now=NOW)
    return drafting.edit("p01", operations, actor="designer", now=NOW)


SLOWER = (put("limits[supervise].amount", 5), put("scenarios", []))


@pytest.fixture
def at_intake(register: Register, perform: Perform) -> Complaint:
    return perform(register(happened_on="2026-02-20"), "report", "cd_clerk", **UNSOLVED)


def test_without_a_draft_the_versions_are_shown(admin: FlaskClient) -> None:
    assert admin.get(f"{GATE}/").location == f"{GATE}/versions"
    assert admin.get("/admin/gate/none/versions").status_code == 404


def test_the_page_tells_changes_consequences_and_scenarios(admin: FlaskClient, at_intake: Complaint) -> None:
    drafted(put(f"{MATTER}[demand].max", 5), put(f"{MATTER}[happened_on].label.zh", "日期"))
    page = admin.get(f"{GATE}/").text
    for text in (
        "可以发布",
        "需复核",
        "安全",
        "1 条记录不符合新的要求：“投诉诉求”",
        at_intake.number,
        "留在原版本",
    ):
        assert text in page
    assert page.count("button filled") == 1
    assert "通过" in page


def test_a_loss_is_refused_in_words_with_its_remedy(admin: FlaskClient, at_intake: Complaint) -> None:
    draft = drafted({"do": "remove", "path": f"{MATTER}[happened_on]"})
    page = admin.get(f"{GATE}/").text
    for text in ("暂时不能发布", "删除了存有数据的字段", "请改为停用", "1 件案件填有“发生日期”"):
        assert text in page
    assert "button filled" not in page
    sent = {"revision": draft.revision, "open_cases": "stay", "confirmed": "yes"}
    assert admin.post(f"{GATE}/publish", data=sent).status_code == 409
    assert Policy.current("p01").version == 1


def test_publishing_asks_first_and_then_publishes(
    admin: FlaskClient, at_intake: Complaint, queue_connection: Any
) -> None:
    draft = drafted(put(f"{MATTER}[demand].label.zh", "诉求"))
    sent = {"revision": draft.revision, "open_cases": "stay"}
    assert "在办案件仍按原版本办理" in admin.post(f"{GATE}/publish", data=sent).text
    assert Policy.current("p01").version == 1
    done = admin.post(f"{GATE}/publish", data={**sent, "confirmed": "yes"})
    assert done.location == f"{GATE}/versions"
    assert Policy.current("p01").version == 2
    queued = [job.func_name for job in queues.queue(queues.DEFAULT).jobs]
    assert queued == [queues.PLAN_DUTIES], "its duties follow at once"
    page = admin.get(f"{GATE}/versions").text
    assert "第 2 版" in page
    assert "回退到此版" in page


def test_open_cases_move_by_a_job_that_reports_back(
    admin: FlaskClient, at_intake: Complaint, queue_connection: Any
) -> None:
    draft = drafted(*SLOWER)
    assert "移到新版本时，1 个期限将变动" in admin.get(f"{GATE}/").text
    sent = {"revision": draft.revision, "open_cases": "move", "confirmed": "yes"}
    address = admin.post(f"{GATE}/publish", data=sent).location
    assert "正在逐件迁移" in admin.get(address).text
    move = CaseMove.objects().first()
    assert case_moves.advance(str(move.id), NOW.isoformat()) == "done"
    assert case_moves.advance(str(move.id), NOW.isoformat()) == "done"
    assert Complaint.get(at_intake.number).policy_version == 2
    assert "撤回迁移" in admin.get(address).text
    assert "1 件已移到第 2 版" in admin.get("/notices").text
    back = admin.post(f"{address}/undo").location
    assert case_moves.advance(back.rpartition("/")[2], NOW.isoformat()) == "done"
    assert Complaint.get(at_intake.number).policy_version == 1


def test_a_draft_that_is_not_sound_forecasts_nothing(admin: FlaskClient, at_intake: Complaint) -> None:
    drafted({"do": "set", "path": "limits[supervise].amount", "value": -5})
    answer = admin.get(f"{GATE}/shifts")
    assert answer.status_code == 409
    assert "改正之后才能推算期限" in answer.text


def test_every_deadline_is_listed_and_only_cases_received_since_a_day_move(
    admin: FlaskClient, at_intake: Complaint, queue_connection: Any
) -> None:
    draft = drafted(*SLOWER)
    assert f"{GATE}/shifts" in admin.get(f"{GATE}/").text
    where = admin.get(f"{GATE}/shifts").location
    assert admin.get(f"{GATE}/shifts").location == where, "counted once for a revision"
    page = admin.get(where).text
    assert at_intake.number in page
    assert "移到新版本后的期限" in page
    book = load_workbook(BytesIO(admin.get(f"{where}/list.xlsx").data)).active
    assert [row[0] for row in book.iter_rows(values_only=True)] == ["编号", at_intake.number]
    assert admin.post(f"{where}/do", data={"scope": "all"}).status_code == 404
    sent = {"revision": draft.revision, "open_cases": "from", "received_from": "someday"}
    assert admin.post(f"{GATE}/publish", data=sent).status_code == 409
    sent["received_from"] = "2026-02-25"
    assert "2026-02-25 起收到的在办案件" in admin.post(f"{GATE}/publish", data=sent).text
    admin.post(f"{GATE}/publish", data={**sent, "confirmed": "yes"})
    move = CaseMove.objects().first()
    assert move.total == 0
    assert case_moves.advance(str(move.id), NOW.isoformat()) == "done"
    assert Complaint.get(at_intake.number).policy_version == 1


def test_a_lost_move_is_found_again(policy: Policy, at_intake: Complaint, queue_connection: Any) -> None:
    draft = drafted(*SLOWER)
    publishing.publish_draft(
        "p01", actor="chief", now=NOW, seen=draft.revision, open_cases=OpenCases(move=True)
    )
    assert case_moves.find_lost(NOW.isoformat()) == 0
    assert case_moves.find_lost(NOW.replace(hour=5).isoformat()) == 1
    assert moving.advance(str(CaseMove.objects().first().id), now=NOW)


def test_many_cases_are_counted_by_a_job(
    admin: FlaskClient, at_intake: Complaint, monkeypatch: pytest.MonkeyPatch, queue_connection: Any
) -> None:
    monkeypatch.setattr("admin_views.gate.AT_ONCE", 0)
    draft = drafted(put(f"{MATTER}[demand].max", 5))
    assert "正在清点在办案件" in admin.get(f"{GATE}/").text
    assert gate_counts.count("p01", draft.revision, 1, NOW.isoformat()) == "counted"
    assert GateCount.of("p01", draft.revision, 1) is not None
    page = admin.get(f"{GATE}/").text
    assert "1 条记录不符合新的要求：“投诉诉求”" in page
    assert "正在清点" not in page
    assert 'data-progress-state="done"' in admin.get(f"{GATE}/count").text


def test_two_versions_are_compared_and_an_old_one_comes_back(admin: FlaskClient, policy: Policy) -> None:
    draft = drafted(put(f"{MATTER}[demand].label.zh", "诉求"))
    publishing.publish_draft("p01", actor="chief", now=NOW, seen=draft.revision)
    assert "由“投诉诉求”改为“诉求”" in admin.get(f"{GATE}/versions?old=1&new=2").text
    assert "由“诉求”改为“投诉诉求”" in admin.get(f"{GATE}/versions?old=2&new=1").text
    assert admin.post(f"{GATE}/versions/1/back").location == f"{GATE}/"
    assert "可以发布" in admin.get(f"{GATE}/").text
    assert admin.post(f"{GATE}/versions/9/back").status_code == 404


def test_the_gate_is_for_administrators(sign_in: SignIn, stranger: FlaskClient) -> None:
    drafted(put(f"{MATTER}[demand].label.zh", "诉求"))
    assert sign_in("cd_clerk").get(f"{GATE}/").status_code in (302, 403, 404)
    assert stranger.get(f"{GATE}/").status_code in (302, 401)
    assert sign_in("cd_clerk").post(f"{GATE}/publish", data={}).status_code in (302, 403, 404)


def test_the_gate_speaks_english(admin: FlaskClient, at_intake: Complaint) -> None:
    admin.post("/look", data={"language": "en", "next": "/"})
    drafted(put(f"{MATTER}[demand].max", 5))
    page = admin.get(f"{GATE}/").text
    for text in (
        "Ready to publish",
        "To be reviewed",
        "1 records would fail: “Demand”",
        "Stay with their version",
    ):
        assert text in page
