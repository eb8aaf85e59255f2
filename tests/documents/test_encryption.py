"""Personal data is encrypted where it lies: the database files alone tell of nobody."""

from __future__ import annotations

import io
import runpy
from collections.abc import Iterator
from typing import Any

import pytest
from bson import Timestamp
from bson.binary import Binary
from pymongo.database import Database

from documents import keyring, migrations
from documents.actions import notices, renewing, uploads
from documents.actions.notices import Message
from documents.audit import AuditEntry, note
from documents.complaint import Complaint
from documents.database import documents, transaction
from documents.encryption import NotSearchable
from documents.envelopes import NotAuthentic
from documents.keyring import KeyUnfit, ring
from documents.person import Person
from documents.policy import Policy
from documents.queries import Filters, case_page
from documents.sight import sight_of
from documents.upload import Draft
from tests import opened
from tests.conftest import DATA_KEY
from tests.documents.conftest import NOW, Perform, Register

NAME, PHONE, IDENTITY, ACCOUNT = "欧阳若曦", "13977765432", "440204198802291239", "6217003320001234567"
MARKS = (NAME, PHONE, IDENTITY, ACCOUNT)
MIGRATION = migrations.FOLDER / "2026-12-01-encrypt-further-words.py"
LATER = migrations.FOLDER / "2026-12-04-encrypt-names-of-holds.py"
OPEN_MARK = "violation_fees"  # the key of a category: what stands readable is found by the same search


@pytest.fixture
def keys() -> Iterator[None]:
    """The ring of the tests, as it was, whatever a test does to it."""
    database = keyring._open[0]._where
    kept = list(database()[keyring.COLLECTION].find())
    yield
    database()[keyring.COLLECTION].delete_many({})
    database()[keyring.COLLECTION].insert_many(kept)
    keyring.use(keyring.master_from(DATA_KEY), database)


def written_since(database: Database[dict[str, Any]], start: Timestamp) -> bytes:
    """Every byte of every document and of what the oplog tells since the moment."""
    oplog: Any = database.client.local["oplog.rs"].find_raw_batches({"ts": {"$gt": start}})
    return b"".join([*(_all(database, name) for name in database.list_collection_names()), *oplog])


def moment(database: Database[dict[str, Any]]) -> Timestamp:
    """The newest moment of the oplog."""
    return next(database.client.local["oplog.rs"].find().sort("$natural", -1).limit(1))["ts"]


def found_by(words: str, who: str = "intake_clerk") -> list[str]:
    page = case_page(sight_of(Person.get(who)), Filters(words=words), now=NOW)
    return [row["number"] for row in page.rows]


@pytest.fixture
def told(policy: Policy, register: Register, perform: Perform) -> Complaint:
    """A case that names somebody wherever something can be written."""
    case = register(
        complainant_name=NAME,
        complainant_phone=PHONE,
        complainant_id_number=IDENTITY,
        title=f"{NAME}投诉账户{ACCOUNT}被误扣",
        facts=f"来电人{NAME}，证件{IDENTITY}，电话{PHONE}，账户{ACCOUNT}。",
        demand=f"退回{ACCOUNT}",
    )
    perform(case, "report", "cd_clerk", reason_unsolved=f"{NAME}要求书面答复，回电{PHONE}", explained=True)
    typed: dict[str, object] = {"complainant_name": NAME, "complainant_phone": PHONE}
    Draft.keep("draft:1", by="cd_clerk", form="p01.intake", values=typed, now=NOW, version=1)
    Draft.keep("draft:1", by="cd_clerk", form="p01.intake", values=typed, now=NOW, version=2)
    content = io.BytesIO(f"{NAME} {IDENTITY} {ACCOUNT}".encode())
    uploads.accept(content, f"{NAME}的身份证.txt", actor=Person.get("cd_clerk"), now=NOW)
    words = {"zh": f"{NAME} {PHONE}", "en": ACCOUNT}
    transaction(lambda: notices.announce(["cd_clerk"], Message("k", words, words), now=NOW))
    note("told", case.number, by="cd_clerk", at=NOW, reason=f"{NAME} {IDENTITY}", cases=[case.number])
    return case


