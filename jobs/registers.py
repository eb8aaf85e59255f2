"""Registers (登记册) as files: PDF for the shelf, XLSX for people, XML for machines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from xml.etree import ElementTree

from documents.actions import printing
from documents.actions.printing import Content
from documents.handover_form import handover_form
from documents.handover_list import cases_told, handover_list
from documents.policy import view_in_force
from documents.print_order import PrintOrder
from documents.register import LARGEST, Reader, YearAsked, count, fields_shown, register
from documents.register import told as cases_in
from documents.rules.broken import RuleBroken
from documents.rules.package import PackedPaper
from documents.rules.papers import FilledForm, Register
from documents.transfer import TransferPackage, package_id
from jobs.making import PDF, PaperUnfit, kept, made, store
from pdf import sandbox
from pdf.catalogue_sheets import printed
from pdf.layouts import sheet_key
from pdf.spreadsheets import spreadsheet
from pdf.wording import beijing
from pdf.xml_text import clean

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {"pdf": PDF, "xlsx": SHEET, "xml": "application/xml"}
HANDOVER: dict[str, Callable[[TransferPackage, int, Reader], FilledForm | Register]] = {
    "handover": handover_form,
    "handover_list": handover_list,
}
ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
PRINTED = 20_000  # lines of one PDF; a longer register becomes several


def print_register(order: str, now: str) -> str:
    """Make an export that somebody asked for. Safe to run twice: the first file stays."""
    found = PrintOrder.get(order)
    if found.file_id:
        return "made before"
    try:
        content, told = made(lambda: _made(found), tries=printing.begin(found))
    except PaperUnfit as unfit:
        printing.set_aside(found, str(unfit))
        return "set aside"
    stored = store(content, _name(found), media_type=MEDIA[found.form])
    return kept(stored, printing.fill(found, stored, told, now=datetime.fromisoformat(now)))


def _made(order: PrintOrder) -> tuple[bytes, Content]:
    """The file, and what it tells."""
    reader, view = Reader(frozenset(order.reads), order.by), view_in_force(order.policy)
    if order.kind in HANDOVER:
        of = (order.policy, order.unit, order.year)
        package = TransferPackage.get(package_id(*of, confidential=bool(order.confidential)))
        fields = fields_shown(view, reader) if order.kind == "handover_list" else ()
        named = Content(cases_told(package, order.round, order.by), fields)
        return sandbox.shared().paper(HANDOVER[order.kind](package, order.round, reader)), named
    asked = YearAsked(order.unit, order.year)
    most = PRINTED if order.form == "pdf" else LARGEST
    if count(view, asked) > most:
        raise RuleBroken("register_too_long", most=most)
    paper = register(view, asked, made_by=order.by_name, made_at=order.at, reader=reader)
    return FORMS[order.form](paper), Content(cases_in(paper.rows), fields_shown(view, reader))


def _name(order: PrintOrder) -> str:
    what = {"register": "登记册", "handover": "移交与接收登记表", "handover_list": "移交清单"}[order.kind]
    return f"{order.unit}-{order.year}-{what}.{order.form}"


def as_xml(paper: Register) -> bytes:
    """登记册.xml: one element a line, named as the columns are."""
    root = ElementTree.Element(
        "登记册",
        {
            "标题": paper.title,
            "单位": paper.organisation,
            "期间": paper.period,
            "条数": str(len(paper.rows)),
            "制表": paper.made_by,
            "制表时间": beijing(paper.made_at).isoformat(timespec="minutes"),
        },
    )
    for row in paper.rows:
        line = ElementTree.SubElement(root, "编号项")
        for column, value in zip(paper.columns, row, strict=True):
            ElementTree.SubElement(line, column.label).text = clean(value)
    ElementTree.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="utf-8") + b"\n"


def as_pdf(paper: Register) -> bytes:
    """登记册.pdf."""
    return sandbox.shared().paper(paper)


FORMS: dict[str, Callable[[Register], bytes]] = {
    "pdf": as_pdf,
    "xlsx": spreadsheet,
    "xml": as_xml,
}


def packed(paper: Register, name: str) -> tuple[PackedPaper, ...]:
    """The register in all its forms, for the year-end package."""
    sheets = (_lazy(f"{name}.{form}", form, paper) for form in ("xlsx", "xml"))
    return (*on_paper(paper, name), *sheets)


def on_paper(paper: Register, name: str) -> tuple[PackedPaper, ...]:
    """A register as PDF for the year-end package, in several files when it is long."""
    return tuple(_lazy(path, "pdf", part) for path, part in printed(paper, name))


def _lazy(name: str, form: str, paper: Register) -> PackedPaper:
    """A paper that is made only when the package lacks it."""
    substance = sheet_key(form, replace(paper, made_at=ANY_TIME))
    return PackedPaper(name, partial(FORMS[form], paper), key=sheet_key(form, paper), substance=substance)
