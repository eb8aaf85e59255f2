"""The catalogues of a year-end package for machines 案卷目录, 文件目录, 编号清单, 分包清单, and 说明文件."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from documents.rules.package import (
    ArchiveNumber,
    PackageContent,
    PackedOriginal,
    PackedVolume,
    ReportTotals,
    volume_of_case,
)
from documents.rules.splitting import weight
from pdf import schemas
from pdf.verifier import ABSENT, INSIDE, RECORDS
from pdf.wording import beijing, compact_day, moment
from pdf.xml_text import child, document, root, row, texts

GIGABYTE = 1_000_000_000
SHOWN_NUMBERS = 50


@dataclass(frozen=True)
class Place:
    """Where the files of a volume lie in the package, below data/."""

    volume: str
    originals: tuple[str, ...]
    metadata: str = ""


Places = Mapping[str, Place]  # by 档号


@dataclass(frozen=True)
class Part:
    """A part 分包 of a package; the whole package when it is not split."""

    content: PackageContent
    name: str  # of its folder
    volumes: tuple[PackedVolume, ...]
    number: int = 0  # 0: not split
    places: Places | None = None

    @property
    def pages(self) -> int:
        """页数 of all volumes inside."""
        return sum(volume.pages for volume in self.volumes)

    @property
    def originals(self) -> int:
        """How many 原件 are inside."""
        return sum(len(volume.originals) for volume in self.volumes)

    def place(self, volume: PackedVolume) -> Place:
        """Where a volume lies."""
        return (self.places or {})[volume.volume_number]


def stored(volume: PackedVolume, place: Place) -> Iterator[tuple[str, PackedOriginal]]:
    """Every file of a volume that is copied as it is: path, and what it must be."""
    kind = "application/pdf"
    yield place.volume, PackedOriginal(volume.title, kind, volume.size, volume.sha256, volume.volume_number)
    if volume.metadata:
        yield place.metadata, volume.metadata
    yield from zip(place.originals, volume.originals, strict=True)


def volumes_xml(part: Part) -> bytes:
    """案卷目录.xml: every volume with its file, size and digest."""
    tree = root("案卷目录", schemas.FOLDER + "案卷目录.xsd")
    _head(child(tree, "移交"), part.content)
    totals = {"案卷": len(part.volumes), "页数": part.pages, "原件": part.originals}
    row(tree, "合计", totals)
    for number, volume in enumerate(part.volumes, start=1):
        _volume_row(tree, number, volume, part.place(volume))
    return document(tree)


def _head(element: Any, content: PackageContent) -> None:
    facts = {
        "标题": content.title,
        "移交单位": content.organisation,
        "全宗号": content.fonds_number,
        "全宗名称": content.fonds_name,
        "年度": f"{content.year:04}",
        "机构": content.unit,
        "轮次": str(content.round),
        "制作人": content.made_by,
        "制作时间": beijing(content.made_at).isoformat(timespec="seconds"),
        "软件": content.software,
    }
    texts(element, facts)
    for one in content.earlier:
        facts = {"轮次": str(one.number), "移交包": one.name, "移交日期": one.handed_on, "SHA256": one.sha256}
        row(element, "前次移交", facts)


def _volume_row(tree: Any, number: int, volume: PackedVolume, place: Place) -> None:
    signed = {"签名": "有", "签名证书": volume.signed_by} if volume.signed_by else {}
    line = row(tree, "案卷", {"顺序号": str(number), **signed})
    texts(
        line,
        {
            "档号": volume.volume_number,
            "题名": volume.title,
            "责任者": volume.responsible,
            "年度": f"{volume.year:04}",
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
            "参见号": volume.supplement_to,
            "备注": volume.note,
        },
    )
    if volume.metadata:
        row(line, "元数据", _file(volume.metadata, place.metadata))
    for case in volume.case_numbers:
        texts(line, {"投诉编号": case})


def _file(one: PackedOriginal, path: str) -> dict[str, object]:
    return {"字节": one.size, "SHA256": one.sha256, "路径": path}


def files_xml(part: Part) -> bytes:
    """文件目录.xml: every document within each volume, and every original."""
    tree = root("文件目录", schemas.FOLDER + "文件目录.xsd")
    for volume in part.volumes:
        group = row(tree, "案卷", {"档号": volume.volume_number})
        for entry in volume.contents:
            facts = {
                "顺序号": entry.position,
                "文号": entry.document_number,
                "责任者": entry.responsible,
                "题名": entry.title,
                "日期": compact_day(entry.dated),
                "页号": entry.page,
                "页数": entry.pages,
                "备注": entry.note,
            }
            row(group, "文件", facts)
        for one, path in zip(volume.originals, part.place(volume).originals, strict=True):
            row(group, "原件", {"名称": one.name, "类型": one.media_type, **_file(one, path)})
    return document(tree)


def numbers_xml(content: PackageContent, parts: Mapping[str, int]) -> bytes:
    """编号清单.xml: every case number and archive number of the year, where each is, and the report's totals.

    ``parts`` gives the part of each volume and is empty when the package is not split.
    """
    volume_of = volume_of_case(content)
    reason_of = {one.number: one for one in content.unfiled}
    tree = root("编号清单", "xsd/编号清单.xsd")
    totals = {"发出": len(content.issued), "归档": len(volume_of), "未归档": len(reason_of)}
    for name, value in {
        "年度": f"{content.year:04}",
        **totals,
        "档号发出": len(content.archive_numbers),
    }.items():
        tree.set(name, str(value))
    for number in content.issued:
        volume = volume_of.get(number)
        if volume is not None:
            row(tree, "编号", {"号": number, "去向": INSIDE, "档号": volume, **_part_of(volume, parts)})
        else:
            absent = reason_of[number]
            facts = {"去向": ABSENT, "原因": absent.reason, "说明": absent.note}
            row(tree, "编号", {"号": number, **facts})
    for one in content.archive_numbers:
        row(tree, "档号", _archive_number(one, parts))
    for total in content.totals:
        _totals(tree, total)
    return document(tree)


def _part_of(volume: str, parts: Mapping[str, int]) -> dict[str, object]:
    return {"分包": parts[volume]} if parts else {}


def _archive_number(one: ArchiveNumber, parts: Mapping[str, int]) -> dict[str, object]:
    facts: dict[str, object] = {"号": one.number, "流水": one.series, "序": one.sequence}
    if one.reason:
        return {**facts, "去向": ABSENT, "原因": one.reason, "说明": one.note}
    return {**facts, "去向": INSIDE, **_part_of(one.number, parts)}


def _totals(tree: Any, one: ReportTotals) -> None:
    facts = {
        "报告": one.title,
        "指标": one.figure,
        "报告数": one.reported,
        "发出数": one.issued,
        "未说明": one.unexplained,
    }
    line = row(tree, "报告核对", facts)
    for difference in one.differences:
        row(
            line,
            "差异",
            {"原因": difference.reason, "件数": difference.count, "编号": _few(difference.numbers)},
        )


def _few(numbers: tuple[str, ...]) -> str:
    more = "……" if len(numbers) > SHOWN_NUMBERS else ""
    return "、".join(numbers[:SHOWN_NUMBERS]) + more


def parts_xml(name: str, parts: Iterable[Part]) -> bytes:
    """分包清单.xml: all parts of the package, in every one of them."""
    tree = root("分包清单", "xsd/分包清单.xsd")
    tree.set("移交包", name)
    for part in parts:
        facts = {
            "号": part.number,
            "名称": part.name,
            "案卷": len(part.volumes),
            "原件": part.originals,
            "字节": sum(weight(volume) for volume in part.volumes),
            "首卷": part.volumes[0].volume_number if part.volumes else "",
            "末卷": part.volumes[-1].volume_number if part.volumes else "",
            "档案SHA256": _records_digest(part),
        }
        row(tree, "分包", facts)
    tree.set("总数", str(len(tree)))
    return document(tree)


def _records_digest(part: Part) -> str:
    """One digest over all record files of a part: path and SHA-256 of each, in order of their paths."""
    found = {path: one.sha256 for volume in part.volumes for path, one in stored(volume, part.place(volume))}
    lines = "".join(f"{digest}  data/{path}\n" for path, digest in sorted(found.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def readme(part: Part, count: int, *, sm3: bool = False) -> bytes:
    """说明文件.TXT: what this is, how much it is, how it is checked; Windows line ends for old editors."""
    content = part.content
    amount = sum(weight(volume) for volume in part.volumes)
    others = "" if content.confidential else "登记册、年度报告、"
    lines = (
        content.title,
        *_about_secrecy(content),
        *_about_round(content),
        *_about_parts(part, count),
        "",
        f"移交单位：{content.organisation}",
        f"全宗号：{content.fonds_number}　全宗名称：{content.fonds_name}",
        f"年度：{content.year}　机构（问题）：{content.unit}",
        f"数量：案卷 {len(part.volumes)} 卷、{part.pages} 页；原件 {part.originals} 个",
        f"数据量：{amount / GIGABYTE:.3f} GB（{amount} 字节）",
        f"本年度发出编号 {len(content.issued)} 个，未归档 {len(content.unfiled)} 个（原因见“其他”文件夹）",
        *_about_totals(content),
        f"制作：{content.made_by}　{moment(content.made_at)}　{content.software}",
        "",
        "目录结构",
        f"  案卷目录.xml / .xlsx / .pdf   每卷一条{'（仅本分包）' if part.number else ''}",
        "  文件目录.xml / .xlsx / .pdf   卷内文件及原件，每件一条",
        f"  {RECORDS}年度/保管期限/档号/  案卷(PDF/A)、元数据(XML)及“原件”文件夹（逐字节原样）",
        f"  其他/                         编号清单、未归档编号说明、{others}XML 模式(xsd)等",
        "",
        "核验方法",
        f"  外层按 BagIt 1.0 封装，摘要算法 SHA-256{'、SM3' if sm3 else ''}，未加密、未压缩。",
        "  在装有 Python 3.8 以上版本的任何计算机上运行：python verifier.py",
        "  该程序不需要网络、数据库或本系统；核验通过返回 0，不通过返回 1 并逐条列出。",
        "  加 --result 结果.json 写出结果文件，加 --opinions 接收意见.csv 写出逐件接收意见表，",
        "  两者均可交回移交方导入。",
    )
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def _about_secrecy(content: PackageContent) -> Iterator[str]:
    if content.confidential:
        yield "本包只含保密案卷，限知悉名单上的人制作和取得；本年度其余案卷、登记册和年度报告在普通移交包。"
    elif content.kept_apart:
        yield f"另有保密案卷 {content.kept_apart} 卷另行移交，档号、页数和摘要见“其他/未归档编号说明”。"


def _about_round(content: PackageContent) -> Iterator[str]:
    if content.round > 1:
        yield f"第 {content.round} 次移交：只含前次退回后更正的案卷和此后封存的案卷。"
    for one in content.earlier:
        digest = f"　SHA-256 {one.sha256}" if one.sha256 else ""
        yield f"第 {one.number} 次移交：{one.handed_on}　{one.name}{digest}"


def _about_parts(part: Part, count: int) -> Iterator[str]:
    if part.number:
        yield f"分包 {part.number} / {count}：{part.name}（全部分包见 其他/分包清单.xml）"
        yield "把全部分包放在同一文件夹，对该文件夹运行核验程序，即可核对整套是否齐全。"


def _about_totals(content: PackageContent) -> Iterator[str]:
    for one in content.totals:
        if not one.differences and not one.unexplained:
            yield f"与《{one.title}》核对：{one.figure} {one.reported} 件，与发出编号数一致。"
            continue
        yield f"与《{one.title}》核对：{one.figure} {one.reported} 件，本年度发出编号 {one.issued} 个，差异："
        yield from (f"    {each.reason}　{each.count:+d} 件" for each in one.differences)
        if one.unexplained:
            yield f"    未能说明　{one.unexplained:+d} 件"
