"""The label on the back of a box 脊背: at its real size, its title whole, upright or turned."""

from __future__ import annotations

import pytest

from documents.rules.volume import Spine
from pdf import paper
from pdf.spines import TITLE_HEIGHT, Label, label, labels_in_rows, width_for
from tests.pdf import samples
from tests.pdf.reading import text_pages


def spine(title: str, width: int = 20) -> Label:
    return label(Spine("Z109-TS·2026-D10-HG-0007", "Z109", 2026, "10年", "合规部", title, width=width))


def test_a_short_title_is_set_large_and_a_long_one_small():
    assert spine("短题名").size > spine("关于李建国投诉" * 5).size > spine("关于李建国投诉" * 20).size


@pytest.mark.parametrize("title", ["关于排队" * 3, "关于排队" * 30, "ATM 吞卡 " * 9, "X" * 400])
@pytest.mark.parametrize("width", [20, 30, 40, 50])
def test_the_columns_of_a_title_stay_within_the_label(title, width):
    set_title = spine(title, width)
    assert set_title.leading * len(set_title.columns) <= width
    assert all(sum(cell.height for cell in column) <= TITLE_HEIGHT for column in set_title.columns)


def test_a_title_that_fits_is_whole_and_one_that_does_not_says_so():
    def said(one: Label) -> str:
        return "".join(cell.text for column in one.columns for cell in column)

    title = "关于“ATM 吞卡”（2026年）的处理材料"
    assert said(spine(title)) == title
    assert said(spine("很长" * 900)).endswith("…")


def test_numbers_and_brackets_lie_on_their_side():
    ways = {cell.text: cell.way for cell in spine("（2026年）、甲").columns[0]}
    assert ways == {
        "（": "turned",
        "2026": "turned",
        "年": "upright",
        "）": "turned",
        "、": "corner",
        "甲": "upright",
    }


def test_the_box_is_as_wide_as_its_papers_need():
    assert [width_for(pages) for pages in (1, 128, 129, 300, 9000)] == [20, 20, 30, 50, 50]


def test_labels_stand_side_by_side_as_far_as_the_paper_goes():
    rows = list(labels_in_rows([spine("甲", width) for width in (50, 50, 50, 50, 20, 20)], 180))
    assert [[one.spine.width for one in row] for row in rows] == [[50, 50, 50], [50, 20, 20]]


def test_the_sheet_names_every_volume_once(tmp_path):
    text = "".join(text_pages(paper.spines(samples.spines()), tmp_path))
    for number in range(1, 13):
        assert f"-{number:04}" in text
    assert text.count("保管期限") == 12
