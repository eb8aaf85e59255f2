"""The catalogues of a year-end package 案卷目录, 文件目录, 编号清单, 说明文件: for people and machines."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from documents.rules.package import PackageContent, PackedVolume
from documents.rules.papers import Register, RegisterColumn
from pdf.verifier import ABSENT, FORMAT, INSIDE
from pdf.wording import beijing, compact_day, moment

NOT_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
EPOCH = (1980, 1, 1, 0, 0, 0)
CHANGED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
GIGABYTE = 1_000_000_000

COLUMNS = (
    RegisterColumn("顺序号", 6, numeric=True),
    RegisterColumn("档号", 20),
    RegisterColumn("题名", 30),
    RegisterColumn("责任者", 12),
    RegisterColumn("起止日期", 10),
    RegisterColumn("保管期限", 7),
    RegisterColumn("密级", 6),
    RegisterColumn("件数", 5, numeric=True),
    RegisterColumn("页数", 5, numeric=True),
    RegisterColumn("投诉编号", 15),
    RegisterColumn("备注", 8),
)
ABSENT_COLUMNS = (
    RegisterColumn("序号", 6, numeric=True),
    RegisterColumn("投诉编号", 24),
    RegisterColumn("未归档原因", 24),
    RegisterColumn("说明", 46),
)


@dataclass(frozen=True)
class Place:
    """Where the files of a volume lie in the package, below data/."""

    volume: str
    originals: tuple[str, ...]


Places = Mapping[str, Place]  # by 档号


def volumes_xml(content: PackageContent, places: Places) -> bytes:
    """案卷目录.xml: every volume with its file, size and digest."""
    root = ElementTree.Element("案卷目录", {"格式": FORMAT})
    _texts(
        ElementTree.SubElement(root, "移交"),
        {
            "标题": content.title,
            "移交单位": content.organisation,
            "全宗号": content.fonds_number,
            "全宗名称": content.fonds_name,
            "年度": str(content.year),
            "机构": content.unit,
            "制作人": content.made_by,
            "制作时间": beijing(content.made_at).isoformat(timespec="seconds"),
            "软件": content.software,
        },
    )
    totals = {"案卷": len(content.volumes), "页数": _pages(content), "原件": _originals(content)}
    ElementTree.SubElement(root, "合计", {name: str(value) for name, value in totals.items()})
    for number, volume in enumerate(content.volumes, start=1):
        _volume_row(root, number, volume, places[volume.volume_number])
    return _document(root)


def _volume_row(root: ElementTree.Element, number: int, volume: PackedVolume, place: Place) -> None:
    signed = {"签名": "有", "签名证书": volume.signed_by} if volume.signed_by else {}
    row = ElementTree.SubElement(root, "案卷", {"顺序号": str(number), **signed})
    _texts(
        row,
        {
            "档号": volume.volume_number,
            "题名": volume.title,
            "责任者": volume.responsible,
            "年度": str(volume.year),
            "保管期限": volume.retention,
            "机构": volume.unit,
            "起始日期": compact_day(volume.opened_on),
            "终止日期": compact_day(volume.closed_on),
            "密级": volume.secrecy,
            "件数": str(len(volume.contents)),
            "页数": str(volume.pages),
            "电子档案名称": place.volume,
            "字节": str(volume.size),
            "SHA256": volume.sha256,
            "备注": volume.note,
        },
    )
    for case in volume.case_numbers:
        _texts(row, {"投诉编号": case})


def files_xml(content: PackageContent, places: Places) -> bytes:
    """文件目录.xml: every document within each volume, and every original."""
    root = ElementTree.Element("文件目录", {"格式": FORMAT})
    for volume in content.volumes:
        group = ElementTree.SubElement(root, "案卷", {"档号": _clean(volume.volume_number)})
        for entry in volume.contents:
            _row(
                group,
                "文件",
                {
                    "顺序号": entry.position,
                    "文号": entry.document_number,
                    "责任者": entry.responsible,
                    "题名": entry.title,
                    "日期": compact_day(entry.dated),
                    "页号": entry.page,
                    "页数": entry.pages,
                    "备注": entry.note,
                },
            )
        for original, path in zip(volume.originals, places[volume.volume_number].originals, strict=True):
            facts = {"名称": original.name, "类型": original.media_type, "字节": original.size}
            _row(group, "原件", {**facts, "SHA256": original.sha256, "路径": path})
    return _document(root)


def numbers_xml(content: PackageContent) -> bytes:
    """编号清单.xml: every number issued in the year and where it is."""
    volume_of = {case: volume.volume_number for volume in content.volumes for case in volume.case_numbers}
    reason_of = {row.number: row for row in content.unfiled}
    totals = {"发出": len(content.issued), "归档": len(volume_of), "未归档": len(reason_of)}
    root = ElementTree.Element("编号清单", {"格式": FORMAT, "年度": str(content.year)})
    for name, value in totals.items():
        root.set(name, str(value))
    for number in content.issued:
        if number in volume_of:
            _row(root, "编号", {"号": number, "去向": INSIDE, "档号": volume_of[number]})
        else:
            row = reason_of[number]
            _row(root, "编号", {"号": number, "去向": ABSENT, "原因": row.reason, "说明": row.note})
    return _document(root)


def readme(content: PackageContent) -> bytes:
    """说明文件.TXT: what this is, how much it is, how it is checked; Windows line ends for old editors."""
    amount = sum(volume.size + sum(one.size for one in volume.originals) for volume in content.volumes)
    lines = (
        content.title,
        "",
        f"移交单位：{content.organisation}",
        f"全宗号：{content.fonds_number}　全宗名称：{content.fonds_name}",
        f"年度：{content.year}　机构（问题）:{content.unit}",
        f"数量：案卷 {len(content.volumes)} 卷、{_pages(content)} 页；原件 {_originals(content)} 个",
        f"数据量：{amount / GIGABYTE:.3f} GB({amount} 字节)",
        f"本年度发出编号 {len(content.issued)} 个，未归档 {len(content.unfiled)} 个（原因见“其他”文件夹）",
        f"制作：{content.made_by}　{moment(content.made_at)}　{content.software}",
        "",
        "目录结构",
        "  案卷目录.xml / .xlsx / .pdf   每卷一条",
        "  文件目录.xml                  卷内文件及原件，每件一条",
        "  电子档案/年度/保管期限/档号/  案卷(PDF/A)及“原件”文件夹（逐字节原样）",
        "  其他/                         编号清单、未归档编号说明、年度报告等",
        "",
        "核验方法",
        "  外层按 BagIt 1.0 封装，摘要算法 SHA-256，未加密、未压缩。",
        "  在装有 Python 3.8 以上版本的任何计算机上运行：python verifier.py",
        "  该程序不需要网络、数据库或本系统；核验通过返回 0，不通过返回 1 并逐条列出。",
    )
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def volumes_register(content: PackageContent) -> Register:
    """The 案卷目录 as a register, for paper and spreadsheet."""
    rows = tuple(
        (
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
            volume.note,
        )
        for number, volume in enumerate(content.volumes, start=1)
    )
    return _register(content, "案卷目录", COLUMNS, rows)


def absent_register(content: PackageContent) -> Register:
    """未归档编号说明 as a register: each number that is not inside, with its reason."""
    rows = tuple((str(n), row.number, row.reason, row.note) for n, row in enumerate(content.unfiled, start=1))
    return _register(content, "未归档编号说明", ABSENT_COLUMNS, rows)


def spreadsheet(register: Register) -> bytes:
    """A register as XLSX: text stays text (no formulas), and the bytes are the same each time."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(register.title[:31])
    sheet.freeze_panes = "A2"
    for position, column in enumerate(register.columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = column.width * 1.6 + 2
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    head = [_text_cell(sheet, column.label) for column in register.columns]
    for cell in head:
        cell.font = bold
    sheet.append(head)
    for row in register.rows:
        cells = [_text_cell(sheet, value) for value in row]
        for cell in cells:
            cell.alignment = wrapped
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return _undated(stream.getvalue(), beijing(register.made_at).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _text_cell(sheet: object, value: str) -> WriteOnlyCell:
    """A cell that stays text even if it begins with an equals sign."""
    cell = WriteOnlyCell(sheet, value=_clean(value))
    cell.data_type = "s"
    return cell


def _undated(content: bytes, stamp: str) -> bytes:
    """The same workbook without the moment of saving, in its properties and in its ZIP."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w") as target:
        for name in sorted(source.namelist()):
            part = source.read(name)
            if name == "docProps/core.xml":
                part = CHANGED.sub(rb"\g<1>" + stamp.encode(), part)
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, part)
    return result.getvalue()


def _register(
    content: PackageContent, title: str, columns: Sequence[RegisterColumn], rows: tuple[tuple[str, ...], ...]
) -> Register:
    return Register(
        title=title,
        organisation=content.organisation,
        period=f"{content.year}年度",
        columns=tuple(columns),
        rows=rows,
        made_by=content.made_by,
        made_at=content.made_at,
        note=f"全宗号 {content.fonds_number}　机构（问题） {content.unit}",
    )


def _pages(content: PackageContent) -> int:
    return sum(volume.pages for volume in content.volumes)


def _originals(content: PackageContent) -> int:
    return sum(len(volume.originals) for volume in content.volumes)


def _texts(parent: ElementTree.Element, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        ElementTree.SubElement(parent, name).text = _clean(text)


def _row(parent: ElementTree.Element, name: str, facts: Mapping[str, object]) -> None:
    ElementTree.SubElement(parent, name, {key: _clean(str(value)) for key, value in facts.items()})


def _clean(text: str) -> str:
    """What XML cannot carry is written out, as on paper."""
    return NOT_IN_XML.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def _document(root: ElementTree.Element) -> bytes:
    ElementTree.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="utf-8") + b"\n"
