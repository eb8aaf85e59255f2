"""No command says what a complaint says when it breaks; workers and clocks: tests/jobs/test_clock.py."""

from __future__ import annotations

import subprocess
import sys

from documents.rules.breakage import in_one_line, named
from documents.rules.broken import RuleBroken
from tests.jobs.breaking import MARK


def test_a_command_and_the_web_server_that_break_say_where() -> None:
    program = f"""
import logging, sys
from documents.quiet_logs import keep_words_out
from tests.jobs.breaking import breaks
keep_words_out()
logging.basicConfig()
logging.getLogger("gunicorn.error").error("Error handling request %s", "/cases?words={MARK}")
logging.getLogger("gunicorn.error").warning("Invalid request from ip=::1: Invalid line 'GET /?{MARK}'")
breaks()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Error handling request /cases\n" in done.stderr
    assert "Invalid request from ip=::1\n" in done.stderr
    assert "builtins.KeyError\n" in done.stderr
    assert MARK not in done.stderr


def test_what_is_of_a_fixed_vocabulary_stays() -> None:
    assert named(RuleBroken("not_open", words=MARK)) == "documents.rules.broken.RuleBroken not_open"
    assert named(FileNotFoundError(2, "no", MARK)) == "builtins.FileNotFoundError 2"
    assert named(ModuleNotFoundError(MARK, name="weasyprint")).endswith("ModuleNotFoundError weasyprint")
    assert in_one_line(f"Traceback (most recent call last):\n  File\nValueError: {MARK}") == "ValueError"
    assert in_one_line("") == ""
