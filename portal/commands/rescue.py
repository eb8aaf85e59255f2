"""`juanzong let-in`: a way back for whoever lost password and second factor, where nobody can reset them."""

from __future__ import annotations

import sys

import click

from documents import server_clock
from documents.actions.rescuing import rescue
from documents.rules.broken import RuleBroken
from portal.data_key import open_database
from portal.settings import Settings


@click.command()
@click.argument("login")
@click.option("--reason", required=True, help="理由，记入审计。 Why; it stands in the audit trail.")
def let_in(login: str, reason: str) -> None:
    """应急重置登录：发一次性密码，清除两步验证。 A one-time password for LOGIN, and no second factor."""
    open_database(Settings.from_environment())
    try:
        password = rescue(login, reason, now=server_clock.now())
    except RuleBroken as error:
        sys.exit(f"没有重置：没有在用账号“{login}”，或没有写理由。 Nothing was changed: {error.code}")
    click.echo(f"  一次性密码 One-time password   {password}")
    click.echo("  两步验证已清除，现有登录已全部退出。 No second factor any more; every sign-in has ended.")
