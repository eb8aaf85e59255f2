"""Uploads 附件: shown when they can be, named when they cannot, never half shown."""

from __future__ import annotations

import dataclasses
import io

import pypdfium2
import pytest
from PIL import Image

from pdf import volumes
from pdf.renditions.limits import MAX_PAGES
from pdf.renditions.making import rendition
from tests.pdf import samples, uploads
from tests.pdf.reading import text_pages


def _reason(name: str, media_type: str, content: bytes) -> str:
    found = rendition(samples.enclosure(name, media_type, content))
    assert len(found.sheets) == 1
    assert found.warnings
    assert found.sheets[0].picture is None
    return found.sheets[0].reason


def _pages(name: str, media_type: str, content: bytes) -> int:
    found = rendition(samples.enclosure(name, media_type, content))
    assert all(sheet.picture or sheet.lines for sheet in found.sheets)
    return len(found.sheets)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_pictures_become_a_page(kind):
    assert _pages(f"图.{kind.lower()}", f"image/{kind.lower()}", samples.photograph(kind=kind)) == 1


def test_each_page_of_a_pdf_and_of_a_tiff_becomes_a_page():
    assert _pages("扫描.pdf", "application/pdf", samples.scanned_pdf(3)) == 3
    frames = [Image.new("1", (400, 600), 1) for _ in range(3)]
    stream = io.BytesIO()
    frames[0].save(stream, "TIFF", save_all=True, append_images=frames[1:])
    assert _pages("传真.tif", "image/tiff", stream.getvalue()) == 3


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_pixel_becomes_a_page(mode):
    stream = io.BytesIO()
    Image.new(mode, (300, 200)).save(stream, "PNG")
    assert _pages("图.png", "image/png", stream.getvalue()) == 1


def test_cmyk_photographs_become_a_page():
    stream = io.BytesIO()
    Image.new("CMYK", (300, 200)).save(stream, "JPEG")
    assert _pages("图.jpg", "image/jpeg", stream.getvalue()) == 1


def test_a_photograph_taken_sideways_is_turned_upright():
    picture = Image.new("RGB", (400, 200), "white")
    exif = picture.getexif()
    exif[0x0112] = 6
    stream = io.BytesIO()
    picture.save(stream, "JPEG", exif=exif)
    (sheet,) = rendition(samples.enclosure("照片.jpg", "image/jpeg", stream.getvalue())).sheets
    assert sheet.picture
    with Image.open(io.BytesIO(sheet.picture.content)) as upright:
        assert upright.height > upright.width


def test_transparent_pictures_lie_on_white_paper():
    stream = io.BytesIO()
    Image.new("RGBA", (60, 60), (0, 0, 0, 0)).save(stream, "PNG")
    (sheet,) = rendition(samples.enclosure("章.png", "image/png", stream.getvalue())).sheets
    assert sheet.picture
    with Image.open(io.BytesIO(sheet.picture.content)) as shown:
        assert shown.getpixel((30, 30)) == (255, 255, 255)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_in_chinese_encodings_is_shown(encoding):
    found = rendition(samples.enclosure("说明.txt", "text/plain", "投诉人：𬭳\n第二行".encode(encoding)))
    assert found.sheets[0].lines == ("投诉人：𬭳", "第二行")


def test_a_pdf_that_only_forbids_changes_is_shown():
    assert _pages("只读.pdf", "application/pdf", uploads.encrypted_pdf()) == 2


@pytest.mark.parametrize(
    ("name", "media_type", "content", "word"),
    [
        pytest.param("空.pdf", "application/pdf", b"", "0 字节", id="nothing in it"),
        pytest.param(
            "密.pdf", "application/pdf", uploads.encrypted_pdf(user="secret"), "加密", id="encrypted PDF"
        ),
        pytest.param("半.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj <<", "损坏", id="truncated PDF"),
        pytest.param("半.png", "image/png", samples.photograph()[:4000], "不完整", id="truncated PNG"),
        pytest.param(
            "半.jpg", "image/jpeg", samples.photograph(kind="JPEG")[:4000], "不完整", id="truncated JPEG"
        ),
        pytest.param("弹.png", "image/png", uploads.png(30000, 30000), "像素过多", id="900 million pixels"),
        pytest.param("弹.png", "image/png", uploads.png(9000, 9000), "像素过多", id="81 million pixels"),
        pytest.param("音.mp3", "audio/mpeg", b"ID3" + bytes(100), "不能转换", id="sound"),
        pytest.param(
            "表.docx", "application/msword", b"PK\x03\x04" + bytes(50), "不能转换", id="Office file"
        ),
        pytest.param(
            "图.svg", "image/svg+xml", b"<svg><use href='file:///etc/passwd'/></svg>", "不能转换", id="SVG"
        ),
        pytest.param("页.html", "text/html", b"<script>alert(1)</script>", "不能转换", id="HTML"),
        pytest.param("假.txt", "text/plain", b"MZ\x00\x00\x01", "不运行", id="program called text"),
        pytest.param("假.txt", "text/plain", b"a\x00b", "二进制", id="bytes called text"),
        pytest.param("乱.txt", "text/plain", b"\xff\xff\xff\x80", "编码", id="no encoding we know"),
        pytest.param("白.txt", "text/plain", b" \n \n", "没有内容", id="blank text"),
    ],
)
def test_what_cannot_be_shown_says_why(name, media_type, content, word):
    assert word in _reason(name, media_type, content)


