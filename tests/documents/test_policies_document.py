"""docs/policies.md tells the truth: every policy has its chapter, and every scenario it names is there."""

import re
from pathlib import Path

import pytest

from documents.pack_files import definition, packs, supplements

DOCUMENT = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("pack", [*packs(), *supplements()])
def test_every_policy_has_its_chapter(pack: str) -> None:
    title = definition(pack)["policy"]["title"]["zh"]
    count = len(definition(pack)["scenarios"])
    row = next(line for line in DOCUMENT.splitlines() if f"| `{pack}` |" in line)
    assert row.startswith(f"| {title} |")
    assert row.endswith(f"| {count} |")
    assert re.search(rf"(?m)^## {pack.upper()} ", DOCUMENT)


def chapter(pack: str) -> str:
    return re.split(rf"(?m)^## {pack.upper()} ", DOCUMENT)[1].split("\n## ")[0]


@pytest.mark.parametrize("pack", [*packs(), *supplements()])
def test_every_scenario_is_named_in_its_chapter(pack: str) -> None:
    named = set(re.findall(r"`([a-z][a-z0-9_]*)`", chapter(pack)))
    missing = {one["key"] for one in definition(pack)["scenarios"]} - named
    assert len(missing) <= len(definition(pack)["scenarios"]) // 2, missing


@pytest.mark.parametrize("pack", packs())
def test_every_stated_limit_is_named_in_its_chapter(pack: str) -> None:
    named = set(re.findall(r"`([a-z][a-z0-9_]*)`", chapter(pack)))
    stated = {one["key"] for one in definition(pack)["limits"] if one.get("basis") == "stated"}
    assert stated <= named


def test_every_capability_has_a_row() -> None:
    rows = DOCUMENT.split("## Engine capabilities")[1]
    assert re.findall(r"(?m)^\| (\d+) \|", rows) == [str(number) for number in range(1, 47)]
