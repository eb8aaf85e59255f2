"""Cuts the typefaces once from the packages that ship them: `python -m pdf.font_cutting`.

WeasyPrint needs static TrueType: it instances a variable font anew for every document (five times the CPU),
and outlines of the CFF kind are more than twice as large on paper and refused by PDF/A-1.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from importlib.metadata import version
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import uharfbuzz as harfbuzz
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

from pdf import fonts

SANS_PACKAGE, SANS_FOLDER = "justmytype_intl_cjk", "fonts/ofl/notosanssc"
SERIF_PACKAGE = "pylopdf_fonts_zh_cn"
STAMP = "cut_from.json"
CUT = 2  # raise it when this file cuts differently
ENGLISH = 0x409
BOLD, REGULAR = 700, 400
TOLERANCE = 0.5  # of 1000 units to the em: a hair at any size a page uses
CORES = os.cpu_count() or 1
SANS_NAMES = {REGULAR: "Regular", BOLD: "Bold"}


def main() -> None:
    """Cut what is missing or was cut from other versions."""
    if not stale():
        return
    print("裁制字体（仅此一次，约半分钟）… Cutting the typefaces, once, half a minute …", flush=True)
    target = fonts.folder()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="fonts-") as draft:
        cut(Path(draft))
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(draft, target)
    target.chmod(0o755)
    fonts.write_configuration()


def stale() -> bool:
    """Whether the typefaces must be cut (again)."""
    stamp = fonts.folder() / STAMP
    return bool(fonts.missing()) or not stamp.exists() or json.loads(stamp.read_text()) != provenance()


def provenance() -> dict[str, str | int]:
    """What the typefaces are cut from, and with what."""
    packages = ("justmytype-intl-cjk", "pylopdf-fonts-zh-cn", "fonttools", "uharfbuzz")
    return {"cut": CUT, **{name: version(name) for name in packages}}


def cut(target: Path) -> None:
    """Write the three typefaces and their licences into a folder."""
    sans = package_folder(SANS_PACKAGE) / SANS_FOLDER
    serif = package_folder(SERIF_PACKAGE)
    variable = sans / "NotoSansSC[wght].ttf"
    with ProcessPoolExecutor(max_workers=CORES) as pool:
        jobs = [
            pool.submit(cut_sans, variable, weight, target / name)
            for weight, name in zip((REGULAR, BOLD), fonts.FILES[:2], strict=True)
        ]
        cut_serif(serif / "NotoSerifSC-Regular.otf", target / fonts.FILES[2], pool)
        for job in jobs:
            job.result()
    shutil.copy(sans / "OFL.txt", target / fonts.LICENCES[0])
    shutil.copy(serif_licence(), target / fonts.LICENCES[1])
    (target / STAMP).write_text(json.dumps(provenance()))


def package_folder(package: str) -> Path:
    """Where an installed package keeps its files."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"缺少软件包 {package}，请运行 ./start --setup。 Run ./start --setup.")
    return Path(spec.submodule_search_locations[0])


def serif_licence() -> Path:
    """The text of the SIL Open Font License that comes with Noto Serif SC."""
    beside = package_folder(SERIF_PACKAGE).parent
    return next(beside.glob(f"{SERIF_PACKAGE}-*.dist-info/licenses/LICENSE"))


def cut_sans(source: Path, weight: int, target: Path) -> None:
    """One static weight of the variable Noto Sans SC, by HarfBuzz: fontTools takes half a minute for it."""
    face = harfbuzz.Face(harfbuzz.Blob.from_file_path(str(source)))
    wanted = harfbuzz.SubsetInput()
    wanted.keep_everything()
    if not wanted.pin_axis_location(face, "wght", float(weight)):
        raise ValueError(f"{source.name} has no weights")
    static = harfbuzz.subset(face, wanted).blob.data
    font = TTFont(BytesIO(static), recalcTimestamp=False)
    style_font(font, fonts.SANS, style=SANS_NAMES[weight], weight=weight)
    font.save(target)


def cut_serif(source: Path, target: Path, pool: Executor) -> None:
    """Noto Serif SC with its cubic outlines redrawn as the quadratic ones of TrueType."""
    font = TTFont(source, recalcTimestamp=False)
    redraw(font, redrawn(source, font.getGlyphOrder(), pool))
    style_font(font, fonts.SERIF, style="Regular", weight=REGULAR)
    font.save(target)


def redrawn(source: Path, order: Sequence[str], pool: Executor) -> dict[str, Any]:
    """All glyphs in quadratic curves, by name, drawn on every core."""
    shares = [order[number::CORES] for number in range(CORES)]
    found: dict[str, Any] = {}
    for share in pool.map(quadratic, [source] * CORES, shares):
        found.update(share)
    return found


def quadratic(source: Path, names: Sequence[str]) -> dict[str, Any]:
    """Some glyphs in quadratic curves; TrueType contours run the other way round."""
    outlines = TTFont(source).getGlyphSet()
    found = {}
    for name in names:
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
        found[name] = pen.glyph()
    return found


def redraw(font: TTFont, glyphs: dict[str, Any]) -> None:
    """Replace the CFF table by glyf, loca and a TrueType maxp."""
    order = font.getGlyphOrder()
    glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, glyphs
    for table in ("CFF ", "VORG", "DSIG"):
        if table in font:
            del font[table]
    font["glyf"], font["loca"] = glyf, newTable("loca")
    font["maxp"] = truetype_maxp(len(order))
    font["post"].formatType, font["post"].extraNames, font["post"].mapping = 3.0, [], {}
    font["head"].glyphDataFormat = 0
    font.sfntVersion = "\000\001\000\000"
    for name in order:
        width, _ = font["hmtx"][name]
        font["hmtx"][name] = (width, left_edge(glyf, name))


def left_edge(glyf: Any, name: str) -> int:
    """The left side bearing that TrueType wants: where the outline begins."""
    glyph = glyf[name]
    glyph.recalcBounds(glyf)
    return int(getattr(glyph, "xMin", 0))


def truetype_maxp(glyphs: int) -> Any:
    """A maxp table for outlines without instructions; its counts are computed when the font is saved."""
    maxp = newTable("maxp")
    maxp.tableVersion, maxp.numGlyphs = 0x00010000, glyphs
    zeros = """maxPoints maxContours maxCompositePoints maxCompositeContours maxTwilightPoints maxStorage
    maxFunctionDefs maxInstructionDefs maxStackElements maxSizeOfInstructions maxComponentElements
    maxComponentDepth"""
    for field in zeros.split():
        setattr(maxp, field, 0)
    maxp.maxZones = 1
    return maxp


def style_font(font: TTFont, family: str, *, style: str, weight: int) -> None:
    """Name the font so that fontconfig sees exactly one family with this style."""
    names = font["name"]
    names.names = [record for record in names.names if record.nameID not in (1, 2, 4, 6, 16, 17, 21, 22, 25)]
    postscript = f"{family.replace(' ', '')}-{style}"
    for name_id, text in named(family, style, postscript):
        names.setName(text, name_id, 3, 1, ENGLISH)
    bold = weight == BOLD
    font["OS/2"].usWeightClass = weight
    # Bit 5 says bold, bit 6 says regular; both must agree with the names.
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0b1100001) | (1 << 5 if bold else 1 << 6)
    font["head"].macStyle = 1 if bold else 0


def named(family: str, style: str, postscript: str) -> Iterable[tuple[int, str]]:
    """The name records of a font: family, style, full name, PostScript name."""
    return ((1, family), (2, style), (4, f"{family} {style}"), (6, postscript))


if __name__ == "__main__":
    main()
