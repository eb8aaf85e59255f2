"""“Who has seen this complainant's telephone number?” – by case, by field, by searched words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from pymongo.database import Database

from documents import audit
from documents.audit import AuditEntry
from documents.case_parts import Attachment
from documents.complaint import Complaint
from documents.kept_back import refusing, telling
from documents.rules.trail import words_digest
from documents.who_has_seen import Asked, seen, viewers
from tests.portal.conftest import NOW, Register, SignIn
from tests.portal.samples import COMPLAINT

PHONE = COMPLAINT["complainant_phone"]


def test_the_page_tells_who_saw_which_field_when_and_how(
    app: Flask, sign_in: SignIn, register: Register
) -> None:
    case, other = register(), register(who="hk_clerk")
    app.config["CLOCK"] = lambda: NOW + timedelta(minutes=5)
    clerk, head = sign_in("cd_clerk"), sign_in("intake_head")
    clerk.post(f"/cases/{case.number}/reveal", data={"fields": ["complainant_phone"], "usual": "联系投诉人"})
    clerk.get(f"/cases/{case.number}")
    head.get("/cases")
    head.get(f"/cases/{other.number}")
    clerk.get("/cases", query_string={"words": PHONE})
    page = sign_in("admin").get("/admin/seen/", query_string={"what": case.number}).text
    assert page.count("data-row-target") == 4  # the reason, the page, the list, the search; no other case
    assert "投诉页面" in page
    assert "2 件的清单" in page
    assert "联系电话" in page
    assert other.number not in page
    phone = {"what": case.number, "field": "complainant_phone"}
    text = sign_in("admin").get("/admin/seen/", query_string=phone).text
    assert text.count("data-row-target") == 2
    assert "联系投诉人" in text
    assert "王敏" in text
    assert AuditEntry.objects(verb="ask_seen", by="admin").count() == 2

    head.get("/cases", query_string={"words": PHONE})
    earlier = words_digest(app.config["SECRET_KEY"], PHONE)  # of a search before the keys of the data
    audit.note("search", "cases", by="qs_head", at=NOW, words=earlier)
    asked = sign_in("admin").get("/admin/seen/", query_string={"what": PHONE}).text
    assert asked.count("data-row-target") == 3  # who searched for it; the administrator may see no case
    assert PHONE not in str([entry.to_mongo() for entry in AuditEntry.objects])

    admin, one = sign_in("admin"), AuditEntry.objects.get(verb="reveal", subject=case.number)
    audit.raw().update_one({"_id": one.id}, {"$set": {"facts.reason": "改过"}})
    audit.raw().update_one({"verb": "search", "by": "cd_clerk"}, {"$set": {"facts.fields": 5, "by": 7}})
    entry = ("/admin/audit/", f"/admin/audit/details/?id={one.id}", "/admin/audit/export/csv/")
    shown = [admin.get(address) for address in (*entry, f"/admin/seen/?what={case.number}")]
    assert [answer.status_code for answer in shown] == [200] * 4
    assert all("内容不能核验" in answer.get_data(as_text=True) for answer in shown[1:])
    assert all("改过" not in answer.get_data(as_text=True) for answer in shown)

    table = sign_in("admin").get("/admin/seen/export", query_string={"what": case.number})
    assert table.data.decode("utf-8-sig").count("\r\n") == 6
    assert AuditEntry.objects.get(verb="export", subject="seen").facts["rows"] == 5


def test_who_reads_everything_asks_within_his_sight(
    sign_in: SignIn, register: Register, stranger: FlaskClient
) -> None:
    """An empty answer says whether nobody has seen it, or the one who asks may not know."""
    for person in ("cd_clerk", "cd_head", "qh_senior"):
        for address in ("/admin/seen/", "/admin/seen/export"):
            assert sign_in(person).get(address).status_code == 403
    assert stranger.get("/admin/seen/").status_code == 302
    odd = {"what": "%00(", "after": "x/y", "since": "never", "way": "register", "field": "$where", "by": "'"}
    assert sign_in("admin").get("/admin/seen/", query_string=odd).status_code == 200

    case, kept = register(), register(complainant_phone="13900000001")
    number, head = case.number, sign_in("intake_head")
    revealed = {"fields": ["complainant_phone"], "usual": "联系投诉人"}

    def answer(who: str, what: str, **more: str) -> str:
        return sign_in(who).get("/admin/seen/", query_string={"what": what, **more}).text

    assert "没有人看过" in answer("intake_head", number)
    assert "没有人看过" in answer("intake_head", PHONE)
    head.post(f"/cases/{number}/reveal", data=revealed)
    for what in (number, PHONE):
        told = answer("intake_head", what, field="complainant_phone")
        assert "黄伟" in told
        assert "联系投诉人" in told
        assert "data-row-target" not in told  # the trail itself is the administrators'
    assert "没有符合条件的留痕" in answer("intake_head", number, by="cd_clerk")
    assert "/admin/seen/?what=" in head.get(f"/cases/{number}").text
    assert "/admin/seen/?what=" not in sign_in("cd_clerk").get(f"/cases/{number}").text
    assert 'href="/admin/seen/"' in head.get("/admin/duties/").text
    assert head.get("/admin/seen/export", query_string={"what": number}).status_code == 200

    # The administrator, whose post opens no case, is told so, and whom to ask.
    for what in (PHONE, "13900000001", "没有的人"):
        told = answer("admin", what)
        assert "没有人看过" not in told
        assert "您的岗位看不到投诉" in told
        assert "受理部门负责人" in told
    assert "联系投诉人" in answer("admin", number)
    # Confidential, recused, not there at all: one answer.
    for change in ({"known_to": ["cd_clerk"]}, {"known_to": [], "recused": ["intake_head", "admin"]}):
        Complaint.objects(id=kept.id).update(**{f"set__{name}": value for name, value in change.items()})
        for who in ("intake_head", "admin"):
            asked = (str(kept.number), "TS-2026-0224-0999")
            texts = [answer(who, what).replace(what, "") for what in asked]
            first, other = (text[text.rindex("<section") : text.rindex("</section>")] for text in texts)
            assert first == other
            assert "查不到这件投诉" in first
            assert asked[0] not in answer(who, "13900000001")
        assert "没有可以告诉您的" in answer("intake_head", "13900000001")


def test_pages_follow_each_other_and_everybody_is_counted(app: Flask) -> None:
    for number in range(12):
        told = {"way": "page", "fields": ["complainant_phone"] if number % 2 else []}
        audit.note("read", "TS-1", by=f"p{number % 3}", at=NOW + timedelta(seconds=number // 2), **told)
    audit.note("read_file", "TS-1", by="p0", at=NOW, file="a.pdf")
    audit.note("seal", "TS-1", by="system", at=NOW)
    asked, after = Asked(["TS-1"]), ""
    found: list[Any] = []
    while True:
        page = seen(asked, after, size=5)
        found += page.rows
        if page.next is None:
            break
        after = page.next
    assert len({row["_id"] for row in found}) == len(found) == 13
    assert [row["at"] for row in found] == sorted((row["at"] for row in found), reverse=True)
    assert {one.person: one.times for one in viewers(asked)} == {"p0": 5, "p1": 4, "p2": 4}
    assert len(seen(Asked(["TS-1"], field="complainant_phone")).rows) == 7
    assert len(seen(Asked(["TS-1"], by="p1", since=NOW + timedelta(seconds=1))).rows) == 3
    assert len(seen(Asked(["TS-1"], way="read_file")).rows) == 1
    assert words_digest("a", PHONE) != words_digest("b", PHONE)


NAME, REASON = "王小芳实名举报信.pdf", "核实举报人王小芳的身份"


def test_what_the_trail_remembers_of_a_case_is_kept_from_whom_the_case_refuses(
    sign_in: SignIn, register: Register, database: Database[Any]
) -> None:
    paper = Attachment(
        file_id="a" * 24, name=NAME, size=1, sha256="f" * 64, media_type="application/pdf", by="x", at=NOW
    )
    case = register()
    Complaint.objects(id=case.id).update(push__attachments=paper)
    told: dict[str, Any] = {"by": "cd_clerk", "at": NOW}
    audit.note("reveal", case.number, fields=["complainant_phone"], reason=REASON, **told)
    audit.note("read_file", case.number, file=NAME, sha256=paper.sha256, **told)  # as entries were once
    audit.note("read_file", case.number, file=paper.file_id, sha256=paper.sha256, **told)
    client, number = sign_in("admin"), case.number
    entries = [str(one.id) for one in AuditEntry.objects(subject=number, by="cd_clerk")]
    pages = [f"/admin/seen/?what={number}", f"/admin/seen/export?what={number}", "/admin/audit/export/csv/"]
    pages += [f"/admin/audit/details/?id={one}" for one in entries]

    def shown() -> str:
        return "".join(client.get(one).data.decode("utf-8-sig") for one in pages)

    assert REASON in shown()
    assert NAME not in shown()  # an administrator is not let into the case by that
    assert paper.file_id in shown()
    for kept in ({"recused": ["admin"]}, {"recused": [], "known_to": ["cd_clerk"]}):
        Complaint.objects(id=case.id).update(**{f"set__{name}": value for name, value in kept.items()})
        assert [one for one in (REASON, NAME, paper.file_id, paper.sha256) if one in shown()] == [], kept
        assert "不可查看" in shown()
    Complaint.objects(id=case.id).update(set__known_to=["admin"], push__scope="p:admin")
    assert shown().count(NAME) == 6  # in the details, by id and by digest, and among who has seen it
    database.command("profile", 2)
    client.get("/admin/audit/export/csv/")
    database.command("profile", 0)
    asked = [row["ns"].partition(".")[2] for row in database.system.profile.find({"op": "query"})]
    # Of cases twice: which of them refuse, and which numbers are veiled; not once for each entry.
    assert (asked.count("complaints"), asked.count("volumes")) == (2, 1)
    database.system.profile.drop()


def test_a_file_of_a_volume_is_kept_with_any_case_inside(register: Register) -> None:
    case = register()
    row = {"subject": "XX-1", "facts": {"case": case.number, "reason": REASON}}
    assert telling([row], "admin").facts(row) == row["facts"]
    Complaint.objects(id=case.id).update(set__recused=["admin"])
    assert telling([row], "admin").facts(row) is None
    assert refusing([case.number, "TS-2"], "admin") == {case.number}
