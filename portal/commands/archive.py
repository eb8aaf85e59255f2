"""`juanzong archive`: the year-end package of a unit, written where one wants it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from documents import audit, server_clock
from documents.database import disconnect
from documents.policy import Policy, view_of
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.four_checks import PASSED, RESULTS
from documents.rules.package import PackageOptions
from documents.transfer import TransferPackage, package_id, rounds_before
from documents.transfer_plan import Plan, plan
from documents.transfer_reasons import open_round
from documents.unit import Unit
from jobs import packages, surroundings
from jobs.making import reason_of
from jobs.package_inspections import inspect_package
from pdf.packages import Writing, Written
from pdf.verifier import speak_chinese
from portal.commands.housing import house
from portal.settings import Settings

BY = "command"
SHOWN = 20
MEGABYTE = 1_000_000
UNFIT = 3  # the package was written, but its inspection found something


@click.group()
def archive() -> None:
    """归档与移交。 The archive and its year-end packages."""


@archive.command()
@click.option("--unit", required=True, help="立档单位代码。 The unit that keeps the archive, such as QH.")
@click.option("--year", required=True, type=click.IntRange(2000, 2200), help="年度。 The year.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="输出文件夹。")
@click.option("--pack", default="p01", show_default=True, help="制度。 The policy.")
@click.option("--most-volumes", default=0, type=click.IntRange(0), help="每个分包最多几卷。 Volumes a part.")
@click.option("--most-mb", default=0, type=click.IntRange(0), help="每个分包最多几 MB。 Megabytes a part.")
@click.option("--sm3", is_flag=True, help="另加 SM3 清单。 SM3 manifests as well.")
@click.option("--zip/--no-zip", "zipped", default=True, show_default=True, help="另作 ZIP。 Also the ZIP.")
@click.option("--recheck", is_flag=True, help="逐个文件重算摘要。 Read every file again.")
@click.option(
    "--inspect/--no-inspect", "inspecting", default=True, show_default=True,
    help="写完后做四性检测并留存报告。 Inspect what was written, and keep the report.",
)  # fmt: skip
def package(unit: str, year: int, out: Path, pack: str, *, inspecting: bool, **wishes: Any) -> None:
    """制作年终移交包（文件夹和 ZIP）。 Write the year-end package; run again, it continues.

    \b
    0 制成；1 没有制成；3 已写出，但四性检测不通过。
    Exit code 0: made; 1: nothing was made; 3: written, but its inspection failed.
    """
    speak_chinese()
    surroundings.use(house(Settings.from_environment()))
    options = PackageOptions(most_bytes=wishes.pop("most_mb") * MEGABYTE, **wishes)
    try:
        made = _wanted(pack, unit, year)
        planned = plan(view_of(made.policy, made.policy_version), made.unit, made.year)
        _say_what_is_planned(planned)
        written = _write(made, planned, out, options)
        _say_where_it_is(written)
        fit = not inspecting or _inspected(made, planned, written)
    except (RuleBroken, PolicyInvalid) as refused:
        sys.exit(f"没有制作移交包：{reason_of(refused)}\nNo package was made: {refused}")
    finally:
        disconnect()
    sys.exit(0 if fit else UNFIT)


def _wanted(pack: str, unit: str, year: int) -> TransferPackage:
    policy, name = Policy.current(pack), package_id(pack, Unit.get(unit).id, year)
    known = TransferPackage.objects(id=name).first()
    return TransferPackage(
        id=name,
        round=open_round(name),
        rounds=rounds_before(known) if known else [],
        policy=pack,
        policy_version=policy.version,
        unit=unit,
        year=year,
        made_by=BY,
        made_at=datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0),
    )


def _write(wanted: TransferPackage, planned: Plan, out: Path, options: PackageOptions) -> Written:
    with click.progressbar(length=1, label="写入 Writing", file=sys.stderr) as bar:

        def tell(done: int, total: int, _path: str) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        written = packages.write(wanted, planned, out, Writing(options=options, on_progress=tell))
    audit.note("package_written", wanted.id, by=BY, at=server_clock.now(), sha256=written.archive_sha256)
    return written


def _say_what_is_planned(planned: Plan) -> None:
    click.echo(
        f"发出编号 {len(planned.issued)} 个，归档 {len(planned.volumes)} 卷，"
        f"未归档 {len(planned.absent)} 个。 "
        f"{len(planned.issued)} numbers, {len(planned.volumes)} volumes, {len(planned.absent)} absent."
    )
    for one in planned.absent[:SHOWN]:
        click.echo(f"    {one.number}  {one.reason}  {one.note or ''}")
    if len(planned.absent) > SHOWN:
        click.echo(f"    ……另有 {len(planned.absent) - SHOWN} 个，见包内“其他”。 And more, listed inside.")


def _say_where_it_is(written: Written) -> None:
    for part in written.parts:
        click.echo(f"文件夹 Folder   {part.folder}")
        if part.archive:
            click.echo(f"ZIP              {part.archive}\nSHA-256          {part.archive_sha256}")
    shown = written.folder if len(written.parts) == 1 else written.folder.parent
    click.echo(
        f"文件 {written.files} 个，其中本次写入 {written.written} 个。 "
        f"{written.files} files, {written.written} written now.\n"
        f"核验 Verify      juanzong verify {shown}"
    )


def _inspected(made: TransferPackage, planned: Plan, written: Written) -> bool:
    """The inspection 四性检测 of what lies there: kept as a report; what did not pass is told."""
    kept = inspect_package(made, planned, written, now=datetime.now(UTC))
    counts = "、".join(f"{zh} {kept.counts.get(key, 0)}" for key, (zh, _en) in RESULTS.items())
    counts_en = ", ".join(f"{kept.counts.get(key, 0)} {en}" for key, (_zh, en) in RESULTS.items())
    click.echo(f"四性检测：{counts}。 Inspection: {counts_en}.")
    for one in kept.findings:
        if one["result"] != PASSED:
            words = RESULTS[one["result"]][0]
            click.echo(f"    {words}　{one['name']['zh']}：{one['evidence']['zh']}")
    return bool(kept.ok)