def test_the_database_files_alone_tell_of_nobody(
    database: Database[dict[str, Any]], policy: Policy, register: Register, request: pytest.FixtureRequest
) -> None:
    start = moment(database)
    case: Complaint = request.getfixturevalue("told")
    content = written_since(database, start)
    assert OPEN_MARK.encode() in content
    assert case.number.encode() in content
    names = database.list_collection_names()
    assert [name for name in names for mark in MARKS if mark.encode() in _all(database, name)] == []
    assert [mark for mark in MARKS if mark.encode() in content] == []


def _all(database: Database[dict[str, Any]], name: str) -> bytes:
    batches: Any = database[name].find_raw_batches()
    return b"".join(batches)


def test_whoever_has_the_key_reads_and_finds_it(told: Complaint) -> None:
    case = Complaint.get(told.number)
    assert case.facts()["complainant_phone"] == PHONE
    assert case.title.startswith(NAME)
    assert [row["facts"]["reason"] for row in AuditEntry.collection().find({"verb": "told"})] == [
        f"{NAME} {IDENTITY}"
    ]
    for words in (PHONE, NAME, "误扣", "被误扣", NAME[:2], NAME[1:], f"账户{ACCOUNT}"):
        assert found_by(words) == [case.number], words
    for words in (PHONE[:-1], NAME[::-1], "扣误", IDENTITY[:-1]):
        assert found_by(words) == [], words
    with pytest.raises(NotSearchable):
        Complaint.objects(title=case.title).first()


def test_what_was_altered_or_exchanged_is_refused(
    database: Database[dict[str, Any]], told: Complaint, register: Register
) -> None:
    rows, other = database["complaints"], register(title="另一件")
    mine, theirs = (rows.find_one({"_id": one.id}) or {} for one in (told, other))
    flipped = bytes(mine["title"][:-1]) + bytes([mine["title"][-1] ^ 1])
    for changed in (
        {"title": theirs["title"]},  # from another document
        {"title": mine["summary"]},  # from another field
        {"title": Binary(flipped, mine["title"].subtype)},
        {"title": "换上的标题"},  # by somebody without the key
    ):
        rows.update_one({"_id": told.id}, {"$set": changed})
        with pytest.raises(NotAuthentic, match=f"complaints.title of {told.id}"):
            Complaint.get(told.number)
    rows.update_one({"_id": told.id}, {"$set": {"title": mine["title"]}})
    assert Complaint.get(told.number).title == told.title


def test_with_a_wrong_key_nothing_is_written(
    database: Database[dict[str, Any]], told: Complaint, keys: None
) -> None:
    count = database["complaints"].count_documents({})
    where = keyring._open[0]._where
    keyring.use(keyring.master_from(keyring.new_master()), where)
    with pytest.raises(KeyUnfit, match="wrong"):
        Complaint.get(told.number)
    with pytest.raises(KeyUnfit, match="wrong"):
        Draft.keep("draft:2", by="cd_clerk", form="p01.intake", values={"a": "b"}, now=NOW)
    with pytest.raises(KeyUnfit, match="malformed"):
        keyring.master_from("short")
    assert database["complaints"].count_documents({}) == count
    assert database["drafts"].count_documents({}) == 1


class Killed(Exception):
    """As if the process had ended."""


def test_a_rotation_that_is_killed_goes_on_and_older_data_is_encrypted(
    database: Database[dict[str, Any]], told: Complaint, register: Register, keys: None
) -> None:
    for position in range(6):
        register(title=f"第{position}件")
    old = ring().current.number
    ring().rotate()
    assert found_by(PHONE) == [told.number]  # by either key, as long as both are in use
    plain = {"title": "旧标题旧标题", "grams": ["旧标"], "texts": ["旧标题"]}  # as it was written before
    database["complaints"].update_one({"_id": told.id}, {"$set": plain, "$unset": {"answers.0.readable": 1}})
    with pytest.raises(Killed):
        renewing.renew(look=_killing(after=2), portion=2)
    assert dict(renewing.usage())["complaints"][old] > 0
    seen: list[int] = []
    done = renewing.renew(look=lambda _name, count, _renewed: seen.append(count), portion=2)
    assert seen[0] > 2
    assert done.renewed >= 7
    used = sum(
        (counted for _name, counted in renewing.usage()), start=type(dict(renewing.usage())["complaints"])()
    )
    assert set(used) == {old + 1}
    ring().retire(old)
    assert renewing.renew(again=True).renewed == 0
    case = Complaint.get(told.number)
    assert (case.title, found_by("旧标题"), found_by(PHONE)) == ("旧标题旧标题", [case.number], [case.number])
    assert case.answers[0].readable
    assert not database["complaints"].find_one({"texts": {"$gt": ""}})


