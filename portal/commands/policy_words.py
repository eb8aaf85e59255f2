"""What the commands for policies say 命令输出: problems, differences, bindings and refusals, zh and en."""

from __future__ import annotations

from collections.abc import Sequence

import click

from documents.bundles.found import Found
from documents.rules.broken import RuleBroken
from documents.rules.policy_differences import Difference
from documents.rules.policy_house import Binding
from documents.rules.policy_reconciling import Opening

MOST_SAID = 6

REFUSED = {
    "draft_has_changes": (
        "{by} 正在改这份草稿；请先发布或放弃它，或加 --over-draft。",
        "{by} is at work on the draft: publish or discard it first, or add --over-draft.",
    ),
    "policy_changed_meanwhile": (
        "期间有人发布了第 {version} 版；请再比较一次。",
        "version {version} was published meanwhile: compare again.",
    ),
    "draft_is_behind": (
        "第 {version} 版已在草稿之后发布；请先在设计器中更新草稿。",
        "version {version} is newer than the draft: rebase it in the designer first.",
    ),
    "draft_changed_meanwhile": (
        "{by} 刚改过草稿；请再看一次。",
        "{by} changed the draft just now: look again.",
    ),
    "publisher_edited_last": (
        "这项制度须双人复核：请由没有改过的人发布。",
        "this policy asks for two people: let somebody else publish.",
    ),
    "import_needs_second": (
        "这项制度须双人复核：请导入到草稿，再由另一人发布。",
        "this policy asks for two people: import into the draft, and let somebody else publish.",
    ),
    "bad_key": ("制度代码“{key}”不合要求。", "the policy's key “{key}” is not well made."),
    "label_missing": ("制度缺少中文或英文标题。", "the title is missing in Chinese or English."),
    "changes_refused": (
        "{count} 处变更不能发布，例如：{what}。{why}。",
        "{count} changes cannot be published, among them: {what} ({why})",
    ),
    "scenario_fails": (
        "{count} 个试行案例与预期不符，如“{scenario}”；可用 juanzong policy try 查看。",
        "{count} scenarios come out otherwise, among them “{scenario}”: see juanzong policy try.",
    ),
    "bad_operation": (
        "改动过多，不能作为草稿的一次修改；请直接 --publish。",
        "too many changes for one edit of a draft: use --publish.",
    ),
}


def say_found(found: Sequence[Found]) -> None:
    """Problems as `file:line  path  problem → remedy`, in both languages."""
    for one in found:
        note = "（提示 note）" if one.severity == "warn" else ""
        head = "  ".join(part for part in (one.where, one.path, note) if part)
        click.echo(f"{head}  {one.zh} → {one.remedy_zh}\n    {one.en} → {one.remedy_en}")


def say_differences(found: Sequence[Difference], *, since: str) -> None:
    """What differs, one change after the other."""
    click.echo(f"{since}：{len(found)} 处不同。 {len(found)} differences.")
    for one in found:
        click.echo(f"  {one.zh}\n      {one.en}")


def say_bindings(found: Sequence[Binding]) -> None:
    """What the house lacks, with what to do; what is there is only counted."""
    missing = [one for one in found if not one.met]
    met = len(found) - len(missing)
    click.echo(
        f"本单位对照：{met} 项具备，{len(missing)} 项待设。 "
        f"This house: {met} there, {len(missing)} to set up."
    )
    for one in missing:
        click.echo(f"  {one.zh} → {one.remedy_zh}\n      {one.en} → {one.remedy_en}")


def say_openings(found: Sequence[Opening]) -> None:
    """What can be chosen for what the house lacks, with the obvious match first."""
    if not found:
        return
    click.echo("可用 --bind 或 --bindings 文件设置： Settle with --bind, or a file with --bindings:")
    for one in found:
        values = one.proposed or tuple(each.value for each in one.offered[:MOST_SAID])
        more = "" if one.proposed or len(one.offered) <= MOST_SAID else f"（共 {len(one.offered)} 项 in all）"
        mark = "建议 proposed" if one.proposed else "可选 offered" if values else "请填写 to be filled in"
        click.echo(f"  --bind {one.key}={','.join(values) or '…'}  （{mark}）{more}")


def why(refused: RuleBroken) -> str:
    """A refusal in words; one that has none here says its code."""
    zh, en = REFUSED.get(refused.code, ("", str(refused).replace("{", "{{").replace("}", "}}")))
    return f"{zh.format(**refused.facts)} {en.format(**refused.facts)}".strip()
