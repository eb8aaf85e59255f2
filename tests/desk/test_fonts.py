"""The cut typefaces hold every character of their sources, in the right shape, under the right names."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fontTools import subset
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from pdf import font_cutting, fonts

SANS_SOURCE = font_cutting.package_folder("justmytype_intl_cjk") / "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
SERIF_SOURCE = font_cutting.package_folder("pylopdf_fonts_zh_cn") / "NotoSerifSC-Regular.otf"

# Characters beyond the basic plane that the names of people and places are written with.
RARE = "𠅤𠙶𡎚𡐓𤧛𤩽𥔲𨐈𨱏𨱔𩽾𩾌𪟝𪣻𪨰𫄧𫍽𫐐𫔍𫖯𫗴𫘝𫛭𫟦𫠊𬀩𬇙𬍛𬒈𬘡𬜬𬣙𬤇𬨎𬬻𬭎𬭩𬯎𬱖𬳵𬴊𬶋𬸚𬸣𬹼𬺈"


@pytest.fixture(
    scope="module",
    params=[(name, SANS_SOURCE) for name in fonts.FILES[:2]] + [(fonts.FILES[2], SERIF_SOURCE)],
    ids=fonts.FILES,
)
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[TTFont, TTFont]]:
    """A cut typeface and what it was cut from."""
    name, source = request.param
    with TTFont(fonts.folder() / name, lazy=True) as cut, TTFont(source, lazy=True) as original:
        yield cut, original


def test_every_character_is_still_there(pair: tuple[TTFont, TTFont]) -> None:
    cut, original = pair
    assert set(cut.getBestCmap()) == set(original.getBestCmap())
    assert len(cut.getBestCmap()) > 30_800


def is_empty(offsets: Sequence[int], glyph: int) -> bool:
    return offsets[glyph] == offsets[glyph + 1]


def test_every_outline_is_still_there(pair: tuple[TTFont, TTFont]) -> None:
    cut, _ = pair
    # A glyph without ink takes no bytes; asking the offsets spares decoding 31,000 outlines.
    offsets, order = cut["loca"], cut.getReverseGlyphMap()
    empty = {code for code, name in cut.getBestCmap().items() if is_empty(offsets, order[name])}
    # Spaces, fillers and format controls have no ink; every hanzi has.
    assert not [code for code in empty if 0x3400 <= code <= 0x9FFF or code >= 0x20000]
    assert 0 < len(empty) < 60


def test_rare_name_characters_are_there(pair: tuple[TTFont, TTFont]) -> None:
    cut, _ = pair
    assert not [character for character in RARE if ord(character) not in cut.getBestCmap()]


def test_redrawn_outlines_keep_their_place() -> None:
    with TTFont(fonts.folder() / fonts.FILES[2]) as cut, TTFont(SERIF_SOURCE) as original:
        before, after = original.getGlyphSet(), cut.getGlyphSet()
        for code, name in list(original.getBestCmap().items())[::150]:
            old, new = BoundsPen(before), BoundsPen(after)
            before[name].draw(old)
            after[cut.getBestCmap()[code]].draw(new)
            assert (old.bounds is None) == (new.bounds is None), chr(code)
            if old.bounds:
                moved = max(abs(a - b) for a, b in zip(old.bounds, new.bounds, strict=True))
                assert moved <= 2, chr(code)
            assert before[name].width == after[cut.getBestCmap()[code]].width, chr(code)


@pytest.mark.parametrize(("name", "weight"), [(fonts.FILES[0], 400), (fonts.FILES[1], 700)])
def test_another_cutter_draws_the_same_weight(name: str, weight: int) -> None:
    """A few glyphs of the variable font, cut by fontTools, which is slow."""
    wanted = subset.Subsetter()
    wanted.populate(text="卷宗投诉Ag1，")
    with TTFont(fonts.folder() / name, lazy=True) as cut, TTFont(SANS_SOURCE, lazy=True) as few:
        wanted.subset(few)
        slow = instancer.instantiateVariableFont(few, {"wght": weight})
        for code, glyph in slow.getBestCmap().items():
            ours = cut.getBestCmap()[code]
            drawn = (_points(font, one) for font, one in ((cut, ours), (slow, glyph)))
            assert all(abs(one - other) <= 0.5 for one, other in zip(*drawn, strict=True)), chr(code)
            assert cut["hmtx"][ours] == slow["hmtx"][glyph]


def _points(font: TTFont, glyph: str) -> list[float]:
    return [number for point in font["glyf"][glyph].getCoordinates(font["glyf"])[0] for number in point]


def test_fontconfig_sees_two_families_and_nothing_else() -> None:
    fonts.prepare()
    listed = subprocess.run(
        ["fc-list", ":", "family", "style"],
        check=True,
        capture_output=True,
        text=True,
        env={"FONTCONFIG_FILE": os.environ["FONTCONFIG_FILE"], "PATH": os.environ["PATH"]},
    ).stdout.splitlines()
    assert sorted(listed) == [
        "Noto Sans SC:style=Bold",
        "Noto Sans SC:style=Regular",
        "Noto Serif SC:style=Regular",
    ]  # fmt: skip


def test_cutting_again_does_nothing_when_nothing_changed() -> None:
    assert not font_cutting.stale()


def test_missing_fonts_name_the_way_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUANZONG_FONTS", str(tmp_path))
    with pytest.raises(fonts.FontsMissing, match=r"\./start --setup"):
        fonts.prepare()


def test_paper_embeds_truetype_cut_by_harfbuzz(tmp_path: Path) -> None:
    """In a process of its own, because fontconfig reads its file once."""
    program = """
import sys, warnings
warnings.simplefilter("error")
from pdf import fonts
fonts.prepare()
from weasyprint import HTML
from weasyprint.pdf import fonts as subsetting
assert subsetting.harfbuzz_subset, "libharfbuzz-subset is missing"
style = "<style>body{font-family:'Noto Serif SC'} b{font-family:'Noto Sans SC'}</style>"
HTML(string=style + "投诉处理意见书<b>卷宗</b>𬺈").write_pdf(sys.argv[1], pdf_variant="pdf/a-2u")
"""
    out = tmp_path / "paper.pdf"
    subprocess.run([sys.executable, "-c", program, str(out)], check=True, cwd=fonts.PROJECT)
    listed = subprocess.run(["pdffonts", str(out)], check=True, capture_output=True, text=True).stdout
    assert "Noto-Serif-SC" in listed
    assert "Noto-Sans-SC-Bold" in listed
    assert listed.count("CID TrueType") == 2
    text = subprocess.run(["pdftotext", str(out), "-"], check=True, capture_output=True, text=True).stdout
    assert "投诉处理意见书卷宗𬺈" in text
