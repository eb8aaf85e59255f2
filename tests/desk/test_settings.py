"""Settings come from the environment first, then from the supervisor that runs here."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from portal.programmes import plan, write_addresses
from portal.settings import Settings


def test_the_environment_wins_over_the_supervisor(tmp_path: Path) -> None:
    note = tmp_path / "run" / "addresses.json"
    note.parent.mkdir()
    note.write_text(
        '{"MONGODB_URI": "mongodb://noted/", "REDIS_URL": "redis://noted/", "JUANZONG_DEMO": "1"}'
    )
    settings = Settings.from_environment({"JUANZONG_FOLDER": str(tmp_path), "REDIS_URL": "redis://given/"})
    assert settings.mongodb_uri == "mongodb://noted/"
    assert settings.redis_url == "redis://given/"
    assert settings.demo


@pytest.mark.parametrize(
    ("given", "demo"),
    [({}, True), ({"MONGODB_URI": "mongodb://own/"}, False), ({"JUANZONG_DEMO": "0"}, False),
     ({"MONGODB_URI": "mongodb://own/", "JUANZONG_DEMO": "1"}, True)],
)  # fmt: skip
def test_a_demo_is_never_loaded_unasked_into_a_database_that_was_brought(
    tmp_path: Path, given: dict[str, str], demo: bool
) -> None:
    assert Settings.from_environment({"JUANZONG_FOLDER": str(tmp_path), **given}).demo is demo


def test_the_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    environment = {"JUANZONG_FOLDER": str(tmp_path)}
    first, second = Settings.from_environment(environment), Settings.from_environment(environment)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert first.data_key == second.data_key
    assert stat.S_IMODE((tmp_path / "data.key").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.key", "secret"]


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    program = "from portal.settings import Settings; print(Settings.from_environment().secret_key)"
    environment = {**os.environ, "JUANZONG_FOLDER": str(tmp_path)}
    started = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment)
        for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in started}) == 1


def test_servers_that_were_brought_are_used_and_none_is_embedded(tmp_path: Path) -> None:
    brought = {"MONGODB_URI": "mongodb://own/", "REDIS_URL": "redis://own/", "JUANZONG_FOLDER": str(tmp_path)}
    chosen = plan(brought)
    assert [programme.name for programme in chosen.programmes] == [
        "migrate",
        "web",
        "worker-1",
        "worker-2",
        "clock",
    ]
    assert chosen.environment["MONGODB_URI"] == "mongodb://own/"
    assert chosen.environment["JUANZONG_DEMO"] == "0"


def test_the_addresses_are_for_the_owner_only(tmp_path: Path) -> None:
    note = write_addresses(plan({"JUANZONG_FOLDER": str(tmp_path)}))
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    settings = Settings.from_environment({"JUANZONG_FOLDER": str(tmp_path)})
    assert "@127.0.0.1" in settings.redis_url
    assert settings.smtp_url.startswith("smtp://127.0.0.1:")


def test_the_demo_is_loaded_on_the_first_start_only(tmp_path: Path) -> None:
    environment = {"JUANZONG_FOLDER": str(tmp_path)}
    assert "demo" in [programme.name for programme in plan(environment).programmes]
    (tmp_path / "data" / "welcome.txt").write_text("accounts")
    assert "demo" not in [programme.name for programme in plan(environment).programmes]
