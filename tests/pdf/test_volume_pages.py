"""The volume 案卷: what stands on which page, and that the contents list tells the truth."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from documents.rules.papers import FilledForm, FormField, FormSection, PaperTable
from pdf import volumes
from tests.pdf import samples
from tests.pdf.reading import text_pages

PROJECT = Path(__file__).resolve().parents[2]
HASH_OF_SAMPLE = (
    "from tests.pdf import samples; from pdf import volumes; print(volumes.render(samples.volume()).sha256)"
)


def test_the_sheets_are_cover_contents_documents_closing_note(rendered, tmp_path):
    pages = text_pages(rendered.content, tmp_path)
    assert len(pages) == rendered.sheets == rendered.pages + 4
    assert "保管期限" in pages[0]
    assert "卷内文件目录" in pages[1]
    assert "客户投诉处理表" in pages[2]
    assert "卷内备考表" in pages[-2]
    assert "脊背标签" in pages[-1]


def test_the_cover_carries_what_an_archive_room_asks_for(rendered, tmp_path):
    cover = text_pages(rendered.content, tmp_path)[0]
    content = samples.volume()
    for fact in (content.volume_number, content.fonds_name, content.retention, content.unit, "内部"):
        assert fact in cover
    assert "自2026年2月13日" in cover
    assert "至2026年3月4日" in cover
    assert f"本卷共{len(rendered.contents)}件{rendered.pages}页" in cover


def test_every_document_begins_on_the_page_its_contents_line_names(rendered, tmp_path):
    numbered = text_pages(rendered.content, tmp_path)[2:-2]
    for entry in rendered.contents:
        assert "".join(entry.title.split()) in numbered[entry.page - 1], entry


def test_the_contents_page_prints_the_same_lines(rendered, tmp_path):
    listing = text_pages(rendered.content, tmp_path)[1]
    for entry in rendered.contents:
        assert "".join(entry.title.split()) in listing
        assert f"{entry.dated:%Y%m%d}" in listing
    assert sum(entry.pages for entry in rendered.contents) == rendered.pages


def test_numbered_pages_carry_their_number_and_the_archive_number(rendered, tmp_path):
    numbered = text_pages(rendered.content, tmp_path)[2:-2]
    for number, page in enumerate(numbered, start=1):
        assert f"第{number}页共{rendered.pages}页" in page
        assert f"—{number}—" in page
        assert samples.volume().volume_number in page


def test_cover_contents_and_closing_note_carry_no_page_number(rendered, tmp_path):
    pages = text_pages(rendered.content, tmp_path)
    for page in (pages[0], pages[1], pages[-2], pages[-1]):
        assert "—" not in page.replace("——", "")
        assert samples.volume().volume_number in page


def test_contents_lines_link_to_their_pages(rendered):
    with pikepdf.open(io.BytesIO(rendered.content)) as pdf:
        targets = _link_targets(pdf, pdf.pages[1])
    expected = {entry.page + 2 for entry in rendered.contents}
    assert set(targets) == expected
    assert len(targets) >= 2 * len(rendered.contents)


def test_bookmarks_name_every_document(rendered):
    with pikepdf.open(io.BytesIO(rendered.content)) as pdf, pdf.open_outline() as outline:
        titles = [str(item.title) for item in outline.root]
    assert titles == [
        "案卷封面",
        "卷内文件目录",
        *(entry.title for entry in rendered.contents),
        "卷内备考表",
        "脊背",
    ]


def test_page_labels_follow_the_printed_numbers(rendered):
    with pikepdf.open(io.BytesIO(rendered.content)) as pdf:
        labels = [str(page.label) for page in pdf.pages]
    assert labels == ["封面", "目录-1", *(str(n) for n in range(1, rendered.pages + 1)), "备考表", "脊背"]


def test_each_deadline_is_printed_with_its_explanation(rendered, tmp_path):
    text = "".join(text_pages(rendered.content, tmp_path))
    for deadline in samples.deadlines():
        for line in (deadline.name, deadline.basis, *deadline.explanation):
            assert "".join(line.split()) in text


def test_the_closing_note_counts_and_names_its_people(rendered, tmp_path):
    closing = text_pages(rendered.content, tmp_path)[-2]
    assert f"本卷共{len(rendered.contents)}件、{rendered.pages}页" in closing
    assert "陈静" in closing
    assert "黄伟" in closing
    assert "通话录音.mp3”仅存原件" in closing


def test_an_empty_closing_note_and_no_enclosures_make_a_volume_too(tmp_path):
    rendered = volumes.render(samples.volume(enclosures=(), letters=(), events=(), deadlines=()))
    assert [entry.title for entry in rendered.contents] == ["客户投诉处理表", "客户投诉处理督办表"]
    assert rendered.warnings == ()


def test_a_supplement_names_the_volume_it_belongs_to(tmp_path):
    content = samples.volume(supplement_to="Z109-TS·2026-D10-HG-0003", enclosures=(), letters=())
    cover = text_pages(volumes.render(content).content, tmp_path)[0]
    assert "补充卷正卷档号Z109-TS·2026-D10-HG-0003" in cover


@pytest.mark.parametrize("lines", [6, 9, 18])
def test_what_a_closing_note_usually_says_stands_on_one_sheet(tmp_path, lines):
    words = "本件归档时处于冻结（诉讼保全）中，解除冻结以前不得销毁。"
    written = "\n".join(words * (1 + line % 2) for line in range(lines))
    content = samples.volume(supplement_to="Z109-TS·2026-D10-HG-0003", enclosures=(), letters=(), events=())
    noted = replace(content, closing_note=replace(content.closing_note, situation=written))
    pages = text_pages(volumes.render(noted).content, tmp_path)
    (note,) = [page for page in pages if "解除冻结以前不得销毁" in page]
    assert note.count("解除冻结以前") == lines + lines // 2
    assert "立卷时间" in note
    assert "检查时间" in note


def test_the_title_of_a_part_never_stands_alone_at_the_foot_of_a_page(tmp_path):
    def tall(rows: int) -> FilledForm:
        table = PaperTable(("序号", "摘要"), tuple((str(row), "明细") for row in range(rows)))
        sections = (
            FormSection("一、明细", (), (table,)),
            FormSection("二、说明", (FormField("说明", "一段较长的说明。" * 60, wide=True),)),
        )
        return samples.form(title=f"共{rows}行", sections=sections)

    forms = tuple(tall(rows) for rows in range(16, 24))
    rendered = volumes.render(samples.volume(forms=forms, letters=(), events=(), enclosures=()))
    pages = text_pages(rendered.content, tmp_path)
    assert len([page for page in pages if "二、说明" in page]) == len(forms)
    assert [page for page in pages if re.search(r"(二、说明|二、说明说明)—\d+—$", page)] == []


def test_a_title_of_400_characters_leaves_the_rest_of_the_cover_in_its_place(tmp_path):
    title = "关于投诉人反映网点服务及收费争议" * 25
    (tmp_path / "long.pdf").write_bytes(volumes.render(samples.volume(title=title)).content)
    run = subprocess.run(
        ["pdftotext", "-f", "1", "-l", "1", "-bbox", str(tmp_path / "long.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    words = re.findall(r'yMin="([\d.]+)".*yMax="([\d.]+)">(.*?)</word>', run.stdout)
    lowest_of_title = max(float(end) for _, end, word in words if "收费" in word or samples.NUMBER in word)
    assert lowest_of_title < min(float(start) for start, _, word in words if "保管期限" in word)


def test_rendered_twice_gives_the_same_bytes(rendered):
    assert volumes.render(samples.volume()).content == rendered.content


def test_another_process_with_another_hash_seed_gives_the_same_bytes(rendered):
    for seed in ("1", "4242"):
        run = subprocess.run(
            [sys.executable, "-c", HASH_OF_SAMPLE],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.strip() == rendered.sha256


def test_other_content_gives_other_bytes(rendered):
    assert volumes.render(samples.volume(retention="30年")).sha256 != rendered.sha256


def _link_targets(pdf: pikepdf.Pdf, page: pikepdf.Page) -> list[int]:
    numbers: dict[Any, int] = {other.objgen: number for number, other in enumerate(pdf.pages, start=1)}
    names = pdf.Root.Names.Dests.Names
    destinations = {str(names[i]): names[i + 1] for i in range(0, len(names), 2)}
    found = []
    for annotation in page.Annots:
        target = destinations[str(annotation.get("/Dest") or annotation.A.D)]
        found.append(numbers[target[0].objgen])
    return found
