"""The closing line of ./check counts right, and a run without tests is no success."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

USUAL, LARGE = "faults and load: the usual size; ./check --long", "faults and load: the large size"
SUITE = '<testsuites><testsuite tests="{}" failures="{}" errors="0" skipped="{}"/></testsuites>'


def closing(folder: Path, long: str = "") -> tuple[int, str]:
    command = (sys.executable, "-m", "tests.totals", str(folder))
    told = {**os.environ, "JUANZONG_LONG": long}
    run = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout.strip()


def test_reports_add_up(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(SUITE.format(10, 0, 1))
    (tmp_path / "b.xml").write_text(SUITE.format(5, 0, 0))
    assert closing(tmp_path) == (0, f"{USUAL}\n14 passed, 0 failed, 1 skipped")
    assert closing(tmp_path, long="1") == (0, f"{LARGE}\n14 passed, 0 failed, 1 skipped")


def test_compared_deadlines_are_counted(tmp_path: Path) -> None:
    cases = '<testcase><properties><property name="cases" value="12500"/></properties></testcase>'
    suite = f'<testsuite tests="2" failures="0" errors="0" skipped="0">{cases}{cases}</testsuite>'
    (tmp_path / "a.xml").write_text(f"<testsuites>{suite}</testsuites>")
    told = "25,000 generated deadlines agreed with the independent calculation"
    assert closing(tmp_path) == (0, f"{told}\n{USUAL}\n2 passed, 0 failed, 0 skipped")


@pytest.mark.parametrize("numbers", [(0, 0, 0), (5, 1, 0), (3, 0, 3)])
def test_no_test_and_a_failed_test_are_no_success(tmp_path: Path, numbers: tuple[int, int, int]) -> None:
    (tmp_path / "a.xml").write_text(SUITE.format(*numbers))
    assert closing(tmp_path)[0] == 1
