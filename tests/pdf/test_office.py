"""Office uploads: through LibreOffice where it is installed; no network, no links, within limits."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from documents.rules.rendition import Rendition
from pdf.renditions import converter
from pdf.renditions.converter import NotConverted, converted
from pdf.renditions.making import rendition
from pdf.sandbox import Sandbox
from tests.pdf import samples, uploads
from tests.pdf.listening import Listener, listening

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
LINKED = (
    f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{DRAWING}/wordprocessingDrawing">'
    '<wp:extent cx="3000000" cy="3000000"/><wp:docPr id="1" name="x"/>'
    f'<a:graphic xmlns:a="{DRAWING}/main"><a:graphicData uri="{DRAWING}/picture">'
    f'<pic:pic xmlns:pic="{DRAWING}/picture"><pic:nvPicPr><pic:cNvPr id="0" name="x"/><pic:cNvPicPr/>'
    f'</pic:nvPicPr><pic:blipFill><a:blip r:link="{{}}" xmlns:r="{RELATIONSHIPS}"/></pic:blipFill><pic:spPr>'
    '<a:xfrm><a:off x="0" y="0"/><a:ext cx="3000000" cy="3000000"/></a:xfrm><a:prstGeom prst="rect"/>'
    "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
)
RELATION = f'<Relationship Id="{{}}" Type="{RELATIONSHIPS}/image" Target="{{}}" TargetMode="External"/>'


@pytest.fixture
def libreoffice(record_property: Callable[[str, object], None]) -> None:
    """The real LibreOffice, or a line in the summary that nobody tried."""
    if converter.program() is None:
        record_property("counted", "Office uploads: NOT RUN, LibreOffice is not installed here")
        pytest.skip("LibreOffice is not installed")


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found


def drawn(name: str, content: bytes) -> Rendition:
    return rendition(samples.enclosure(name, "application/octet-stream", content))


def workbook(rows: int) -> bytes:
    """A workbook with so many rows."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(rows):
        sheet.append([number, "回单", "=SUM(A1:A9)", '=WEBSERVICE("http://127.0.0.1:9/x")'])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def linking(listener: Listener, secret: Path) -> bytes:
    """A document that asks for a picture from the network and for one from the disk."""
    secret.write_bytes(samples.photograph())
    relations = RELATION.format("rId8", f"{listener.address}/a.png") + RELATION.format(
        "rId9", secret.as_uri()
    )
    return uploads.docx(LINKED.format("rId8") + LINKED.format("rId9"), relations=relations)


# --- without LibreOffice --------------------------------------------------------------------------------


def test_without_libreoffice_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (sheet,) = drawn("说明.docx", uploads.docx()).sheets
    assert sheet.reason == "本机未安装 LibreOffice，Office 文档不能转换为页面"
    assert sheet.facts == (("识别为", "Word 文档（.docx）"),)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(uploads.docx(text=" " * 40_000_000), "压缩炸弹", id="spaces"),
        pytest.param(
            uploads.docx(text="&z;", head='<!DOCTYPE x [<!ENTITY z "ha">]>'), "XML 炸弹", id="laughs"
        ),
        pytest.param(
            uploads.docx(more={f"word/{n}.xml": b"<x/>" for n in range(5001)}), "过大", id="entries"
        ),
    ],
)
def test_bombs_never_reach_libreoffice(content: bytes, why: str) -> None:
    assert why in drawn("弹.docx", content).sheets[0].reason


# --- with it --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("libreoffice")
def test_documents_and_workbooks_become_pages() -> None:
    found = drawn("说明.docx", uploads.docx(text="一行\n" * 3000))
    assert len(found.sheets) == 60
    assert all(sheet.picture for sheet in found.sheets)
    assert found.sheets[0].notes[0].startswith("版面由 LibreOffice 排出")
    assert found.warnings == ("超过 60 页，其余见原件",)
    assert drawn("表.xlsx", workbook(200)).sheets[1].picture
    assert "无法打开" in drawn("坏.docx", uploads.docx("<w:p><w:r>")).sheets[0].reason


@pytest.mark.usefixtures("libreoffice")
def test_nothing_is_fetched_from_the_network_or_the_disk(
    listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = linking(listener, tmp_path / "secret.png")
    assert b"/Image" not in converted(document, ".docx", pages=3)
    monkeypatch.setattr(converter, "walls", lambda: ())  # the settings hold it back also without a wall
    assert b"/Image" not in converted(document, ".docx", pages=3)
    assert listener.heard == []
    monkeypatch.setattr(converter, "SETTINGS", ())  # and this is what they hold back
    assert b"/Image" in converted(document, ".docx", pages=3)
    assert listener.heard


@pytest.mark.usefixtures("libreoffice")
def test_what_takes_too_long_is_ended_with_all_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converter, "WALL_SECONDS", 0.3)
    with pytest.raises(NotConverted, match=r"0\.3 秒未完成"):
        converted(workbook(2000), ".xlsx", pages=3)
    monkeypatch.undo()
    monkeypatch.setattr(converter, "CPU_SECONDS", 1)
    with pytest.raises(NotConverted, match="计算超过 1 秒"):
        converted(workbook(60_000), ".xlsx", pages=3)
    assert _converting() == []


@pytest.mark.usefixtures("libreoffice")
def test_with_the_press_its_libreoffice_dies_and_the_case_goes_on() -> None:
    enclosure = samples.enclosure("表.xlsx", "", workbook(60_000))
    with Sandbox() as sandbox:
        content = samples.volume(forms=(), letters=(), events=(), deadlines=(), enclosures=(enclosure,))
        killer = threading.Thread(target=_kill_twice, args=(sandbox,))
        killer.start()
        made = sandbox.volume(content)
        killer.join()
    assert made.warnings == (
        "附件“表.xlsx”仅存原件：翻印未能完成：渲染进程意外结束（-9），多为内存超限或文件有意破坏",
    )
    assert _converting() == []


def _kill_twice(sandbox: Sandbox) -> None:
    killed: set[int] = set()
    while len(killed) < 2:
        if _converting() and sandbox.pid and sandbox.pid not in killed:
            killed.add(sandbox.pid)
            os.kill(sandbox.pid, signal.SIGKILL)
        time.sleep(0.05)


def _converting() -> list[str]:
    """The processes of LibreOffice that work for a press."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = path.read_bytes()
        except OSError:  # gone meanwhile
            continue
        if b"soffice" in said and b"juanzong-office-" in said:
            found.append(path.parent.name)
    return found
