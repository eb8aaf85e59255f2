"""A list as a spreadsheet 导出: no cell can become a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from tempfile import TemporaryFile
from typing import Any

from flask import Response, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError

from documents.rules.cells import guarded
from portal.case_rows import ShownRow
from portal.forms.answers import COVERED
from portal.language import said
from portal.list_columns import Columns, forms_of, has_category, lacking_category
from portal.words import moment

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (20, 10, 44, 14, 10, 26, 20, 10, 22, 22)
WIDE, NOTE_WIDTHS, GREY = 22, (30, 20, 40, 12), "808080"
NO_COLUMN = _l("（本版无此栏）")


def workbook(rows: Sequence[ShownRow]) -> Response:
    """The rows as an XLSX file, written row by row; a second sheet says which version lacks which column."""
    columns = _columns_of(rows)
    book = Workbook(write_only=True)
    _list_sheet(book.create_sheet(_("投诉清单")), rows, columns)
    _notes_sheet(book.create_sheet(_("说明")), rows, columns)
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it when it has been sent
    book.save(file)
    file.seek(0)
    return send_file(file, mimetype=TYPE)


def _columns_of(rows: Sequence[ShownRow]) -> Columns | None:
    """What was asked at registration; nothing when the list holds cases of several policies."""
    policies = {row.row["policy"] for row in rows}
    return Columns(policies.pop(), forms_of([row.row for row in rows])) if len(policies) == 1 else None


def _list_sheet(sheet: Any, rows: Sequence[ShownRow], columns: Columns | None) -> None:
    labels = list(columns.labels.values()) if columns else []
    widths = (*WIDTHS, *(WIDE for _label in labels))
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, text) for text in (*_head(), *labels)])
    asked: Iterable[list[str | None]] = columns.cells([row.row for row in rows]) if columns else repeat([])
    for row, more in zip(rows, asked, strict=False):
        texts = (*_texts(row), *more)
        sheet.append([_cell_of(sheet, text) for text in texts])


def _notes_sheet(sheet: Any, rows: Sequence[ShownRow], columns: Columns | None) -> None:
    for column, width in zip("ABCD", NOTE_WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    for line in _notes(columns):
        sheet.append([_cell(sheet, line)])
    head = (_("栏目"), _("没有此栏的版本"), _("登记表"), _("涉及件数"))
    sheet.append([_bold(sheet, text) for text in head])
    for lack in [*lacking_category(row.row for row in rows), *(columns.lacks() if columns else ())]:
        texts = (lack.column, lack.where, "、".join(lack.forms), str(lack.cases))
        sheet.append([_cell(sheet, text) for text in texts])


def _notes(columns: Columns | None) -> list[str]:
    """How the list is to be read."""
    found = [
        _("“%(mark)s”：该投诉登记时所依据的制度版本没有这一栏，不是漏填。", mark=str(NO_COLUMN)),
        _("空白：有这一栏，没有填写。"),
        _("“%(mark)s”：您的岗位不能查看。", mark=COVERED),
        _("更名的栏目跨版本合为一栏，栏目名称以最新版本为准，内容以填写时的文字为准。"),
    ]
    if columns is None:
        found.append(_("清单含多项制度或没有投诉，未列登记表的各栏；按制度筛选后导出即可列出。"))
    return found


def _head() -> Sequence[str]:
    return (
        _("编号"),
        _("事项"),
        _("事由"),
        _("环节"),
        _("等级"),
        _("类别"),
        _("单位"),
        _("承办人"),
        _("收到"),
        _("到期"),
    )


def _texts(row: ShownRow) -> Sequence[str | None]:
    due = moment(row.left.due) if row.left else ""
    category = row.category if has_category(row.row) else None
    level = row.level.name if row.level else ""
    from_policy = (row.case_type, row.title, said(row.stage["label"]), level, category, row.unit, row.handler)
    return (row.number, *from_policy, moment(row.received_at), due)


def _cell(sheet: Any, text: str) -> WriteOnlyCell:
    try:
        cell = WriteOnlyCell(sheet, value=guarded(text))
    except IllegalCharacterError:
        cell = WriteOnlyCell(sheet, value=guarded("".join(one for one in text if one.isprintable())))
    cell.data_type = "s"
    return cell


def _cell_of(sheet: Any, text: str | None) -> WriteOnlyCell | None:
    if text is None:
        return _missing(sheet)
    return _cell(sheet, text) if text else None


def _missing(sheet: Any) -> WriteOnlyCell:
    """What stands where the version of a case has no such column."""
    cell = _cell(sheet, str(NO_COLUMN))
    cell.font = Font(italic=True, color=GREY)
    return cell


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = _cell(sheet, text)
    cell.font = Font(bold=True)
    return cell
