"""Every name is printed as it is written; what cannot be printed is replaced where everybody sees it."""

from __future__ import annotations

import io
import json
import unicodedata
from importlib.metadata import version
from typing import Any

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from documents.rules.papers import FormField, FormSection
from documents.rules.volume import ClosingNote, EventLine, RenderedVolume, ReplacedCharacter
from pdf import fonts, paper, volumes
from pdf.glyphs import Ledger, covered, printable, restored, spelled
from pdf.imprints import NAMESPACE
from tests.pdf import samples
from tests.pdf.reading import text_pages, whole_text

# The characters of the 通用规范汉字表 (2013, 8,105 characters) beyond the basic plane, as given by the
# property kTGH of the Unihan database, Unicode 14. Banks meet them in names of people and places.
SUPPLEMENTARY_PLANE = """
20164 20676 20CD0 2139A 21413 235CB 23C97 23C98 23E23 249DB 24A7D 24AC9 25532 25562 255A8 25ED7 26221
2648D 26676 2677C 26B5C 26C21 27FF9 28408 28678 28695 287E0 28B49 28C47 28C4F 28C51 28C54 28E99 29F7E
29F83 29F8C 2A7DD 2A8FB 2A917 2AA30 2AA36 2AA58 2AFA2 2B127 2B128 2B137 2B138 2B1ED 2B300 2B363 2B36F
2B372 2B37D 2B404 2B410 2B413 2B461 2B4E7 2B4EF 2B4F6 2B4F9 2B50D 2B50E 2B536 2B5AE 2B5AF 2B5B3 2B5E7
2B5F4 2B61C 2B61D 2B626 2B627 2B628 2B62A 2B62C 2B695 2B696 2B6AD 2B6ED 2B7A9 2B7C5 2B7E6 2B7F9 2B7FC
2B806 2B80A 2B81C 2B8B8 2BAC7 2BB5F 2BB62 2BB7C 2BB83 2BC1B 2BD77 2BD87 2BDF7 2BE29 2C029 2C02A 2C0A9
2C0CA 2C1D5 2C1D9 2C1F9 2C27C 2C288 2C2A4 2C317 2C35B 2C361 2C364 2C488 2C494 2C497 2C542 2C613 2C618
2C621 2C629 2C62B 2C62C 2C62D 2C62F 2C642 2C64A 2C64B 2C72C 2C72F 2C79F 2C7C1 2C7FD 2C8D9 2C8DE 2C8E1
2C8F3 2C907 2C90A 2C91D 2CA02 2CA0E 2CA7D 2CAA9 2CB29 2CB2D 2CB2E 2CB31 2CB38 2CB39 2CB3B 2CB3F 2CB41
2CB4A 2CB4E 2CB5A 2CB5B 2CB64 2CB69 2CB6C 2CB6F 2CB73 2CB76 2CB78 2CB7C 2CBB1 2CBBF 2CBC0 2CBCE 2CC56
2CC5F 2CCF5 2CCF6 2CCFD 2CCFF 2CD02 2CD03 2CD0A 2CD8B 2CD8D 2CD8F 2CD90 2CD9F 2CDA0 2CDA8 2CDAD 2CDAE
2CDD5 2CE18 2CE1A 2CE23 2CE26 2CE2A 2CE7C 2CE88 2CE93
"""
RARE = "".join(chr(int(point, 16)) for point in SUPPLEMENTARY_PLANE.split())


def test_there_are_196_such_characters():
    assert len(set(RARE)) == 196


@pytest.mark.parametrize("file", fonts.FILES)
def test_every_face_draws_the_characters_of_names(file):
    """Regular, bold and 宋体 each: the 196, Extension A, the unified ideographs and the later additions."""
    names = {*map(ord, RARE), *range(0x3400, 0x4DB6), *range(0x4E00, 0x9FF0)}
    with TTFont(fonts.folder() / file, lazy=True) as font:
        drawn, glyphs, ends = font.getBestCmap(), font.getReverseGlyphMap(), font["loca"]
    assert names - set(drawn) == set()
    numbers = {point: glyphs[drawn[point]] for point in names}
    # A glyph without outline takes no bytes.
    assert [hex(point) for point, glyph in numbers.items() if ends[glyph + 1] == ends[glyph]] == []
    assert names - covered() == set()


