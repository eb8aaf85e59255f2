"""`juanzong backup --changes` and `restore --until`: every moment between two backups, and none half."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import bson
import pytest
from bson.timestamp import Timestamp
from pymongo import MongoClient
from pymongo.database import Database

from documents import backup, backup_marks, keyring
from documents.actions import uploads
from documents.backup_redo import Redo
from documents.person import Person
from documents.policy import Policy
from portal.backups.age import decrypted, identities_in
from portal.backups.house import Unpacking
from portal.backups.moments import moment_of, slices_in, way
from portal.commands import keys
from portal.commands.restore import Source, redone, restored
from portal.servers import Server, free_port, leashed, mongod, stop, wait_until_ready
from tests.data_key import DATA_KEY
from tests.desk.test_backup import RESTORED, Command, command, key, moving, told
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.documents.test_paths import TREATED, UNSOLVED
from tests.long import LONG, long

_ = (command, key, told, perform, register)  # fixtures
Rows = Database[dict[str, Any]]
Content = dict[str, dict[str, bytes]]
SMALL = "juanzong_test_small"
ZONE = ZoneInfo("Asia/Shanghai")


def content(database: Rows, at: Timestamp | None = None) -> Content:
    """Every document of every collection, byte for byte, as it was at a cluster time."""
    found: Content = {}
    for name in backup.collections_of(database):
        batches = backup.batches_of(database[name], at) if name != backup_marks.MARKS else ()
        rows = [one for batch in batches for one in backup.documents_in(batch)]
        found[name] = {repr(bson.decode(one)["_id"]): one for one in rows}
    return {name: rows for name, rows in found.items() if rows}


def moment(database: Rows) -> Timestamp:
    """The cluster time of this instant."""
    found: Timestamp = database.client.admin.command("hello")["operationTime"]
    return found


@pytest.fixture
def life(database: Rows, policy: Policy, register: Register, perform: Perform) -> Iterator[Life]:
    """The union of P01; the keys of the data are put back, whatever a test does to them."""
    kept = list(database[keyring.COLLECTION].find())
    yield Life(database, register, perform)
    database[keyring.COLLECTION].delete_many({})
    database[keyring.COLLECTION].insert_many(kept)
    keyring.use(keyring.master_from(DATA_KEY), keyring._open[0]._where)


class Life:
    """What a house does between two backups; the moments that are to come back."""

    def __init__(self, database: Rows, register: Register, perform: Perform) -> None:
        self.database, self.register, self.perform = database, register, perform
        self.moments: list[tuple[Timestamp, Content]] = []

    def note(self) -> None:
        """Remember everything, as it is at this very moment."""
        at = moment(self.database)
        self.moments.append((at, content(self.database, at)))

    def cases(self) -> None:
        """People work, with a file and answers; one case ends."""
        for turn in range(long(2, 20)):
            case = self.register(title=f"第{turn}件")
            self.note()
            self.perform(
                case, "solve" if turn % 2 else "report", "cd_clerk", **(TREATED if turn % 2 else UNSOLVED)
            )
        paper = io.BytesIO("流水。".encode() * 60_000)
        uploads.accept(paper, "凭证.txt", actor=Person.get("cd_clerk"), now=NOW)
        self.note()

    def lists(self) -> None:
        """What updates can do to lists, to many documents at once, and to names that are numbers."""
        odd = self.database["odd"]
        odd.insert_many([{"_id": n, "list": [*range(9)], "in": {"0": [{"k": n}]}} for n in range(40)])
        odd.update_many({}, {"$push": {"list": {"$each": [1, 2], "$slice": -7}}, "$set": {"in.0.0.k": 7}})
        self.note()
        odd.update_many({}, [{"$set": {"list": {"$slice": ["$list", 3]}}}])
        odd.update_many({"_id": {"$gt": 30}}, {"$pull": {"list": 4}, "$unset": {"in.0": ""}})
        odd.create_index([("list", 1)], name="by_list")
        odd.replace_one({"_id": 3}, {"new": Timestamp(5, 5), "at": datetime(2026, 1, 1)})  # noqa: DTZ001
        odd.delete_many({"_id": {"$lt": 2}})
        self.note()

    def shapes(self) -> None:
        """Collections and indexes come and go."""
        self.database["odd"].create_index("in", unique=False, name="by_in")
        self.database["odd"].drop_index("by_list")
        self.database["short"].insert_one({"_id": 1})
        self.note()
        self.database.drop_collection("short")
        self.note()


Moments = list[tuple[Timestamp, Content]]


def source_of(folder: Path, until: Timestamp | None) -> Source:
    """The backup of the folder, and the slices that lead from it to a moment."""
    identities = identities_in(folder / "key")
    since = moment_of(folder / "full", identities)
    spans = tuple(way(slices_in(folder), since, until))
    return Source(folder / "full", identities, ZONE, folder, spans, since, until)


def one_after_the_other(folder: Path, target: Rows, moments: Moments) -> None:
    """Restore once, and stop at each moment on the way."""
    whole = source_of(folder, None)

    def then(shape: backup.Shape, _manifest: dict[str, Any]) -> None:
        reached = whole.since or Timestamp(0, 0)
        for at, state in moments:
            until = Timestamp(at.time, at.inc + 1)
            redone(source_of(folder, until), Redo(target, shape, reached, until), Unpacking(None))
            compare(content(target), state)
            reached = at

    with decrypted(whole.path, whole.keys) as packed, tarfile.open(fileobj=packed, mode="r|gz") as stream:
        backup.load(stream, target, look=print, aside=Unpacking(None).take, then=then)
    target.client.drop_database(target.name)


def each_for_itself(folder: Path, target: Rows, moments: Moments) -> None:
    """Restore from the backup to each moment, indexes too."""
    for at, state in moments:
        restored(source_of(folder, Timestamp(at.time, at.inc + 1)), target, Unpacking(None))
        compare(content(target), state)
        target.client.drop_database(target.name)


def compare(found: Content, state: Content) -> None:
    """Document by document."""
    assert found.keys() == state.keys()
    for name in state:
        assert found[name] == state[name], name


def test_every_moment_between_two_backups_comes_back(
    life: Life, command: Command, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also across a rotation of the keys; and the trail of the newest moment is whole."""
    monkeypatch.setattr(keys, "SETTLED", 0)
    database = life.database
    database["left"].insert_many([{"_id": number, "purse": "left"} for number in range(40)])
    database["right"].insert_one({"_id": -1})
    database.create_collection("odd")
    life.register()
    with moving(database):
        done = [command("backup", tmp_path / "full", "--for", key)]
        life.cases()
        done.append(command("backup", "--changes", tmp_path, "--for", key))
        life.lists()
    done.append(command("keys", "rotate"))
    life.note()
    done.append(command("backup", "--changes", tmp_path, "--for", key))
    life.shapes()
    shape = backup.shape_of(database)
    done.append(command("backup", "--changes", tmp_path, "--for", key))
    assert [one.returncode for one in done] == [0] * 5, done
    target = database.client[RESTORED]
    (each_for_itself if LONG else one_after_the_other)(tmp_path, target, life.moments)
    asked = ("restore", tmp_path / "full", "--identity", tmp_path / "key", "--into", RESTORED)
    latest = command(*asked, "--until", "latest")
    assert (latest.returncode, "审计记录完整" in latest.stdout) == (0, True), latest.stderr
    compare(content(target), content(database))
    assert backup.shape_of(target) == shape


