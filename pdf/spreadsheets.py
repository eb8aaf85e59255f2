"""Spreadsheets 电子表格 of registers: text stays text, and the bytes are the same each time."""

from __future__ import annotations

import io
import re
import zipfile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from documents.rules.papers import Register
from pdf.wording import beijing
from pdf.xml_text import clean

EPOCH = (1980, 1, 1, 0, 0, 0)
CHANGED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


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
    cell = WriteOnlyCell(sheet, value=clean(value))
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
