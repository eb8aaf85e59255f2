"""The year from its first to its last day (一年): set up, arrivals, closing, papers, summary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from documents.actions import organising
from documents.pack_files import read
from documents.rules.durations import day_end, day_start
from documents.work_calendar import calendar_of
from jobs import queues
from portal.simulation import closing, returns, summary
from portal.simulation.house import House
from portal.simulation.texts import Texts
from portal.simulation.year import Script, Year

PASSWORD = "juanzong"  # noqa: S105 - of people who exist for minutes


@dataclass(frozen=True)
class Order:
    """What was asked for (模拟参数)."""

    pack: str
    year: int
    cases: int
    seed: int
    texts: Path | None
    out: Path


@dataclass(frozen=True)
class Look:
    """Where progress is shown (进度): the moment that is played, and how many papers still wait."""

    moment: Callable[[datetime], None]
    papers: Callable[[int], None]


def play(order: Order, house: House, *, look: Look) -> dict[str, Any]:
    """Play the year; what it came to."""
    script = _set_up(order)
    year = Year(script, house, tell=look.moment)
    zone = script.calendar.tz
    _plan_duties(house, day_start(date(order.year, 1, 1), zone))
    year.plan_arrivals(order.year, order.cases)
    returns.appoint_reports(year)
    archiving, packing = (_morning(order, script, when) for when in ("archive_on", "package_on"))
    year.play(archiving)
    closing.archive(year, archiving, look=look.papers)
    year.play(packing)
    packages = returns.hand_over(script, house, order.year, packing, out=order.out / "packages")
    end = day_end(date(order.year, 12, 31), zone)
    year.play(end)
    house.wait_for_papers(look.papers)
    house.tick(end)  # what the last papers had to say
    reports = returns.lay_out_reports(house, order.out / "reports")
    return {
        **{"pack": order.pack, "year": order.year, "cases": order.cases, "seed": order.seed},
        **summary.of_cases(end),
        **summary.of_ladders(),
        **summary.of_archive(),
        "reports": reports,
        "packages": packages,
        "trouble": {"failed_jobs": house.failed_jobs()},
    }


def _set_up(order: Order) -> Script:
    new_year = datetime(order.year, 1, 1, tzinfo=UTC)
    policy = organising.set_up(order.pack, password=PASSWORD, now=new_year)
    view = policy.view()
    behaviour = read(order.pack, "simulation")
    return Script(policy, view, calendar_of(view), behaviour, Texts.read(order.texts), order.seed)


def _plan_duties(house: House, now: datetime) -> None:
    """Through rq, like everything that the clock starts."""
    job = queues.enqueue(queues.DEFAULT, queues.PLAN_DUTIES, now.isoformat())
    house.wait_for(lambda: int(job.get_status(refresh=True) not in ("finished", "failed")))


def _morning(order: Order, script: Script, when: str) -> datetime:
    """Nine o'clock on a day of the closing weeks."""
    day = date.fromisoformat(f"{order.year}-{script.behaviour['closing'][when]}")
    return datetime.combine(day, time(9), script.calendar.tz)
