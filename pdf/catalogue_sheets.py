"""The catalogues of a year-end package for people 案卷目录, 文件目录, 未归档编号说明, as registers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from documents.rules.package import PackageContent, PackedVolume
from documents.rules.papers import Register, RegisterColumn
from pdf.catalogues import Part
from pdf.wording import compact_day

PRINTED = 2_000  # lines of one PDF; a longer register becomes several

VOLUME_COLUMNS = (
    RegisterColumn("顺序号", 7, numeric=True),
    RegisterColumn("档号", 20),
    RegisterColumn("题名", 27),
    RegisterColumn("责任者", 12),
    RegisterColumn("起止日期", 10),
    RegisterColumn("保管期限", 8),
    RegisterColumn("密级", 5),
    RegisterColumn("件数", 5, numeric=True),
    RegisterColumn("页数", 5, numeric=True),
    RegisterColumn("投诉编号", 18),
    RegisterColumn("参见号", 9),
    RegisterColumn("备注", 6),
)
FILE_COLUMNS = (
    RegisterColumn("序号", 7, numeric=True),
    RegisterColumn("档号", 21),
    RegisterColumn("件号", 5, numeric=True),
    RegisterColumn("文号", 17),
    RegisterColumn("责任者", 16),
    RegisterColumn("题名", 28),
    RegisterColumn("日期", 9),
    RegisterColumn("页号", 5, numeric=True),
    RegisterColumn("页数", 5, numeric=True),
    RegisterColumn("备注", 9),
)
ABSENT_COLUMNS = (
    RegisterColumn("序号", 6, numeric=True),
    RegisterColumn("编号", 24),
    RegisterColumn("未归档原因", 24),
    RegisterColumn("说明", 46),
)


def volumes_register(part: Part) -> Register:
    """The 案卷目录 as a register, for paper and spreadsheet."""
    rows = tuple(_volume_row(number, volume) for number, volume in enumerate(part.volumes, start=1))
    return _register(part, "案卷目录", VOLUME_COLUMNS, rows)


def _volume_row(number: int, volume: PackedVolume) -> tuple[str, ...]:
    return (
        str(number),
        volume.volume_number,
        volume.title,
        volume.responsible,
        f"{compact_day(volume.opened_on)}\n{compact_day(volume.closed_on)}",
        volume.retention,
        volume.secrecy,
        str(len(volume.contents)),
        str(volume.pages),
        "\n".join(volume.case_numbers),
        volume.supplement_to,
        volume.note,
    )


def files_register(part: Part) -> Register:
    """The 文件目录 as a register: the documents of each volume, then its originals."""
    rows: list[tuple[str, ...]] = []
    for volume in part.volumes:
        for line in _file_rows(volume):
            rows.append((str(len(rows) + 1), volume.volume_number, *line))
    return _register(part, "文件目录", FILE_COLUMNS, tuple(rows))


def _file_rows(volume: PackedVolume) -> list[tuple[str, ...]]:
    found = [
        (
            str(entry.position),
            entry.document_number,
            entry.responsible,
            entry.title,
            compact_day(entry.dated),
            str(entry.page),
            str(entry.pages),
            entry.note,
        )
        for entry in volume.contents
    ]
    return [*found, *(("", "", "", one.name, "", "", "", "原件") for one in volume.originals)]


def absent_register(content: PackageContent, part: Part) -> Register:
    """未归档编号说明 as a register: each case and archive number that is not inside, with its reason."""
    cases = [(one.number, one.reason, one.note) for one in content.unfiled]
    volumes = [(one.number, f"档号：{one.reason}", one.note) for one in content.archive_numbers if one.reason]
    rows = tuple((str(n), *line) for n, line in enumerate([*cases, *volumes], start=1))
    return _register(part, "未归档编号说明", ABSENT_COLUMNS, rows)


def printed(paper: Register, name: str) -> list[tuple[str, Register]]:
    """A register as it is printed: one file, or several with running numbers when it is long."""
    starts = range(0, max(len(paper.rows), 1), PRINTED)
    if len(starts) == 1:
        return [(f"{name}.pdf", paper)]
    return [
        (f"{name}-{number:02}.pdf", _book(paper, start, f"第 {number} 册，共 {len(starts)} 册"))
        for number, start in enumerate(starts, start=1)
    ]


def _book(paper: Register, start: int, which: str) -> Register:
    """One of several files 分册: it says which one it is, and how many lines there are in all."""
    note = f"{paper.note}　{which}，全部 {len(paper.rows)} 条"
    return replace(paper, note=note, rows=paper.rows[start : start + PRINTED])


def _register(
    part: Part, title: str, columns: Sequence[RegisterColumn], rows: tuple[tuple[str, ...], ...]
) -> Register:
    content = part.content
    of_part = f"　分包 {part.number}" if part.number else ""
    return Register(
        title=title,
        organisation=content.organisation,
        period=f"{content.year}年度" + (f"　第 {content.round} 次移交" if content.round > 1 else ""),
        columns=tuple(columns),
        rows=rows,
        made_by=content.made_by,
        made_at=content.made_at,
        note=f"全宗号 {content.fonds_number}　机构（问题） {content.unit}{of_part}",
    )
