"""`juanzong policy try`: play the scenarios of a policy, without a database and without a server."""

from __future__ import annotations

import sys
from zoneinfo import ZoneInfo

import click

from documents import trial
from documents.pack_files import supplements
from documents.rules.policy_checking import problems
from documents.supplement_packs import runnable
from documents.trial_found import Happening, ScenarioResult
from portal.commands.policy_sources import source


@click.command(name="try")
@click.argument("what")
@click.argument("scenario", required=False)
@click.option("--timeline", is_flag=True, help="显示时间线。 Show the time line.")
def try_(what: str, scenario: str | None, timeline: bool) -> None:
    """试行制度的案例。 Play the scenarios of a policy with a fake clock; nothing is written."""
    found = runnable(what) if what in supplements() else source(what).definition
    if problems(found):
        sys.exit(f"{what}：先改正问题，见 juanzong policy check {what}。 Put the problems right first.")
    zone = ZoneInfo(found["policy"]["zone"])
    results = [one for one in trial.run(found) if scenario in (None, one.key)]
    for one in results:
        _tell(one, zone if timeline else None)
    failed = sum(not one.passed for one in results)
    click.echo(f"\n{what}：{len(results)} 个情形，{failed} 个不符。 {failed} of {len(results)} failed.")
    if failed or not results:
        sys.exit(1)


def _tell(one: ScenarioResult, zone: ZoneInfo | None) -> None:
    click.echo(f"{'✓' if one.passed else '✗'} {one.key}  {one.label['zh']}  {one.label['en']}")
    for difference in one.differences:
        click.echo(f"    {difference.zh}\n    {difference.en}")
    for happened in one.timeline if zone else ():
        click.echo(f"    {happened.at.astimezone(zone):%Y-%m-%d %H:%M}  {_line(happened)}")


def _line(happened: Happening) -> str:
    parts = [happened.what["zh"], happened.by, happened.by_name]
    parts += [f"[{happened.stage}]"] if happened.stage else []
    parts += [f"→ {'、'.join(happened.told)}"] if happened.told else []
    return "  ".join(part for part in parts if part)
