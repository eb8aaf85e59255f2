"""The validator tells a good file from a bad one; otherwise its silence elsewhere would mean nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pdf import fonts
from pdf.verapdf import VeraPdf, available
from tests.validators.verapdf import ValidatorFailed, verapdf

# Rendered in a process of its own: fontconfig reads its file once for each process.
RENDER = """
import sys
from pathlib import Path
from pdf import fonts
from pdf.verapdf import VeraPdf, available
fonts.prepare()
from weasyprint import HTML
folder = Path(sys.argv[1])
def write(name, text, **options):
    style = "<title>卷宗</title><style>body { font-family: 'Noto Serif SC' }</style>"
    HTML(string=f"<html lang=zh>{style}{text}</html>").write_pdf(folder / name, **options)
write("good.pdf", "投诉处理意见书", pdf_variant="pdf/a-2u")
write("third.pdf", "投诉处理意见书", pdf_variant="pdf/a-3u")
write("plain.pdf", "投诉处理意见书")
write("emoji.pdf", "投诉 \\U0001f600", pdf_variant="pdf/a-2u")
"""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files that are good and bad for known reasons."""
    folder = tmp_path_factory.mktemp("rendered")
    subprocess.run([sys.executable, "-c", RENDER, str(folder)], check=True, cwd=fonts.PROJECT)
    (folder / "cut.pdf").write_bytes((folder / "good.pdf").read_bytes()[:2000])
    return folder


@pytest.fixture(scope="module")
def report(rendered: Path) -> dict[str, list[str]]:
    """What the validator says when each file is held to its own claim."""
    return {path.name: failures for path, failures in verapdf(sorted(rendered.glob("*.pdf"))).items()}


@pytest.mark.parametrize("name", ["good.pdf", "third.pdf"])
def test_good_files_pass(report: dict[str, list[str]], name: str) -> None:
    assert report[name] == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [("plain.pdf", "claim"), ("emoji.pdf", "6.2.11.8-1"), ("cut.pdf", "unreadable")],
)
def test_bad_files_fail_for_the_right_reason(report: dict[str, list[str]], name: str, reason: str) -> None:
    assert any(failure.startswith(reason) for failure in report[name]), report[name]


def test_a_file_can_be_held_to_another_standard(rendered: Path) -> None:
    plain, good = rendered / "plain.pdf", rendered / "good.pdf"
    strict = verapdf([plain, good], flavour="2b")
    assert strict[good] == []
    assert any("6.6.4" in failure or "6.6.2" in failure for failure in strict[plain]), strict[plain]


def test_an_unknown_standard_is_not_taken_for_success(rendered: Path) -> None:
    report = verapdf([rendered / "good.pdf"], flavour="9z")
    assert report[rendered / "good.pdf"]


def test_a_validator_that_cannot_run_is_an_error(monkeypatch: pytest.MonkeyPatch, rendered: Path) -> None:
    monkeypatch.setattr("pdf.verapdf.PROGRAM", rendered / "missing.java")
    jar = available("auto")
    assert jar is not None
    with pytest.raises(ValidatorFailed):
        VeraPdf(jar).failures(rendered / "good.pdf")


def test_one_warm_machine_serves_many_files(rendered: Path) -> None:
    jar = available("auto")
    assert jar is not None
    machine = VeraPdf(jar)
    try:
        assert machine.failures(rendered / "good.pdf") == ()
        assert any(one.startswith("6.2.11.8-1") for one in machine.failures(rendered / "emoji.pdf"))
        assert machine.failures(rendered / "cut.pdf")[0].startswith("unreadable")
        assert machine.failures(rendered / "third.pdf") == ()
        assert machine._machine is not None
        machine._machine.kill()
        machine._machine.wait()
        assert machine.failures(rendered / "good.pdf") == ()
    finally:
        machine.close()


def test_where_there_is_no_jar_nothing_is_claimed(tmp_path: Path) -> None:
    assert available("") is None
    assert available(str(tmp_path / "missing.jar")) is None
    with pytest.raises(ValidatorFailed):
        VeraPdf(tmp_path / "missing.jar").failures(tmp_path / "any.pdf")
