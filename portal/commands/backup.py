"""`juanzong backup`, `juanzong restore`: everything at one moment, encrypted, proved by restoring it."""

from __future__ import annotations

import gzip
import io
import os
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click
from pymongo import MongoClient
from pymongo.database import Database

from documents import audit_check, database
from documents.backup import BackupBroken, Tally, dump, estimated, load
from documents.keyring import KeyUnfit
from documents.rules.trail import Walk
from portal.backups.age import Undecipherable, decrypted, encrypted, identities_in, new_identity, recipient_of
from portal.backups.house import Unpacking, pack
from portal.data_key import WORDS as KEY_WORDS
from portal.servers import ServerFailed, ServerMissing, scratch_servers
from portal.settings import Settings, data_folder

RECIPIENT = "JUANZONG_BACKUP_RECIPIENT"
FILES = click.Path(dir_okay=False, path_type=Path)
FOUND = click.Path(exists=True, dir_okay=False, path_type=Path)
TRIED = "juanzong_restored"
WORDS = {
    "too_slow": (
        "数据库已不再保留备份开始时的状态。请在空闲时重试，或调大 minSnapshotHistoryWindowInSeconds",
        "the database forgot the moment the backup began at; try when it is idle, or let it remember longer",
    ),
    "not_empty": (
        "目标数据库已存在。恢复从不覆盖：请用 --into 指定一个新名称",
        "that database exists, and nothing is ever overwritten: name a new one with --into",
    ),
    "damaged": ("备份文件内容损坏", "the content of the backup is damaged"),
    "not_whole": ("备份文件不完整", "the backup is not whole"),
    "differs": ("恢复后的内容与备份时不一致", "what was restored differs from what was backed up"),
    "recipient": ("不是公钥（age1…）", "no public key (age1…)"),
    "identity": ("不是私钥文件（AGE-SECRET-KEY-…）", "no file with a secret key (AGE-SECRET-KEY-…)"),
    "file": (
        "无法解密：私钥不符，或文件被改动、被截断",
        "it cannot be decrypted: another key, or the file was changed or cut off",
    ),
}


@click.command("backup-key")
@click.argument("path", type=FILES)
def backup_key(path: Path) -> None:
    """生成备份密钥：私钥写入文件，另处保管。 Make a key: the secret one goes to PATH; keep it elsewhere."""
    try:
        public = new_identity(path)
    except FileExistsError:
        sys.exit(f"文件已存在，未覆盖：{path}\nIt exists and was not overwritten: {path}")
    click.echo(f"公钥 public key: {public}")
    click.echo(f"把 {path} 移到门户之外保管；丢失它，备份就不能恢复。")
    click.echo("Move the file away from this machine. Without it no backup can be restored.")


@click.command()
@click.argument("path", type=FILES)
@click.option("--for", "recipients", multiple=True, envvar=RECIPIENT, help="公钥。 Public keys (age1…).")
def backup(path: Path, recipients: tuple[str, ...]) -> None:
    """在线备份：数据、附件与密钥，加密写入 PATH。 Data, files and keys, encrypted, while all goes on."""
    settings, started = Settings.from_environment(), datetime.now(UTC)
    if not recipients:
        sys.exit(
            f"没有公钥。先运行 juanzong backup-key FILE，再用 --for 或 {RECIPIENT} 给出公钥。\n"
            f"No public key: run juanzong backup-key FILE, then give it with --for or {RECIPIENT}."
        )
    if path.exists():
        sys.exit(f"文件已存在，未覆盖：{path}\nIt exists and was not overwritten: {path}")
    with _explained("没有备份", "No backup was made"), _client(settings.mongodb_uri) as client:
        source = client[settings.database_name]
        with (
            encrypted(path, [recipient_of(one) for one in recipients]) as sink,
            gzip.open(sink, "wb", compresslevel=3) as packed,
            tarfile.open(fileobj=packed, mode="w|") as out,
            click.progressbar(length=estimated(source), label="备份 backup") as bar,
        ):
            pack(settings, out)
            found = dump(source, out, made_at=started, look=bar.update)
    _say(found)
    click.echo(f"完成 done: {path} ({path.stat().st_size:,} bytes)")


