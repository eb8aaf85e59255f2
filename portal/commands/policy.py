"""`juanzong policy`: check, show and publish the policies of a pack."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import Any

import click
from ruamel.yaml import YAML

from documents.actions.policies import publish_checked
from documents.database import connect, disconnect, ensure_indexes
from documents.pack_files import definition as pack_definition
from documents.pack_files import packs
from documents.policy import Policy
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.policy_checking import problems
from portal.commands.trials import try_
from portal.settings import Settings

PACK = click.Choice(packs())
COUNTED = (
    ("表单", "forms"),
    ("流程", "workflows"),
    ("时限", "limits"),
    ("提醒阶梯", "ladders"),
    ("函件", "letters"),
    ("岗位角色", "roles"),
)


@click.group()
def policy() -> None:
    """检查、查看、试行、发布制度。 Check, show, try and publish policies."""


policy.add_command(try_)


@policy.command()
@click.argument("pack", type=PACK)
def check(pack: str) -> None:
    """检查制度包。 Say what is wrong with a pack."""
    found = problems(_definition(pack))
    for problem in found:
        click.echo(f"{problem.path}\n    {problem.zh}\n    {problem.en}")
    if found:
        sys.exit(f"\n{pack}：{len(found)} 处问题。 {len(found)} problems.")
    click.echo(f"{pack}：没有问题。 No problems.")


@policy.command()
@click.argument("pack", type=PACK)
@click.argument("section", required=False)
def show(pack: str, section: str | None) -> None:
    """查看制度包，或其中一部分。 Show a pack, or one section of it."""
    found = _definition(pack)
    if section is not None:
        if section not in found:
            sys.exit(f"没有“{section}”这一部分；有：{'、'.join(found)}\nNo such section.")
        _write(found[section])
        return
    head = found["policy"]
    click.echo(f"{head['title']['zh']}\n{head['title']['en']}\n{head.get('document_number', '')}\n")
    for label, name in COUNTED:
        keys = [one["key"] for one in found.get(name, ())]
        click.echo(f"{label} {name}: {len(keys)}  {'、'.join(keys)}")


@policy.command()
@click.argument("pack", type=PACK)
def publish(pack: str) -> None:
    """检查并发布为下一版本。 Check a pack and publish it as the next version."""
    settings = Settings.from_environment()
    connect(settings.mongodb_uri, settings.database_name)
    try:
        ensure_indexes()
        _publish(pack)
    finally:
        disconnect()


def _publish(pack: str) -> None:
    found = _definition(pack)
    newest = Policy.objects(key=found["policy"]["key"]).order_by("-version").first()
    actor = f"command:{os.environ.get('USER', '')}"
    try:
        published = publish_checked(
            found, seen=newest.version if newest else None, actor=actor, now=datetime.now(UTC)
        )
    except RuleBroken as refused:
        if refused.code == "nothing_changed":
            click.echo(f"{pack}：与第 {newest.version} 版相同，无需发布。 Nothing has changed.")
            return
        sys.exit(f"{pack}：没有发布。 Not published: {refused}")
    version = published.version
    click.echo(f"{pack}：已发布第 {version} 版。 Published version {version}.\n{published.sha256}")


def _definition(pack: str) -> dict[str, Any]:
    try:
        return pack_definition(pack)
    except PolicyInvalid as error:
        sys.exit(f"{pack}：无法读取。 Cannot be read: {error}")


def _write(part: Any) -> None:
    yaml = YAML()
    yaml.width = 160
    yaml.allow_unicode = True
    yaml.dump(part, sys.stdout)
