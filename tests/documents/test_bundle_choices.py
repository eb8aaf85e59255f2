"""Choices of an import are read strictly, from the command line and from a file, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from documents.bundles.chosen import on_the_line, placed_choices, read_choices
from documents.bundles.found import BundleRefused
from documents.rules.policy_problems import Problem

FILE = """calendar: shipped
unit_kinds:
  outlet: [QH-CD, QH-CX]
roles: {archivist: wang@QH-DA}
fonds: {QH: '0301'}
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "house.yaml"


def test_a_file_and_the_line_say_the_same(written: Path) -> None:
    written.write_text(FILE, encoding="utf-8")
    chosen, places = read_choices(written)
    line = ["calendar=shipped", "unit_kinds.outlet=QH-CD, QH-CX", "roles.archivist=wang@QH-DA"]
    line.append("fonds.QH=0301")
    assert chosen == on_the_line(line)
    wrong = Problem("unit_kinds.outlet", "错", "wrong", "改", "mend")
    assert [one.where for one in placed_choices([wrong], places, {})] == ["house.yaml:3"]
    assert [one.where for one in placed_choices([wrong], places, chosen)] == ["--bind"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("- calendar\n", ["house.yaml:1"]),
        ("servers: {mail: x}\ncalendar: 3\n", ["house.yaml:1", "house.yaml:2"]),
        ("roles: [wang]\n", ["house.yaml:1"]),
        ("roles:\n  archivist: []\n  clerk: [1]\n", ["house.yaml:2", "house.yaml:3"]),
        ("fonds: {QH: 301}\n", ["house.yaml:1"]),
        ("calendar: a\ncalendar: b\n", ["house.yaml:2"]),
        ("roles: &a [*a]\n", ["house.yaml:1"]),
    ],
)
def test_what_cannot_be_read_is_named_all_at_once(written: Path, text: str, where: list[str]) -> None:
    written.write_text(text, encoding="utf-8")
    with pytest.raises(BundleRefused) as refused:
        read_choices(written)
    assert [one.where for one in refused.value.found] == where
    assert all(one.remedy_zh and one.remedy_en for one in refused.value.found)


def test_a_file_that_is_not_there(written: Path) -> None:
    with pytest.raises(BundleRefused):
        read_choices(written)


def test_the_line_is_read_strictly() -> None:
    with pytest.raises(BundleRefused) as refused:
        on_the_line(["calendar", "roles.clerk=", "fonds.QH=1", "fonds.QH=2"])
    assert [one.path for one in refused.value.found] == ["calendar", "fonds.QH", "roles.clerk"]