@pytest.fixture
def small(command: Command, key: str, database: Rows, told: dict[str, str], tmp_path: Path) -> Iterator[Rows]:
    """A database of two documents, with a backup and two slices; each adds a document."""
    told["JUANZONG_DATABASE"] = SMALL
    found = database.client[SMALL]
    found["rows"].insert_many([{"_id": 1}, {"_id": 2}])
    assert command("backup", tmp_path / "full", "--for", key).returncode == 0
    for number in (3, 4):
        found["rows"].insert_one({"_id": number})
        assert command("backup", "--changes", tmp_path, "--for", key).returncode == 0
    yield found
    for name in (SMALL, RESTORED):
        database.client.drop_database(name)


def ids(database: Rows) -> list[int]:
    """What stands in it; and nothing of it stays."""
    found = [row["_id"] for row in database["rows"].find(sort=[("_id", 1)])]
    database.client.drop_database(database.name)
    return found


def test_what_does_not_lead_to_the_moment_is_refused_with_its_reason(
    small: Rows, command: Command, tmp_path: Path
) -> None:
    first, second = [tmp_path / span.name for span in slices_in(tmp_path)]
    asked = ("restore", tmp_path / "full", "--identity", tmp_path / "key", "--into", RESTORED)
    restored_there = small.client[RESTORED]
    assert command(*asked, "--until", "latest").returncode == 0
    assert ids(restored_there) == [1, 2, 3, 4]
    folder = tmp_path / "other"

    def refused(words: str, until: str = "latest", **files: bytes) -> None:
        folder.mkdir()
        for name, content in files.items():
            (folder / (first if name == "first" else second).name).write_bytes(content)
        done = command(*asked, "--until", until, "--changes", folder)
        assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (1, True, False), done
        assert restored_there.list_collection_names() == []
        shutil.rmtree(folder)

    one, two = first.read_bytes(), second.read_bytes()
    refused("缺少变更片", second=two)
    refused("变更片只到")
    refused("变更片只到", "2099-01-01 00:00", first=one, second=two)
    refused("请选一个更早的备份", "2020-01-01 00:00", first=one, second=two)
    refused("看不懂的时刻", "昨天", first=one, second=two)
    refused("的内容与文件名不符", first=two, second=one)
    refused(f"{second.name})：无法解密", first=one, second=two[:-40] + bytes([two[-40] ^ 1]) + two[-39:])
    refused(f"{first.name})：无法解密", first=one[:-100], second=two)


