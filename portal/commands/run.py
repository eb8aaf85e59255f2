"""`juanzong up`: everything that makes a portal, under one supervisor."""

from __future__ import annotations

import os
import sys

import click

from portal.programmes import Plan, plan, write_addresses
from portal.servers import ServerMissing
from portal.settings import PROJECT, data_folder, running
from portal.supervisor import AlreadyRunning, StartFailed, Supervisor, end_marked, hold, say


@click.command()
def up() -> None:
    """启动全部服务，直到 Ctrl-C。 Run everything until Ctrl-C."""
    os.chdir(PROJECT)
    folder = data_folder(os.environ)
    try:
        hold(folder)
        if end_marked(str(folder)):
            say("清理了上次遗留的进程。", "Ended what an earlier run had left behind.")
        keep_running(plan(os.environ))
    except AlreadyRunning:
        where = running(folder).get("JUANZONG_BASE_URL", "")
        sys.exit(f"卷宗已在运行：{where}\nJuanzong is already running: {where}")
    except (ServerMissing, StartFailed) as error:
        sys.exit(str(error))


def keep_running(chosen: Plan) -> None:
    """Run the plan; its addresses are written down for other commands while it runs."""
    note = write_addresses(chosen)
    try:
        Supervisor(chosen.programmes, chosen.folder, chosen.environment).run(lambda: announce(chosen))
    finally:
        note.unlink(missing_ok=True)
        say("已全部停止。", "Everything has stopped.")


def announce(chosen: Plan) -> None:
    """Say where the portal is, who may sign in to the demo, and how to stop."""
    click.echo(f"\n  卷宗已启动  Juanzong is running\n\n    地址 Address   {chosen.base_url}")
    if "JUANZONG_SMTP_URL" in chosen.environment:
        click.echo(f"    邮件 Mail      {chosen.environment['JUANZONG_SMTP_URL']}")
    click.echo(f"    日志 Logs      {chosen.folder / 'log'}\n    停止 Stop      Ctrl-C\n")
    for welcome in chosen.welcomes:
        if welcome.exists():
            click.echo(welcome.read_text())
