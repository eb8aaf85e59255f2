"""Adds up the reports of several pytest runs: `python -m tests.totals FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from lxml import etree

from tests.long import LONG


def totals(folder: Path) -> tuple[int, int, int]:
    """How many tests passed, failed and were skipped, over all reports of a folder."""
    suites = [suite for path in sorted(folder.glob("*.xml")) for suite in etree.parse(path).iter("testsuite")]
    run, failed, skipped = (
        sum(int(suite.get(name)) for suite in suites for name in names)
        for names in (("tests",), ("failures", "errors"), ("skipped",))
    )
    return run - failed - skipped, failed, skipped


def recorded(folder: Path, name: str) -> list[str]:
    """What tests recorded under this name."""
    reports = [etree.parse(path) for path in sorted(folder.glob("*.xml"))]
    found = [one for report in reports for one in report.iter("property")]
    return [str(one.get("value")) for one in found if one.get("name") == name]


def compared(folder: Path) -> int:
    """How many generated deadlines two calculations agreed on."""
    return sum(map(int, recorded(folder, "cases")))


def main() -> None:
    """Print how much was compared and one closing line; a run without tests is no success."""
    passed, failed, skipped = totals(Path(sys.argv[1]))
    if deadlines := compared(Path(sys.argv[1])):
        print(f"{deadlines:,} generated deadlines agreed with the independent calculation")
    for counted in recorded(Path(sys.argv[1]), "counted"):
        print(counted)
    print("faults and load: the large size" if LONG else "faults and load: the usual size; ./check --long")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    main()
