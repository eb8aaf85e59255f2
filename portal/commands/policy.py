"""`juanzong policy`: check, show, carry and publish policies."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from ruamel.yaml import YAML

from documents.actions import importing
from documents.actions.policies import uses
from documents.bundles.found import BundleRefused
from documents.bundles.layout import FILES, MANIFEST
from documents.bundles.packing import bundle_files, write_folder, zip_bytes
from documents.draft import Draft
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.rules.policy_differences import Difference, differences
from documents.rules.policy_problems import Findings
from documents.rules.policy_reference import filled
from documents.rules.policy_schema import json_schema
from documents.rules.policy_shapes import check_shape
from portal.commands.policy_settling import Given, Settling, actor, settled_options
from portal.commands.policy_sources import FORMS, Source, at_home, source
from portal.commands.policy_words import say_bindings, say_differences, say_found, say_openings, why
from portal.commands.replays import replay_
from portal.commands.trials import try_
from portal.settings import Settings

AS_JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Write JSON.")
COUNTED = (
    ("表单", "forms"),
    ("流程", "workflows"),
    ("时限", "limits"),
    ("提醒阶梯", "ladders"),
    ("函件", "letters"),
    ("岗位角色", "roles"),
    ("案例", "scenarios"),
)


@click.group(help=f"检查、导入、导出、比较、发布制度。 Policies as files.\n\n制度可写作：{FORMS}.")
def policy() -> None:
    """The commands for policies 制度命令."""


policy.add_command(try_)
policy.add_command(replay_)


@policy.command()
@click.argument("what")
@AS_JSON
def check(what: str, as_json: bool) -> None:
    """检查制度，一次列出全部问题。 Say everything that is wrong: file, line, what to do."""
    found = source(what)
    problems = found.problems()
    said = (*problems, *found.warnings())
    if as_json:
        click.echo(json.dumps([one.as_table() for one in said], ensure_ascii=False, indent=2))
        sys.exit(1 if problems else 0)
    say_found(said)
    if problems:
        sys.exit(f"\n{what}：{len(problems)} 处问题。 {len(problems)} problems.")
    click.echo(f"{what}：没有问题。 No problems.")


@policy.command()
@click.argument("what")
@click.argument("section", required=False)
def show(what: str, section: str | None) -> None:
    """查看制度，或其中一部分。 Show a policy, or one section of it."""
    found = source(what).definition
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
@click.argument("what")
@click.argument("target", type=click.Path(path_type=Path))
def export(what: str, target: Path) -> None:
    """导出为文件夹或 ZIP。 Write a policy to a folder, or to a ZIP when TARGET ends in .zip."""
    found = source(what)
    try:
        files = bundle_files(found.definition)
    except BundleRefused as refused:
        say_found(refused.found)
        sys.exit(f"\n{what}：没有导出。 Not exported.")
    if target.suffix == ".zip":
        target.write_bytes(zip_bytes(files))
    else:
        _refuse_other_files(target)
        write_folder(target, files)
    click.echo(f"{what}：已导出到 {target}，{len(files)} 个文件。 Exported to {target}, {len(files)} files.")


def _refuse_other_files(folder: Path) -> None:
    """A folder with other things in it is not written to."""
    if folder.exists() and not folder.is_dir():
        sys.exit(f"{folder} 是文件；请换一个文件夹或以 .zip 结尾的名字。 {folder} is a file.")
    others = sorted({one.name for one in folder.iterdir()} - {*FILES, MANIFEST}) if folder.exists() else []
    if others:
        sys.exit(f"{folder} 里有别的文件（{others[0]}），请换一个空文件夹。 {folder} holds other files.")


@policy.command("import")
@click.argument("what")
@click.option(
    "--publish", "at_once", is_flag=True, help="检查后直接发布。 Publish it when it has no problems."
)
@click.option("--over-draft", is_flag=True, help="覆盖别人正在改的草稿（可撤销）。 Replace a draft in work.")
@settled_options
def bring_in(what: str, at_once: bool, over_draft: bool, settled: Given) -> None:
    """导入到草稿，先说明改了什么、本单位还缺什么。 Put a bundle into the draft of its policy."""
    found = source(what)
    _refuse_shapeless(found)
    settle = Settling.read(found, settled)
    problems = found.problems()
    now = datetime.now(UTC)
    with at_home():
        mail = bool(Settings.from_environment().smtp_url)
        arrival = importing.look(found.definition, now=now, mail=mail)
        say_differences(arrival.differences, since=_since(arrival))
        say_bindings(arrival.bindings)
        say_openings([one for one in arrival.openings if one.key not in settle.choices])
        say_found(problems)
        if at_once:
            settle.with_this(lambda: _publish(found), now=now)
        elif arrival.version and not arrival.draft and not arrival.differences:
            settle.with_this(lambda: _say_same(arrival), now=now)
        else:
            count = len(problems)
            settle.with_this(lambda: _into_draft(found, over=over_draft, problems=count, now=now), now=now)
        settle.say()


def _say_same(arrival: importing.Arrival) -> None:
    click.echo(f"{arrival.key}：与第 {arrival.version} 版相同，没有建草稿。 The same; no draft was made.")


def _refuse_shapeless(found: Source) -> None:
    """A definition that cannot even be looked into is not taken in; nor is a supplement by itself."""
    if found.is_supplement:
        sys.exit(
            f"{found.name} 是附加制度，请在管理后台“制度”中附加到一项制度上。\n"
            "This is a supplement: attach it to a policy under Policies."
        )
    if not check_shape(found.definition, Findings()) or "key" not in found.definition["policy"]:
        say_found(found.problems())
        sys.exit(f"\n{found.name}：结构不完整，没有导入。 Not imported: sections are missing or malformed.")


def _since(arrival: importing.Arrival) -> str:
    if arrival.draft:
        return "与现有草稿相比 Compared with the draft"
    return (
        f"与第 {arrival.version} 版相比 Compared with version {arrival.version}"
        if arrival.version
        else "新制度 New policy"
    )


def _into_draft(found: Source, *, over: bool, problems: int, now: datetime) -> None:
    try:
        draft = importing.into_draft(found.definition, over=over, actor=actor(), now=now)
    except RuleBroken as refused:
        sys.exit(f"{found.name}：没有导入。 Not imported: {why(refused)}")
    waits = f"还有 {problems} 处问题，改正后才能发布" if problems else "没有问题，可以发布"
    click.echo(
        f"{draft.policy}：已放入草稿（{waits}）。 Put into the draft, with {problems} problems.\n"
        f"发布 To publish: juanzong policy publish {draft.policy}@draft"
    )


@policy.command()
@click.argument("what")
def publish(what: str) -> None:
    """检查并发布为下一版本。 Check a policy and publish it as the next version."""
    found = source(what)
    with at_home():
        _publish(found)


def _publish(found: Source) -> None:
    problems = found.problems()
    if problems:
        say_found(problems)
        sys.exit(
            f"\n{found.name}：{len(problems)} 处问题，没有发布。 Not published: {len(problems)} problems."
        )
    newest = importing.newest_of(str(found.definition["policy"]["key"]))
    seen = newest.version if newest else None
    try:
        published = _published(found, seen)
    except RuleBroken as refused:
        if refused.code == "nothing_changed":
            click.echo(f"{found.name}：与第 {seen} 版相同，无需发布。 Nothing has changed.")
            return
        sys.exit(f"{found.name}：没有发布。 Not published: {why(refused)}")
    version = published.version
    click.echo(f"{found.name}：已发布第 {version} 版。 Published version {version}.\n{published.sha256}")


def _published(found: Source, seen: int | None) -> Policy:
    key, _, which = found.name.rpartition("@")
    if which == "draft":
        return importing.publish_draft(key, actor=actor(), now=datetime.now(UTC))
    return importing.publish(found.definition, seen=seen, actor=actor(), now=datetime.now(UTC))


@policy.command()
@click.argument("old")
@click.argument("new")
@AS_JSON
def diff(old: str, new: str, as_json: bool) -> None:
    """比较两份制度，用文字说明差别；相同为 0，不同为 1。 Say what differs; exits 1 when something does."""
    found = differences(source(old).definition, source(new).definition)
    if as_json:
        click.echo(json.dumps([_difference(one) for one in found], ensure_ascii=False, indent=2))
    else:
        say_differences(found, since=f"{old} → {new}")
    sys.exit(1 if found else 0)


def _difference(one: Difference) -> dict[str, Any]:
    return {"kind": one.kind, "path": one.path, "zh": one.zh, "en": one.en}


@policy.command()
@click.argument("key")
@AS_JSON
def history(key: str, as_json: bool) -> None:
    """本单位这项制度的各个版本。 The versions of a policy in this house."""
    with at_home():
        versions = list(Policy.objects(key=key).order_by("version"))
        rows = [_row(one, uses(key).get(one.version, {})) for one in versions]
        draft = Draft.open_of(key)
    if not rows and draft is None:
        sys.exit(f"本单位没有制度“{key}”。 There is no policy “{key}” in this house.")
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        cases = sum(row["cases"].values())
        click.echo(
            f"{row['version']:>4}  {row['published_at'][:16]}  {row['state']}  {row['sha256'][:12]}  "
            f"{cases} 件 cases  {row['published_by']}"
        )
    if draft is not None:
        click.echo(f"   –  草稿 draft, 基于第 {draft.base_version} 版 on version {draft.base_version}")


def _row(one: Policy, cases: Mapping[str, int]) -> dict[str, Any]:
    return {
        "version": one.version,
        "state": one.state,
        "published_at": one.published_at.isoformat() if one.published_at else "",
        "published_by": one.published_by or "",
        "sha256": one.sha256,
        "cases": dict(cases),
    }


@policy.command()
@click.option(
    "--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="写入文件。 Write to a file."
)
@click.option(
    "--tables",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="更新文档中的对照表。 Write the tables of a document anew.",
)
def schema(target: Path | None, tables: Path | None) -> None:
    """制度文件的 JSON Schema，供编辑器提示。 The JSON Schema of policies, for editors."""
    if tables is not None:
        tables.write_text(filled(tables.read_text(encoding="utf-8")), encoding="utf-8")
        return
    written = json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"
    if target is None:
        click.echo(written, nl=False)
    else:
        target.write_text(written, encoding="utf-8")


def _write(part: Any) -> None:
    yaml = YAML()
    yaml.width = 160
    yaml.allow_unicode = True
    yaml.dump(part, sys.stdout)