def test_the_196_characters_reach_the_paper_as_themselves(tmp_path):
    text = whole_text(paper.letter(samples.letter(paragraphs=(RARE,))), tmp_path)
    assert [character for character in RARE if character not in text] == []
    assert "[U+" not in text


@pytest.fixture(scope="module")
def rare() -> RenderedVolume:
    """Rare characters wherever a name may stand: cover, contents, headings in bold, answers, history."""
    names = tuple(RARE[start : start + 28] for start in range(0, 196, 28))
    fields = tuple(FormField(name[:6], name, wide=True) for name in names)
    form = samples.form(title=names[0], unit=names[1], sections=(FormSection(RARE, fields),))
    event = EventLine(samples.ARRIVED, names[2], names[3], RARE, RARE)
    note = ClosingNote(RARE, names[4], None, names[5], None)
    return volumes.render(
        samples.volume(
            title=RARE,
            fonds_name=names[0],
            forms=(form, samples.form(title=RARE)),
            letters=(samples.letter(title=names[1], addressee=names[2]),),
            events=(event,),
            deadlines=(),
            enclosures=(samples.enclosure(f"{names[6]}.txt", "text/plain", RARE.encode()),),
            closing_note=note,
        )
    )


def test_rare_characters_stand_on_every_kind_of_page(rare, tmp_path):
    pages = text_pages(rare.content, tmp_path)
    whole = (pages[0], pages[1], pages[2], pages[-2])  # cover, contents, form, closing note
    for text in (*whole, "".join(pages[2:-2])):
        assert [character for character in RARE if character not in text] == []
    assert "[U+" not in "".join(pages)
    assert rare.replacements == ()


def test_no_page_of_rare_characters_shows_the_missing_glyph(rare):
    with pikepdf.open(io.BytesIO(rare.content)) as pdf:
        assert [number for number, page in enumerate(pdf.pages) if _shows_glyph_zero(page)] == []
        bold = {str(one.BaseFont) for one in pdf.objects if _is_font(one)}
    assert {name.partition("+")[2] for name in bold} >= {"Noto-Sans-SC-Bold", "Noto-Serif-SC"}


def test_every_character_of_gb2312_is_shown():
    rows = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    hanzi = {row.decode("gb2312", "ignore") for row in rows} - {""}
    assert len(hanzi) == 6763
    assert {character for character in hanzi if ord(character) not in covered()} == set()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("谢谢😀", "谢谢[U+1F600]", id="emoji"),
        pytest.param(
            "👨\u200d👩\u200d👧", "[U+1F468][U+1F469][U+1F467]", id="family joined by invisible joiners"
        ),
        pytest.param("❤\ufe0f", "[U+2764]", id="heart with a variation selector"),
        pytest.param("甲\ue000乙", "甲[U+E000]乙", id="private use, as old bank systems write rare names"),
        pytest.param(
            "a\u202egpj.exe", "a[U+202E]gpj.exe", id="direction override that would turn a name round"
        ),
        pytest.param("甲\x00乙\x07", "甲[U+0000]乙[U+0007]", id="control characters"),
        pytest.param("甲\ud83d乙", "甲[U+D83D]乙", id="half a surrogate pair from broken JSON"),
        pytest.param("مرحبا", "[U+0645][U+0631][U+062D][U+0628][U+0627]", id="a script without archive font"),
        pytest.param(
            "行一\n行二\t三", "行一\n行二\t三", id="line breaks and tabs are not characters to show"
        ),
    ],
)
def test_what_no_font_shows_is_written_out(written, shown):
    assert printable(written, Ledger(), "x") == shown


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("谢谢😀再见", id="emoji"),
        pytest.param("👨\u200d👩\u200d👧 一家", id="family with its joiners"),
        pytest.param("葛\U000e0100城", id="name with an ideographic variation selector"),
        pytest.param("甲\ue000\x00乙\u202e丙\ufeff", id="private use, control, override, mark"),
        pytest.param("甲\ud83d乙\ufffe", id="half a surrogate pair, no character"),
        pytest.param("已写作[U+1F600]的😀", id="text that looks like a stand-in"),
        pytest.param("مرحبا علي", id="right to left"),
    ],
)
def test_what_was_replaced_can_be_restored(written):
    ledger = Ledger()
    printed = printable(written, ledger, "客户投诉处理表")
    assert printed != written
    (kept,) = ledger.originals()
    assert all(character.isprintable() or character == "\u3000" for character in kept)
    record = json.loads(kept)
    assert record["place"] == "客户投诉处理表"
    assert restored(printed, [tuple(run) for run in record["originals"]]) == written


