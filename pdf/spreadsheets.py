"""Spreadsheets 电子表格 of registers: text stays text, and the bytes are the same each time.

Written by hand: a sheet of text needs six small parts, and a library takes minutes for sixty thousand lines.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from documents.rules.papers import Register
from pdf.xml_text import clean

EPOCH = (1980, 1, 1, 0, 0, 0)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/package/2006"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
BOLD, WRAPPED = 1, 2
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="2"><font><sz val="11"/><name val="等线"/></font>'
    '<font><b/><sz val="11"/><name val="等线"/></font></fonts><fills count="2"><fill><patternFill/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/>'
    '<xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{KINDS}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{SPREADSHEET}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SPREADSHEET}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{KINDS}/relationships">'
    f'<Relationship Id="r1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{KINDS}/relationships">'
    f'<Relationship Id="r1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": STYLES,
}


def spreadsheet(register: Register) -> bytes:
    """A register as XLSX; nothing in it is a formula, whatever it begins with."""
    name = escape(NOT_IN_TITLE.sub("_", clean(register.title))[:31], {'"': "&quot;"})
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as target:
        for path, content in (*PARTS.items(), ("xl/workbook.xml", book)):
            target.writestr(_entry(path), HEAD + content)
        with target.open(_entry("xl/worksheets/sheet1.xml"), "w") as stream:
            for piece in _sheet(register):
                stream.write(piece.encode())
    return result.getvalue()


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _sheet(register: Register) -> Iterator[str]:
    yield f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    yield "</sheetView></sheetViews><cols>"
    for position, column in enumerate(register.columns, start=1):
        width = column.width * 1.6 + 2
        yield f'<col min="{position}" max="{position}" width="{width:.1f}" customWidth="1"/>'
    yield "</cols><sheetData>"
    letters = [_letters(position) for position in range(1, len(register.columns) + 1)]
    yield _row(1, letters, [column.label for column in register.columns], BOLD)
    for number, row in enumerate(register.rows, start=2):
        yield _row(number, letters, row, WRAPPED)
    yield "</sheetData></worksheet>"


def _row(number: int, letters: Sequence[str], values: Sequence[str], style: int) -> str:
    cells = "".join(
        f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
        f"{escape(clean(value))}</t></is></c>"
        for letter, value in zip(letters, values, strict=True)
    )
    return f'<row r="{number}">{cells}</row>'


def _letters(position: int) -> str:
    """A, B … Z, AA: how a spreadsheet names its columns."""
    found = ""
    while position:
        position, rest = divmod(position - 1, 26)
        found = chr(ord("A") + rest) + found
    return found
