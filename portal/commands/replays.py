"""`juanzong policy replay`: the last real cases once more under a draft; nothing is written."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click

from documents import replay
from documents.rules.policy_checking import problems
from documents.rules.replaying import KINDS
from portal.commands.policy_sources import at_home, source

SHOWN = 5
NOBODY = ""  # who types a command is no person of the house: nothing confidential is played
Table = dict[str, Any]


@click.command(name="replay")
@click.argument("key")
@click.option("--draft", is_flag=True, help="本单位的草稿（缺省）。 The draft of this house (the default).")
@click.option("--file", "folder", type=click.Path(exists=True), help="文件夹或 ZIP。 A folder or a ZIP.")
@click.option("--pack", help="随附的制度包。 A shipped pack.")
@click.option("--cases", default=200, show_default=True, type=click.IntRange(1, replay.MOST))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Write JSON.")
def replay_(key: str, draft: bool, folder: str | None, pack: str | None, cases: int, as_json: bool) -> None:
    """用最近的真实案件回放草稿。 Run the last real cases of KEY through a draft and say what would differ."""
    if sum(map(bool, (draft, folder, pack))) > 1:
        raise click.UsageError("--draft、--file、--pack 只能选一个。 Choose one of them.")
    found = source(folder or pack or (key if "@" in key else f"{key}@draft")).definition
    if found["policy"]["key"] != key.partition("@")[0]:
        sys.exit(f"这是制度“{found['policy']['key']}”，不是“{key}”。 This is another policy.")
    if problems(found):
        sys.exit(f"{key}：先改正问题，见 juanzong policy check。 Put the problems right first.")
    with at_home():
        table = replay.run(found, most=cases, by=NOBODY, now=datetime.now(UTC), progress=_progress).as_table()
    if as_json:
        click.echo(json.dumps(table, ensure_ascii=False, indent=2))
    else:
        _tell(table)


def _progress(done: int, of: int) -> bool:
    click.echo(f"\r{done}/{of}", nl=False, err=True)
    return True


def _tell(table: Table) -> None:
    click.echo(
        f"\n回放 {table['cases']} 件：{table['different']} 件不同，{table['same']} 件相同。 "
        f"{table['different']} of {table['cases']} cases would differ."
    )
    for kind, (zh, en) in KINDS.items():
        groups = [group for group in table["groups"] if group["kind"] == kind]
        if groups:
            click.echo(f"\n{zh}  {en}：{table['kinds'][kind]}")
        for group in groups:
            numbers = "、".join(sample["number"] for sample in group["samples"][:SHOWN])
            click.echo(f"  {group['count']:>6}  {group['zh']}  {group['en']}\n          {numbers}")
            example = group["samples"][0]["zh"]
            if example and example != group["zh"]:
                click.echo(f"          {example}")
