"""Damaged and unfit PDFs are seen through without Java; a volume of ours has nothing to be said against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from documents.rules.volume import RenderedVolume
from pdf.inspections import look_into
from tests.pdf import samples, signing, uploads


def no_claim(document: Pdf) -> None:
    with document.open_metadata(set_pikepdf_as_editor=False) as xmp:
        del xmp["pdfaid:part"]


def another_title(document: Pdf) -> None:
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        xmp["dc:title"] = "别的题名"


def no_intent(document: Pdf) -> None:
    del document.Root.OutputIntents


def script(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String("app.alert(1)"))


def launch(document: Pdf) -> None:
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], F=4)
    link.A = Dictionary(S=Name.Launch, F=String("calc.exe"))
    document.pages[0].Annots = Array([document.make_indirect(link)])


def film(document: Pdf) -> None:
    movie = Dictionary(Type=Name.Annot, Subtype=Name.Movie, Rect=[0, 0, 9, 9], F=4)
    document.pages[0].Annots = Array([document.make_indirect(movie)])


def hidden(document: Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], F=2)
    document.pages[0].Annots = Array([document.make_indirect(note)])


def additional(document: Pdf) -> None:
    document.pages[0].AA = Dictionary(O=Dictionary(S=Name.GoTo, D=Array([0])))


def form_of_its_own(document: Pdf) -> None:
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=String("<xdp/>"))


def attached(document: Pdf) -> None:
    document.attachments["回单.txt"] = b"5.00"


def fonts(document: Pdf) -> list[Any]:
    found = (one for one in document.objects if isinstance(one, Dictionary))
    return [one for one in found if one.get(Name.Type) == Name.Font]


def font_taken_out(document: Pdf) -> None:
    for one in document.objects:
        if isinstance(one, Dictionary) and Name.FontFile2 in one:
            del one[Name.FontFile2]
            return


def text_taken_out(document: Pdf) -> None:
    del next(one for one in fonts(document) if Name.ToUnicode in one)[Name.ToUnicode]


def missing_glyph(document: Pdf) -> None:
    page = document.pages[0]
    name = next(iter(page.Resources.Font.keys()))
    page.contents_add(f"BT {name} 12 Tf 50 50 Td <0000> Tj ET".encode())


def lying_elsewhere(document: Pdf) -> None:
    stream = document.make_stream(b"")
    stream.F = String("http://169.254.169.254/")
    document.Root.Elsewhere = stream


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (no_claim, "archival", "没有声明 PDF/A"),
        (another_title, "archival", "与 XMP 不一致"),
        (no_intent, "archival", "输出意图"),
        (script, "active", "JavaScript"),
        (launch, "active", "/Launch"),
        (film, "active", "/Movie"),
        (additional, "active", "附加动作"),
        (form_of_its_own, "active", "XFA"),
        (hidden, "archival", "不可打印或被隐藏"),
        (attached, "archival", "PDF/A-2 不能附带 回单.txt"),
        (attached, "archival", "回单.txt 没有 /Desc"),
        (font_taken_out, "font_problems", "没有嵌入"),
        (text_taken_out, "font_problems", "ToUnicode"),
        (missing_glyph, "font_problems", "第 1 面有缺字"),
        (lying_elsewhere, "locked", "外部流"),
    ],
)
def test_what_is_unfit_for_the_archive_is_seen(
    rendered: RenderedVolume, change: Callable[[Any], None], place: str, words: str
) -> None:
    found = getattr(look_into(uploads.changed(rendered.content, change)), place)
    assert any(words in one for one in found), found


def test_a_volume_of_ours_has_nothing_to_be_said_against(rendered: RenderedVolume) -> None:
    for content in (rendered.content, signing.signed(rendered.content)):
        facts = look_into(content)
        assert [facts.archival, facts.active, facts.locked, facts.font_problems, facts.blank] == [()] * 5
        assert (facts.pages, facts.claim, facts.trailing, facts.unreadable) == (rendered.sheets, "2U", 0, "")
        assert facts.subject == samples.volume().volume_number
        assert {"案卷封面", "卷内备考表"} <= {mark.strip() for mark in facts.bookmarks}


def test_a_locked_a_cut_and_a_continued_file(rendered: RenderedVolume) -> None:
    locked = uploads.changed(rendered.content, encryption=pikepdf.Encryption(owner="o", user="u"))
    assert look_into(locked).locked == ("文件已加密",)
    printable = uploads.changed(rendered.content, encryption=pikepdf.Encryption(owner="o", user=""))
    assert "文件已加密" in look_into(printable).locked
    assert "不能作为 PDF 打开" in look_into(rendered.content[:5000]).unreadable
    assert look_into(b"MZ program").unreadable
    assert look_into(rendered.content + b"hello").trailing == len(b"\nhello")


def test_a_blank_sheet_is_seen() -> None:
    assert look_into(uploads.blank_pdf(1)).blank == ("第 1 面无法绘制或没有文字",)
