"""Many volumes in one file 合订本: same pages, same text, the typefaces once."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest

from pdf import volumes
from pdf.bundles import bind
from tests.pdf import samples
from tests.pdf.reading import text_pages


@pytest.fixture(scope="module")
def parts() -> list[bytes]:
    texts = ("柜面排队", "手续费争议与公示不符", "自助设备吞卡𬭳")
    return [
        volumes.render(
            samples.volume(
                volume_number=f"Z109-TS·2026-D10-HG-{number:04}",
                forms=(samples.form(filled_by=text),),
                letters=(samples.letter(paragraphs=(text * 20,)),),
                enclosures=(),
            )
        ).content
        for number, text in enumerate(texts, start=1)
    ]


@pytest.fixture(scope="module")
def bound(parts: list[bytes]) -> bytes:
    return bind(parts, "2026年度案卷合订本")


def test_every_page_reads_the_same(parts, bound, tmp_path):
    assert text_pages(bound, tmp_path) == [page for part in parts for page in text_pages(part, tmp_path)]


def test_each_typeface_is_there_once(bound):
    with pikepdf.open(io.BytesIO(bound)) as pdf:
        names = [str(one.BaseFont) for one in pdf.objects if _is(one, "/Type0")]
        assert len(names) == len({name.partition("+")[2] for name in names}) == len(set(names))


def test_it_is_smaller_than_its_parts(parts, bound):
    assert len(bound) < 0.7 * sum(map(len, parts))


def test_links_stay_within_their_volume(parts, bound):
    with pikepdf.open(io.BytesIO(bound)) as pdf:
        numbers: dict[Any, int] = {page.objgen: index for index, page in enumerate(pdf.pages)}
        targets = {
            str(name): numbers[target.D[0].objgen]
            for name, target in pikepdf.NameTree(pdf.Root.Names.Dests).items()
        }
        start = 0
        for part in parts:
            size = len(pikepdf.open(io.BytesIO(part)).pages)
            links = [targets[str(link.Dest)] for link in pdf.pages[start + 1].Annots]
            assert links
            assert all(start <= target < start + size for target in links)
            start += size


def test_bookmarks_and_labels_follow_the_volumes(parts, bound):
    with pikepdf.open(io.BytesIO(bound)) as pdf, pdf.open_outline() as outline:
        titles = [str(item.title) for item in outline.root]
        labels = [str(page.label) for page in pdf.pages]
    assert titles == [f"Z109-TS·2026-D10-HG-{number:04}" for number in (1, 2, 3)]
    assert labels.count("封面") == labels.count("备考表") == labels.count("1") == 3


def test_the_same_volumes_give_the_same_bytes(parts, bound):
    assert bind(parts, "2026年度案卷合订本") == bound


def test_nothing_cannot_be_bound():
    with pytest.raises(ValueError, match="nothing"):
        bind([], "x")


def _is(one: Any, subtype: str) -> bool:
    return isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") == subtype
