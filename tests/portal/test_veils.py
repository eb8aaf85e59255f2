"""Pages of the administration call a case that is not there for somebody by a mark, whatever hides it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient

from admin_views.veils import Kept
from documents.actions import confiding
from documents.actions.confiding import Asked
from documents.audit import AuditEntry
from documents.blind_index import mark
from documents.complaint import Complaint
from documents.outbox import OutboxMessage
from documents.person import Person, Post
from documents.timer import Timer
from tests.portal.conftest import NOW, Perform, Register, SignIn
from tests.portal.samples import UNSOLVED

PAGES = ("/admin/audit/", "/admin/audit/export/csv/", "/admin/timers/", "/admin/clock/", "/admin/clock/live")


def _an_open_page_is_noted_now_and_then(head: FlaskClient, app: Flask, number: str) -> None:
    """Opening the clock is noted each time; that it stands open and asks again, once in ten minutes of it."""

    def looks() -> int:
        found = AuditEntry.objects(verb="read_list", by="intake_head", facts__cases=number)
        return sum(one.facts["way"] == "clock" for one in found)

    head.get("/admin/timers/")  # elsewhere says nothing of the clock
    for address, noted in (("live", 1), ("live", 1), ("", 2), ("", 3), ("live", 3)):
        assert head.get(f"/admin/clock/{address}").status_code == 200
        assert looks() == noted
    app.config["CLOCK"] = lambda: NOW + timedelta(minutes=11)
    head.get("/admin/clock/live")
    assert looks() == 4


def test_the_trail_and_the_timers_tell_a_mark_and_not_the_number(
    app: Flask, register: Register, perform: Perform, sign_in: SignIn
) -> None:
    case, open_one = perform(register(), "report", "cd_clerk", **UNSOLVED), register()
    asked = Asked(Person.get("cd_head"), NOW, "涉及举报人。")
    confiding.confide(case.number, asked, ["intake_head"])
    admin = sign_in("admin")
    for page in PAGES:
        shown = admin.get(page).text
        assert case.number not in shown, page
        assert f"不可见案件 {mark(case.number)}" in shown, page
    assert open_one.number in admin.get("/admin/audit/").text
    entry = AuditEntry.objects(subject=case.number).first()
    timer = Timer.objects(case=str(case.id)).first()
    for page in (f"/admin/audit/details/?id={entry.id}", f"/admin/timers/details/?id={timer.id}"):
        assert case.number not in admin.get(page).text, page
    # Nobody finds out by trying the number; who is on the list finds by it, in the same unbroken trail.
    asked_for = f"/admin/audit/?flt0_0={case.number}"
    assert mark(case.number) not in admin.get(asked_for).text
    assert open_one.number in admin.get(f"/admin/audit/?flt0_0={open_one.number}").text
    known = Person.get("intake_head")
    known.posts.append(Post(role="administrator", unit="QH"))
    known.save()
    assert "intake_head" in Complaint.get(case.number).known_to
    head = sign_in("intake_head")
    _an_open_page_is_noted_now_and_then(head, app, case.number)
    # A message about it tells neither its step nor its receiver.
    mail = OutboxMessage.objects(number=case.number).first()
    for page in ("/admin/outbox/", f"/admin/outbox/details/?id={quote(mail.id)}"):
        shown = admin.get(page).text
        assert f"关于不可见案件 {mark(case.number)}的通知" in shown
    assert not any(one in shown for one in (mail.to, mail.subject, mail.body))
    # In a list of numbers a mark would stand where the number does, between its neighbours.
    read = AuditEntry.objects(verb="read_list", by="intake_head", facts__cases=case.number).first()
    told = admin.get(f"/admin/audit/details/?id={read.id}").text
    assert open_one.number in told
    assert "另有 1 件不可见" in told
    assert mark(case.number) not in told
    # What two cards of a page count is the same.
    assert "<dt>在办投诉</dt><dd>1</dd>" in admin.get("/admin/units/QH-CD").text
    found = head.get(asked_for).text
    assert found.count(case.number) > 1
    assert mark(case.number) not in found


def test_an_administrator_who_is_recused_is_told_no_more(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    """Named in a complaint, he sees the same mark as for a confidential one, and nobody counts for him."""
    house = Person.get("admin")
    house.posts.append(Post(role="administrator", unit="QH"))
    house.save()
    case = perform(register(respondent_name=house.name), "report", "cd_clerk", **UNSOLVED)
    assert case.recused == ["admin"]
    admin = sign_in("admin")
    for page in PAGES:
        shown = admin.get(page).text
        assert case.number not in shown, page
        assert f"不可见案件 {mark(case.number)}" in shown, page
    assert mark(case.number) not in admin.get(f"/admin/audit/?flt0_0={case.number}").text
    assert "已回避" not in admin.get("/admin/rights/people/admin").text


def test_numbers_are_found_in_any_writing_and_the_longest_first() -> None:
    kept = Kept.of(["投诉〔2026〕1号", "A-1", "A-12", "B-7"])
    assert kept.within("见投诉〔2026〕1号，另A-12") == ["投诉〔2026〕1号", "A-12", "A-1"]
    assert kept.within("A-") == kept.within("") == []
    assert "A-12" in kept
    assert "A-13" not in kept
    assert None not in kept
