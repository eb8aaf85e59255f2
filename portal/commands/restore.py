"""`juanzong restore`: a backup, and what changed until a moment, into a new database, and compared."""

from __future__ import annotations

import io
import os
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import click
from bson.timestamp import Timestamp
from pyrage.x25519 import Identity

from documents import audit_check, database
from documents.backup import Row, Rows, Shape, Tally, load
from documents.backup_redo import Redo
from documents.backup_slices import Span
from documents.rules.trail import Walk
from portal.backups.age import decrypted, identities_in
from portal.backups.house import Unpacking
from portal.backups.master_key import fitting
from portal.backups.moments import moment_in, moment_of, slices_in, way
from portal.backups.telling import about, client_of, explained, say
from portal.backups.words import local
from portal.servers import scratch_servers
from portal.settings import Settings, data_folder

FOUND = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDERS = click.Path(exists=True, file_okay=False, path_type=Path)
TRIED = "juanzong_restored"


@dataclass(frozen=True)
class Source:
    """What is restored: a backup, its keys, and the slices that lead from it to a moment."""

    path: Path
    keys: Sequence[Identity]
    zone: ZoneInfo
    folder: Path = Path()
    slices: tuple[Span, ...] = ()
    since: Timestamp | None = None
    until: Timestamp | None = None


@click.command()
@click.argument("path", type=FOUND)
@click.option("--identity", type=FOUND, required=True, help="私钥文件。 The file with the secret key.")
@click.option("--into", default=None, help="新数据库的名称。 The name of the new database.")
@click.option("--try", "trying", is_flag=True, help="只在临时数据库中演练。 Only try it in a scratch server.")
@click.option("--until", default=None, help="恢复到此刻之前（或 latest）。 2026-11-26 14:05:30, or latest.")
@click.option("--changes", type=FOLDERS, help="变更片的文件夹，默认同备份。 Where the slices are.")
def restore(
    path: Path, identity: Path, into: str | None, trying: bool, until: str | None, changes: Path | None
) -> None:
    """恢复到新数据库并逐字节核对。 Restore into a new database and compare; nothing is overwritten."""
    house = Unpacking(None if trying else data_folder(os.environ))
    settings = Settings.from_environment()
    with explained("没有恢复", "Nothing was restored", settings.zone):
        source = Source(path, identities_in(identity), ZoneInfo(settings.zone))
        if until:
            source = _leading(source, changes or path.parent, until)
        if trying:
            with tempfile.TemporaryDirectory(prefix="juanzong-restore-") as folder:
                _try(source, Path(folder), house)
            return
        name = into or settings.database_name
        with client_of(settings.mongodb_uri) as client:
            say(restored(source, client[name], house))
        _say_house(house)
        _say_trail(settings.mongodb_uri, name, house)
    click.echo(f"完成。以 JUANZONG_DATABASE={name} 启动门户。")
    click.echo(f"Done. Start the portal with JUANZONG_DATABASE={name}.")


def _leading(source: Source, folder: Path, written: str) -> Source:
    """The slices that lead to the moment, found before anything is restored."""
    try:
        until = moment_in(written, source.zone)
    except ValueError:
        sys.exit(
            f"看不懂的时刻：{written}。请写 2026-11-26 14:05:30 或 latest。\n"
            f"No moment: {written}. Write 2026-11-26 14:05:30, or latest."
        )
    since = moment_of(source.path, source.keys)
    found = tuple(way(slices_in(folder), since, until))
    return replace(source, folder=folder, slices=found, since=since, until=until)


def _try(source: Source, folder: Path, house: Unpacking) -> None:
    with scratch_servers(folder) as addresses, client_of(addresses.mongodb_uri) as client:
        say(restored(source, client[TRIED], house))
        _say_trail(addresses.mongodb_uri, TRIED, house)
    click.echo("演练通过，临时数据库已删除。 The trial passed; nothing of it stays.")


def restored(source: Source, target: Rows, house: Unpacking) -> dict[str, Tally]:
    """Restore the backup, compare it, and redo what came until the moment; all of it or nothing."""

    def then(shape: Shape, _manifest: Row) -> None:
        if source.since is not None:
            redone(source, Redo(target, shape, source.since, source.until), house)

    with (
        decrypted(source.path, source.keys) as content,
        _bar("恢复 restore", source.path) as bar,
        tarfile.open(fileobj=_Watched(content, bar.update), mode="r|gz") as stream,
    ):
        return load(stream, target, look=_unseen, aside=house.take, then=then)


def redone(source: Source, redo: Redo, house: Unpacking) -> None:
    """Do again what the slices tell, one after the other."""
    for span in source.slices:
        path = source.folder / span.name
        with (
            about(path.name),
            decrypted(path, source.keys) as content,
            tarfile.open(fileobj=content, mode="r|gz") as stream,
        ):
            redo.slice(stream, span, house.take)
    reached = f"{local(source.until or redo.after, source.zone)}"
    click.echo(f"\n重做变更 changes redone: {redo.events:,}, → {reached}")


def _bar(label: str, path: Path) -> Any:
    return click.progressbar(length=path.stat().st_size, label=label, show_pos=False)


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


def _say_house(house: Unpacking) -> None:
    if house.put:
        click.echo(f"已放回 put back: {' '.join(house.put)}")
    if house.kept:
        click.echo(f"已有且不同，未覆盖 there and different, left alone: {' '.join(house.kept)}")


def _say_trail(uri: str, name: str, house: Unpacking) -> None:
    """The audit trail of what was restored must hold as it did."""
    master = fitting(uri, name, house, Settings.from_environment())
    database.connect(uri, name, master)
    try:
        walk = audit_check.walk_along() if audit_check.is_sealed() else Walk()
        breaks = sum(1 for _ in audit_check.check(walk))
    finally:
        database.disconnect()
    if breaks:
        sys.exit(
            f"审计记录有 {breaks} 处不符：运行 juanzong audit verify。 The audit trail breaks {breaks} times."
        )
    click.echo("审计记录完整。 The audit trail is whole.")