def test_a_moment_is_what_had_been_written_before_its_second(
    small: Rows, command: Command, key: str, tmp_path: Path
) -> None:
    time.sleep(1 - time.time() % 1)
    small["rows"].insert_one({"_id": 5})
    written = moment(small).as_datetime().astimezone(ZONE)
    assert command("backup", "--changes", tmp_path, "--for", key).returncode == 0
    asked = ("restore", tmp_path / "full", "--identity", tmp_path / "key", "--into", RESTORED)
    done = command(*asked, "--until", f"{written:%Y-%m-%d %H:%M:%S}")
    assert done.returncode == 0, done.stderr
    assert ids(small.client[RESTORED]) == [1, 2, 3, 4]


def test_a_database_that_was_dropped_comes_back_until_then(
    small: Rows, command: Command, key: str, tmp_path: Path
) -> None:
    """What was written last is in a slice that is made afterwards; a new house begins with a new backup."""
    small["rows"].insert_one({"_id": 5})
    at = moment(small)
    small.client.drop_database(SMALL)
    slicing = ("backup", "--changes", tmp_path, "--for", key)
    assert command(*slicing).returncode == 0
    asked = ("restore", tmp_path / "full", "--identity", tmp_path / "key")
    whole = command(*asked, "--until", "latest")
    assert (whole.returncode, "被删除" in whole.stderr) == (1, True), whole.stderr
    restored(source_of(tmp_path, Timestamp(at.time, at.inc + 1)), small, Unpacking(None))
    again = command(*slicing)
    assert (again.returncode, "属于另一个数据库" in again.stderr) == (1, True), again.stderr
    assert command("backup", tmp_path / "new", "--for", key).returncode == 0
    small["rows"].insert_one({"_id": 6})
    assert command(*slicing).returncode == 0
    back = command("restore", tmp_path / "new", *asked[2:], "--into", RESTORED, "--until", "latest")
    assert back.returncode == 0, back.stderr
    assert ids(small.client[RESTORED]) == [1, 2, 3, 4, 5, 6]


def test_what_is_not_understood_stops_the_restore(
    small: Rows, command: Command, key: str, tmp_path: Path
) -> None:
    """A change of a kind that the portal never makes; what was before it can be had."""
    at = moment(small)
    small["rows"].rename("others")
    assert command("backup", "--changes", tmp_path, "--for", key).returncode == 0
    asked = ("restore", tmp_path / "full", "--identity", tmp_path / "key", "--into", RESTORED)
    done = command(*asked, "--until", "latest")
    assert (done.returncode, "“rename rows”不是门户所做" in done.stderr) == (1, True), done.stderr
    restored(source_of(tmp_path, Timestamp(at.time, at.inc + 1)), small.client[RESTORED], Unpacking(None))
    assert ids(small.client[RESTORED]) == [1, 2, 3, 4]


def test_a_slice_wants_a_backup_of_this_database(
    database: Rows, command: Command, key: str, tmp_path: Path, told: dict[str, str]
) -> None:
    told["JUANZONG_DATABASE"] = SMALL
    database.client[SMALL]["rows"].insert_one({"_id": 1})
    done = command("backup", "--changes", tmp_path, "--for", key)
    assert (done.returncode, "还没有完整备份" in done.stderr) == (1, True), done.stderr
    assert not slices_in(tmp_path)
    database.client.drop_database(SMALL)


@pytest.fixture
def forgetful(tmp_path: Path) -> Iterator[Server]:
    """A server with an oplog of one megabyte, cut each second."""
    made = mongod(tmp_path / "server", tmp_path / "log", free_port())
    line = [*made.command, "--syncdelay", "1"]
    line[line.index("--oplogSize") + 1] = "1"
    found = replace(made, command=tuple(line))
    process = subprocess.Popen(leashed(found.command), stdout=subprocess.DEVNULL)
    wait_until_ready(found, process)
    yield found
    stop([process])


def test_an_oplog_that_forgot_is_told_and_a_new_backup_begins_anew(
    forgetful: Server, command: Command, key: str, told: dict[str, str], tmp_path: Path
) -> None:
    told.update(MONGODB_URI=forgetful.url, JUANZONG_DATABASE=SMALL)
    slicing = ("backup", "--changes", tmp_path, "--for", key)
    with MongoClient[dict[str, Any]](forgetful.url) as client:
        oplog, rows = client.local["oplog.rs"], client[SMALL]["rows"]
        rows.insert_one({"_id": 1})
        assert command("backup", tmp_path / "first", "--for", key).returncode == 0
        assert command(*slicing).returncode == 0
        (known,) = slices_in(tmp_path)
        until = time.monotonic() + 60
        while next(oplog.find().sort("$natural", 1).limit(1))["ts"] <= known.end.time:
            rows.insert_many([{"bulk": bytes(100_000)} for _ in range(10)])
            assert time.monotonic() < until
    lost = command(*slicing)
    assert (lost.returncode, "立即做一次完整备份" in lost.stderr) == (1, True), lost.stderr
    assert slices_in(tmp_path) == [known]
    assert command("backup", tmp_path / "second", "--for", key).returncode == 0
    anew = command(*slicing)
    assert (anew.returncode, "其间的时刻不能恢复" in anew.stderr) == (0, True), anew.stderr
    asked = ("restore", tmp_path / "first", "--identity", tmp_path / "key", "--try", "--until", "latest")
    assert "缺少变更片" in command(*asked).stderr