@click.command()
@click.argument("path", type=FOUND)
@click.option("--identity", type=FOUND, required=True, help="私钥文件。 The file with the secret key.")
@click.option("--into", default=None, help="新数据库的名称。 The name of the new database.")
@click.option("--try", "trying", is_flag=True, help="只在临时数据库中演练。 Only try it in a scratch server.")
def restore(path: Path, identity: Path, into: str | None, trying: bool) -> None:
    """恢复到新数据库并逐字节核对。 Restore into a new database and compare; nothing is overwritten."""
    house = Unpacking(None if trying else data_folder(os.environ))
    settings = Settings.from_environment()
    with _explained("没有恢复", "Nothing was restored"):
        keys = identities_in(identity)
        if trying:
            with tempfile.TemporaryDirectory(prefix="juanzong-restore-") as folder:
                _try(path, keys, Path(folder), house)
            return
        name = into or settings.database_name
        with _client(settings.mongodb_uri) as client:
            _say(_restored(path, keys, client[name], house))
        _say_house(house)
        _say_trail(settings.mongodb_uri, name)
    click.echo(f"完成。以 JUANZONG_DATABASE={name} 启动门户。")
    click.echo(f"Done. Start the portal with JUANZONG_DATABASE={name}.")


def _try(path: Path, keys: Sequence[Any], folder: Path, house: Unpacking) -> None:
    with scratch_servers(folder) as addresses, _client(addresses.mongodb_uri) as client:
        _say(_restored(path, keys, client[TRIED], house))
        _say_trail(addresses.mongodb_uri, TRIED)
    click.echo("演练通过，临时数据库已删除。 The trial passed; nothing of it stays.")


def _restored(
    path: Path, keys: Sequence[Any], target: Database[dict[str, Any]], house: Unpacking
) -> dict[str, Tally]:
    with (
        decrypted(path, keys) as source,
        click.progressbar(length=path.stat().st_size, label="恢复 restore", show_pos=False) as bar,
        tarfile.open(fileobj=_Watched(source, bar.update), mode="r|gz") as stream,
    ):
        return load(stream, target, look=_unseen, aside=house.take)


def _unseen(_count: int) -> None:
    """Progress is told by the bytes of the file."""


class _Watched(io.RawIOBase):
    """A stream that tells how much of it was read."""

    def __init__(self, source: IO[bytes], look: Callable[[int], None]) -> None:
        self.source, self.look = source, look

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self.source.read(len(buffer))
        buffer[: len(found)] = found
        self.look(len(found))
        return len(found)


@contextmanager
def _client(uri: str) -> Iterator[MongoClient[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](uri, w="majority", serverSelectionTimeoutMS=10_000) as client:
        yield client


@contextmanager
def _explained(chinese: str, english: str) -> Iterator[None]:
    """What one can do about, in words; anything else stays an error."""
    try:
        yield
    except (BackupBroken, Undecipherable) as refused:
        words = WORDS[str(refused)]
        sys.exit(f"{chinese}：{words[0]}。\n{english}: {words[1]}.")
    except tarfile.ReadError as error:
        sys.exit(f"{chinese}：{WORDS['damaged'][0]}。\n{english}: {WORDS['damaged'][1]} ({error}).")
    except (ServerFailed, ServerMissing, OSError) as error:
        sys.exit(f"{chinese}：{error}\n{english}: {error}")


def _say(found: Mapping[str, Tally]) -> None:
    for name, tally in found.items():
        if tally.documents:
            click.echo(f"  {name:<28}{tally.documents:>12,}{tally.size:>16,} bytes  {tally.sha256[:16]}")
    total = sum(tally.documents for tally in found.values())
    click.echo(f"{len(found)} 个集合，{total:,} 条。 {len(found)} collections, {total:,} documents.")


def _say_house(house: Unpacking) -> None:
    if house.put:
        click.echo(f"已放回 put back: {' '.join(house.put)}")
    if house.kept:
        click.echo(f"已有且不同，未覆盖 there and different, left alone: {' '.join(house.kept)}")


def _say_trail(uri: str, name: str) -> None:
    """The audit trail of what was restored must hold as it did."""
    database.connect(uri, name, Settings.from_environment().master_key)
    try:
        walk = Walk()
        breaks = sum(1 for _ in audit_check.check(walk))
    except KeyUnfit as unfit:
        chinese, english = KEY_WORDS[str(unfit)]
        sys.exit(f"数据已恢复，但不能读取：{chinese}。\nAll is restored, but it cannot be read: {english}.")
    finally:
        database.disconnect()
    if breaks:
        sys.exit(
            f"审计记录有 {breaks} 处不符：运行 juanzong audit verify。 The audit trail breaks {breaks} times."
        )
    click.echo("审计记录完整。 The audit trail is whole.")
