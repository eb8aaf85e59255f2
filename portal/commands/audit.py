"""`juanzong audit`: checks the audit trail against its chains and its checkpoints."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from documents import audit_check
from documents.database import disconnect
from documents.rules import checkpoints, trail
from documents.rules.checkpoints import Problem, Remembered, remembered
from documents.rules.trail import Break, Walk
from jobs import surroundings
from jobs.checkpoint_folders import lines_of
from jobs.house_key import Keyring, KeyUnfit, private_key, public_pem
from portal.commands.housing import house
from portal.settings import Settings

WORDS = {
    trail.ALTERED: (
        "与前一条不相接：被改动、插入或调换",
        "does not follow the one before: altered, inserted or reordered",
    ),
    trail.FACTS: ("内容被改动", "its facts were altered"),
    trail.MISSING: ("缺少 {count} 条：被删除", "{count} missing: removed"),
    trail.UNKNOWN: ("条目残缺或内容不能核验", "incomplete, or its facts do not open"),
    trail.UNCHAINED: ("不在任何链上", "stands in no chain"),
    trail.REMOVED: (
        "{count} 条的内容被移除，没有销毁留痕为证",
        "{count} emptied; no destruction says so",
    ),
    trail.TAIL: ("尾部缺少 {count} 条：检查点见过", "{count} cut off the end: a checkpoint saw them"),
    trail.LANE_GONE: ("整条链不见了，至少 {count} 条", "the whole chain is gone, at least {count}"),
    trail.FORGED: ("没有本机构密钥的封印：他人写入", "no seal of the house: written without its key"),
    trail.REWRITTEN: ("与检查点不符：此处及之前被改写", "a checkpoint saw another: rewritten up to here"),
    checkpoints.UNREADABLE: ("检查点无法识读", "cannot be read"),
    checkpoints.UNSIGNED: ("检查点签名不符", "the signature does not fit"),
    checkpoints.STRANGE_KEY: ("检查点由未知密钥签署", "signed by an unknown key: give its --key"),
    checkpoints.ABSENT: ("缺少检查点", "missing"),
    checkpoints.LOOSE: ("检查点与前一个不相接", "does not follow the one before"),
    checkpoints.CONTRADICTS: ("同号检查点内容不同", "another with the same number says otherwise"),
}
MOST_SHOWN = 200
PATHS = click.Path(exists=True, path_type=Path)


@click.group()
def audit() -> None:
    """审计记录。 The audit trail."""


@audit.command()
@click.option("--checkpoints", "files", multiple=True, type=PATHS, help="检查点文件或文件夹。 Checkpoints.")
@click.option("--key", "keys", multiple=True, type=PATHS, help="签署检查点的公钥（PEM）。 Public keys.")
def verify(files: tuple[Path, ...], keys: tuple[Path, ...]) -> None:
    """核验审计记录：改动、删除、插入、调换、截尾。 Find altered, removed, inserted, reordered entries."""
    settings = Settings.from_environment()
    surroundings.use(house(settings))
    try:
        seen = _seen(settings, files, keys)
        for problem in seen.problems:
            _say_problem(problem)
        walk = audit_check.walk_along(seen.marks)
        breaks = _say_breaks(walk)
    finally:
        disconnect()
    _say_what_was_checked(walk, seen, bool(files))
    if seen.problems or breaks:
        count = len(seen.problems) + breaks
        sys.exit(f"\n审计记录有 {count} 处不符。 The trail does not hold in {count} places.")
    click.echo("审计记录完整。 The trail is whole.")


@audit.command()
def key() -> None:
    """签署检查点的公钥，交给核验的人保管。 The public key, for whoever checks."""
    click.echo(public_pem(private_key(Settings.from_environment().audit_key)), nl=False)


def _seen(settings: Settings, files: tuple[Path, ...], keys: tuple[Path, ...]) -> Remembered:
    """What the checkpoints remember; the house's own key is trusted where it is at hand."""
    if not files:
        return Remembered()
    try:
        own = private_key(settings.audit_key) if settings.audit_key.exists() else None
        ring = Keyring.of_files(keys, own)
    except KeyUnfit as unfit:
        raise click.BadParameter(f"不是 Ed25519 密钥 no Ed25519 key: {unfit}") from unfit
    return remembered(lines_of(list(files)), ring.fits)


def _say_problem(problem: Problem) -> None:
    chinese, english = WORDS[problem.code]
    click.echo(f"✗ 检查点 checkpoint {problem.number}: {chinese}  {english}")


def _say_breaks(walk: Walk) -> int:
    """Print each break as it is found; how many there are."""
    count = 0
    for one in audit_check.check(walk):
        count += 1
        if count <= MOST_SHOWN:
            click.echo(f"✗ {_place(one)}: {'  '.join(_words(one))}")
    if count > MOST_SHOWN:
        click.echo(f"  ……另有 {count - MOST_SHOWN} 处。 And {count - MOST_SHOWN} more.")
    return count


def _words(one: Break) -> tuple[str, str]:
    chinese, english = WORDS[one.code]
    return chinese.format(count=one.count), english.format(count=one.count)


def _place(one: Break) -> str:
    where = f"链 lane {one.lane}" if one.lane is not None else ""
    number = f"第 {one.seq} 条 no. {one.seq}" if one.seq is not None else ""
    return " ".join(part for part in (where, number, one.entry) if part)


def _say_what_was_checked(walk: Walk, seen: Remembered, against: bool) -> None:
    click.echo(
        f"核对 {walk.count} 条，{len(walk.heads)} 条链；销毁移除内容 {len(walk.redacted)} 次。 "
        f"{walk.count} entries in {len(walk.heads)} lanes, {len(walk.redacted)} redactions."
    )
    told = audit_check.earlier() if trail.EARLIER in walk.heads else None
    if told:
        click.echo(
            f"其中 {told['entries']} 条写于建链之前，此前是否改动无从证明。 "
            f"{told['entries']} are from before the chain: of the time before it nothing is proved."
        )
    if against:
        click.echo(
            f"检查点 {seen.count} 个，最近一个 {seen.newest}；其后的截尾无从发现。 "
            f"{seen.count} checkpoints, newest {seen.newest}: a cut after it would not be seen."
        )
        if seen.first > 1:
            click.echo(
                f"第 {seen.first} 个之前的检查点没有给出。 Those before no. {seen.first} were not given."
            )
    else:
        click.echo(
            "未给检查点：截尾、整链删除无从发现（--checkpoints）。 "
            "Without checkpoints a cut tail or a dropped lane is not seen."
        )
