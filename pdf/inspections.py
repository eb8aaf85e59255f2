"""Looking into a PDF without Java 内置检查: what PDF/A forbids, fonts, active content, its end.

The checks are those of ISO 19005-2 that a file of ours or a damaged one could break; veraPDF knows them all.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pikepdf
import pypdfium2
from pikepdf import Dictionary, Name, Object, Pdf, Stream

from documents.rules.volume_facts import PdfFacts
from pdf.font_checks import fonts_of
from pdf.imprints import NAMESPACE

MOST_BYTES = 1 << 30
LAST_SHEETS = 12  # among which the 备考表 of the volume, or of its last case, is looked for
HEAD = re.compile(r"末条SHA-256[：:]([0-9a-f]{64})")
END = re.compile(rb"%%EOF[\r\n]{0,2}$")
PAINTED = 200  # pixels of the picture by which a sheet is tried

FORBIDDEN_ACTIONS = {"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript", "/Hide",
                     "/SetOCGState", "/Rendition", "/Trans", "/GoTo3DView"}  # fmt: skip
FORBIDDEN_ANNOTATIONS = {"/3D", "/Sound", "/Screen", "/Movie", "/RichMedia", "/FileAttachment"}
PRINT, INVISIBLE = 4, 1 | 2 | 32  # flags of annotations


def look_into(content: bytes) -> PdfFacts:
    """Everything the checks want to know about a PDF; one that cannot be read says why."""
    if len(content) > MOST_BYTES:
        return PdfFacts(unreadable=f"文件超过 {MOST_BYTES >> 20} MB，未检查")
    if not content.startswith(b"%PDF-"):
        return PdfFacts(unreadable="文件不以 %PDF- 开头")
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as document:
            facts = _facts(document, content)
        return _with_pages(facts, content)
    except pikepdf.PasswordError:
        return PdfFacts(unreadable="文件已加密，需要口令", locked=("文件已加密",))
    except (pikepdf.PdfError, pypdfium2.PdfiumError, RecursionError, ValueError, TypeError) as error:
        return PdfFacts(unreadable=f"文件不能作为 PDF 打开：{str(error)[:120]}")


def _facts(document: Pdf, content: bytes) -> PdfFacts:
    fonts, metadata = fonts_of(document), _metadata(document)
    active, locked = _once(_active(document)), _once(_locked(document))
    return PdfFacts(
        pages=len(document.pages),
        version=document.pdf_version,
        claim=f"{metadata.get('part', '')}{metadata.get('conformance', '')}",
        title=metadata.get("title", ""),
        author=metadata.get("author", ""),
        subject=metadata.get("subject", ""),
        bookmarks=tuple(_bookmarks(document)),
        archival=_once(_archival(document, metadata, (*fonts.problems, *active, *locked))),
        fonts=len(fonts.names),
        font_problems=fonts.problems,
        active=active,
        locked=locked,
        trailing=_trailing(content),
        heads=_heads_inside(metadata.get("chains", "")),
    )


def _once(problems: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(problems))


# --- what the file says about itself ------------------------------------------------------------------


def _metadata(document: Pdf) -> dict[str, str]:
    """The XMP, as far as it matters here."""
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        told = {
            "part": xmp.get("pdfaid:part"),
            "conformance": xmp.get("pdfaid:conformance"),
            "title": xmp.get("dc:title"),
            "author": xmp.get("dc:creator"),
            "subject": xmp.get("dc:description"),
            "chains": xmp.get(f"{{{NAMESPACE}}}eventChains"),
        }
    return {name: _words(value) for name, value in told.items() if value}


def _words(value: object) -> str:
    return "；".join(map(str, value)) if isinstance(value, list | set | tuple) else str(value)


def _bookmarks(document: Pdf) -> Iterator[str]:
    with document.open_outline() as outline:
        waiting = list(outline.root)
        while waiting:
            entry = waiting.pop(0)
            yield str(entry.title)
            waiting.extend(entry.children)


# --- PDF/A ---------------------------------------------------------------------------------------------


def _archival(document: Pdf, metadata: dict[str, str], elsewhere: Iterable[str]) -> Iterator[str]:
    """What breaks PDF/A, with that which was found by looking for something else."""
    yield from _claims(document, metadata)
    yield from _colours(document)
    if Name.ID not in document.trailer:
        yield "文件尾没有 ID"
    if float(document.pdf_version) > 1.7:
        yield f"PDF 版本 {document.pdf_version} 高于 1.7"
    yield from elsewhere
    yield from _annotations(document)
    yield from _embedded(document, metadata.get("part", ""))


def _claims(document: Pdf, metadata: dict[str, str]) -> Iterator[str]:
    """The claim to be PDF/A, and document information that says the same as the XMP."""
    if Name.Metadata not in document.Root:
        yield "没有 XMP 元数据"
    if metadata.get("part") not in ("2", "3") or metadata.get("conformance") not in ("A", "B", "U"):
        yield "XMP 没有声明 PDF/A-2 或 PDF/A-3"
    info = document.trailer.get(Name.Info, Dictionary())
    for key, name in ((Name.Title, "title"), (Name.Subject, "subject"), (Name.Author, "author")):
        if key in info and str(info[key]) != metadata.get(name, ""):
            yield f"文档属性 {key} 与 XMP 不一致"


def _colours(document: Pdf) -> Iterator[str]:
    intents: Any = document.Root.get(Name.OutputIntents, [])
    archival = [one for one in intents if one.get(Name.S) == Name.GTS_PDFA1]
    if not archival:
        yield "没有 PDF/A 输出意图（OutputIntent）"
    for one in archival:
        profile = one.get(Name.DestOutputProfile)
        if not isinstance(profile, Stream) or profile.read_bytes()[36:40] != b"acsp":
            yield "输出意图没有 ICC 特性文件"


def _annotations(document: Pdf) -> Iterator[str]:
    for number, page in enumerate(document.pages, start=1):
        for annotation in page.get(Name.Annots, []):
            flags = int(annotation.get(Name.F, 0))
            if str(annotation.get(Name.Subtype)) in FORBIDDEN_ANNOTATIONS:
                yield f"第 {number} 面有禁止的注释 {annotation.get(Name.Subtype)}"
            elif annotation.get(Name.Subtype) != Name.Popup and (not flags & PRINT or flags & INVISIBLE):
                yield f"第 {number} 面的注释不可打印或被隐藏"


def _embedded(document: Pdf, part: str) -> Iterator[str]:
    """Attached files say what they are and belong to something."""
    for name, attached in document.attachments.items():
        specification = attached.obj
        if part == "2":
            yield f"PDF/A-2 不能附带 {name}"
        for key in (Name.AFRelationship, Name.Desc, Name.UF):
            if key not in specification:
                yield f"附带文件 {name} 没有 {key}"
        if Name.Subtype not in specification.EF.F:
            yield f"附带文件 {name} 没有说明格式"


# --- active content, locks, the end --------------------------------------------------------------------


def _active(document: Pdf) -> Iterator[str]:
    """Whatever would run, play or ask when the file is opened."""
    root = document.Root
    names = root.get(Name.Names, Dictionary())
    if Name.JavaScript in names:
        yield "含 JavaScript"
    if Name.XFA in root.get(Name.AcroForm, Dictionary()):
        yield "含 XFA 表单"
    for one in _dictionaries(document):
        if Name.AA in one:
            yield "含附加动作（AA）"
        if Name.JS in one:
            yield "含 JavaScript"
        kind = one.get(Name.S)
        is_action = one.get(Name.Type) in (None, Name.Action)
        if isinstance(kind, Name) and str(kind) in FORBIDDEN_ACTIONS and is_action:
            yield f"含动作 {kind}"
        if str(one.get(Name.Subtype)) in FORBIDDEN_ANNOTATIONS:
            yield f"含多媒体或附件注释 {one.get(Name.Subtype)}"


def _locked(document: Pdf) -> Iterator[str]:
    """Encryption, LZW, and streams that lie elsewhere."""
    if Name.Encrypt in document.trailer:
        yield "文件已加密"
    for one in document.objects:
        if not isinstance(one, Stream):
            continue
        if Name.F in one:
            yield "含外部流"
        filters: Any = one.get(Name.Filter, [])
        names = [filters] if isinstance(filters, Name) else list(filters)
        if Name.LZWDecode in names:
            yield "使用 LZW 压缩"
        if Name.Crypt in names:
            yield "含加密的流"


def _dictionaries(document: Pdf) -> Iterator[Object]:
    """Every dictionary of the file, also those that stand inside others."""
    waiting = [(one, 0) for one in document.objects]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, pikepdf.Array):
            inner = list(one)
        elif isinstance(one, Dictionary | Stream):
            yield one
            inner = [value for _, value in one.items()]
        else:
            continue
        if depth < 8:
            waiting.extend((value, depth + 1) for value in inner if not getattr(value, "is_indirect", False))


def _trailing(content: bytes) -> int:
    """How many bytes stand behind the last end of file."""
    end = content.rfind(b"%%EOF")
    if end < 0:
        return len(content)
    return 0 if END.search(content[end:]) else len(content) - end - 5


# --- pages, as a reader would see them -----------------------------------------------------------------


def _with_pages(facts: PdfFacts, content: bytes) -> PdfFacts:
    """Try the first and the last sheet, and read the last ones."""
    with pypdfium2.PdfDocument(content) as document:
        count = len(document)
        sheets = dict.fromkeys((0, count - 1)) if count else ()
        blank = [f"第 {index + 1} 面无法绘制或没有文字" for index in sheets if _is_blank(document, index)]
        texts = map(partial(_text, document), range(max(0, count - LAST_SHEETS), count))
        heads = HEAD.findall("".join(texts))
    return replace(facts, blank=tuple(blank), heads=_once([*heads, *facts.heads]))


def _heads_inside(chains: str) -> tuple[str, ...]:
    """The heads in the XMP of a volume of several cases: its 备考表 has no room for each of them."""
    found = re.findall(r"\b[0-9a-f]{64}\b", chains)
    return tuple(found) if len(found) > 1 else ()


def _is_blank(document: pypdfium2.PdfDocument, index: int) -> bool:
    page = document[index]
    picture = page.render(scale=PAINTED / max(page.get_width(), 1)).to_pil().convert("L")
    return picture.getextrema()[0] > 250 or not _text(document, index)


def _text(document: pypdfium2.PdfDocument, index: int) -> str:
    return "".join(document[index].get_textpage().get_text_range().split())
