"""`juanzong clock`: finds what is due and hands it to the workers."""

from __future__ import annotations

import json
import logging
import signal
from dataclasses import asdict
from datetime import UTC, datetime
from threading import Event

import click

from documents.actions.rehearsal import Rehearsed, rehearse
from documents.database import connect, disconnect
from jobs import clock as jobs_clock
from jobs import surroundings
from portal.commands.housing import house
from portal.data_key import open_database
from portal.settings import Settings
from portal.waste import spare_what_is_loaded


@click.command()
@click.option("--dry-run", is_flag=True, help="只预演，不写入。 Only say what it would do.")
@click.option("--most", default=200, show_default=True, help="最多显示几条。 How many due ones to show.")
@click.option("--json", "as_json", is_flag=True, help="每条一行 JSON。 One JSON object a line.")
def clock(dry_run: bool, most: int, as_json: bool) -> None:
    """派发到期事项，直到 SIGTERM；可运行多个。 Hand over what is due until SIGTERM; any number may run."""
    if dry_run:
        _rehearse(most, as_json)
        return
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = Settings.from_environment()
    open_database(settings)
    surroundings.use(house(settings))
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    spare_what_is_loaded()
    jobs_clock.run(stop)


def _rehearse(most: int, as_json: bool) -> None:
    settings = Settings.from_environment()
    connect(settings.mongodb_uri, settings.database_name, settings.master_key)
    now, fires = datetime.now(UTC), 0
    try:
        for one in rehearse(now, most=most):
            fires += one.fires
            click.echo(json.dumps(asdict(one), ensure_ascii=False, default=str) if as_json else _line(one))
    finally:
        disconnect()
    if not as_json:
        click.echo(f"将触发 {fires} 项，未写入任何内容。 {fires} would fire; nothing was written.")


def _line(one: Rehearsed) -> str:
    due = f"{one.due.astimezone():%Y-%m-%d %H:%M:%S}"
    if not one.fires:
        detail = f" [{one.detail}]" if one.detail else ""
        return f"·  {due}  {_named(one)}  {one.why_not['zh']} / {one.why_not['en']}{detail}"
    told = "、".join(one.told) or "—"
    skipped = "".join(f"；{name or '—'}：{why['zh']} / {why['en']}" for name, why in one.passed_over)
    title = f"{one.title.get('zh', '')} ({one.title.get('en', '')})"
    subject = title if one.number in title else f"{one.number} {title}"
    return f"→  {due}  {subject}  → {told}{skipped}"


def _named(one: Rehearsed) -> str:
    """The timer, with the number of its case in place of the id."""
    case, _, rest = one.timer.partition(":")
    return f"{one.number or case}:{rest}"
