"""`juanzong policy replay` from the command line: a folder, the draft of the house, as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from documents.actions import drafting
from documents.bundles.packing import bundle_files, write_folder
from documents.pack_files import definition as pack_definition
from tests.commands import typed, typed_apart
from tests.conftest import DATABASE_NAME, DEMONSTRATED

NOW = DEMONSTRATED


@pytest.fixture
def told(played: int, mongo_uri: str, tmp_path: Path) -> dict[str, str]:
    """The settings of the command, amid the demo's cases."""
    return {"MONGODB_URI": mongo_uri, "JUANZONG_DATABASE": DATABASE_NAME, "JUANZONG_FOLDER": str(tmp_path)}


def test_the_draft_of_the_house_is_replayed(told: dict[str, str]) -> None:
    drafting.start("p01", actor="wang", now=NOW)
    change = {"do": "set", "path": "limits[handle].amount", "value": 2}
    drafting.edit("p01", [change], actor="wang", now=NOW)
    done = typed("policy", "replay", "p01", told=told)
    said = done.stdout
    assert done.returncode == 0
    assert "期限会变动" in said
    assert "“办理并答复”" in said
    assert "TS-2026-" in said


def test_a_folder_is_replayed_and_told_as_json(told: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    write_folder(folder, bundle_files(pack_definition("p01")))
    asked = ("p01", "--file", str(folder), "--cases", "5", "--json")
    done = typed_apart("policy", "replay", *asked, told=told)
    table = json.loads(done.stdout)
    assert done.returncode == 0
    assert (table["cases"], table["same"], table["groups"]) == (5, 5, [])


def test_another_policy_or_none_is_refused(told: dict[str, str]) -> None:
    ended = {"p01 --pack p02": 1, "p01": 1, "p01 --draft --pack p01": 2}  # p01: there is no draft
    for asked, code in ended.items():
        assert typed("policy", "replay", *asked.split(), told=told).returncode == code, asked
