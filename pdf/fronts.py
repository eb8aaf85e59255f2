"""What lies around the papers: cover 封面, contents 卷内文件目录, closing note 备考表, spine 脊背."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from weasyprint.document import Document, Page

from documents.rules.volume import ContentsEntry, ReplacedCharacter, Spine, VolumeContent
from pdf import spines
from pdf.engine import lay_out
from pdf.filed import SHEETS
from pdf.sheets import page

NARROW = 0x2E7F
INSIDE = "#doc-"  # contents lines lead to anchors of the same file
LATER = "doc:"  # … or to papers that are bound in afterwards, which then get their real targets
NOTE_HEIGHT = 122  # mm for the words of a 备考表 that has its people at the foot of its page
LINE, LINE_HEIGHT, GAP, INDENT = 37, 5.8, 1.5, 2  # characters a line, mm a line, mm after a paragraph


@dataclass(frozen=True)
class Group:
    """The documents of one case in the contents list; a volume of one case has no heading."""

    entries: tuple[ContentsEntry, ...]
    number: str = ""
    item: str = ""
    title: str = ""
    events: int = 0
    head: str = ""

    @property
    def page(self) -> int:
        """The page on which the case begins."""
        return self.entries[0].page if self.entries else 0

    @property
    def pages(self) -> int:
        """How many pages the case has."""
        return sum(entry.pages for entry in self.entries)


@dataclass(frozen=True)
class Facts:
    """What cover and 备考表 report about the finished volume."""

    groups: tuple[Group, ...]
    pages: int
    replacements: tuple[ReplacedCharacter, ...] = ()
    warnings: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    originals: int = 0
    inside: int = 0  # originals that the file carries
    beside: tuple[str, ...] = ()  # names of those that were too much for it

    @property
    def entries(self) -> tuple[ContentsEntry, ...]:
        """All lines of the contents list."""
        return tuple(entry for group in self.groups for entry in group.entries)

    @property
    def is_joined(self) -> bool:
        """Whether several cases lie in the volume 一卷多件."""
        return bool(self.groups[0].number)


@dataclass(frozen=True)
class Front:
    """The laid-out sheets before and after the papers."""

    document: Document
    before: Sequence[Page]
    closing: Sequence[Page]
    spine: Sequence[Page]

    def labels(self, papers: Sequence[tuple[str, int, int]]) -> str:
        """The labels a viewer shows: 封面, 目录-1 …, 1 2 3 …, 备考表, 脊背.

        `papers` are stretches of numbered pages: what stands before them, the first number, how many.
        """
        rows = [f"0 << /P {_text('封面')} >>", f"1 << /P {_text('目录-')} /S /D >>"]
        sheet = len(self.before)
        for divider, first, count in papers:
            if divider:
                rows.append(f"{sheet} << /P {_text(divider)} >>")
                sheet += 1
            rows.append(f"{sheet} << /S /D /St {first} >>")
            sheet += count
        note = _text("备考表") if len(self.closing) == 1 else f"{_text('备考表-')} /S /D"
        rows.append(f"{sheet} << /P {note} >>")
        rows.append(f"{sheet + len(self.closing)} << /P {_text('脊背')} >>")
        return f"<< /Nums [{' '.join(rows)}] >>"


def front(shown: VolumeContent, facts: Facts, *, link: str = INSIDE) -> Front:
    """Lay out cover, contents, closing note and spine."""
    said, replaced = situation(shown, facts), _by_place(facts.replacements)
    html = page(
        "front.html",
        volume=shown,
        facts=facts,
        link=link,
        situation=said,
        replacements=replaced,
        flowing=_height(said) + LINE_HEIGHT * sum(1 + len(rows) // 4 for _, rows in replaced) > NOTE_HEIGHT,
        label=spines.label(spine(shown, facts)),
    )
    document = lay_out(html, sheets=(*SHEETS, "spine"))
    at = {anchor: number for number, laid in enumerate(document.pages) for anchor in laid.anchors}
    pages, closing, back = document.pages, at["closing"], at["spine"]
    return Front(document, pages[:closing], pages[closing:back], pages[back:])


def spine(shown: VolumeContent, facts: Facts) -> Spine:
    """The spine label of the volume, as wide as a box that holds it."""
    return Spine(
        volume_number=shown.volume_number,
        fonds_number=shown.fonds_number,
        year=shown.year,
        retention=shown.retention,
        unit=shown.unit,
        title=shown.title,
        pages=facts.pages,
        cases=len(facts.groups),
    )


def situation(shown: VolumeContent, facts: Facts) -> tuple[str, ...]:
    """The 本卷情况说明: what the archivist wrote, and what happened while the volume was made."""
    lines = [*shown.closing_note.situation.splitlines()]
    if shown.supplement_to:
        lines.append(f"本卷为补充卷，收录正卷（档号 {shown.supplement_to}）封存以后形成的材料。")
    cases, dividers = (f"{len(facts.groups)} 案 ", "件首页、") if facts.is_joined else ("", "")
    lines.append(
        f"本卷共 {cases}{len(facts.entries)} 件、{facts.pages} 页"
        f"（封面、目录、{dividers}备考表、脊背不编页号）。"
    )
    lines.append(f"依据{'、'.join(facts.policies)}办理，各表单按填写时的版本印制。")
    lines += _originals(facts)
    lines += [f"{warning}。" for warning in facts.warnings]
    if facts.replacements:
        lines.append(
            "下列字符没有归档字形，卷内以所列写法代替（按首次出现的文件），原字符保存于本文件元数据："
        )
    return tuple(line for line in lines if line.strip())


def _originals(facts: Facts) -> list[str]:
    if not facts.originals:
        return []
    if not facts.inside:
        return [f"附件原件 {facts.originals} 个，逐字节另存；卷内附件页为翻印件，仅供阅读。"]
    lines = [
        f"附件原件 {facts.originals} 个，其中 {facts.inside} 个作为嵌入文件逐字节保存于本文件；"
        "卷内附件页为翻印件，仅供阅读。"
    ]
    if facts.beside:
        lines.append(f"下列原件过大，未嵌入本文件，逐字节另存：{'、'.join(facts.beside)}。")
    return lines


def _height(said: Sequence[str]) -> float:
    """How high the paragraphs stand, in mm; what is not Chinese takes about half the room."""
    widths = (INDENT + sum(1 if ord(sign) > NARROW else 0.6 for sign in line) for line in said)
    return sum(LINE_HEIGHT * math.ceil(width / LINE) + GAP for width in widths)


def _by_place(rows: Sequence[ReplacedCharacter]) -> list[tuple[str, list[ReplacedCharacter]]]:
    ordered = sorted(rows, key=lambda row: (row.place, row.code_point))
    return [(place, list(group)) for place, group in groupby(ordered, key=lambda row: row.place)]


def _text(label: str) -> str:
    """A PDF text string in UTF-16, written in hexadecimal."""
    return f"<FEFF{label.encode('utf-16-be').hex().upper()}>"
