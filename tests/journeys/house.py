"""The house that the journeys visit: `juanzong up`, with real servers, workers, clock and demo."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from portal.supervisor import marked

PATIENCE = 180
BROUGHT = ("MONGODB_URI", "REDIS_URL", "JUANZONG_SMTP_URL", "JUANZONG_BASE_URL", "JUANZONG_DEMO")


class House:
    """One running portal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = folder / "said.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Start everything and wait until it says that it runs."""
        environment = {name: value for name, value in os.environ.items() if name not in BROUGHT}
        told = {"JUANZONG_FOLDER": str(self.folder), "JUANZONG_WORKERS": "1", "JUANZONG_WEB_PROCESSES": "1"}
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal", "up"],
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**environment, **told},
            )
        deadline = time.monotonic() + PATIENCE
        while "Ctrl-C" not in self.said.read_text():
            assert self.process.poll() is None, self.said.read_text()
            assert time.monotonic() < deadline, self.said.read_text()
            time.sleep(0.2)

    @property
    def address(self) -> str:
        """Where the portal answers."""
        told = json.loads((self.folder / "run" / "addresses.json").read_text())
        return str(told["JUANZONG_BASE_URL"])

    def close(self) -> None:
        """End everything that was started here; how it ends politely, tests/desk shows."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        for pid in marked(str(self.folder)):
            os.kill(pid, signal.SIGKILL)
