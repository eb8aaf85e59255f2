"""The whole portal under its supervisor, as `./start` runs it: demo, sign-in page, mail, kills and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.supervisor import marked
from tests.desk.test_supervisor import PATIENCE, command_line, wait_for

pytestmark = pytest.mark.fault
ALONE = {"JUANZONG_WORKERS": "1", "JUANZONG_WEB_PROCESSES": "1"}  # the storm has several of each


class Running:
    """`juanzong up` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = folder / "said.txt"
        self.start()

    def start(self) -> None:
        brought = ("MONGODB_URI", "REDIS_URL", "JUANZONG_SMTP_URL", "JUANZONG_BASE_URL", "JUANZONG_DEMO")
        environment = {name: value for name, value in os.environ.items() if name not in brought}
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal", "up"],
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**environment, **ALONE, "JUANZONG_FOLDER": str(self.folder)},
            )
        wait_for(lambda: "Ctrl-C" in self.said.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said.read_text()

    def address(self, name: str) -> str:
        return str(json.loads((self.folder / "run" / "addresses.json").read_text())[name])

    def serves(self) -> bool:
        try:
            with urllib.request.urlopen(self.address("JUANZONG_BASE_URL"), timeout=5) as page:
                return "卷宗" in page.read().decode()
        except OSError:
            return False

    def pids(self, word: str) -> set[int]:
        return {pid for pid in marked(str(self.folder)) if word in command_line(pid)}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One portal for all tests of this file; each leaves it running, but for the last."""
    portal = Running(tmp_path_factory.mktemp("up"))
    yield portal
    portal.process.kill()
    portal.process.wait()
    for pid in marked(str(portal.folder)):
        os.kill(pid, signal.SIGKILL)


def test_it_serves_a_page_and_names_the_accounts(running: Running) -> None:
    assert running.serves()
    said = running.said.read_text()
    assert running.address("JUANZONG_BASE_URL") in said
    assert "admin" in said
    assert (running.folder / "test-authority").is_dir()  # the demo signs with a test authority of its own


def test_the_demo_mailbox_keeps_a_message(running: Running) -> None:
    host, port = running.address("JUANZONG_SMTP_URL").removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port)) as client:
        client.sendmail("a@example.org", ["b@example.org"], "Subject: 提醒\n\n到期".encode())
    wait_for(lambda: list((running.folder / "mail").glob("*.eml")))
    kept = [path.read_text() for path in (running.folder / "mail").glob("*.eml")]
    assert any("到期" in message for message in kept)


@pytest.mark.parametrize("victim", ["gunicorn", "portal worker", "portal clock"])
def test_a_killed_part_comes_back(running: Running, victim: str) -> None:
    before = running.pids(victim)
    assert before
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: running.pids(victim) - before)
    wait_for(running.serves)


def test_after_killing_everything_the_next_start_serves_the_same_demo(running: Running) -> None:
    for pid in [running.process.pid, *marked(str(running.folder))]:
        os.kill(pid, signal.SIGKILL)
    running.process.wait()
    running.start()
    assert running.serves()
    assert "demo" not in running.said.read_text().split("卷宗已启动")[0]


def test_ctrl_c_stops_everything(running: Running) -> None:
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(PATIENCE) == 0
    assert marked(str(running.folder)) == []
    assert not (running.folder / "run" / "addresses.json").exists()
