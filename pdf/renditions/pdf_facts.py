"""What a PDF carries besides its pages PDF 附带内容: encryption, signatures, scripts, files within."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from asn1crypto import cms

from pdf.renditions.limits import Unreadable

LOOKED_THROUGH = 200  # pages whose links and buttons are looked at
MOST_FIELDS = 2000
DEEPEST = 20
# Actions of ISO 32000-2, table 201, that do more than to turn a page.
ACTIONS = {
    "/JavaScript": "脚本（JavaScript）",
    "/Launch": "启动程序的动作",
    "/SubmitForm": "发送表单的动作",
    "/ImportData": "导入数据的动作",
    "/GoToR": "指向其他文件的链接",
    "/GoToE": "指向其他文件的链接",
}
DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d))?")


@dataclass(frozen=True)
class Signed:
    """A digital signature as it describes itself 数字签名; nobody verified it here."""

    signer: str = ""
    moment: str = ""

    def __str__(self) -> str:
        return "，".join(part for part in (self.signer or "签署人不详", self.moment) if part)


@dataclass(frozen=True)
class PdfFacts:
    """What the reader of the pages must know about the file."""

    is_encrypted: bool = False
    is_printable: bool = True
    signatures: tuple[Signed, ...] = ()
    actions: tuple[str, ...] = ()
    files: int = 0

    def notes(self) -> tuple[str, ...]:
        """What stands above the first page."""
        if not self.signatures:
            return ()
        who = "；".join(map(str, self.signatures))
        return (f"原件带有数字签名，请以原件为准（签名所载：{who}；翻印时未作验证）",)

    def warnings(self) -> tuple[str, ...]:
        """What the archivist is told."""
        found = list(self.notes())
        if self.is_encrypted:
            found.append("已加密（无需密码即可打开、允许打印），已翻印；移交前宜索取未加密的文件")
        inside = [*self.actions, *([f"内嵌文件 {self.files} 个"] if self.files else [])]
        if inside:
            found.append(f"PDF 含有{'、'.join(inside)}，翻印页不含这些内容")
        return tuple(found)


def examine(data: bytes) -> PdfFacts:
    """Look through a PDF; one that is too damaged to be looked through may still have pages."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return PdfFacts(
                is_encrypted=pdf.is_encrypted,
                is_printable=pdf.allow.print_lowres or pdf.allow.print_highres,
                signatures=tuple(_signatures(pdf)),
                actions=tuple(sorted(set(_actions(pdf)))),
                files=len(pdf.attachments),
            )
    except pikepdf.PasswordError as error:
        raise Unreadable("PDF 已加密，需要密码才能打开") from error
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, RecursionError, KeyError):
        return PdfFacts()


# --- signatures -----------------------------------------------------------------------------------


def _signatures(pdf: pikepdf.Pdf) -> Iterator[Signed]:
    for field in _fields(_part(pdf.Root, "/AcroForm", "/Fields")):
        value = field.get("/V")
        if field.get("/FT") == "/Sig" and isinstance(value, pikepdf.Dictionary):
            yield Signed(_signer(value), _moment(str(value.get("/M", ""))))


def _fields(top: Any) -> Iterator[pikepdf.Dictionary]:
    """Every field of the form, as far as a form may reasonably go."""
    waiting = [(field, 0) for field in _items(top)]
    for _once in range(MOST_FIELDS):
        if not waiting:
            return
        field, depth = waiting.pop()
        if not isinstance(field, pikepdf.Dictionary):
            continue
        yield field
        if depth < DEEPEST:
            waiting += [(kid, depth + 1) for kid in _items(field.get("/Kids"))]


def _signer(value: pikepdf.Dictionary) -> str:
    """The name in the certificate, else the one that the file claims."""
    claimed = str(value.get("/Name", "")).strip()[:80]
    contents = value.get("/Contents")
    if contents is None:
        return claimed
    try:
        signed = cms.ContentInfo.load(bytes(contents))["content"]
        number = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
        found = [
            one.chosen
            for one in signed["certificates"]
            if one.name == "certificate" and one.chosen.serial_number == number
        ]
        subject = found[0].subject.native
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return claimed
    return str(subject.get("common_name") or subject.get("organization_name") or claimed)[:80]


def _moment(written: str) -> str:
    """2026-03-04 10:20 as the file has it; its zone is the signer's."""
    match = DATE.match(written)
    if not match:
        return ""
    year, month, day, hour, minute = match.groups()
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}" if hour else "")


# --- actions --------------------------------------------------------------------------------------


def _actions(pdf: pikepdf.Pdf) -> Iterator[str]:
    """The Chinese names of what the file would do, if it were opened by a willing program."""
    root = pdf.Root
    yield from _named([root.get("/OpenAction")])
    yield from _named(_values(root.get("/AA")))
    if _part(root, "/Names", "/JavaScript") is not None:
        yield ACTIONS["/JavaScript"]
    if _part(root, "/AcroForm", "/XFA") is not None:
        yield "XFA 动态表单"
    for number, page in enumerate(pdf.pages):
        if number == LOOKED_THROUGH:
            return
        yield from _of_page(page.obj)


def _of_page(page: pikepdf.Object) -> Iterator[str]:
    yield from _named(_values(page.get("/AA")))
    for note in _items(page.get("/Annots")):
        if isinstance(note, pikepdf.Dictionary):
            yield from _named([note.get("/A"), *_values(note.get("/AA"))])
            if note.get("/Subtype") in ("/RichMedia", "/Movie", "/Screen", "/Sound", "/3D"):
                yield "影音内容"


def _named(actions: list[Any]) -> Iterator[str]:
    for action in actions:
        if isinstance(action, pikepdf.Dictionary) and str(action.get("/S", "")) in ACTIONS:
            yield ACTIONS[str(action["/S"])]


# --- shapes that a hostile file need not have --------------------------------------------------------


def _part(top: Any, *names: str) -> Any:
    for name in names:
        if not isinstance(top, pikepdf.Dictionary):
            return None
        top = top.get(name)
    return top


def _items(found: Any) -> list[Any]:
    return list(found)[:MOST_FIELDS] if isinstance(found, pikepdf.Array) else []


def _values(found: Any) -> list[Any]:
    return [found.get(name) for name in list(found.keys())] if isinstance(found, pikepdf.Dictionary) else []
