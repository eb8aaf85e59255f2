"""A year-end package 移交包 as plain values: what `pdf.packages` writes."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, BinaryIO, cast

from documents import files
from documents.complaint import any_confidential, kept_from
from documents.dossier_words import Names
from documents.policy import view_of
from documents.report import Report
from documents.report_paper import title as report_title
from documents.report_sight import named
from documents.rules.package import (
    EarlierRound,
    PackageContent,
    PackedOriginal,
    PackedPaper,
    PackedVolume,
    UnfiledNumber,
)
from documents.rules.volume import ContentsEntry
from documents.transfer import Round, TransferPackage
from documents.transfer_plan import Plan
from documents.transfer_reasons import sent_back
from documents.unit import Unit
from documents.volume import Volume

SOFTWARE = "卷宗 Juanzong"


def package_content(
    package: TransferPackage, plan: Plan, papers: tuple[PackedPaper, ...] = ()
) -> PackageContent:
    """The package from its plan; the same plan gives the same content."""
    names, unit = Names(), Unit.get(package.unit)
    organisation = unit.name["zh"]
    policy = view_of(package.policy, package.policy_version).definition["policy"]
    what = "保密移交包" if package.confidential else "移交包"
    notes = sent_back(package.id, (volume.id for volume in plan.volumes))
    return PackageContent(
        title=f"{organisation}{package.year}年度{policy.get('short', policy['title'])['zh']}档案{what}",
        organisation=organisation,
        fonds_number=str(unit.fonds_number or ""),
        fonds_name=organisation,
        year=package.year,
        unit=policy.get("short", policy["title"])["zh"],
        made_by=names.person(package.made_by),
        made_at=package.made_at,
        issued=plan.issued,
        volumes=tuple(_packed(volume, names, notes.get(volume.id, "")) for volume in plan.volumes),
        unfiled=tuple(UnfiledNumber(one.number, one.reason, one.note or "") for one in plan.absent),
        papers=papers if package.confidential else (*papers, *_reports(package)),
        software=SOFTWARE,
        archive_numbers=plan.archive_numbers,
        totals=plan.totals,
        round=package.round,
        earlier=tuple(_earlier(one) for one in package.rounds),
        confidential=bool(package.confidential),
    )


def _earlier(one: Round) -> EarlierRound:
    return EarlierRound(one.number, one.built.name, one.handed.received_on, one.built.sha256)


def _packed(volume: Volume, names: Names, note: str) -> PackedVolume:
    return PackedVolume(
        volume_number=volume.id,
        case_numbers=tuple(volume.cases),
        title=volume.title,
        year=volume.year,
        retention=volume.retention["zh"],
        unit=names.unit(volume.unit),
        responsible=names.unit(volume.owner),
        opened_on=date.fromisoformat(volume.opened_on),
        closed_on=date.fromisoformat(volume.closed_on),
        pages=volume.pages,
        size=volume.size,
        sha256=volume.sha256,
        secrecy=volume.secrecy or "",
        note=note,
        supplement_to=volume.supplement_to or "",
        signed_by=(volume.signature or {}).get("fingerprint", ""),
        contents=tuple(_entry(row) for row in volume.contents),
        metadata=_metadata(volume),
        originals=tuple(_original(row) for row in volume.originals),
    )


def _metadata(volume: Volume) -> PackedOriginal | None:
    row = volume.metadata
    if not row:
        return None
    return PackedOriginal(f"{volume.id}.xml", "application/xml", row["size"], row["sha256"], row["file_id"])


def _entry(row: dict[str, Any]) -> ContentsEntry:
    dated = date.fromisoformat(row["dated"]) if row.get("dated") else None
    return ContentsEntry(**{**row, "dated": dated})


def _original(row: dict[str, Any]) -> PackedOriginal:
    return PackedOriginal(
        name=row["name"],
        media_type=row["media_type"],
        size=row["size"],
        sha256=row["sha256"],
        key=row["file_id"],
    )


def _reports(package: TransferPackage) -> tuple[PackedPaper, ...]:
    """The frozen reports of the unit and year 其他: 报告; none that tells of what is kept from its maker."""
    found = Report.objects(
        policy=package.policy, unit=package.unit, year=package.year, state="frozen", file_id__ne=None
    ).order_by("id")
    return tuple(
        PackedPaper(f"{report_title(one)}.pdf", partial(files.read, one.file_id), key=one.sha256)
        for one in found
        if _may_be_packed(named(one), package.made_by)
    )


def _may_be_packed(told: set[str], maker: str) -> bool:
    return not any_confidential(told) and not kept_from(maker, told)


def open_volume(number: str) -> BinaryIO:
    """The sealed file of an archive number."""
    return cast(BinaryIO, files.open_file(Volume.get(number).file_id))


def open_original(file_id: str) -> BinaryIO:
    """An original upload."""
    return cast(BinaryIO, files.open_file(file_id))
