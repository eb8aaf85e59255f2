"""What an upload is 文件类型: known by its bytes, told in words, and only opened if that is harmless."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from documents.rules.rendition import Rendition
from pdf.renditions.making import rendition
from tests.pdf import samples, signing, uploads

WORKBOOK = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}


def drawn(name: str, content: bytes, media_type: str = "") -> Rendition:
    """The pages of an upload."""
    return rendition(samples.enclosure(name, media_type, content))


def _old_office(*streams: str) -> bytes:
    """The beginning of a compound file with streams of these names."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(504)
        + b"".join(one.encode("utf-16-le") for one in streams)
    )


@pytest.mark.parametrize(
    ("name", "content", "label", "why"),
    [
        pytest.param(
            "账单.docm",
            uploads.zipped({**WORKBOOK, "xl/vbaProject.bin": b"1"}),
            "含宏",
            "不打开",
            id="macros",
        ),
        pytest.param(
            "旧宏.xlsx",
            uploads.zipped({**WORKBOOK, "xl/macrosheets/s.xml": b"1"}),
            "含宏",
            "不打开",
            id="macro sheets",
        ),
        pytest.param(
            "改名.docx", _old_office("WordDocument", "_VBA_PROJECT"), "含宏", "不打开", id="macros in .doc"
        ),
        pytest.param(
            "宏.odt",
            uploads.zipped(
                {"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/Standard/script.xml": b"1"},
                deflate=False,
            ),
            "含宏",
            "不打开",
            id="macros in .odt",
        ),
        pytest.param(
            "密.xlsx", _old_office("EncryptionInfo", "EncryptedPackage"), "加密", "需要密码", id="password"
        ),
        pytest.param(
            "信.msg", _old_office("__substg1.0_0037001F"), "Outlook", "另存为 .eml", id="Outlook mail"
        ),
        pytest.param("winmail.dat", b"\x78\x9f\x3e\x22" + bytes(60), "winmail", "Outlook", id="TNEF"),
        pytest.param(
            "图片.jpg", b"MZ\x90\x00" + bytes(60), "Windows 程序", "不运行", id="program called picture"
        ),
        pytest.param("a.bin", b"\x7fELF" + bytes(60), "Linux 程序", "不运行", id="ELF"),
        pytest.param(
            "说明.txt.lnk", b"L\0\0\0\x01\x14\x02\0" + bytes(60), "快捷方式", "不运行", id="shortcut"
        ),
        pytest.param("发票.js", b"alert(1)", "脚本程序", "不运行", id="script"),
        pytest.param("发票.bat. ", b"del *", "脚本程序", "不运行", id="script with a tail"),
        pytest.param(
            "应用.apk", uploads.zipped({"AndroidManifest.xml": b"1"}), "Android", "不运行", id="app"
        ),
        pytest.param("包.7z", b"7z\xbc\xaf\x27\x1c" + bytes(60), "7z", "不解压", id="7z"),
        pytest.param("包.rar", b"Rar!\x1a\x07\x01\0" + bytes(60), "RAR", "不解压", id="rar"),
        pytest.param("包.tar", bytes(257) + b"ustar\0" + bytes(300), "tar", "不解压", id="tar"),
        pytest.param("半.zip", b"PK\x03\x04" + bytes(50), "损坏的 ZIP", "不能转换", id="half a ZIP"),
        pytest.param("函.ofd", uploads.zipped({"OFD.xml": b"1"}), "OFD", "专用阅读软件", id="OFD"),
        pytest.param("照片.heic", b"\0\0\0\x18ftypheic" + bytes(60), "HEIC", "另存为", id="HEIC"),
        pytest.param("录像.mp4", b"\0\0\0\x18ftypmp42" + bytes(60), "MP4", "播放软件", id="video"),
        pytest.param("录音.amr", b"#!AMR\n" + bytes(60), "AMR", "播放软件", id="telephone recording"),
        pytest.param("全部.mbox", b"From a@b Fri\nFrom: a@b\n\nx", "mbox", "逐封", id="mbox"),
        pytest.param("图.svg", b"<?xml version='1.0'?><svg/>", "SVG", "外部引用", id="SVG"),
    ],
)
def test_what_is_never_opened_is_named_with_the_reason(
    name: str, content: bytes, label: str, why: str
) -> None:
    found = drawn(name, content)
    (sheet,) = found.sheets
    assert label in dict(sheet.facts)["识别为"]
    assert why in sheet.reason
    assert found.warnings == (f"仅存原件：{sheet.reason}",)


@pytest.mark.parametrize("text", ["BM-12 号投诉", "MZ 先生来电", "From Li to Wang", "ID3 说明"])
def test_a_text_may_begin_with_any_letters(text: str) -> None:
    assert drawn("记录.txt", text.encode(), "text/plain").sheets[0].lines == (text,)


# --- archives -----------------------------------------------------------------------------------------


