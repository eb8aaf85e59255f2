"""Completeness 完整性: every number that a unit gave out in a year is inside its package or says why not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from documents import archive_number
from documents.complaint import CONFIDENTIAL, Complaint
from documents.holdings import belonging_to, registered_in, rows_of
from documents.policy import Policy, view_of
from documents.report_sight import told_in_reports
from documents.rules.fields import fields_of
from documents.rules.issuing import fits, issued, volume_numbering, year_of
from documents.rules.numbering import series_head
from documents.rules.package import ArchiveNumber, ReportTotals
from documents.rules.policy import PolicyView
from documents.sequence import Sequence
from documents.transfer import Absent, Check, TransferPackage
from documents.transfer_numbers import archive_numbers
from documents.transfer_reasons import Reason, Side, apart, on_shelf, side_of
from documents.transfer_report import totals
from documents.volume import Volume

Definition = Mapping[str, Any]
READ = (
    *("number", "policy_version", "case_type", "stage", "status", "volume", "registered_at"),
    *("received_at", "scope", "recused", "known_to", "destroyed_by"),
)


@dataclass(frozen=True)
class Plan:
    """What goes into the package and what does not 移交计划."""

    issued: tuple[str, ...]
    volumes: tuple[Volume, ...]
    absent: tuple[Absent, ...]
    carried: int
    gaps: tuple[str, ...]
    strays: tuple[str, ...]
    totals: tuple[ReportTotals, ...] = ()
    archive_numbers: tuple[ArchiveNumber, ...] = ()
    covered: tuple[str, ...] = ()  # of which register and reports inside tell no more than the number

    def as_check(self, at: Any) -> Check:
        """The plan as it is kept with the package."""
        return Check(
            at=at,
            issued=len(self.issued),
            inside=len(self.issued) - len(self.absent),
            carried=self.carried,
            absent=list(self.absent),
            absent_volumes=[
                Absent(number=one.number, code="volume", reason=one.reason, note=one.note or None)
                for one in self.archive_numbers
                if one.reason
            ],
            gaps=list(self.gaps),
            strays=list(self.strays),
            volumes=len(self.volumes),
            totals=[{**asdict(one), "unexplained": one.unexplained} for one in self.totals],
        )


def plan_of(package: TransferPackage) -> Plan:
    """盘点 for a package, by whoever makes it."""
    view = view_of(package.policy, package.policy_version)
    return plan(view, package.unit, package.year, side_of(package))


def plan(view: PolicyView, unit: str, year: int, side: Side | None = None) -> Plan:
    """盘点: the numbers of the year, the sealed volumes, the reasons of the rest, and what is missing."""
    sealed, side = list(on_shelf(view.key, unit, year)), side or Side(view.key, unit, year)
    out = apart(side, sealed)
    volumes = tuple(volume for volume in sealed if volume.id not in out)
    inside = {number for volume in volumes for number in volume.cases}
    own = list(rows_of({**belonging_to(view, unit), **registered_in(view, year)}, READ))
    numbers = [row["number"] for row in own]
    carried = sorted(inside - set(numbers))
    absent = tuple(_absent(row, view, out) for row in own if row["number"] not in inside)
    given = list(_given(view.key, year))
    found = set(numbers_on_cases(view.key)) if given else set()
    every = {name for names in given for name in names}
    return Plan(
        issued=(*numbers, *carried),
        volumes=volumes,
        absent=absent,
        carried=len(carried),
        gaps=tuple(names[0] for names in given if found.isdisjoint(names)),
        strays=tuple(sorted(number for number in numbers if number not in every)),
        totals=tuple(totals(view, (unit, year), {row["number"]: row for row in own}, len(carried))),
        archive_numbers=archive_numbers(view.key, (unit, year), {one.id for one in volumes}, out),
        covered=tuple(_covered(own, told_in_reports(view.key, unit, year), side.maker)),
    )


def _covered(own: Iterable[Mapping[str, Any]], told: set[str], maker: str) -> Iterator[str]:
    """The cases of which the register has the number alone, and for which a report stays out."""
    yield from (row["number"] for row in own if row.get("known_to") or maker in row.get("recused", ()))
    elsewhere = sorted(told.difference(row["number"] for row in own))
    closed = {"number": {"$in": elsewhere}, "$or": [CONFIDENTIAL, {"recused": maker}]}
    yield from (row["number"] for row in Complaint.collection().find(closed, {"number": 1}))


def _absent(row: Mapping[str, Any], view: PolicyView, out: Mapping[str, Reason]) -> Absent:
    volume = row.get("volume") or {}
    code, reason, note = out.get(volume.get("number", "")) or _reason(row, view)
    return Absent(number=row["number"], code=code, reason=reason, note=note)


def _reason(row: Mapping[str, Any], view: PolicyView) -> tuple[str, str, str]:
    own = view_of(view.key, row["policy_version"])
    stage = own.stage(row["case_type"], row["stage"])["label"]["zh"]
    volume = row.get("volume") or {}
    if row.get("destroyed_by"):
        return "destroyed", "已按销毁清册销毁", f"档号：{volume['number']}；清册：{row['destroyed_by']}"
    if row.get("known_to") and not volume.get("sealed_at"):
        return "confidential", "保密，尚未归档", ""
    if row["status"] != "open" and volume.get("sealed_at"):
        return "other_year", f"归入{volume['year']}年度案卷", f"档号：{volume['number']}"
    return _unsealed(row, volume, stage)


def _unsealed(row: Mapping[str, Any], volume: Mapping[str, Any], stage: str) -> tuple[str, str, str]:
    """Why a case of which everybody may know has no sealed volume."""
    if row["status"] == "open":
        return "open", "办理中", f"当前环节：{stage}"
    if not volume:
        return "not_submitted", "已办结，尚未归档", f"当前环节：{stage}"
    if volume.get("problem"):
        return "problem", "制卷未成功", str(volume["problem"])
    return "rendering", "已送归档，制卷中", f"档号：{volume['number']}"


def _given(policy: str, year: int) -> Iterator[tuple[str, ...]]:
    """Each number that was given out in the year, as each version of the policy would have written it."""
    for definitions in numberings_of(policy):
        head = re.escape(series_head(policy, definitions[0]["key"]))
        for row in Sequence.collection().find({"_id": {"$regex": f"^{head}:"}}):
            if year_of(row["_id"], definitions[0]) != year:
                continue
            elsewhere = set(row.get("elsewhere", ()))
            fitting = [definition for definition in definitions if fits(row["_id"], definition)]
            written = (issued(row["_id"], row["value"], definition) for definition in fitting)
            for sequence, names in enumerate(zip(*written, strict=True), start=1):
                if sequence not in elsewhere:
                    yield names


def numberings_of(policy: str) -> list[list[Definition]]:
    """The definitions of every series, the newest version first; a pattern may change within a year."""
    found: dict[str, list[Definition]] = {}
    for version in Policy.objects(key=policy, state__ne="draft").order_by("-version"):
        rules = version.definition.get("archive")
        archive = [volume_numbering(rules)] if rules else []
        for definition in (*version.definition.get("numbering", ()), *archive):
            known = found.setdefault(definition["key"], [])
            if definition["pattern"] not in {one["pattern"] for one in known}:
                known.append(definition)
    return list(found.values())


def numbers_on_cases(policy: str) -> Iterator[str]:
    """Every number that stands on a case: its own, those of its fields, its letters', its volume's."""
    asked = _number_fields(policy)
    columns = ["number", "numbers", "letters.number", "volume.number"]
    columns += [f"answers.values.{key}" for key in asked]
    for row in Complaint.collection().find({"policy": policy}, columns):
        yield row["number"]
        yield from row.get("numbers", {}).values()
        yield from (one["number"] for one in row.get("letters", ()) if one.get("number"))
        for filled in row.get("answers", ()):
            yield from (str(value) for value in filled.get("values", {}).values() if value is not None)
        if row.get("volume"):
            yield row["volume"]["number"]
    # Archive numbers of supplements, and those that became void, stand in the register of archive numbers.
    beside = {"policy": policy, "$or": [{"state": "void"}, {"supplement_to": {"$ne": None}}]}
    yield from (one["_id"] for one in archive_number.ArchiveNumber.collection().find(beside, {"_id": 1}))


def _number_fields(policy: str) -> list[str]:
    """The fields that take a number from a series 编号字段, in any version."""
    versions = Policy.objects(key=policy, state__ne="draft")
    forms = [form for version in versions for form in version.view().forms()]
    return sorted({one["key"] for form in forms for one in fields_of(form) if one["type"] == "series"})
