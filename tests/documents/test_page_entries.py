"""Entries of pages on a real database: a remembered place is used, refused when taken, dropped in time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from bson import ObjectId
from pymongo.database import Database

from documents import audit, audit_check, page_entries
from documents.audit import AuditEntry

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
Db = Database[dict[str, object]]


@pytest.fixture(autouse=True)
def few_lanes(database: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "LANES", 3)
    page_entries.forget_places()


def page(number: int = 1) -> None:
    facts = {"way": "page", "fields": ["complainant_phone"]}
    page_entries.note_page(
        {"at": NOW, "by": "cd_clerk", "verb": "read", "subject": f"TS-{number}", "facts": facts}
    )


def whole(entries: int) -> bool:
    return AuditEntry.objects.count() == entries and not list(audit_check.check(audit_check.walk_along()))


def questions(database: Db) -> int:
    asked: int = database.command("serverStatus")["opcounters"]["query"]
    return asked


def test_the_pages_of_one_process_follow_each_other_without_asking(database: Db) -> None:
    page()
    before = questions(database)
    for _ in range(5):
        page()
    assert questions(database) == before
    assert whole(6)
    told = AuditEntry.objects.first()
    assert (told.facts["fields"], told.subject) == (["complainant_phone"], "TS-1")


def test_a_place_that_another_took_meanwhile_is_left_to_it() -> None:
    for number in range(30):
        page(number)
        audit.note("read", f"TS-{number}", by="other", at=NOW)
    assert whole(60)


def test_many_threads_leave_one_whole_chain() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(page, range(120)))
    assert whole(120)


def test_what_was_remembered_under_another_primary_is_asked_anew() -> None:
    page()
    _primary, lane, (seq, digest) = page_entries._places.pop()
    lost = ObjectId("7fffffff0000000000000000"), lane, (seq + 1, digest)
    page_entries._places.append(lost)
    page()
    assert whole(2)


def test_an_entry_whose_answer_was_lost_is_there_once() -> None:
    row = {"_id": ObjectId(), "at": NOW, "by": "cd_clerk", "verb": "read", "subject": "TS-1", "facts": {}}
    for _again in range(2):
        page_entries.note_page(row)
    assert whole(1)
    page()
    assert whole(2)
