"""A simulated year runs the real stack, and the same seed gives the same year."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdfium2 import PdfDocument

from pdf.verifier import inspect
from tests.long import long

CASES = long(5, 8)
TEXTS = [
    {"title": "自助取款机多次吞卡", "text": "客户在自助取款机取款时被吞卡，等候两小时无人处理。"},
    {"title": "贷款提前还款被收违约金", "text": "合同没有约定违约金，网点仍要求缴纳。😀"},
    {"title": "没有正文"},
]


def simulated(out: Path, texts: Path, *, workers: int) -> subprocess.Popen[str]:
    """Begin to play a small year."""
    command = (sys.executable, "-m", "portal", "simulate-year", "--pack", "p01", "--year", "2026")
    options = (
        "--cases",
        str(CASES),
        "--seed",
        "11",
        "--input",
        str(texts),
        "--out",
        str(out),
        "--workers",
        str(workers),
    )
    return subprocess.Popen((*command, *options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def summary_of(out: Path, year: subprocess.Popen[str]) -> dict[str, Any]:
    """What is told of the year, once it is played."""
    said, _ = year.communicate()
    assert year.returncode == 0, said
    summary: dict[str, Any] = json.loads((out / "summary.json").read_text())
    return summary


@pytest.mark.slow
def test_a_year_is_played_to_its_end_and_again_the_same(tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in TEXTS))
    # Both at once, on servers of their own: neither may know of the other, nor how many work for it.
    workers = {"first": 1, "second": 2}
    years = {name: simulated(tmp_path / name, texts, workers=count) for name, count in workers.items()}
    try:
        first, second = (summary_of(tmp_path / name, year) for name, year in years.items())
    finally:
        for year in years.values():
            year.kill()
    assert first == second
    counted = {kind: sum(stages.values()) for kind, stages in first["cases_by_state"].items()}
    assert sum(counted.values()) - counted.get("appeal", 0) == CASES
    assert first["trouble"] == {"failed_jobs": 0}
    assert set(first["timers"]) <= {"done", "cancelled", "pending"}
    assert set(first["mail"]) == {"sent"}
    assert first["notices"]["sent"] == first["mail"]["sent"]
    assert set(first["duties"].values()) == {"done"}
    for report in first["reports"]:
        assert (report["state"], report["printed"]) == ("frozen", True)
    for package in first["packages"]:
        assert package["inside"] + sum(package["absent"].values()) == package["issued"]
        assert package["verified"]
    look_at_the_papers(tmp_path / "first")


def look_at_the_papers(out: Path) -> None:
    """Both reports and every package lie in the result folder."""
    reports = sorted((out / "reports").glob("*.pdf"))
    assert len(reports) == 2
    assert all(len(PdfDocument(path)) for path in reports)
    archives = sorted((out / "packages").glob("*.zip"))
    assert archives
    for archive in archives:
        assert inspect(archive).findings == inspect(archive.with_suffix("")).findings == []
