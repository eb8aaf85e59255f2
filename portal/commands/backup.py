"""`juanzong backup`: everything at one moment, or everything that changed since, encrypted."""

from __future__ import annotations

import gzip
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from documents import audit
from documents.backup import BackupBroken, Rows, dump, estimated
from documents.backup_marks import keep_backup
from documents.backup_slices import Following, ties
from documents.events import SYSTEM
from portal.backups.age import encrypted, new_identity, recipient_of
from portal.backups.house import KEYS, PIECES, pack
from portal.backups.moments import slices_in
from portal.backups.telling import client_of, explained, say
from portal.backups.words import local
from portal.data_key import open_database
from portal.settings import DATA_KEY, Settings

RECIPIENT = "JUANZONG_BACKUP_RECIPIENT"
FILES = click.Path(dir_okay=False, path_type=Path)
PLACES = click.Path(path_type=Path)
UNNAMED = "new.changes"  # a slice that is whole and has no name yet
Recipients = tuple[str, ...]


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
@click.argument("path", type=PLACES)
@click.option("--for", "recipients", multiple=True, envvar=RECIPIENT, help="公钥。 Public keys (age1…).")
@click.option(
    "--changes", is_flag=True, help="只存上次以来的变更；PATH 是备份的文件夹。 Only what changed since."
)
def backup(path: Path, recipients: Recipients, changes: bool) -> None:
    """在线备份：数据、附件与密钥，加密写入 PATH。 Data, files and keys, encrypted, while all goes on."""
    settings = Settings.from_environment()
    if not recipients:
        sys.exit(
            f"没有公钥。先运行 juanzong backup-key FILE，再用 --for 或 {RECIPIENT} 给出公钥。\n"
            f"No public key: run juanzong backup-key FILE, then give it with --for or {RECIPIENT}."
        )
    if changes and not path.is_dir():
        sys.exit(f"--changes 要备份所在的文件夹：{path}\n--changes wants the folder of the backups: {path}")
    if path.exists() and not changes:
        sys.exit(f"文件已存在，未覆盖：{path}\nIt exists and was not overwritten: {path}")
    with (
        explained("没有备份", "No backup was made", settings.zone),
        client_of(settings.mongodb_uri) as client,
    ):
        (_slice if changes else _whole)(settings, client[settings.database_name], path, recipients)


def _whole(settings: Settings, source: Rows, path: Path, recipients: Recipients) -> None:
    started = datetime.now(UTC)
    open_database(settings)
    audit.note("backup", "backup", by=SYSTEM, at=started, saved=path.name)  # so that it is in it
    with (
        _packed(path, recipients) as out,
        click.progressbar(length=estimated(source), label="备份 backup") as bar,
    ):
        pack(settings, out, PIECES)
        tie, found = dump(source, out, made_at=started, look=bar.update)
    keep_backup(source, tie)
    say(found)
    moment = local(tie.time, ZoneInfo(settings.zone))
    click.echo(f"完成 done: {path} ({path.stat().st_size:,} bytes), {moment}")
    kept = settings.data_folder / DATA_KEY
    if not kept.exists() or kept.read_text().strip() != settings.data_key:
        click.echo("主密钥由设置提供，不在备份中：没有它备份不能读取，请另行保管。")
        click.echo("Settings bring the master key; it is not in the backup, which cannot be read without it.")


@contextmanager
def _packed(path: Path, recipients: Recipients) -> Iterator[tarfile.TarFile]:
    """A file that has its name when all of it is on disk, encrypted."""
    with (
        encrypted(path, [recipient_of(one) for one in recipients]) as sink,
        gzip.open(sink, "wb", compresslevel=3) as packed,
        tarfile.open(fileobj=packed, mode="w|") as out,
    ):
        yield out


def _slice(settings: Settings, source: Rows, folder: Path, recipients: Recipients) -> None:
    """Follow the last slice; where the server has forgotten what came then, the newest backup."""
    before = slices_in(folder)
    found = ties(source, before[-1].end if before else None)
    for tie in found:
        following = Following(source, tie, datetime.now(UTC))
        try:
            _followed(settings, following, folder, recipients)
        except BackupBroken as broken:
            if str(broken) != "history_lost" or tie == found[-1]:
                raise
            _say_lost(local(tie.time, ZoneInfo(settings.zone)))
        else:
            return


def _followed(settings: Settings, following: Following, folder: Path, recipients: Recipients) -> None:
    unnamed = folder / UNNAMED
    with _packed(unnamed, recipients) as out:
        pack(settings, out, KEYS)
        span = following.write(out)
    path = unnamed.rename(folder / span.name)
    zone = ZoneInfo(settings.zone)
    click.echo(
        f"完成 done: {path} ({path.stat().st_size:,} bytes), {local(span.since, zone)} → "
        f"{local(span.end.time, zone)}, {following.events:,} 项变更 changes"
    )


def _say_lost(moment: str) -> None:
    click.echo(
        f"数据库已不再保留 {moment} 以后的全部变更；从最新的完整备份接续，其间的时刻不能恢复。\n"
        f"The oplog no longer holds all since {moment}: this slice follows the newest full backup, "
        "and no moment between can be restored. Give the oplog more room.",
        err=True,
    )
