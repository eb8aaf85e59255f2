"""`juanzong keys`: the keys of the encrypted data – which are in use, a new one, another master key."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from documents import keyring, leftovers
from documents.actions import renewing
from documents.database import database
from jobs import copy_key
from portal.data_key import open_database
from portal.settings import DATA_KEY, Settings

MOST_SHOWN = 200
SETTLED = 2 * keyring.FRESH  # seconds after which every process writes with the newest key
FILES = click.Path(dir_okay=False, path_type=Path)


@click.group()
def keys() -> None:
    """数据密钥：查看、轮换、更换主密钥。 The keys of the encrypted data: look, rotate, wrap anew."""


@keys.command()
def status() -> None:
    """每把密钥加密了多少内容；0 为尚未加密。 How much is encrypted with each key; 0: not encrypted yet."""
    open_database(Settings.from_environment())
    made = {row["_id"]: row["made_at"] for row in database()[keyring.COLLECTION].find()}
    total = Counter[int]()
    for collection, counted in renewing.usage():
        total += counted
        told = "  ".join(f"{number}: {count:,}" for number, count in sorted(counted.items()))
        click.echo(f"  {collection:<20}{told}")
    click.echo(f"主密钥 master key: {keyring.fingerprint(keyring.master() or b'')}")
    for number in sorted({*made, *total} - {keyring.LASTING} | ({0} & set(total))):
        since = f"{made[number]:%Y-%m-%d %H:%M} UTC" if number in made and number else "未加密 readable"
        click.echo(f"{number}  {since}  {total[number]:,}")


@keys.command()
@click.option("--resume", is_flag=True, help="继续上次未完成的轮换。 Go on with a rotation that was stopped.")
def rotate(resume: bool) -> None:
    """换用新密钥并重新加密全部内容；可中断，再以 --resume 继续。 A new key; everything encrypted anew."""
    open_database(Settings.from_environment())
    ring = keyring.ring()
    current = ring.current if resume else ring.rotate()
    click.echo(f"密钥 key {current.number}")
    _wait_for_others(current.number)
    _renew(again=False)
    while (done := _renew(again=True)).renewed:
        pass
    for key in ring.all:
        ring.retire(key.number)
    click.echo(f"完成；其余密钥已删除。 Done; the other keys are gone: {current.number} is left.")
    _say_broken(done.broken)


def _say_broken(broken: Sequence[str]) -> None:
    """What nobody can open was left as it stands; the command fails, so that somebody looks."""
    for one in broken[:MOST_SHOWN]:
        click.echo(f"✗ {one}")
    if broken:
        sys.exit(
            f"{len(broken)} 份内容不能核验，原样未动：见 docs/operations.md。 "
            f"{len(broken)} documents do not open and were left as they are."
        )


def _wait_for_others(number: int) -> None:
    """Until every process knows the key: who does not would search for digests that are there no more."""
    made = database()[keyring.COLLECTION].find_one({"_id": number}) or {}
    left = SETTLED - (datetime.now(UTC) - made["made_at"]).total_seconds()
    if left > 0:
        click.echo(f"等待其他进程换用新密钥 waiting for the other processes: {left:.0f} s")
        time.sleep(left)


def _renew(*, again: bool) -> renewing.Renewed:
    done = renewing.renew(look=_tell, again=again, admit=False)
    click.echo(f"查看 seen {done.seen:,}，重新加密 renewed {done.renewed:,}")
    return done


def _tell(collection: str, seen: int, renewed: int) -> None:
    click.echo(f"\r  {collection:<20}{seen:>10,}{renewed:>10,}", nl=False)


@keys.command()
@click.argument("path", type=FILES)
def rewrap(path: Path) -> None:
    """更换主密钥，写入 PATH；内容不变。 Another master key, written to PATH; no data is changed."""
    if path.exists():
        raise click.ClickException(f"文件已存在，未覆盖 it exists and was not overwritten: {path}")
    settings = Settings.from_environment()
    open_database(settings)
    path.touch(mode=0o600)
    written = keyring.new_master()
    path.write_text(written)
    fresh = keyring.master_from(written)
    if settings.copy_folder and settings.master_key:
        copy_key.wrap_for(settings.copy_folder, settings.master_key, fresh)
    keyring.ring().rewrap(fresh)
    if settings.copy_folder:
        copy_key.forget_others(settings.copy_folder, fresh)
    click.echo(f"停止门户，把 {path} 放到 {DATA_KEY} 或 JUANZONG_DATA_KEY_FILE 处，再启动。")
    click.echo(f"Stop the portal, put {path} in the place of {DATA_KEY} or JUANZONG_DATA_KEY_FILE, start it.")


@keys.command("leftovers")
@click.option("--compact", is_flag=True, help="压缩各成员的集合。 Compact the collections of each member.")
def left_over(compact: bool) -> None:
    """升级前的明文是否还在数据库文件里。 What an upgrade left readable in the files."""
    settings = Settings.from_environment()
    open_database(settings)
    since = leftovers.upgraded_at()
    if since is None:
        click.echo("本系统的数据从一开始就是加密的。 All data was encrypted from the beginning.")
    for host in leftovers.hosts():
        if compact:
            click.echo(f"{host}: 压缩释放 compacted, {leftovers.compact(settings.mongodb_uri, host):,} bytes")
        one = leftovers.look(settings.mongodb_uri, host)
        reaches = f"{one.since:%Y-%m-%d %H:%M} UTC" if one.since else "?"
        old = since is not None and (one.since is None or one.since < since)
        told = "早于加密 before encryption" if old else "正常 good"
        click.echo(f"{host}: 空闲页 free {one.free:,} bytes；操作日志始于 oplog since {reaches}，{told}")
    if since is not None:
        click.echo(f"加密于 encrypted at {since:%Y-%m-%d %H:%M} UTC；docs/operations.md: Left by an upgrade")