def test_accents_that_combine_are_printed_as_they_are(tmp_path):
    written = "Ngo\u0304e\u0301 dʼAlbe\u0301"
    text = whole_text(paper.letter(samples.letter(paragraphs=(written.replace("ʼ", ""),))), tmp_path)
    assert "Albé" in unicodedata.normalize("NFC", text)


def test_the_metadata_of_a_volume_keep_what_was_replaced(tmp_path):
    form = samples.form(filled_by="李😀\x00")
    rendered = volumes.render(samples.volume(forms=(form,), letters=(), events=(), enclosures=()))
    with pikepdf.open(io.BytesIO(rendered.content)) as pdf, pdf.open_metadata() as metadata:
        kept = metadata[f"{{{NAMESPACE}}}originalCharacters"]
        made_with = metadata[f"{{{NAMESPACE}}}madeWith"]
    (record,) = map(json.loads, kept)
    assert record == {"place": form.title, "printed": "李[U+1F600][U+0000]", "originals": [[1, "😀\x00"]]}
    assert f"weasyprint {version('weasyprint')}" in made_with
    assert {row.split()[0] for row in made_with} >= set(fonts.FILES)


def test_the_ledger_counts_and_names_the_first_place():
    ledger = Ledger()
    spelled(("😀😀", ("b", "😀")), ledger, "客户投诉处理表")
    spelled("😀🐼", ledger, "投诉处理意见书")
    assert ledger.rows() == (
        ReplacedCharacter(0x1F43C, 1, "投诉处理意见书"),
        ReplacedCharacter(0x1F600, 4, "客户投诉处理表"),
    )


def test_replaced_characters_stand_in_the_volume_and_in_its_closing_note(tmp_path):
    form = samples.form(filled_by="李😀")
    rendered = volumes.render(samples.volume(forms=(form,), enclosures=()))
    assert rendered.replacements == (ReplacedCharacter(0x1F600, 1, "客户投诉处理表"),)
    pages = text_pages(rendered.content, tmp_path)
    assert "李[U+1F600]" in pages[2] + pages[3]
    assert "[U+1F600]" in pages[-2]
    assert "客户投诉处理表" in pages[-2]


def test_a_volume_of_many_replaced_characters_still_ends_with_its_people(tmp_path):
    story = "".join(chr(0x1F300 + step) for step in range(120))
    form = samples.form(filled_by=story)
    rendered = volumes.render(samples.volume(forms=(form,), enclosures=()))
    assert len(rendered.replacements) == 120
    text = whole_text(rendered.content, tmp_path)
    assert "[U+1F377]" in text
    assert text.count("立卷人") == 1


def test_no_page_shows_the_missing_glyph():
    form = samples.form(filled_by="李😀" + RARE[:20])
    rendered = volumes.render(samples.volume(forms=(form,), enclosures=()))
    with pikepdf.open(io.BytesIO(rendered.content)) as pdf:
        assert [number for number, page in enumerate(pdf.pages) if _shows_glyph_zero(page)] == []


def _is_font(one: Any) -> bool:
    return isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") == "/Type0"


def _shows_glyph_zero(page: pikepdf.Page) -> bool:
    for step in pikepdf.parse_content_stream(page):
        if str(step.operator) in {"Tj", "TJ"}:
            shown: Any = step.operands[0]
            parts = shown if str(step.operator) == "TJ" else [shown]
            codes = [bytes(part) for part in parts if isinstance(part, pikepdf.String)]
            if any(code[i : i + 2] == b"\0\0" for code in codes for i in range(0, len(code), 2)):
                return True
    return False