def test_a_zip_is_listed_and_its_tricks_are_named() -> None:
    archive = uploads.zipped(
        {
            "材料/回单.txt": b"1",
            "../../etc/passwd": b"root",
            "C:\\Windows\\boot.ini": b"1",
            "内层.zip": uploads.zipped({"深.zip": b"PK"}),
            "发票.pdf.exe": b"MZ",
            "零.bin": bytes(30_000_000),
        }
    )
    (sheet,) = drawn("材料.zip", archive).sheets
    assert sheet.table is not None
    assert {row[1]: row[4] for row in sheet.table.rows} == {
        "材料/回单.txt": "",
        "../../etc/passwd": "路径可疑",
        "C:\\Windows\\boot.ini": "路径可疑",
        "内层.zip": "压缩文件",
        "发票.pdf.exe": "程序",
        "零.bin": "压缩比异常",
    }
    assert "文件 6 个" in dict(sheet.facts)["内容"]
    assert "深.zip" not in str(sheet)


def test_the_list_of_a_zip_ends_somewhere_and_says_so() -> None:
    found = drawn("多.zip", uploads.zipped({f"{number}" * 40 + ".txt": b"" for number in range(2000)}))
    assert sum(len(sheet.table.rows) for sheet in found.sheets if sheet.table) == 200
    assert dict(found.sheets[0].facts)["清单"] == "仅列前 200 项，另有 1800 项"
    assert len(found.sheets) < 20


def test_names_from_chinese_windows_are_read() -> None:
    archive = uploads.zipped({"TTTTTTTT.txt": b"1"}).replace(b"TTTTTTTT", "投诉材料".encode("gb18030"))
    (sheet,) = drawn("旧.zip", archive).sheets
    assert sheet.table is not None
    assert sheet.table.rows[0][1] == "投诉材料.txt"


# --- PDF ------------------------------------------------------------------------------------------------


def test_a_pdf_that_may_be_printed_is_and_its_lock_is_noted() -> None:
    found = drawn("只读.pdf", uploads.encrypted_pdf())
    assert len(found.sheets) == 2
    assert found.warnings == ("已加密（无需密码即可打开、允许打印），已翻印；移交前宜索取未加密的文件",)


def test_a_pdf_that_may_not_be_printed_is_not() -> None:
    (sheet,) = drawn("禁印.pdf", uploads.encrypted_pdf(printable=False)).sheets
    assert "不允许打印" in sheet.reason


def test_a_signed_pdf_names_its_signer_and_points_to_the_original() -> None:
    found = drawn("已签.pdf", signing.signed(_twisted(lambda _: None), "upload"))
    note = found.sheets[0].notes[0]
    assert found.sheets[0].picture
    assert note.startswith("原件带有数字签名，请以原件为准（签名所载：")
    assert "签署人不详" not in note
    assert "20" in note
    assert found.warnings == (note,)


def _acts(pdf: pikepdf.Pdf) -> None:
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch)
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.launchURL('http://169.254.169.254/')")
    pdf.Root.OpenAction = pdf.make_indirect(script)
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(link)])
    pdf.attachments["内.exe"] = b"MZ"


def test_what_a_pdf_would_do_is_told_and_not_done() -> None:
    found = drawn("脚本.pdf", _twisted(_acts))
    assert found.sheets[0].picture
    assert found.warnings == (
        "PDF 含有启动程序的动作、脚本（JavaScript）、内嵌文件 1 个，翻印页不含这些内容",
    )


def _filled(pdf: pikepdf.Pdf) -> None:
    looks = pikepdf.Stream(pdf, b"0 g 0 0 99 99 re f", Subtype=pikepdf.Name.Form, BBox=[0, 0, 99, 99])
    field = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, Rect=[0, 0, 99, 99], F=4, FT=pikepdf.Name.Tx,
        T="name", V="x", AP=pikepdf.Dictionary(N=pdf.make_indirect(looks)),
    )  # fmt: skip
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(field)])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pdf.pages[0].Annots)


def test_what_was_filled_into_a_form_is_drawn_and_scripts_cannot_run() -> None:
    picture = drawn("表.pdf", _twisted(_filled)).sheets[0].picture
    assert picture
    with Image.open(io.BytesIO(picture.content)) as page:
        assert page.getpixel((20, page.height - 20)) == 0
    assert not {"V8", "XFA"} & set(pypdfium2.PDFIUM_INFO.flags)


def _twisted(change: Any) -> bytes:
    return uploads.changed(samples.scanned_pdf(1), change)


def _own_grandchild(pdf: pikepdf.Pdf) -> None:
    field = pdf.make_indirect(
        pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=pikepdf.Dictionary(Contents=b"\x30\x80"))
    )
    field.Kids = pikepdf.Array([field, field])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field, 7, None]))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_own_grandchild, id="a field that is its own child"),
        pytest.param(lambda pdf: setattr(pdf.Root, "AcroForm", 7), id="a number for a form"),
        pytest.param(lambda pdf: setattr(pdf.Root, "Names", pikepdf.Array([1])), id="names as a list"),
        pytest.param(lambda pdf: setattr(pdf.pages[0], "Annots", pikepdf.Dictionary(A=1)), id="notes as one"),
    ],
)
def test_a_twisted_pdf_still_has_its_page(change: Any) -> None:
    assert drawn("怪.pdf", _twisted(change)).sheets[0].picture
