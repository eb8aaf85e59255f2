"""A volume of several cases 一卷多件, and originals inside: one contents list, one run of page numbers."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from hashlib import md5
from typing import Any

import pikepdf
import pytest

from documents.rules.volume import RenderedVolume
from pdf import volumes
from pdf.embedding import chosen
from pdf.filed import papers
from pdf.glyphs import Ledger
from pdf.sandbox import Limits, RenderFailed, Sandbox
from tests.pdf import samples
from tests.pdf.reading import text_pages

NUMBERS, HEADS, part, joined = samples.CASES, samples.HEADS, samples.part, samples.joined
PAGE_NUMBERS = re.compile(r"第\d+页(共\d+页)?|—\d+—|档号[-·\w]+?(?=客户|云溪县|办理|附件|第)")


@pytest.fixture(scope="module")
def whole() -> RenderedVolume:
    return volumes.render(joined())


@pytest.fixture(scope="module")
def pages(whole: RenderedVolume, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return text_pages(whole.content, tmp_path_factory.mktemp("joined"))


def numbered(pages: list[str]) -> list[str]:
    return [text for text in pages if re.search(r"—\d+—", text)]


def test_page_numbers_run_through_all_cases(whole, pages):
    shown = numbered(pages)
    assert len(shown) == whole.pages
    for number, text in enumerate(shown, start=1):
        assert f"第{number}页共{whole.pages}页" in text
        assert f"—{number}—" in text
    assert whole.sheets == len(pages) == whole.pages + 8  # cover, contents, 3 dividers, 2 of 备考表, spine


def test_every_line_of_the_contents_names_its_case_and_its_page(whole, pages):
    shown = numbered(pages)
    assert [entry.position for entry in whole.contents] == list(range(1, len(whole.contents) + 1))
    assert list(dict.fromkeys(entry.case for entry in whole.contents)) == list(NUMBERS)
    for entry in whole.contents:
        assert "".join(entry.title.split()) in shown[entry.page - 1], entry
        assert entry.case in shown[entry.page - 1]
    assert sum(entry.pages for entry in whole.contents) == whole.pages


def test_contents_lines_and_case_headings_lead_to_their_pages(whole):
    with pikepdf.open(io.BytesIO(whole.content)) as pdf:
        sheets: dict[Any, str] = {page.objgen: str(page.label) for page in pdf.pages}
        found = [sheets[link.Dest[0].objgen] for link in pdf.pages[1].Annots]
    assert set(found) == {str(entry.page) for entry in whole.contents}


def test_each_case_begins_with_a_sheet_of_its_own_and_a_stamp(whole, pages):
    dividers = [text for text in pages if "件首页第" in text]
    assert len(dividers) == 3
    for place, text in enumerate(dividers):
        entries = [entry for entry in whole.contents if entry.case == NUMBERS[place]]
        count = sum(entry.pages for entry in entries)
        assert f"第{place + 1:04}件" in text
        assert NUMBERS[place] in text
        assert f"{len(entries)}件{count}页" in text
        first = pages[pages.index(text) + 1]
        assert "全宗号" in first
        assert "保管期限" in first
        assert f"{place + 1:04}" in first


def test_labels_and_bookmarks_follow_the_cases(whole):
    with pikepdf.open(io.BytesIO(whole.content)) as pdf, pdf.open_outline() as outline:
        labels = [str(page.label) for page in pdf.pages]
        titles = [str(item.title) for item in outline.root]
        inner = [str(item.title) for item in outline.root[2].children]
    assert labels[:4] == ["封面", "目录-1", "件 0001", "1"]
    assert labels[-1] == "脊背"
    assert [label for label in labels if label.isdigit()] == [str(n + 1) for n in range(whole.pages)]
    assert [title.split()[1] for title in titles[2:5]] == list(NUMBERS)
    assert titles[:2] + titles[5:] == ["案卷封面", "卷内文件目录", "卷内备考表", "脊背"]
    assert inner == [entry.title for entry in whole.contents if entry.case == NUMBERS[0]]


def test_each_typeface_is_there_once(whole):
    with pikepdf.open(io.BytesIO(whole.content)) as pdf:
        fonts = [str(one.BaseFont) for one in pdf.objects if _is_font(one)]
    assert len(fonts) == len({name.partition("+")[2] for name in fonts}) == 3


def test_the_papers_read_as_in_a_volume_of_their_own(pages, tmp_path):
    """Only page numbers, and what names the case at the head of a page, differ."""
    alone = text_pages(volumes.render(part(1)).content, tmp_path)
    begin = next(index for index, text in enumerate(pages) if "第0002件" in text) + 1
    mine = numbered(alone)[1:]  # the first page carries the stamp with the number of the item
    for ours, theirs in zip(mine, pages[begin + 1 : begin + 1 + len(mine)], strict=True):
        there = theirs.replace(f"0002{NUMBERS[1]}", "", 1)
        assert sorted(PAGE_NUMBERS.sub("", ours)) == sorted(PAGE_NUMBERS.sub("", there))


def test_the_closing_note_counts_all_and_carries_every_chain(whole, pages):
    closing = "".join(text for text in pages if "卷内备考表" in text)
    assert f"本卷共3案{len(whole.contents)}件、{whole.pages}页" in closing
    assert "（版本2）、《" in closing
    for head in HEADS:
        assert head in closing
    assert "0002件客户投诉处理表：[U+1F600]" in closing
    assert closing.count("立卷人") == 1


def test_metadata_tell_cases_chains_and_original_characters(whole):
    with pikepdf.open(io.BytesIO(whole.content)) as pdf:
        text = pdf.Root.Metadata.read_bytes().decode()
    for place, number in enumerate(NUMBERS):
        assert f"<rdf:li>{number} {len(samples.events())} {HEADS[place]}</rdf:li>" in text
    assert '"place":"0002 件 客户投诉处理表","printed":"李[U+1F600]","originals":[[1,"😀"]]' in text


def test_rendered_twice_gives_the_same_bytes(whole):
    assert volumes.render(joined()).sha256 == whole.sha256


def test_a_case_that_cannot_be_rendered_is_named():
    broken = part(1, forms=(replace(samples.form(), filled_at=samples.ARRIVED.replace(tzinfo=None)),))
    content = joined(parts=(part(0, enclosures=()), broken))
    with Sandbox(Limits()) as sandbox:
        with pytest.raises(RenderFailed) as failure:
            sandbox.volume(content)
        assert failure.value.case == NUMBERS[1]
        assert not failure.value.retryable


def test_originals_lie_inside_byte_for_byte_and_say_what_they_are():
    rendered = volumes.render(samples.volume(flavour="3u"))
    uploads = {one.name: one for one in samples.volume().enclosures}
    with pikepdf.open(io.BytesIO(rendered.content)) as pdf:
        specs = {str(spec.UF): spec for spec in pdf.Root.AF}
        assert len(pdf.attachments) == len(specs) == 3
        for name, upload in uploads.items():
            stream = specs[name].EF.F
            assert stream.read_bytes() == upload.content
            assert bytes(stream.Params.CheckSum) == md5(upload.content).digest()  # noqa: S324 - as PDF wants it
            assert str(stream.Subtype) == f"/{upload.media_type}"
            assert upload.sha256 in str(specs[name].Desc)
            assert str(stream.Params.ModDate) == "D:20260213170000+08'00'"
        relations = {name: str(spec.AFRelationship) for name, spec in specs.items()}
    assert relations == {"排队小票.png": "/Source", "窗口排班表.pdf": "/Source", "通话录音.mp3": "/Data"}
    assert volumes.render(samples.volume(flavour="3u")).sha256 == rendered.sha256


def test_originals_go_in_as_long_as_they_fit():
    case = papers(samples.volume(), Ledger())
    first, second, third = (one.enclosure.size for one in case.originals)
    some = chosen(case.originals, "pdf/a-3u", most=first + third)
    assert [one.enclosure.name for one in some.inside] == ["排队小票.png", "通话录音.mp3"]
    assert [one.enclosure.size for one in some.beside] == [second]
    assert chosen(case.originals, "pdf/a-2u").inside == ()


def _is_font(one: Any) -> bool:
    return isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") == "/Type0"
