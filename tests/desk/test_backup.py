"""`juanzong backup` and `restore`: one moment, whole or nothing, and readable only with the key."""

from __future__ import annotations

import io
import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import gridfs
import pytest
from pymongo.client_session import ClientSession
from pymongo.database import Database

from documents import audit, file_cipher, files, keyring
from tests.commands import Done, typed, typed_apart
from tests.data_key import DATA_KEY

Command = Callable[..., Done]
Rows = Database[dict[str, Any]]
Told = dict[str, str]
COINS = 40
RESTORED = "juanzong_test_restored"


@pytest.fixture
def told(database: Rows, mongo_uri: str, valkey_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    yield {
        "MONGODB_URI": mongo_uri,
        "REDIS_URL": valkey_url,
        "JUANZONG_DATABASE": database.name,
        "JUANZONG_FOLDER": str(tmp_path / "var"),
    }
    database.client.drop_database(RESTORED)
    keyring.use(keyring.master_from(DATA_KEY), keyring._open[0]._where)


@pytest.fixture
def command(told: dict[str, str]) -> Command:
    return lambda *arguments: typed(*map(str, arguments), told=told)


@pytest.fixture
def command_apart(told: dict[str, str]) -> Command:
    """In a process of its own."""

    def run(*arguments: object, **more: str) -> Done:
        return typed_apart(*map(str, arguments), told={**told, **more})

    return run


@pytest.fixture
def house(database: Rows, tmp_path: Path) -> bytes:
    """Some cases in two collections, a file of three pieces, an audit entry, the secret of the house."""
    database["left"].insert_many([{"_id": number, "purse": "left"} for number in range(COINS)])
    database["left"].create_index("purse", name="by_purse")
    content = os.urandom(2_500_000)
    files.store(io.BytesIO(content), "信.pdf", media_type="application/pdf")
    audit.note("sign_in", "zhao", by="zhao", at=datetime.now(UTC))
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret").write_text("of this house")
    return content


@contextmanager
def moving(database: Rows) -> Iterator[None]:
    """Coins go from one collection to the other and back, each in a transaction, for as long as it lasts."""
    over = threading.Event()

    def move(session: ClientSession, number: int, source: str, target: str) -> None:
        found = database[source].find_one_and_delete({"_id": number}, session=session)
        database[target].insert_one(found or {}, session=session)

    def work() -> None:
        with database.client.start_session() as session:
            for turn in itertools.count():
                source, target = ("left", "right") if turn // COINS % 2 == 0 else ("right", "left")
                if over.is_set():
                    return
                session.with_transaction(partial(move, number=turn % COINS, source=source, target=target))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.fixture
def key(command: Command, tmp_path: Path) -> str:
    made = command("backup-key", tmp_path / "key")
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    return made.stdout.split("public key: ")[1].split()[0]


def test_everything_comes_back_as_it_stood_at_one_moment(
    database: Rows, command_apart: Command, house: bytes, key: str, tmp_path: Path
) -> None:
    database["right"].insert_one({"_id": -1})
    with moving(database):
        made = command_apart("backup", tmp_path / "b", "--for", key)
    assert made.returncode == 0, made.stderr
    assert "完成" in made.stdout
    assert not list(tmp_path.glob("*.part"))
    assert b"sign_in" not in (tmp_path / "b").read_bytes()

    new = tmp_path / "new"
    asked = ("restore", tmp_path / "b", "--identity", tmp_path / "key", "--into", RESTORED)
    back = command_apart(*asked, JUANZONG_FOLDER=str(new))
    assert back.returncode == 0, back.stderr
    found = database.client[RESTORED]
    coins = [row["_id"] for name in ("left", "right") for row in found[name].find()]
    assert sorted(coins) == [-1, *range(COINS)]
    assert found["left"].index_information()["by_purse"]["key"] == [("purse", 1)]
    row = found["fs.files"].find_one({}) or {}
    kept = gridfs.GridFSBucket(found).open_download_stream(row["_id"])
    assert file_cipher.Opened(kept, files.told_of(row)["key"]).readall() == house
    assert (new / "secret").read_text() == "of this house"
    assert "审计记录完整" in back.stdout
    assert found["audit"].count_documents({"verb": "backup"}) == 1


def test_a_trial_restores_into_a_server_of_its_own(
    database: Rows, told: Told, command: Command, house: bytes, key: str, tmp_path: Path
) -> None:
    told["JUANZONG_DATA_KEY"] = ""
    (tmp_path / "var" / "data.key").write_text(DATA_KEY)
    assert command("backup", tmp_path / "b", "--for", key).returncode == 0
    before = database.client.list_database_names()
    told["JUANZONG_FOLDER"] = str(tmp_path / "elsewhere")  # another machine, which has not the key
    tried = command("restore", tmp_path / "b", "--identity", tmp_path / "key", "--try")
    assert tried.returncode == 0, tried.stderr
    assert "演练通过" in tried.stdout
    assert database.client.list_database_names() == before


def test_the_key_of_the_data_comes_back_or_is_missed_in_words(
    database: Rows, told: Told, command: Command, key: str, tmp_path: Path
) -> None:
    def restored(folder: str) -> Done:
        told["JUANZONG_FOLDER"] = str(tmp_path / folder)
        database.client.drop_database(RESTORED)
        return command("restore", tmp_path / "b", "--identity", tmp_path / "key", "--into", RESTORED)

    audit.note("told", "zhao", by="zhao", at=datetime.now(UTC), reason="李小明")
    told["JUANZONG_DATA_KEY"] = ""
    (tmp_path / "var").mkdir(exist_ok=True)
    (tmp_path / "var" / "data.key").write_text(DATA_KEY)
    assert "不在备份中" not in command("backup", tmp_path / "b", "--for", key).stdout
    back = restored("empty")
    assert (back.returncode, "审计记录完整" in back.stdout) == (0, True), back.stderr
    placed = tmp_path / "empty" / "data.key"
    assert (placed.read_text(), placed.stat().st_mode & 0o777) == (DATA_KEY, 0o600)
    placed.write_text(keyring.new_master())  # another key stands in its place: it stays, and is told of
    assert f"移走 {placed}" in restored("empty").stderr
    # A key that settings bring is not in the backup, and both commands say so.
    (tmp_path / "b").unlink()
    (tmp_path / "var" / "data.key").unlink()
    told |= {"JUANZONG_DATA_KEY": DATA_KEY, "JUANZONG_FOLDER": str(tmp_path / "var")}
    assert "不在备份中" in command("backup", tmp_path / "b", "--for", key).stdout
    told["JUANZONG_DATA_KEY"] = ""
    missed = restored("third")
    assert missed.returncode == 1
    assert f"缺少主密钥 {keyring.fingerprint(keyring.master_from(DATA_KEY))}" in missed.stderr
    told |= {"JUANZONG_DATA_KEY": DATA_KEY, "JUANZONG_DATABASE": RESTORED}
    assert command("keys", "status").returncode == 0


def test_what_is_not_whole_is_never_taken_for_whole(
    database: Rows, command: Command, house: bytes, key: str, tmp_path: Path
) -> None:
    assert command("backup", tmp_path / "b", "--for", key).returncode == 0
    whole = (tmp_path / "b").read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    bad = {"flipped": flipped, "cut": whole[:-70_000], "tail": whole[:-5], "other": b"no backup"}
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        tried = command("restore", tmp_path / name, "--identity", tmp_path / "key", "--into", RESTORED)
        assert tried.returncode == 1, (name, tried.stdout)
        assert "没有恢复：无法解密" in tried.stderr, (name, tried.stderr)
        assert "Traceback" not in tried.stderr
        assert RESTORED not in database.client.list_database_names(), name


def test_nothing_is_overwritten_and_every_refusal_says_what_to_do(
    database: Rows, command: Command, house: bytes, key: str, tmp_path: Path
) -> None:
    assert command("backup", tmp_path / "b", "--for", key).returncode == 0
    other = command("backup-key", tmp_path / "other")
    refused = {
        "文件已存在": command("backup", tmp_path / "b", "--for", key),
        "没有公钥": command("backup", tmp_path / "c"),
        "不是公钥": command("backup", tmp_path / "c", "--for", "age1nonsense"),
        "不是私钥文件": command("restore", tmp_path / "b", "--identity", tmp_path / "b", "--into", RESTORED),
        "无法解密": command("restore", tmp_path / "b", "--identity", tmp_path / "other", "--into", RESTORED),
        "目标数据库已存在": command("restore", tmp_path / "b", "--identity", tmp_path / "key"),
        "未覆盖": command("backup-key", tmp_path / "other"),
    }
    assert other.returncode == 0
    for words, run in refused.items():
        assert run.returncode == 1, words
        assert words in run.stderr
        assert "Traceback" not in run.stderr
    assert not (tmp_path / "c").exists()
    assert database["left"].count_documents({}) == COINS


def test_a_backup_that_is_killed_leaves_no_file_of_its_name(
    database: Rows, command: Command, house: bytes, key: str, tmp_path: Path, mongo_uri: str
) -> None:
    for _ in range(3):
        files.store(io.BytesIO(os.urandom(20_000_000)), "大.pdf", media_type="application/pdf")
    line = [sys.executable, "-m", "portal", "backup", str(tmp_path / "b"), "--for", key]
    told = {"MONGODB_URI": mongo_uri, "JUANZONG_DATABASE": database.name, "JUANZONG_FOLDER": str(tmp_path)}
    running = subprocess.Popen(line, env={**os.environ, **told}, stdout=subprocess.DEVNULL)
    part = tmp_path / "b.part"
    while running.poll() is None and (not part.exists() or part.stat().st_size < 5_000_000):
        time.sleep(0.01)
    running.kill()
    running.wait()
    assert part.exists()
    assert not (tmp_path / "b").exists()
    assert command("backup", tmp_path / "b", "--for", key).returncode == 0
    assert not part.exists()
