"""The fonts of a PDF 字体检查: all embedded, each leading back to text, no glyph missing on any page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf

FILES = (Name.FontFile, Name.FontFile2, Name.FontFile3)
SHOWING = {"Tj", "TJ", "'", '"'}
MOST_SHEETS = 2_000  # of which the content is read glyph by glyph


@dataclass(frozen=True)
class Fonts:
    """The fonts by name, and what is wrong with them."""

    names: tuple[str, ...]
    problems: tuple[str, ...]


def fonts_of(document: Pdf) -> Fonts:
    """Look at every font that is in the file, and at the glyphs that its pages show."""
    found = (one for one in document.objects if isinstance(one, Dictionary))
    fonts = [one for one in found if one.get(Name.Type) == Name.Font]
    whole = [one for one in fonts if str(one.get(Name.Subtype)) not in ("/CIDFontType0", "/CIDFontType2")]
    problems = [words for one in whole for words in _wrong(one)]
    problems += _missing_glyphs(document)
    return Fonts(tuple(sorted({_name(one) for one in whole})), tuple(dict.fromkeys(problems)))


def _name(font: Object) -> str:
    return str(font.get(Name.BaseFont, "/?"))[1:]


def _wrong(font: Object) -> Iterator[str]:
    if font.get(Name.Subtype) == Name.Type3:
        yield "含 Type3 字体"
        return
    bearer = font.DescendantFonts[0] if Name.DescendantFonts in font else font
    descriptor = bearer.get(Name.FontDescriptor, Dictionary())
    if not any(key in descriptor for key in FILES):
        yield f"字体 {_name(font)} 没有嵌入"
    if Name.ToUnicode not in font:
        yield f"字体 {_name(font)} 没有 ToUnicode，不能还原为文字"
    if bearer is not font and Name.W not in bearer:
        yield f"字体 {_name(font)} 没有字宽"


def _missing_glyphs(document: Pdf) -> Iterator[str]:
    """Glyph 0 is the empty box that stands for a character without a shape."""
    for number, page in enumerate(document.pages, start=1):
        if number > MOST_SHEETS:
            return
        wide = _wide_fonts(page.obj)
        if wide and _shows_glyph_zero(page, wide):
            yield f"第 {number} 面有缺字（.notdef）"


def _wide_fonts(page: Object) -> set[str]:
    """Names of the page's fonts whose codes are glyph numbers of two bytes."""
    resources = page.get(Name.Resources, Dictionary())
    fonts = resources.get(Name.Font, Dictionary())
    return {name for name, font in fonts.items() if font.get(Name.Encoding) == Name("/Identity-H")}


def _shows_glyph_zero(page: pikepdf.Page, wide: set[str]) -> bool:
    current = ""
    for step in pikepdf.parse_content_stream(page, "Tf Tj TJ ' \""):
        operator = str(step.operator)
        if operator == "Tf":
            current = str(step.operands[0])
        elif operator in SHOWING and current in wide and _has_zero(step.operands):
            return True
    return False


def _has_zero(operands: object) -> bool:
    for operand in operands:  # type: ignore[attr-defined]
        pieces = list(operand) if isinstance(operand, pikepdf.Array) else [operand]
        for piece in pieces:
            if isinstance(piece, pikepdf.String):
                codes = bytes(piece)
                if any(codes[at : at + 2] == b"\0\0" for at in range(0, len(codes), 2)):
                    return True
    return False
