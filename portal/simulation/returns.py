"""Reports and packages (报告与移交包): made by the jobs of the year, then laid into the result folder."""

from __future__ import annotations

import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from documents import files
from documents.actions import reporting, transferring
from documents.actions.entitlement import check_right
from documents.actions.transferring import Receipt
from documents.duty import Duty
from documents.person import Person
from documents.report import Report
from documents.rules.broken import RuleBroken
from documents.transfer import TransferPackage
from documents.volume import Volume
from jobs import queues
from pdf.verifier import inspect
from portal.simulation.house import House, SimulationFailed
from portal.simulation.year import Script, Year

DAYS_EARLY = 4  # working days before it is due
AT = time(10)
NOTHING_TO_SAY = "无。"
RECEIVER = "联社档案室"


def appoint_reports(year: Year) -> None:
    """Every report that a duty of the year asks for is written some days before it is due."""
    script = year.script
    reports = {one["key"]: one["report"] for one in script.view.definition["duties"] if "report" in one}
    for duty in Duty.objects(key__in=sorted(reports)).order_by("due_at", "id"):
        day = script.calendar.add_working_days(script.calendar.local(duty.due_at).date(), -DAYS_EARLY)
        moment = datetime.combine(day, AT, script.calendar.tz)
        year.appoint(moment, partial(_report, script, duty.id, reports[duty.key]))


def _report(script: Script, duty_id: str, key: str, now: datetime) -> None:
    """Draft, complete and freeze a report; freezing completes its duty."""
    duty = Duty.objects.get(id=duty_id)
    owner = next(one for one in script.view.definition["duties"] if one["key"] == duty.key)["owner"]
    actor = Person.holding(owner["role"], duty.unit)[0]
    asked = reporting.asked_for(script.view, key, duty, unit=fonds_unit(script, duty.units))
    report = reporting.draft(script.policy, asked, actor=actor, now=now)
    empty = {one.key: NOTHING_TO_SAY for one in report.sections if not (one.text or "").strip()}
    report = reporting.edit(report.id, empty, actor=actor, now=now, revision=report.revision)
    report = reporting.freeze(report.id, actor=actor, now=now, revision=report.revision)
    queues.render_report(report.id, now=now)


def fonds_unit(script: Script, units: dict[str, str]) -> str:
    """The unit whose archive a unit's papers belong to (立档单位)."""
    return next(units[slot] for slot in script.view.definition["archive"]["fonds_slots"] if slot in units)


def lay_out_reports(house: House, out: Path) -> list[dict[str, Any]]:
    """Wait for the PDFs, and put them into the result folder."""
    house.wait_for(lambda: int(Report.objects(state="frozen", file_id=None, problem=None).count()))
    out.mkdir(exist_ok=True)
    laid = []
    for report in Report.objects.order_by("year", "key", "unit"):
        if report.file_id:
            (out / f"{report.id.partition(':')[2].replace(':', '-')}.pdf").write_bytes(
                files.read(report.file_id)
            )
        figures = {figure.key: figure.value for figure in report.figures}
        laid.append(
            {"report": report.id, "state": report.state, "printed": bool(report.file_id), "figures": figures}
        )
    return laid


def hand_over(script: Script, house: House, year: int, now: datetime, *, out: Path) -> list[dict[str, Any]]:
    """Check, build, hand over and verify the package of every unit that has sealed files."""
    return [
        _hand_over(script, house, unit, year, now, out) for unit in sorted(Volume.objects.distinct("owner"))
    ]


def _hand_over(
    script: Script, house: House, unit: str, year: int, now: datetime, out: Path
) -> dict[str, Any]:
    actor = next(_archivists(script, unit))
    package = transferring.ask_check(script.policy, unit, year, actor=actor, now=now)
    queues.check_package(package.id, now=now)
    _until(house, package.id, "checked")
    package = transferring.ask_build(package.id, actor=actor, now=now)
    queues.build_package(package.id, now=now)
    _until(house, package.id, "ready")
    receipt = Receipt(RECEIVER, actor.name, script.calendar.local(now).date(), medium="硬盘")
    package = transferring.hand_over(package.id, receipt, actor=actor, now=now)
    return _laid_out(package, out)


def _archivists(script: Script, unit: str) -> Iterator[Person]:
    """The people who may hand over for a unit."""
    for person in Person.objects(active=True).order_by("id"):
        try:
            check_right(person, "archive", script.view, unit)
        except RuleBroken:
            continue
        yield person


def _until(house: House, package: str, state: str) -> None:
    def left() -> int:
        found = TransferPackage.get(package)
        if found.problem:
            raise SimulationFailed(f"{package}: {found.problem}")
        return 0 if found.state == state else 1 + found.total - found.done

    house.wait_for(left)


def _laid_out(package: TransferPackage, out: Path) -> dict[str, Any]:
    """The ZIP and its folder in the result folder, verified as the receiver would."""
    out.mkdir(exist_ok=True)
    archive = out / f"{package.built.name}.zip"
    with archive.open("wb") as copy:
        copy.writelines(files.blocks(package.built.file_id))
    beside = archive.with_name(f"{archive.name}.sha256")
    beside.write_text(f"{package.built.sha256}  {archive.name}\n", encoding="utf-8")
    shutil.rmtree(out / package.built.name, ignore_errors=True)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(out)
    return {**_counted(package), "verified": not inspect(archive).findings}


def _counted(package: TransferPackage) -> dict[str, Any]:
    """How many numbers were given out, are inside, or are absent and why."""
    check = package.check_result
    reasons = Counter(absent.code for absent in check.absent)
    return {
        "package": package.id,
        "issued": check.issued,
        "inside": check.inside,
        "absent": {code: reasons[code] for code in sorted(reasons)},
        "volumes": package.built.volumes,
        "originals": package.built.originals,
        "pages": package.built.pages,
    }
