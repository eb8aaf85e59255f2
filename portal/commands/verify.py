"""`juanzong verify`: checks a year-end package with the same file that travels inside it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pdf.verifier import as_json, exit_code, inspect, report, speak_chinese


@click.command(name="verify")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--en", "english", is_flag=True, help="用英文输出。 Print English.")
@click.option("--result", type=click.Path(path_type=Path), help="结果文件（JSON）。 Write the result there.")
def verify(path: Path, english: bool, result: Path | None) -> None:
    """核验移交包（文件夹或 ZIP），不需要数据库。 Check a package, without the database."""
    if result and path.resolve() in result.resolve().parents:
        raise click.BadParameter("结果文件不能写入移交包内。 The result must not lie inside the package.")
    speak_chinese()
    found = inspect(path)
    click.echo(report(found, english))
    if result:
        result.write_text(as_json(path, found), encoding="utf-8")
    sys.exit(exit_code(found))
