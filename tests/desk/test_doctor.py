"""The doctor says what is missing in plain words, and ends with 1 when it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from portal import diagnosis
from portal.commands import COMMANDS, main
from portal.diagnosis import State
from portal.servers import Addresses


def doctor(**environment: str) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, "-m", "portal", "doctor"],
        capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip
    return run.returncode, run.stdout + run.stderr


def test_a_machine_that_was_set_up_is_well(tmp_path: Path) -> None:
    code, said = doctor(JUANZONG_FOLDER=str(tmp_path))
    assert code == 0, said
    assert "一切就绪" in said
    assert "./start" in said


def test_missing_fonts_are_named_with_the_way_to_get_them(tmp_path: Path) -> None:
    code, said = doctor(JUANZONG_FOLDER=str(tmp_path), JUANZONG_FONTS=str(tmp_path))
    assert code == 1
    assert "NotoSerifSC-Regular.ttf" in said
    assert "./start --setup" in said


def test_missing_libraries_are_named_as_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(diagnosis.LIBRARIES, "libnot-there.so.7", "libnot-there7")
    (finding,) = diagnosis.libraries()
    assert finding.state is State.BAD
    assert finding.remedy == "sudo apt-get install -y libnot-there7"


def test_it_runs_where_the_page_renderer_cannot_load(tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango')")
    code, said = doctor(JUANZONG_FOLDER=str(tmp_path), PYTHONPATH=str(tmp_path))
    assert code == 0, said


def test_servers_that_do_not_answer_are_said_so(tmp_path: Path) -> None:
    code, said = doctor(
        JUANZONG_FOLDER=str(tmp_path),
        MONGODB_URI="mongodb://127.0.0.1:1/",
        REDIS_URL="redis://127.0.0.1:1/0",
    )
    assert code == 1
    assert "无法连接 MongoDB" in said
    assert "无法连接 Valkey/Redis" in said


def test_running_servers_without_workers_and_clock_are_not_enough(
    servers: Addresses, database: Database[dict[str, Any]], tmp_path: Path
) -> None:
    code, said = doctor(
        JUANZONG_FOLDER=str(tmp_path),
        JUANZONG_DATABASE=database.name,
        MONGODB_URI=servers.mongodb_uri,
        REDIS_URL=servers.redis_url,
    )
    assert code == 1
    assert "支持事务" in said
    assert "juanzong worker" in said
    assert "juanzong clock" in said


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_loads_and_explains_itself_in_both_languages(name: str) -> None:
    context = main.make_context("juanzong", ["--help"], resilient_parsing=True)
    command = main.get_command(context, name)
    assert command is not None
    explanation = command.help or ""
    assert any("\u4e00" <= character <= "\u9fff" for character in explanation)
    assert any("a" <= character <= "z" for character in explanation)
