"""`juanzong demo`: load the demo, and say who may sign in; `juanzong migrate` brings data up to date."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import click
from redis import RedisError

from documents.actions.founding import found
from documents.database import ensure_indexes
from documents.demonstration import PASSWORD, play
from documents.house import house_of
from documents.pack_files import packs
from documents.rules.signatures import TEST
from jobs import queues
from pdf import trial_authority
from portal.data_key import open_database
from portal.settings import Settings


@click.command()
@click.option("--pack", default="p01", show_default=True, help="制度包。 The shipped policy to load.")
def demo(pack: str) -> None:
    """载入演示制度、单位、人员与投诉。 Load the demo: policy, units, people, cases; safe to run twice."""
    settings = Settings.from_environment()
    open_database(settings)
    ensure_indexes()
    prepare_signing(settings)
    total = play(pack, now=datetime.now(UTC), tell=lambda line: click.echo(line, err=True))
    lend_later(settings, pack)
    click.echo(welcome(pack, total))


def lend_later(settings: Settings, pack: str) -> None:
    """Leave the loans of the demo to a worker: a volume has to be made before it can be lent."""
    queues.connect(settings.redis_url)
    try:
        queues.lend_in_demo(pack, now=datetime.now(UTC))
    except RedisError as error:
        click.echo(
            f"演示借阅下次启动时再建立。 The demo's loans are left to the next start: {error}", err=True
        )


@click.command()
def migrate() -> None:
    """更新数据库结构与旧数据。 Bring indexes and older data up to date; safe to run twice."""
    settings = Settings.from_environment()
    open_database(settings)
    ensure_indexes()
    prepare_signing(settings)
    if not settings.demo:
        let_administrator_in(settings)


def let_administrator_in(settings: Settings) -> None:
    """Where nobody is known yet: the first administrator, whose one-time password only the owner can read."""
    pack = os.environ.get("JUANZONG_PACK", "p01")
    if pack not in packs():
        sys.exit(f"没有制度包 {pack}（JUANZONG_PACK）。 There is no pack {pack}: one of {' '.join(packs())}.")
    founded = found(pack, now=datetime.now(UTC))
    if founded is None:
        return
    settings.first_password.touch(mode=0o600)
    settings.first_password.write_text(
        f"  首位管理员 First administrator   {founded.login}\n"
        f"  一次性密码 One-time password     {founded.password}\n"
        "  登录后先设置自己的密码。 Sign in and choose a password of your own.\n"
    )


def prepare_signing(settings: Settings) -> None:
    """Make the keys of the test authority 测试机构 where they are asked for; elsewhere nothing."""
    if TEST in (settings.signing.key, settings.signing.authority):
        trial_authority.ensure(settings.signing.folder)


def welcome(pack: str, total: int) -> str:
    """The demo's accounts 演示账号, one a line."""
    accounts = house_of(pack).accounts
    width = max([12, *(len(one["login"]) + 2 for one in accounts)])
    lines = [f"    {one['login']:<{width}}{one['zh']}  {one['en']}" for one in accounts]
    head = f"  演示已就绪：{total} 件投诉  Demo ready: {total} cases"
    foot = f"  口令均为 All with the password  {PASSWORD}"
    return "\n".join([head, "", *lines, "", foot])
