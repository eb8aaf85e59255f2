"""Replaying real cases from the designer: ordered, watched, stopped, and read without what people wrote."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient

from documents.actions import drafting
from documents.draft import Draft
from documents.notice import Notice
from documents.replay_order import ReplayOrder
from jobs import replays
from tests.portal.conftest import Register, SignIn

NOW = datetime(2026, 2, 24, 1, 0, tzinfo=UTC)
PAGE = "/admin/designer/p01/replay"
WRITTEN = "公示免费却收了五元手续费"


def change(*operations: dict[str, Any]) -> None:
    drafting.edit("p01", operations, actor="admin", now=NOW)


def carried_out() -> ReplayOrder:
    order = ReplayOrder.latest("p01")
    assert order is not None
    assert replays.run(str(order.id), NOW.isoformat()) == "kept"
    return order


def test_without_cases_the_page_says_what_to_do_instead(admin: FlaskClient, draft: Draft) -> None:
    page = admin.get(PAGE).text
    assert "还没有投诉可以回放" in page
    assert "试行案例" in page


def test_a_replay_runs_in_the_background_and_reports_back(
    admin: FlaskClient, draft: Draft, register: Register
) -> None:
    numbers = [register(facts=WRITTEN).number for _ in range(3)]
    change({"do": "set", "path": "limits[cap].amount", "value": 2})
    assert admin.post(PAGE, data={"cases": 100}).status_code == 302
    waiting = admin.get(PAGE).text
    assert "已排队" in waiting
    order = ReplayOrder.latest("p01")
    assert order is not None
    assert 'data-progress-state="working"' in admin.get(f"{PAGE}/{order.id}/progress").text
    carried_out()
    page = admin.get(PAGE).text
    assert "期限会变动" in page
    assert numbers[0] in page
    assert WRITTEN not in page, "administrators do not read cases"
    ReplayOrder.objects(id=order.id).update(set__by="somebody_else")
    assert numbers[0] not in admin.get(PAGE).text, "what was played is what was not kept from who asked"
    assert Notice.collection().count_documents({"person": "admin", "_id": {"$regex": "^replay:"}}) == 1


def test_one_replay_at_a_time(admin: FlaskClient, draft: Draft, register: Register) -> None:
    register()
    admin.post(PAGE, data={"cases": 100})
    admin.post(PAGE, data={"cases": 1000})
    assert ReplayOrder.objects(policy="p01").count() == 1


def test_a_replay_is_stopped(admin: FlaskClient, draft: Draft, register: Register) -> None:
    register()
    admin.post(PAGE, data={"cases": 100})
    order = ReplayOrder.latest("p01")
    assert order is not None
    admin.post(f"{PAGE}/{order.id}/stop")
    carried_out()
    assert "中途停止" in admin.get(PAGE).text


def test_a_result_says_when_the_draft_went_on(admin: FlaskClient, draft: Draft, register: Register) -> None:
    register()
    admin.post(PAGE, data={"cases": 100})
    order = carried_out()
    assert "草稿不会让这些投诉有任何不同" in admin.get(PAGE).text
    later = order.at.replace(year=order.at.year + 1)
    operation = {"do": "set", "path": "policy.document_number", "value": "〔2026〕2号"}
    drafting.edit("p01", [operation], actor="admin", now=later)
    assert "此后草稿又有修改" in admin.get(PAGE).text


def test_a_draft_with_problems_is_not_replayed(admin: FlaskClient, draft: Draft, register: Register) -> None:
    register()
    change({"do": "set", "path": "limits[handle].ladder", "value": "nothing"})
    assert "改正后才能回放" in admin.get(PAGE).text
    assert admin.post(PAGE, data={"cases": 100}).status_code == 409


def test_another_number_than_offered_is_refused(admin: FlaskClient, draft: Draft, register: Register) -> None:
    register()
    assert admin.post(PAGE, data={"cases": 7}).status_code in (400, 409, 422)
    assert ReplayOrder.latest("p01") is None


def test_only_administrators_replay(admin: FlaskClient, draft: Draft, sign_in: SignIn) -> None:
    assert sign_in("intake_clerk").get(PAGE).status_code in (403, 404)
