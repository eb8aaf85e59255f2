"""`juanzong policy`: check, show and publish from the command line."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner, Result

from documents.audit import AuditEntry
from documents.pack_files import definition as pack_definition
from documents.policy import Policy
from portal.commands import policy as command
from tests.conftest import DATABASE_NAME


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command.policy, arguments)


def test_a_sound_pack_passes() -> None:
    answer = run("check", "p01")
    assert (answer.exit_code, answer.output) == (0, "p01：没有问题。 No problems.\n")


def test_a_pack_with_mistakes_is_told_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = copy.deepcopy(pack_definition("p01"))
    broken["limits"][0]["ladder"] = "gone"
    monkeypatch.setattr(command, "pack_definition", lambda _pack: broken)
    answer = run("check", "p01")
    assert answer.exit_code == 1
    assert "limits[same_day].ladder" in answer.output
    assert "提醒阶梯“gone”不存在" in answer.output
    assert "1 处问题" in answer.output


def test_a_pack_and_its_parts_are_shown() -> None:
    assert "粤农信联发〔2008〕250号" in run("show", "p01").output
    assert "sealed_stage: archived" in run("show", "p01", "archive").output
    assert run("show", "p01", "gone").exit_code == 1


def test_an_unknown_pack_is_a_plain_message() -> None:
    answer = run("check", "p99")
    assert answer.exit_code == 2
    assert "p99" in answer.output


def test_publishing_is_checked_noted_and_done_once(database: Any, mongo_uri: str, tmp_path: Any) -> None:
    where = {"MONGODB_URI": mongo_uri, "JUANZONG_DATABASE": DATABASE_NAME, "JUANZONG_FOLDER": str(tmp_path)}

    def publish() -> str:
        # In a process of its own: the command opens and closes the connection.
        call = [sys.executable, "-c", "from portal.commands import main; main()", "policy", "publish", "p01"]
        done = subprocess.run(call, env={**os.environ, **where}, capture_output=True, text=True, check=True)
        return done.stdout

    assert "已发布第 1 版" in publish()
    assert "无需发布" in publish()
    assert [one.version for one in Policy.objects] == [1]
    assert AuditEntry.objects.get(verb="publish_policy").facts["version"] == 1
