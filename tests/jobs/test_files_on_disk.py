"""The files of the servers, read as bytes after everything was done with a case: they tell of nobody."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
import zipfile
from base64 import b32decode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pymongo.database import Database

from documents import database as documents_database
from documents import file_check, keyring
from documents.actions import (
    confiding,
    duties,
    duty_settling,
    holding,
    inspecting,
    lending,
    mailing,
    replaying,
    reporting,
    resetting,
    second_factors,
    transferring,
    uploads,
)
from documents.actions.holding import HoldAsked
from documents.actions.reporting import Asked
from documents.actions.transferring import Receipt
from documents.complaint import Complaint
from documents.destruction import Destruction
from documents.duty import Duty
from documents.hold import Hold
from documents.inspection import InspectionRules
from documents.loan import Loan
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.pack_files import definition as pack_definition
from documents.password_reset import ResetRequest
from documents.person import Person
from documents.policy import Policy, forget_views
from documents.replay_order import ReplayOrder
from documents.reveal import Reveal
from documents.rules.check_items import ITEMS
from documents.second_factor import code_at
from documents.transfer import TransferPackage
from documents.upload import Draft
from documents.volume import Volume
from jobs import queues, replays
from jobs import surroundings as house
from jobs.surroundings import Surroundings
from portal import servers
from portal.application import assemble
from portal.servers import Server
from portal.settings import Settings
from tests import disk
from tests.conftest import Rows, connected, empty
from tests.data_key import DATA_KEY
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.jobs import test_destructions as destroying
from tests.jobs import test_loans as lent
from tests.jobs import test_packages as packed
from tests.portal.doors import let_in

_ = (perform, register)  # fixtures
Db = Database[dict[str, Any]]
IDENTITY, ACCOUNT = "440204198802291239", "6217003320001234567"
NAME, PHONE, FACT = destroying.NAME, destroying.PHONE, destroying.FACT
MARKS = (NAME, PHONE, IDENTITY, ACCOUNT, FACT)
OPEN = "13650505050"
NAMED = "juanzong_disk"
FILLED = (
    *(Complaint, Draft, Reveal, Notice, OutboxMessage, ResetRequest),
    *(Duty, ReplayOrder, Destruction, TransferPackage, Loan, Hold, InspectionRules),
)


@dataclass
class Disk:
    """The servers of this test, and where their files lie."""

    folder: Path
    mongod: Server
    process: subprocess.Popen[bytes]
    valkey_url: str


@pytest.fixture
def on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """A database and a Valkey that compress nothing; temporary files lie beside them."""
    folder, scratch = tmp_path / "servers", tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    with ExitStack() as open_:
        server, process = open_.enter_context(disk.plain_mongod(folder))
        valkey = disk.plain_valkey(folder)
        open_.enter_context(disk.running(valkey))
        yield Disk(folder, server, process, valkey.url)


@pytest.fixture
def database(union: Rows, mongo_uri: str, on_disk: Disk) -> Iterator[Db]:
    """An empty database there, with the keys of the other one: the union of the tests is put into it."""
    keys = list(connected(mongo_uri)[keyring.COLLECTION].find())
    documents_database.connect(on_disk.mongod.url, NAMED, keyring.master_from(DATA_KEY))
    found = documents_database.database()
    found[keyring.COLLECTION].insert_many(keys)
    documents_database.ensure_indexes()
    empty(found)
    yield found
    forget_views()
    documents_database.disconnect()


@pytest.fixture
def surroundings(database: Db, on_disk: Disk, tmp_path: Path) -> Iterator[Surroundings]:
    """The house of the jobs."""
    told = Surroundings(on_disk.mongod.url, NAMED, on_disk.valkey_url, folder=tmp_path / "house")
    queues.connect(told.redis_url)
    house._told[:] = [told]
    yield told
    house._told.clear()


@pytest.fixture
def browser(policy: Policy, surroundings: Surroundings, tmp_path: Path) -> Callable[[str], FlaskClient]:
    """A browser in which the person is signed in, of a portal on these servers."""
    told = Settings(surroundings.mongodb_uri, surroundings.redis_url, "secret", tmp_path / "house")
    app = assemble(told)
    app.config.update(CLOCK=lambda: NOW, WTF_CSRF_ENABLED=False)

    def run(person: str) -> FlaskClient:
        client = app.test_client()
        if person:
            let_in(client, person, NOW)
        return client

    return run


def broken(number: str) -> None:
    """A job that fails on what a case says."""
    raise ValueError(Complaint.get(number).facts())


def work() -> None:
    queues.worker().work(burst=True, logging_level="CRITICAL")


def spoken(register: Register, **more: Any) -> Callable[..., Complaint]:
    """Somebody who tells all there is to tell."""
    said = {"complainant_id_number": IDENTITY, "demand": f"退到账户{ACCOUNT}", **more}
    return lambda **given: register(**{**given, **said})


def play_archive(policy: Policy, volume: Volume, other: Volume) -> None:
    """A loan, a report, a package handed over, a destruction."""
    archivist, head = Person.get("archivist"), Person.get("intake_head")
    loan = lent.asked(volume.case, who="hk_clerk")
    lending.approve(str(loan.id), ["forms", "letters"], f"{NAME}本人同意", actor=archivist, now=NOW)
    report = reporting.draft(policy, Asked("annual", "QH", 2026), actor=head, now=packed.WINTER)
    reporting.freeze(report.id, actor=head, now=packed.WINTER, revision=report.revision)
    queues.render_letter(volume.case, 1, now=NOW)
    work()
    found = destroying.begun(policy, other)
    reason = destroying.Appraisal("destroy", f"{NAME}的材料期满")
    destroying.disposing.appraise(str(found.id), [other.id], reason, actor=archivist, now=destroying.DUE)
    found = destroying.released(found)
    later = destroying.DUE + timedelta(days=8)
    destroying.disposing.start(str(found.id), [NAME, "乙"], actor=head, now=later)
    assert destroying.carried_out(found).state == "done"
    package = packed.built(policy)
    day, said = packed.RECEIPT.received_on, {"medium": f"{NAME}的光盘", "carriers": f"{PHONE}-1"}
    receipt = Receipt(f"县档案馆{NAME}", NAME, day, note=f"{NAME} {PHONE}", **said)
    transferring.hand_over(package.id, receipt, actor=archivist, now=packed.WINTER)


def play_hold(volume: Volume) -> None:
    """A hold that is looked at again and lifted; a check switched off; a mail that is cancelled."""
    archivist, today = Person.get("archivist"), packed.WINTER.date()
    named, soon = f"{NAME}诉本社案", today + timedelta(days=30)
    asked = HoldAsked(named, [volume.id], f"{NAME}起诉", f"{NAME}起诉状", today, soon)
    key, done = str(holding.place(asked, actor=archivist, now=packed.WINTER, today=today).id), packed.WINTER
    later = soon + timedelta(days=30)
    holding.review(key, later, f"{NAME}上诉", actor=archivist, now=done, today=today)
    holding.lift(key, f"{NAME}撤诉", actor=archivist, now=done)
    inspecting.configure({next(iter(ITEMS)): f"{NAME}说的"}, 5.0, actor=archivist, now=done)
    message = OutboxMessage.objects(state="waiting").first()
    mailing.cancel(message.id, f"已电话告知{NAME} {PHONE}", actor="admin", now=done)


def play_files() -> None:
    """Files that people bring, named as the portal names its own, under watch."""
    packed_up = io.BytesIO()
    with zipfile.ZipFile(packed_up, "w") as one:
        one.writestr("1.txt", "1")
    packed_up.seek(0)
    uploads.accept(packed_up, f"{NAME}{PHONE}.zip", actor=Person.get("cd_clerk"), now=NOW)
    assert file_check.enrol(NOW)


def play_duties() -> None:
    """A duty with evidence, and one that was undone; a replay; a job that breaks on a case."""
    duties.plan(now=NOW)
    head = Person.get("intake_head")
    done, undone = list(Duty.objects(unit="QH-SL").order_by("due_at"))[:2]
    for one in (done, undone):
        evidence = {"note": f"{NAME} {PHONE}已办"}
        duties.complete(one.id, evidence, actor=head, now=one.due_at, done_at=one.due_at)
    duty_settling.reopen(undone.id, f"{NAME}未办", actor=head, now=undone.due_at)
    order = replaying.order(pack_definition("p01"), cases=100, actor=Person.get("admin"), now=NOW)
    replays.run(str(order.id), NOW.isoformat())
    queues.enqueue(queues.DEFAULT, f"{__name__}.{broken.__name__}", Complaint.objects.first().number)


def play_pages(browser: Callable[[str], FlaskClient], case: Complaint) -> None:
    """A search, a look, a reveal, who has seen it, a draft; a second factor, and wrong passwords."""
    clerk, admin = browser("cd_clerk"), browser("admin")
    assert case.number in clerk.get("/cases", query_string={"words": PHONE}).text
    assert NAME in clerk.get(f"/cases/{case.number}").text
    asked = {"fields": ["complainant_phone"], "reason": f"回电{NAME} {PHONE}"}
    assert clerk.post(f"/cases/{case.number}/reveal", data=asked).status_code == 302
    assert admin.get("/admin/seen/", query_string={"what": PHONE}).status_code == 200
    said: dict[str, object] = {"complainant_name": NAME, "complainant_phone": PHONE, "facts": FACT}
    Draft.keep("cd_clerk:/x", by="cd_clerk", form="/x", values=said, now=NOW)
    page = clerk.get("/second-factor").text
    secret = b32decode(re.search(r'factor-key">([A-Z2-7 ]+)<', page)[1].replace(" ", ""))  # type: ignore[index]
    clerk.post("/second-factor", data={"code": code_at(secret, NOW)})
    second_factors.reset("cd_clerk", f"{NAME}说手机丢了", actor=Person.get("admin"), now=NOW)
    resetting.ask(resetting.Asked(f"{NAME} {PHONE}", "0", "127.0.0.1"), now=NOW)
    browser("").post("/sign-in", data={"login": PHONE, "password": ACCOUNT})


def test_after_all_that_is_done_with_a_case_the_files_of_the_servers_tell_of_nobody(
    policy: Policy,
    register: Register,
    perform: Perform,
    browser: Callable[[str], FlaskClient],
    database: Db,
    on_disk: Disk,
) -> None:
    volume = destroying.with_letter(spoken(register), perform)
    other = destroying.due(spoken(register), perform)
    open_case = spoken(register)(**destroying.SPOKEN)
    asked = confiding.Asked(Person.get("intake_head"), NOW, f"{NAME}怕报复")
    confiding.confide(open_case.number, asked, ["intake_clerk"])
    play_pages(browser, Complaint.get(volume.case))
    play_duties()
    play_archive(policy, volume, other)
    play_hold(volume)
    play_files()
    assert [one for one in FILLED if not one.objects.count()] == []
    left = [path for name in ("scratch", "house") for path in on_disk.folder.with_name(name).rglob("*")]
    assert [path for path in left if path.is_file()] == []  # no paper in the making stays on a disk
    database["plain"].insert_one({"_id": 1, "words": OPEN})  # what stands readable is found
    queues.connection().set("plain", OPEN)
    queues.connection().save()
    documents_database.disconnect()
    servers.stop([on_disk.process])
    found = disk.found(on_disk.folder, [*MARKS, OPEN])
    assert [(name, mark) for name, mark in found if mark != OPEN] == []
    seen_in = {name.split("-")[0].rpartition("/")[0] or name for name, _mark in found}
    assert seen_in == {"mongod", "mongod/journal", "valkey", "valkey/appendonlydir"}
