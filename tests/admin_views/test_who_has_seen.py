"""“Who has seen this complainant's telephone number?” – by case, by field, by searched words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from documents import audit
from documents.audit import AuditEntry
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
    asked = sign_in("admin").get("/admin/seen/", query_string={"what": PHONE}).text
    assert asked.count("data-row-target") == 2  # who searched for it; the administrator may see no case
    assert PHONE not in str([entry.to_mongo() for entry in AuditEntry.objects])

    table = sign_in("admin").get("/admin/seen/export", query_string={"what": case.number})
    assert table.data.decode("utf-8-sig").count("\r\n") == 6
    assert AuditEntry.objects.get(verb="export", subject="seen").facts["rows"] == 5


def test_only_those_who_watch_the_system_ask(sign_in: SignIn, stranger: FlaskClient) -> None:
    for person in ("cd_clerk", "intake_head", "archivist"):
        for address in ("/admin/seen/", "/admin/seen/export"):
            assert sign_in(person).get(address).status_code == 403
    assert stranger.get("/admin/seen/").status_code == 302
    odd = {"what": "%00(", "after": "x/y", "since": "never", "way": "register", "field": "$where", "by": "'"}
    assert sign_in("admin").get("/admin/seen/", query_string=odd).status_code == 200


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
