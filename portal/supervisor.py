"""One process that starts all others in order, restarts what dies, and leaves nothing behind.

Every process it starts carries a mark in its environment. What still carries the mark of this folder when the
supervisor starts was left over by a `kill -9` and is ended first.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click

from portal.servers import leashed, tail

MARK = "JUANZONG_SUPERVISED"
TICK = 0.2
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # between two starts of a process that keeps dying
SETTLED = 30.0  # a process that lived this long dies afresh
LARGE_LOG = 20_000_000


class AlreadyRunning(Exception):
    """Another supervisor holds this folder (本目录已在运行)."""


class StartFailed(Exception):
    """A programme ended or stayed silent instead of becoming ready (启动失败)."""


@dataclass(frozen=True)
class Programme:
    """One process that the supervisor keeps alive (受监管的进程).

    Programmes of a lower tier are ready before those of a higher one start. A programme that runs `once`
    must end with 0 before the next tier starts, and is not restarted; its `output` is kept when it does.
    """

    name: str
    command: tuple[str, ...]
    tier: int
    ready: Callable[[], bool] | None = None
    once: bool = False
    patience: float = 60.0
    grace: float = 8.0
    leash: str = "KILL"
    output: Path | None = None


@dataclass
class Child:
    """A programme and the process that runs it now."""

    programme: Programme
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    restart_at: float = 0.0

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches the supervisor only."""
        shelve(self.log)
        with self.log.open("ab") as errors, self.output.open("ab") as output:
            self.process = subprocess.Popen(
                leashed(self.programme.command, signal=self.programme.leash),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env=self.environment,
                start_new_session=True,
            )
        self.started, self.restart_at = time.monotonic(), 0.0

    @property
    def output(self) -> Path:
        """Where the process writes: its log, or a draft of what it is to leave behind."""
        kept = self.programme.output
        return kept.with_suffix(f".{os.getpid()}") if kept else self.log

    def keep_output(self) -> None:
        """Put what a finished programme wrote where it belongs."""
        if self.programme.output:
            self.output.replace(self.programme.output)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def code(self) -> int | None:
        """How the process ended, if it did."""
        return self.process.poll() if self.process else None

    def tend(self, now: float) -> None:
        """Restart a dead process, at once at first, later and later when it keeps dying."""
        if self.alive or self.programme.once:
            return
        if self.restart_at == 0.0:
            settled = now - self.started > SETTLED
            self.pause = FIRST_PAUSE if settled else min(max(self.pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            self.restart_at = now + self.pause
            say(
                f"{self.programme.name} 已退出（{self.code}），{self.pause:.0f} 秒后重启。",
                "ended; restarting",
            )
        elif now >= self.restart_at:
            self.start()

    def end(self) -> None:
        """Ask the process to end."""
        if self.process is not None and self.alive:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for the process to end, and end it firmly at the given moment."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Keeps a list of programmes alive in one folder (总管进程)."""

    def __init__(self, programmes: Iterable[Programme], folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.mark = str(folder.resolve())
        marked = {**environment, MARK: self.mark}
        logs = folder / "log"
        logs.mkdir(parents=True, exist_ok=True)
        self.children = [
            Child(programme, logs / f"{programme.name}.log", marked)
            for programme in sorted(programmes, key=lambda programme: programme.tier)
        ]
        self.stopping = False

    def run(self, announce: Callable[[], None]) -> None:
        """Start everything, announce it, keep it alive until SIGINT or SIGTERM, and stop it."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        try:
            self._start()
            if not self.stopping:
                announce()
            self._keep_alive()
        finally:
            self._stop()

    def _stop_soon(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self) -> None:
        for tier in sorted({child.programme.tier for child in self.children}):
            members = [child for child in self.children if child.programme.tier == tier]
            if self.stopping:
                return
            say(f"启动 {'、'.join(child.programme.name for child in members)} …", "Starting.")
            for child in members:
                child.start()
            for child in members:
                self._await(child)

    def _await(self, child: Child) -> None:
        programme = child.programme
        while not self.stopping:
            if programme.once and child.code == 0:
                child.keep_output()
                return
            if not child.alive or time.monotonic() > child.started + programme.patience:
                raise StartFailed(f"{programme.name} 未能启动。 did not start.\n{tail(child.log)}")
            if not programme.once and (programme.ready is None or programme.ready()):
                return
            time.sleep(TICK / 4)

    def _keep_alive(self) -> None:
        while not self.stopping:
            for child in self.children:
                child.tend(time.monotonic())
            time.sleep(TICK)

    def _stop(self) -> None:
        for tier in sorted({child.programme.tier for child in self.children}, reverse=True):
            members = [child for child in self.children if child.programme.tier == tier]
            for child in members:
                child.end()
            asked = time.monotonic()
            for child in members:
                child.wait(asked + child.programme.grace)
            if tier > 0:
                # A worker's children may outlive it; servers must outlive them.
                alive = {child.process.pid for child in self.children if child.process and child.alive}
                end_marked(self.mark, spare=alive, patience=1.0)
        end_marked(self.mark, patience=1.0)


def hold(folder: Path) -> int:
    """Take the folder for this supervisor; the kernel lets go of it when the process dies."""
    (folder / "run").mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "run" / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise AlreadyRunning(str(folder)) from None
    return lock


def end_marked(mark: str, *, spare: Iterable[int] = (), patience: float = 5.0) -> list[int]:
    """End every process that carries the mark: politely, then firmly. Return which there were."""
    found = [pid for pid in marked(mark) if pid not in set(spare)]
    for number in (signal.SIGTERM, signal.SIGKILL):
        left = [pid for pid in found if carries(pid, mark)]
        for pid in left:
            send(pid, number)
        deadline = time.monotonic() + patience
        while any(carries(pid, mark) for pid in left) and time.monotonic() < deadline:
            time.sleep(TICK / 4)
    return found


def marked(mark: str) -> list[int]:
    """The processes that carry this mark in their environment."""
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in numbers if pid != os.getpid() and carries(pid, mark)]


def carries(pid: int, mark: str) -> bool:
    """Whether a process lives and carries this mark."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
    return f"{MARK}={mark}".encode() in environment.split(b"\0")


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def shelve(log: Path) -> None:
    """Put a large log aside; the one before it goes."""
    if log.exists() and log.stat().st_size > LARGE_LOG:
        log.replace(log.with_suffix(".log.1"))


def say(chinese: str, english: str) -> None:
    """One line for the person at the terminal."""
    click.echo(f"{time.strftime('%H:%M:%S')}  {chinese} {english}")
