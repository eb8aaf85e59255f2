"""`juanzong doctor`: what is missing, and how to get it."""

from __future__ import annotations

import os
import sys

import click

from portal.diagnosis import Finding, State, examine
from portal.settings import Settings

COLOURS = {State.GOOD: "green", State.NOTE: "blue", State.WARNING: "yellow", State.BAD: "red"}


@click.command()
def doctor() -> None:
    """检查运行环境，说明缺什么、怎么补。 Say what is missing and how to get it."""
    findings = []
    for finding in examine(Settings.from_environment(), os.environ):
        show(finding)
        findings.append(finding)
    failures = sum(finding.state is State.BAD for finding in findings)
    if failures:
        sys.exit(f"\n有 {failures} 项必须解决。 {failures} required things are missing.")
    click.echo("\n一切就绪。 All is well.")


def show(finding: Finding) -> None:
    """One finding in one or two lines."""
    click.secho(f"{finding.state.value} ", fg=COLOURS[finding.state], nl=False)
    click.echo(f"{finding.chinese}  {finding.english}")
    if finding.remedy:
        click.echo(f"    → {finding.remedy}")
