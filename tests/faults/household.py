"""The portal as `python -m portal up` runs it on somebody's replica set, and its processes by name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from portal import servers
from portal.servers import leashed
from tests.data_key import DATA_KEY
from tests.faults.trio import PATIENCE, wait
from tests.faults.wrong_time import CONFIGURATION
from tests.jobs.houses import children

NAMES = {"web": "gunicorn", "worker": "portal worker", "clock": "portal clock", "valkey": "valkey-server"}


class Household:
    """A supervisor with two web processes, workers, a clock and a Valkey of its own."""

    def __init__(self, folder: Path, uri: str, *, workers: int = 2) -> None:
        self.folder, self.port = folder, servers.free_port()
        self.environment = {
            "MONGODB_URI": uri,
            "JUANZONG_FOLDER": str(folder),
            "JUANZONG_DATA_KEY": DATA_KEY,
            "JUANZONG_PORT": str(self.port),
            "JUANZONG_WORKERS": str(workers),
            "JUANZONG_WEB_PROCESSES": "2",
            "GUNICORN_CMD_ARGS": CONFIGURATION,
            "JUANZONG_SECOND_FACTOR": "off",  # people here carry no telephones
        }
        self.log = folder / "up.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                leashed((sys.executable, "-m", "portal", "up"), signal="TERM"),
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until people may come."""
        wait(lambda: "Juanzong is running" in self.log.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command of an operator, on the same house."""
        return subprocess.run(
            (sys.executable, "-m", *command),
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """One more process of the same house, until it is ended."""
        with (self.folder / "more.log").open("ab") as log:
            return subprocess.Popen(
                leashed((sys.executable, "-m", *command)),
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
            )

    def pids(self, name: str) -> list[int]:
        """The processes of this name under the supervisor."""
        return [pid for pid in children(self.process.pid) if NAMES[name] in told(pid)]

    def web_processes(self) -> list[int]:
        """Those that answer, under the one that started them."""
        return [child for pid in self.pids("web") for child in children(pid)]

    def kill(self, *pids: int) -> None:
        """kill -9."""
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def whole(self) -> bool:
        """Whether all run again."""
        return all(self.pids(name) for name in NAMES) and len(self.web_processes()) == 2

    def stop(self) -> None:
        """The end of everything; nobody waits for it."""
        left = [*children(self.process.pid), *self.web_processes()]
        self.process.kill()
        self.process.wait()
        self.kill(*left)


def told(pid: int) -> str:
    """The command of a process."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
