"""The rendering child 渲染进程: limits hold, a killed child is replaced, the parent stays clean."""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pdf.sandbox import Limits, RenderFailed, Sandbox, _Careful, shared
from tests.pdf import samples

PROJECT = Path(__file__).resolve().parents[2]
ENDLESS = samples.letter(paragraphs=("长" * 3_000_000,))


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as made:
        yield made


def _status(pid: int, line: str) -> int:
    """A figure of /proc/PID/status in kilobytes."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(next(row for row in text.splitlines() if row.startswith(line)).split()[1])


def test_the_child_renders_the_same_bytes(sandbox, rendered):
    assert sandbox.volume(samples.volume()) == rendered


def test_one_child_serves_many_papers(sandbox):
    sandbox.paper(samples.letter())
    first = sandbox.pid
    for content in (samples.form(), samples.report(), samples.register(3)):
        assert sandbox.paper(content).startswith(b"%PDF-")
    assert sandbox.pid == first


@pytest.mark.parametrize("limits", [Limits(papers=1), Limits(kept_bytes=1)], ids=["papers", "memory"])
def test_a_child_is_replaced_after_its_share(limits):
    with Sandbox(limits) as sandbox:
        sandbox.paper(samples.form())
        assert sandbox.pid is None
        sandbox.paper(samples.form())


class ToldToStop(Exception):
    """What breaks into a job that is to be stopped."""


def test_a_stop_in_the_middle_leaves_no_answer_for_the_next_paper():
    def stop(_signal: int, _frame: object) -> None:
        raise ToldToStop

    before = signal.signal(signal.SIGALRM, stop)
    try:
        with Sandbox() as sandbox:
            first = sandbox.paper(samples.form())
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with pytest.raises(ToldToStop):
                sandbox.paper(ENDLESS)
            assert sandbox.paper(samples.form()) == first
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_killed_child_is_a_clean_retryable_error_and_the_next_paper_succeeds():
    with Sandbox() as sandbox:
        sandbox.paper(samples.form())
        victim = sandbox.pid
        assert victim
        threading.Timer(0.3, os.kill, (victim, signal.SIGKILL)).start()
        with pytest.raises(RenderFailed) as caught:
            sandbox.paper(ENDLESS)
        assert caught.value.retryable
        assert sandbox.paper(samples.form()).startswith(b"%PDF-")
        assert sandbox.pid != victim


def test_endless_computing_is_stopped_by_the_kernel():
    with Sandbox(Limits(cpu_seconds=2)) as sandbox, pytest.raises(RenderFailed, match="计算超过") as caught:
        sandbox.paper(ENDLESS)
    assert not caught.value.retryable


def test_endless_waiting_is_stopped_by_the_clock():
    with Sandbox(Limits(wall_seconds=1)) as sandbox, pytest.raises(RenderFailed, match="未完成") as caught:
        sandbox.paper(ENDLESS)
    assert caught.value.retryable


def test_the_computing_limit_counts_each_paper_anew():
    with Sandbox(Limits(cpu_seconds=2)) as sandbox:
        sandbox.paper(samples.form())
        first = sandbox.pid
        started = time.process_time()
        for _ in range(8):
            sandbox.volume(samples.volume(enclosures=()))
        assert sandbox.pid == first
        assert time.process_time() - started < 3  # the parent computed nothing


def test_a_memory_bomb_is_an_error_not_a_dead_machine():
    with Sandbox(Limits(memory_bytes=420 * 1024 * 1024)) as sandbox:
        with pytest.raises(RenderFailed):
            sandbox.paper(samples.letter(paragraphs=("长" * 20_000_000,)))
        assert sandbox.paper(samples.form()).startswith(b"%PDF-")


def test_a_paper_that_cannot_be_made_says_why_and_is_not_worth_a_retry(sandbox):
    table = samples.register(3)
    bad = type(table)(**{**vars(table), "made_at": table.made_at.replace(tzinfo=None)})
    with pytest.raises(RenderFailed, match="time zone") as caught:
        sandbox.paper(bad)
    assert not caught.value.retryable


def test_the_largest_picture_we_accept_stays_below_600_mb():
    picture = samples.photograph(size=(6300, 6300))
    with Sandbox() as sandbox:
        made = sandbox.volume(
            samples.volume(enclosures=(samples.enclosure("大图.png", "image/png", picture),))
        )
        assert made.warnings == ()
        assert _status(sandbox.pid or 0, "VmHWM") < 600 * 1024


def test_the_child_gets_no_addresses_of_databases(monkeypatch):
    monkeypatch.setenv("MONGODB_URI", "mongodb://user:word@127.0.0.1/x")
    with Sandbox() as sandbox:
        sandbox.paper(samples.form())
        environment = Path(f"/proc/{sandbox.pid}/environ").read_bytes()
    assert b"MONGODB_URI" not in environment


@pytest.mark.parametrize(
    ("parent", "libraries"),
    [("pdf.sandbox", {"weasyprint", "PIL", "pypdfium2"}), ("pdf.inspections", {"weasyprint"})],
)
def test_the_parent_never_loads_a_rendering_library(parent: str, libraries: set[str]):
    code = f"import sys, {parent}; print(sorted({libraries} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_the_parent_accepts_our_values_only():
    with pytest.raises(pickle.UnpicklingError, match="subprocess"):
        _Careful(io.BytesIO(pickle.dumps(subprocess.run))).load()


def test_threads_take_turns(sandbox):
    results: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: results.append(sandbox.paper(samples.form()))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(results)) == 1
    assert len(results) == 4


def test_a_process_has_one_sandbox_of_its_own():
    assert shared() is shared()
