"""`juanzong simulate-year`: the product's own proof."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from portal.servers import ServerFailed, ServerMissing
from portal.simulation.house import SimulationFailed, open_house
from portal.simulation.play import Look, Order, play


@click.command("simulate-year")
@click.option("--pack", default="p01", show_default=True, help="制度包。 The policy pack.")
@click.option("--year", default=2026, show_default=True, help="模拟的年份。 The year to play.")
@click.option(
    "--cases", default=200, show_default=True, type=click.IntRange(min=1), help="投诉件数。 Complaints."
)
@click.option("--seed", default=1, show_default=True, help="随机种子。 The same seed gives the same year.")
@click.option(
    "--input",
    "texts",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="投诉文本（JSON Lines）。 Texts, one {title, text} a line.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="结果目录。 Results."
)
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(min=1), help="作业进程数。 rq workers."
)
def simulate_year(  # noqa: PLR0913, PLR0917 - one parameter for each option
    pack: str, year: int, cases: int, seed: int, texts: Path | None, out: Path, workers: int
) -> None:
    """用真实的数据库、队列和邮件，把一年在几分钟内走一遍。 Play a year through the real stack."""
    out.mkdir(parents=True, exist_ok=True)
    order = Order(pack, year, cases, seed, texts, out)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="juanzong-year-") as folder,
            open_house(Path(folder), workers) as house,
            progress(year) as look,
        ):
            summary = play(order, house, look=look)
    except (ServerFailed, ServerMissing, SimulationFailed) as error:
        sys.exit(str(error))
    path = out / "summary.json"
    path.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    click.echo(f"完成：{path}\nDone: {path}")


@contextmanager
def progress(year: int) -> Iterator[Look]:
    """A bar over the days of the year, and the papers that wait at its end."""
    first = date(year, 1, 1)
    days = (date(year + 1, 1, 1) - first).days
    papers = {"left": 0}

    def shown(day: date | None) -> str:
        waiting = f" · 待制卷 {papers['left']}" if papers["left"] else ""
        return f"{day:%m-%d}{waiting}" if day else ""

    with click.progressbar(length=days, label=f"{year}", item_show_func=shown) as bar:

        def moment(now: datetime) -> None:
            played = min((now.date() - first).days, days)
            if played > bar.pos:
                bar.update(played - bar.pos, now.date())

        def left(count: int) -> None:
            if count != papers["left"]:
                papers["left"] = count
                bar.update(0, bar.current_item)

        yield Look(moment, left)
        bar.update(days - bar.pos)
