"""Single papers: forms, letters, reports and registers."""

from __future__ import annotations

import dataclasses
import io

import pikepdf
import pytest

from documents.rules.papers import FormField, FormSection, PaperTable, RegisterColumn
from pdf import paper
from pdf.sheets import blocks, shares
from tests.pdf import samples
from tests.pdf.reading import text_pages, whole_text


def test_a_long_answer_flows_over_pages_with_its_label_repeated(tmp_path):
    story = "\n".join(f"第{n}段。{samples.STORY}" for n in range(1, 41))
    section = FormSection("处理", (FormField("处理情况", story, wide=True), FormField("处理结果", "已答复")))
    pages = text_pages(paper.form(samples.form(sections=(section,))), tmp_path)
    assert len(pages) >= 4
    assert all("处理情况" in page for page in pages)
    text = "".join(pages)
    positions = [text.index(f"第{n}段。") for n in range(1, 41)]
    assert positions == sorted(positions)


def test_one_paragraph_of_many_pages_loses_no_character(tmp_path):
    story = "".join(chr(0x4E00 + n % 5000) for n in range(6000))
    section = FormSection("处理", (FormField("处理情况", story, wide=True),))
    pages = text_pages(paper.form(samples.form(sections=(section,), note="")), tmp_path)
    printed = "".join(character for page in pages for character in page if "\u4e00" <= character <= "\u9fff")
    for start in range(0, 6000, 40):
        # A line of the page may end anywhere: pieces shorter than a line are found whole or nearly so.
        assert story[start] in printed
    assert len(printed) >= 6000


def test_a_label_stands_on_the_page_of_its_value(tmp_path):
    fields = tuple(FormField(f"栏目{n}", f"答复{n}", wide=n % 3 == 0) for n in range(1, 90))
    pages = text_pages(paper.form(samples.form(sections=(FormSection("全部", fields),))), tmp_path)
    for n in range(1, 90):
        page = next(page for page in pages if f"栏目{n}" in page)
        assert f"答复{n}" in page


def test_two_narrow_answers_share_a_line_and_a_wide_one_has_its_own():
    fields = (
        FormField("甲", "1"),
        FormField("乙", "2"),
        FormField("丙", "3"),
        FormField("丁", "4", wide=True),
    )
    (grid,) = blocks(samples.form(sections=(FormSection("", fields),)))
    assert [[field.label for field in row.fields] for row in grid.rows] == [["甲", "乙"], ["丙"], ["丁"]]


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src='file:///etc/passwd'>",
        "<style>*{display:none}</style>",
        "{{ 7*7 }}",
        "<link rel=attachment href='file:///etc/passwd'>",
    ],
)
def test_hostile_text_is_printed_not_obeyed(tmp_path, attack):
    text = whole_text(paper.letter(samples.letter(addressee=attack, title=attack)), tmp_path)
    assert text.count("".join(attack.split())) >= 2
    assert "投诉" in text


def test_the_letter_has_number_addressee_appeal_path_signature_and_copies(tmp_path):
    letter = samples.letter()
    text = whole_text(paper.letter(letter), tmp_path)
    for part in (letter.document_number, "李建国先生：", letter.appeal_path, letter.contact, "2026年3月4日"):
        assert "".join(part.split()) in text
    assert "附件：1.城东信用社窗口排班整改方案2.客户意见回执" in text
    assert "抄送：城东信用社，联社档案室。" in text


def test_only_letters_have_a_red_rule():
    assert _uses_red(paper.letter(samples.letter()))
    assert not _uses_red(paper.form(samples.form()))
    assert not _uses_red(paper.report(samples.report()))
    assert not _uses_red(paper.register(samples.register(5)))


def test_the_report_prints_period_cut_off_figures_and_numbered_parts(tmp_path):
    text = whole_text(paper.report(samples.report()), tmp_path)
    assert "数据截至2026年6月10日" in text
    assert "受理投诉次数89" in text
    for part in ("一、投诉基本情况", "二、主要投诉问题及原因分析", "三、整改措施", "抄报：省联社合规部。"):
        assert part in text
    assert "服务质量" in text


def test_the_register_repeats_its_head_on_every_lying_page(tmp_path):
    content = paper.register(samples.register(60))
    pages = text_pages(content, tmp_path)
    assert len(pages) >= 4
    assert all("投诉编号" in page for page in pages)
    assert "TS-2026-0213-0060" in pages[-1]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert all(page.mediabox[2] > page.mediabox[3] for page in pdf.pages)


def test_a_long_register_is_numbered_through_and_loses_no_row(tmp_path):
    rows = paper.ROWS_AT_ONCE + 40
    pages = text_pages(paper.register(samples.register(rows)), tmp_path)
    assert [f"—{number}—" in page for number, page in enumerate(pages, start=1)] == [True] * len(pages)
    text = "".join(pages)
    assert all(f"TS-2026-0213-{number:04}" in text for number in range(1, rows + 1))
    assert text.count("制表人") == text.count("客户投诉登记册") == 1


def test_an_empty_register_says_so(tmp_path):
    assert "共0条" in whole_text(paper.register(samples.register(0)), tmp_path)


@pytest.mark.parametrize("make", [paper.letter, paper.form, paper.report, paper.register])
def test_every_paper_is_the_same_twice(make):
    content = getattr(samples, make.__name__)()
    assert make(content) == make(content)


def test_the_file_names_itself_in_chinese():
    with pikepdf.open(io.BytesIO(paper.letter(samples.letter()))) as pdf:
        assert str(pdf.docinfo["/Title"]) == "投诉处理意见书"
        assert str(pdf.docinfo["/Author"]) == samples.ORGANISATION
        assert pdf.Root.Lang == "zh-CN"


def test_a_table_whose_widths_do_not_fit_its_columns_is_refused():
    table = PaperTable(("甲", "乙"), (), widths=(1,))
    with pytest.raises(ValueError, match="2 columns"):
        shares(table)
    register = dataclasses.replace(samples.register(1), columns=(RegisterColumn("甲", 0),))
    with pytest.raises(ValueError, match="1 columns"):
        shares(register)


def _uses_red(content: bytes) -> bool:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            for step in pikepdf.parse_content_stream(page):
                operands = step.operands
                if str(step.operator).lower() in {"rg", "sc", "scn"} and len(operands) == 3:
                    red, green, blue = (float(str(part)) for part in operands)
                    if red > green + 0.2 and red > blue + 0.2:
                        return True
    return False