def test_the_bytes_decide_not_the_name():
    assert _pages("合同.docx", "application/msword", samples.scanned_pdf(1)) == 1
    assert _pages("图片.pdf", "application/pdf", samples.photograph()) == 1
    assert "不能转换" in _reason("假.pdf", "application/pdf", b"hello, this is no PDF")


def test_a_pdf_with_a_thousand_pages_is_cut_and_says_so():
    found = rendition(samples.enclosure("多.pdf", "application/pdf", uploads.blank_pdf(1000)))
    assert len(found.sheets) == MAX_PAGES
    assert "共 1000 页" in found.warnings[0]


def test_a_pdf_poster_of_200_inches_is_drawn_small():
    poster = uploads.blank_pdf(1, (14400, 14400))
    (sheet,) = rendition(samples.enclosure("海报.pdf", "application/pdf", poster)).sheets
    assert sheet.picture
    with Image.open(io.BytesIO(sheet.picture.content)) as shown:
        assert max(shown.size) <= 1680


def test_a_pdf_without_pages_is_kept_as_original():
    assert "PDF" in _reason("无页.pdf", "application/pdf", uploads.blank_pdf(0))


def test_long_text_is_cut_into_pages_and_at_the_limit():
    found = rendition(samples.enclosure("长.txt", "text/plain", ("投诉" * 200_000).encode()))
    assert len(found.sheets) == MAX_PAGES
    assert "其余见原件" in found.warnings[0]
    assert rendition(samples.enclosure("短.txt", "text/plain", b"a\n" * 100)).warnings == ()


def test_too_big_a_file_is_not_even_read():
    enclosure = samples.enclosure("大.pdf", "application/pdf", b"%PDF", size=200 * 1024 * 1024)
    assert "64 MB" in rendition(enclosure).sheets[0].reason


def test_a_file_may_come_from_disk(tmp_path):
    path = tmp_path / "stored"
    path.write_bytes(samples.photograph())
    enclosure = samples.enclosure("图.png", "image/png", samples.photograph())
    assert rendition(dataclasses.replace(enclosure, content=path)) == rendition(enclosure)


def test_the_original_only_page_names_the_file_its_size_and_its_digest(rendered, tmp_path):
    entry = next(entry for entry in rendered.contents if entry.note == "仅存原件")
    page = text_pages(rendered.content, tmp_path)[entry.page + 1]
    enclosure = samples.volume().enclosures[2]
    for fact in ("仅存原件", enclosure.name, f"{enclosure.size:,}", enclosure.sha256, "不能转换为页面"):
        assert fact in page


def test_pictures_really_stand_on_the_page(rendered):
    entry = next(entry for entry in rendered.contents if "排队小票" in entry.title)
    with pypdfium2.PdfDocument(rendered.content) as document:
        page = document[entry.page + 1].render(scale=1).to_pil().convert("RGB")
    reds = [pixel for pixel in page.get_flattened_data() if pixel[0] > 150 and pixel[1] < 70]
    assert len(reds) > 1000


def test_one_bad_upload_does_not_keep_the_volume_from_being_made():
    bad = samples.enclosure("半.png", "image/png", samples.photograph()[:4000])
    good = samples.enclosure("好.png", "image/png", samples.photograph())
    rendered = volumes.render(samples.volume(enclosures=(bad, good)))
    assert [entry.note for entry in rendered.contents[-2:]] == ["仅存原件", ""]
    assert rendered.warnings == ("附件“半.png”仅存原件：图片不完整或已损坏",)


def test_a_file_name_full_of_tricks_is_only_text(tmp_path):
    name = "../../etc/<b>x</b>\u202egnp.exe"
    rendered = volumes.render(samples.volume(enclosures=(samples.enclosure(name, "", b"MZ"),)))
    assert "../../etc/<b>x</b>[U+202E]gnp.exe" in "".join(text_pages(rendered.content, tmp_path))
