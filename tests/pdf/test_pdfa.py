"""veraPDF, the reference validator, accepts every kind of paper as PDF/A."""

from __future__ import annotations

from pathlib import Path

import pikepdf

from documents.rules.volume import RenderedVolume
from pdf import paper, volumes
from pdf.bundles import bind
from tests.pdf import samples, signing
from tests.pdf.test_glyphs import RARE
from tests.validators.verapdf import verapdf


def test_every_paper_is_what_it_claims_to_be(rendered: RenderedVolume, tmp_path: Path):
    """One Java machine for all of them: starting it is what costs."""
    papers = {f"{name}.2u": content for name, content in _papers(rendered).items()}
    papers |= {f"{name}.3u": content for name, content in _with_originals().items()}
    paths = [tmp_path / f"{name}.pdf" for name in papers]
    for path, content in zip(paths, papers.values(), strict=True):
        path.write_bytes(content)
    report = verapdf(paths)
    assert {path.stem: failures for path, failures in report.items() if failures} == {}
    assert {path.stem for path in report if path.stem.endswith(_claim(path))} == set(papers)


def _papers(rendered: RenderedVolume) -> dict[str, bytes]:
    difficult = samples.form(filled_by="李😀👨\u200d👩\u200d👧" + RARE, unit="甲\ue000乙\u202e\x00\ufffe")
    mixed = (
        samples.enclosure("照片.jpg", "image/jpeg", samples.photograph(kind="JPEG")),
        samples.enclosure("传真.tif", "image/tiff", samples.photograph(kind="TIFF")),
        samples.enclosure("说明.txt", "text/plain", ("说明😀" * 900).encode()),
        samples.enclosure("半.png", "image/png", samples.photograph()[:4000]),
    )
    bare = volumes.render(samples.volume(letters=(), events=(), deadlines=(), enclosures=())).content
    return {
        "volume": rendered.content,
        "volume-with-system-signature": signing.signed(rendered.content),
        "difficult-volume": volumes.render(samples.volume(forms=(difficult,), enclosures=mixed)).content,
        "bare-volume": bare,
        "bound": bind([rendered.content, bare], "合订本"),
        "joined": volumes.render(samples.joined()).content,
        "letter": paper.letter(samples.letter()),
        "form": paper.form(samples.form()),
        "signed-form": paper.form(samples.signed()),
        "signed-volume": volumes.render(samples.volume(forms=(samples.signed(),), enclosures=())).content,
        "report": paper.report(samples.report()),
        "spines": paper.spines(samples.spines()),
        "register": paper.register(samples.register(12)),
        "long-register": paper.register(samples.register(paper.ROWS_AT_ONCE + 40)),
    }


def _with_originals() -> dict[str, bytes]:
    return {
        "volume": volumes.render(samples.volume(flavour="3u")).content,
        "joined": volumes.render(samples.joined(flavour="3u")).content,
        "letter": paper.letter(samples.letter(), pdf_flavour="pdf/a-3u"),
    }


def _claim(path: Path) -> str:
    with pikepdf.open(path) as pdf, pdf.open_metadata() as metadata:
        return f"{metadata['pdfaid:part']}{metadata['pdfaid:conformance']}".lower()
