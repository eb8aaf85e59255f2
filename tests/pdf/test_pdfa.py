"""veraPDF, the reference validator, accepts every kind of paper as PDF/A."""

from __future__ import annotations

from pathlib import Path

from documents.rules.volume import RenderedVolume
from pdf import paper, volumes
from tests.pdf import samples, signing
from tests.pdf.test_glyphs import RARE
from tests.validators.verapdf import verapdf


def test_every_paper_is_pdf_a_2u(rendered: RenderedVolume, tmp_path: Path):
    difficult = samples.form(filled_by="李😀👨\u200d👩\u200d👧" + RARE, unit="甲\ue000乙\u202e\x00")
    mixed = (
        samples.enclosure("照片.jpg", "image/jpeg", samples.photograph(kind="JPEG")),
        samples.enclosure("传真.tif", "image/tiff", samples.photograph(kind="TIFF")),
        samples.enclosure("说明.txt", "text/plain", ("说明😀" * 900).encode()),
        samples.enclosure("半.png", "image/png", samples.photograph()[:4000]),
    )
    papers = {
        "volume": rendered.content,
        "volume-with-system-signature": signing.signed(rendered.content),
        "difficult-volume": volumes.render(samples.volume(forms=(difficult,), enclosures=mixed)).content,
        "bare-volume": volumes.render(
            samples.volume(letters=(), events=(), deadlines=(), enclosures=())
        ).content,
        "letter": paper.letter(samples.letter()),
        "form": paper.form(samples.form()),
        "signed-form": paper.form(samples.signed()),
        "signed-volume": volumes.render(samples.volume(forms=(samples.signed(),), enclosures=())).content,
        "report": paper.report(samples.report()),
        "register": paper.register(samples.register(12)),
        "long-register": paper.register(samples.register(paper.ROWS_AT_ONCE + 40)),
    }
    paths = [tmp_path / f"{name}.pdf" for name in papers]
    for path, content in zip(paths, papers.values(), strict=True):
        path.write_bytes(content)
    report = verapdf(paths, "2u")
    assert {path.stem: failures for path, failures in report.items() if failures} == {}
    assert len(report) == len(papers)


def test_a_volume_may_also_be_pdf_a_3u(tmp_path: Path):
    path = tmp_path / "volume.pdf"
    path.write_bytes(volumes.render(samples.volume(), pdf_flavour="pdf/a-3u").content)
    assert verapdf([path], "3u") == {path: []}
