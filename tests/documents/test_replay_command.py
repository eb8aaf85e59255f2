"""`juanzong policy replay` from the command line: a folder, the draft of the house, as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from documents.actions import drafting
from documents.bundles.packing import bundle_files, write_folder
from documents.pack_files import definition as pack_definition
from tests.conftest import DATABASE_NAME, DEMONSTRATED

NOW = DEMONSTRATED
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(played: int, mongo_uri: str, tmp_path: Path) -> Call:
    """The command in a process of its own, amid the demo's cases."""
    where = {"MONGODB_URI": mongo_uri, "JUANZONG_DATABASE": DATABASE_NAME, "JUANZONG_FOLDER": str(tmp_path)}

    def run(*arguments: str) -> tuple[int, str, str]:
        line = [sys.executable, "-m", "portal", "policy", "replay", *arguments]
        done = subprocess.run(line, env={**os.environ, **where}, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    return run


def test_the_draft_of_the_house_is_replayed(call: Call) -> None:
    drafting.start("p01", actor="wang", now=NOW)
    change = {"do": "set", "path": "limits[handle].amount", "value": 2}
    drafting.edit("p01", [change], actor="wang", now=NOW)
    code, said, _ = call("p01")
    assert code == 0
    assert "期限会变动" in said
    assert "“办理并答复”" in said
    assert "TS-2026-" in said


def test_a_folder_is_replayed_and_told_as_json(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    write_folder(folder, bundle_files(pack_definition("p01")))
    code, said, _ = call("p01", "--file", str(folder), "--cases", "5", "--json")
    table = json.loads(said)
    assert code == 0
    assert (table["cases"], table["same"], table["groups"]) == (5, 5, [])


def test_another_policy_or_none_is_refused(call: Call) -> None:
    assert call("p01", "--pack", "p02")[0] == 1
    assert call("p01")[0] == 1, "there is no draft"
    assert call("p01", "--draft", "--pack", "p01")[0] == 2