def _killing(*, after: int) -> renewing.Look:
    calls = iter(range(after + 1))

    def look(_name: str, _seen: int, _renewed: int) -> None:
        if next(calls) == after - 1:
            raise Killed

    return look


def test_what_older_releases_left_readable_is_encrypted_by_the_migration(
    database: Database[dict[str, Any]], keys: None
) -> None:
    renewing.renew()  # as the first migration did
    assert not renewing.renew().renewed
    duty = {"_id": "d", "evidence": {"note": NAME}, "history": [{"verb": "undone", "reason": NAME}]}
    package = {"_id": "p", "handed": {"received_by": NAME, "receiver": "馆"}, "problem": None}
    list_ = {"_id": "x", "lines": [{"reason": NAME, "problem": []}], "witnesses": [NAME, "乙"]}
    events = [{"facts": {"witnesses": [NAME], "list": "XH-1"}}]
    stone = {"_id": "c", "destroyed_at": NOW, "answers": [], "events": events}
    older: dict[str, dict[str, Any]] = {"duties": duty, "packages": package}
    older |= {"destructions": list_, "complaints": stone}
    older["archive_numbers"] = {"_id": "n", "state": "void", "reason": NAME}
    for name, row in older.items():
        database[name].insert_one(dict(row))
    for _twice in range(2):
        runpy.run_path(str(MIGRATION))["migrate"](database)
        assert [name for name in older if NAME.encode() in _all(database, name)] == []
        assert {name: opened.rows(name)[0] for name in older} == older
    assert dict(renewing.usage())["packages"] == {ring().current.number: 2}
    turns = [{"verb": "placed", "review_on": "2027-01-01"}, {"verb": "lifted", "note": NAME}]
    left: dict[str, dict[str, Any]] = {"holds": {"_id": "h", "name": NAME, "basis": NAME, "history": turns}}
    left |= {"outbox": {"_id": "m", "to": PHONE, "state": "cancelled", "reason": NAME}}
    left |= {"inspection_rules": {"_id": "house", "off": {"T-1": NAME}, "share": 5.0}}
    left |= {"delayed_signatures": {"_id": "v", "reason": NAME, "times": 1}}
    for name, row in left.items():
        database[name].insert_one(dict(row))
    papers = {"volume": {"number": "v", "problem": NAME}, "supplements": [{"number": "w", "problem": NAME}]}
    database["complaints"].update_one({"_id": "c"}, {"$set": papers})
    left["complaints"] = {**stone, **papers}
    database["destructions"].update_one({"_id": "x"}, {"$set": {"certificate": {"file_id": "ours"}}})
    for file, kind in {"ours": "certificate", "theirs": "package"}.items():
        database["file_checks"].insert_one(
            {"_id": file, "kind": kind, "subject": file if kind[0] == "c" else NAME}
        )
    for _twice in range(2):
        runpy.run_path(str(LATER))["migrate"](database)
        assert [name for name in left if NAME.encode() in _all(database, name)] == []
        assert {name: opened.rows(name)[0] for name in left} == left
        watched = {one["_id"]: (one["kind"], one["subject"]) for one in database["file_checks"].find()}
        assert watched == {"ours": ("certificate", "ours"), "theirs": ("file", "theirs")}


def test_every_class_that_encrypts_is_renewed(policy: Policy) -> None:
    named = {one for one in documents() if one.encryption() is not None}
    assert named == set(renewing.CLASSES)


def test_another_master_key_wraps_the_same_data_keys(told: Complaint, keys: None) -> None:
    fresh, where = keyring.master_from(keyring.new_master()), keyring._open[0]._where
    ring().rewrap(fresh)
    assert Complaint.get(told.number).title == told.title
    keyring.use(keyring.master_from(DATA_KEY), where)
    with pytest.raises(KeyUnfit, match="wrong"):
        ring().refresh()
    keyring.use(fresh, where)
    assert Complaint.get(told.number).title == told.title
