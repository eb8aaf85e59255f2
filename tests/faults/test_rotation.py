"""`juanzong keys rotate`, killed with kill -9 while people work: nothing is lost, no old key stays."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pymongo.database import Database

from documents import files, keyring
from documents.actions import renewing
from documents.audit import AuditEntry, note
from documents.complaint import Complaint
from documents.keyring import COLLECTION, LASTING, ring
from documents.policy import Policy
from documents.second_factor import SecondFactor
from documents.upload import Draft
from tests.conftest import DATABASE_NAME
from tests.data_key import DATA_KEY
from tests.documents.conftest import NOW, Register, register
from tests.documents.test_encryption import PHONE, found_by
from tests.long import LONG

_ = register  # fixture
Db = Database[dict[str, Any]]
FRESH, SETTLED = 0.2, 1.0
# The command as it is, but for its patience, and in portions so small that there is something to break off.
HASTY = f"""
from functools import partial
from documents import keyring
from documents.actions import renewing
from portal.commands import keys, main
keyring.FRESH, keys.SETTLED = {FRESH}, {SETTLED}
renewing.renew = partial(renewing.renew, portion=5)
main.main()
"""
AT_ONCE, IN_THE_MIDDLE, AFTERWARDS = "密钥 key", "complaints", "查看 seen"
MOMENTS = [AT_ONCE, IN_THE_MIDDLE, AFTERWARDS]
MORE = ["people", "audit", "outbox", "drafts", "fs.files", AFTERWARDS, IN_THE_MIDDLE, "timers"]


@pytest.fixture
def keys(database: Db, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The keys of the tests, put back whatever happens to them; a newer one is soon known here."""
    kept = list(database[COLLECTION].find())
    monkeypatch.setattr(keyring, "FRESH", FRESH)
    yield
    database[COLLECTION].delete_many({})
    database[COLLECTION].insert_many(kept)
    keyring.use(keyring.master_from(DATA_KEY), keyring._open[0]._where)


def started(uri: str, *more: str) -> subprocess.Popen[str]:
    told = {"MONGODB_URI": uri, "JUANZONG_DATABASE": DATABASE_NAME}
    line = [sys.executable, "-c", HASTY, "keys", "rotate", *more]
    return subprocess.Popen(line, env={**os.environ, **told}, stdout=subprocess.PIPE, text=True)


def killed_at(moment: str, process: subprocess.Popen[str]) -> None:
    """kill -9 as soon as it has said this."""
    assert process.stdout is not None
    said = ""
    while moment not in said:
        piece = process.stdout.read(1)
        assert piece, f"it ended before {moment}: {said}"
        said += piece
    process.kill()
    process.communicate()


@contextmanager
def working() -> Iterator[Counter[str]]:
    """Somebody who writes and reads all the while; how often, and what went wrong."""
    done, over = Counter[str](), threading.Event()

    def work() -> None:
        while not over.wait(0.05):
            turn = done["written"]
            note("told", "TS-9", by="cd_clerk", at=NOW, reason=f"words {turn}")
            typed: dict[str, object] = {"facts": f"words {turn}"}
            Draft.keep(f"d{turn % 20}", by="cd_clerk", form="/x", values=typed, now=NOW, version=turn + 1)
            kept = {one.facts["reason"] for one in AuditEntry.objects(verb="told").order_by("-id").limit(5)}
            done["wrong"] += f"words {turn}" not in kept
            done["written"] += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        over.set()
        thread.join()


def test_a_rotation_that_is_killed_again_and_again_ends_with_one_key(
    policy: Policy, register: Register, database: Db, mongo_uri: str, keys: None
) -> None:
    cases = [register(title=f"第{n}件", complainant_phone=PHONE) for n in range(7)]
    stored = files.store(io.BytesIO(b"paper" * 100_000), "信.pdf", media_type="application/pdf")
    SecondFactor(id="cd_clerk", secret=b"x" * 20).save()
    old = ring().current.number
    with working() as done:
        for turn, moment in enumerate(MOMENTS + MORE * LONG):
            killed_at(moment, started(mongo_uri, *["--resume"] * (turn > 0)))
            assert {row["_id"] for row in database[COLLECTION].find()} == {LASTING, old, old + 1}
            assert found_by(PHONE) == sorted((one.number for one in cases), reverse=True)
        last = started(mongo_uri, "--resume")
        said, _none = last.communicate(timeout=120)
    assert (last.returncode, f"{old + 1} is left" in said) == (0, True), said
    assert (done["wrong"], done["written"] > 10) == (0, True)
    used = Counter[int]()
    for _collection, counted in renewing.usage():
        used += counted
    assert set(used) == {old + 1}
    assert {row["_id"] for row in database[COLLECTION].find()} == {LASTING, old + 1}
    keyring.use(keyring.master_from(DATA_KEY), keyring._open[0]._where)  # as a process that starts now
    assert found_by(PHONE) == sorted((one.number for one in cases), reverse=True)
    assert [Complaint.get(one.number).title for one in cases] == [one.title for one in cases]
    assert AuditEntry.objects(verb="told").count() == done["written"]
    assert all(one.facts["reason"] for one in AuditEntry.objects(verb="told"))
    assert all(one.values["facts"] for one in Draft.objects)
    assert files.read(stored.id) == b"paper" * 100_000
    assert SecondFactor.objects.get().secret == b"x" * 20
