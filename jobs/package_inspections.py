"""四性检测 of a year-end package: its own verifier reads it whole; what it says is sorted into items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from lxml import etree

from documents.actions import inspecting
from documents.audit import AuditEntry
from documents.inspection import Inspection, inspection_rules
from documents.rules.check_items import PACKAGE_ITEMS
from documents.rules.four_checks import (
    FAILED,
    FILING,
    HAND_OVER,
    PACKAGE,
    RESULTS,
    SOURCE,
    VOLUME,
    Inspected,
    run,
)
from documents.rules.package import PackedPaper
from documents.rules.package_checks import PACKAGE_CHECKS, PackageFacts
from documents.rules.papers import Register, RegisterColumn
from documents.transfer import TransferPackage
from documents.transfer_content import SOFTWARE
from documents.transfer_plan import Plan
from documents.unit import Unit
from documents.virus_scans import Named, scan
from jobs.making import PaperUnfit
from jobs.registers import on_paper
from jobs.surroundings import current
from pdf import schemas, verifier
from pdf.packages import Written
from pdf.verifier import CHUNK
from pdf.wording import beijing

CATALOGUES = {"案卷目录": "案卷目录.xml", "文件目录": "文件目录.xml", "编号清单": "其他/编号清单.xml"}
README = "说明文件.TXT"
MADE = ("package_build", "package_written")  # on the page, on the command line
SUMMARY = "案卷检测汇总"
COLUMNS = (
    RegisterColumn("序号", 5, numeric=True),
    RegisterColumn("档号", 24),
    RegisterColumn("归档检测日期", 10),
    *(RegisterColumn(words, 6, numeric=True) for words, _english in RESULTS.values()),
    RegisterColumn("结论", 10),
)


def inspect_package(
    package: TransferPackage, planned: Plan, written: Written, *, now: datetime
) -> Inspection:
    """Inspect a package as it lies on disk (移交检测) and keep the report."""
    facts = _facts(package, planned, written)
    findings = run(PACKAGE_ITEMS, PACKAGE_CHECKS, facts, inspection_rules().off)
    title = f"{written.name}（{package.year}年度，{facts.volumes} 卷）"
    inspected = Inspected(PACKAGE, package.id, title, HAND_OVER, now, findings)
    return inspecting.keep(inspected, owner=package.unit, sha256=written.archive_sha256, by=package.made_by)


def refuse_unfit(inspection: Inspection) -> None:
    """Raises PaperUnfit naming what blocks: such a package is not handed over."""
    blocking = [one for one in inspection.findings if one["blocks"] and one["result"] == FAILED]
    if blocking:
        wrong = (f"{one['name']['zh']}（{one['evidence']['zh']}）" for one in blocking)
        raise PaperUnfit(f"四性检测不通过：{'；'.join(wrong)}")


def _facts(package: TransferPackage, planned: Plan, written: Written) -> PackageFacts:
    volumes = planned.volumes
    folders = [part.folder for part in written.parts]
    archives = [part.archive for part in written.parts if part.archive]
    result = verifier.inspect_bags([*folders, *archives], whole=True)
    return PackageFacts(
        findings=tuple((one.code, one.text()) for one in result.findings),
        counts=result.counts,
        volumes=len(volumes),
        signed=sum(bool(one.signature) for one in volumes),
        originals=sum(len(one.originals) for one in volumes),
        catalogue_problems=tuple(problem for folder in folders for problem in _catalogues(folder)),
        uninspected=tuple(one.id for one in volumes if not one.inspection),
        failed=tuple(one.id for one in volumes if one.inspection and not one.inspection["ok"]),
        without_metadata=tuple(_without_metadata(folders)),
        formats=Counter(row["media_type"] for one in volumes for row in one.originals),
        in_audit=_in_audit(package),
        scan=scan(current().clamd, _files(folders)),
    )


def _catalogues(folder: Path) -> Iterator[str]:
    """The readme and the catalogues of a part, against their schemas."""
    data = folder / "data"
    if not (data / README).is_file():
        yield f"缺少 {README}"
    for name, path in CATALOGUES.items():
        try:
            schemas.checked(name, (data / path).read_bytes())
        except (OSError, schemas.SchemaBroken, etree.XMLSyntaxError) as error:
            yield f"{path}：{str(error)[:120]}"


def _without_metadata(folders: list[Path]) -> Iterator[str]:
    """Volumes with no XML beside their PDF."""
    for folder in folders:
        for path in sorted((folder / "data" / "电子档案").glob("*/*/*/*.pdf")):
            if not path.with_suffix(".xml").is_file():
                yield path.stem


def _in_audit(package: TransferPackage) -> bool:
    return AuditEntry.objects(subject=package.id, verb__in=MADE).first() is not None


def _files(folders: list[Path]) -> Iterator[Named]:
    for folder in folders:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            yield path.relative_to(folder.parent).as_posix(), _blocks(path)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from iter(lambda: stream.read(CHUNK), b"")


def summary(package: TransferPackage, planned: Plan) -> tuple[PackedPaper, ...]:
    """案卷检测汇总, which goes into the package: every volume with its inspection at filing.

    That one never changes, so a package that is made again has the same bytes.
    """
    numbers = [volume.id for volume in planned.volumes]
    rows = Inspection.objects(subject=VOLUME, stage=FILING, number__in=numbers).order_by("-at", "-id")
    first = {row.number: row for row in rows.only("number", "at", "counts", "ok")}
    lines = tuple(_line(number, one, first.get(one)) for number, one in enumerate(numbers, start=1))
    register = Register(
        title=SUMMARY,
        organisation=Unit.get(package.unit).name["zh"],
        period=f"{package.year}年度",
        columns=COLUMNS,
        rows=lines,
        made_by=SOFTWARE,
        made_at=package.made_at,
        note=SOURCE[0],
    )
    return on_paper(register, SUMMARY) if lines else ()


def _line(position: int, number: str, found: Inspection | None) -> tuple[str, ...]:
    if found is None:
        return str(position), number, "", "", "", "", "", "没有归档检测"
    counts = [str(found.counts.get(key, 0)) for key in RESULTS]
    day = f"{beijing(found.at):%Y-%m-%d}"
    return str(position), number, day, *counts, "通过" if found.ok else "不通过"
