"""`juanzong archive package`: what it writes verifies; a lost number is named and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from documents.complaint import Complaint
from documents.inspection import Inspection
from documents.policy import Policy
from documents.rules.four_checks import PACKAGE
from documents.transfer import package_id
from documents.volume import Volume
from jobs import papers
from jobs.surroundings import Surroundings
from pdf import verifier
from tests.commands import Done, typed, typed_apart
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.documents.test_dossier import archived
from tests.jobs.conftest import surroundings

_ = (perform, register, surroundings)  # fixtures


Command = Callable[..., Done]


@pytest.fixture
def told(surroundings: Surroundings, tmp_path: Path) -> dict[str, str]:
    """The servers of the test."""
    return {
        "MONGODB_URI": surroundings.mongodb_uri,
        "REDIS_URL": surroundings.redis_url,
        "JUANZONG_DATABASE": surroundings.database_name,
        "JUANZONG_FOLDER": str(tmp_path / "var"),
    }


@pytest.fixture
def command(told: dict[str, str]) -> Command:
    """Runs `juanzong`."""
    return lambda *arguments: typed(*arguments, told=told)


@pytest.fixture
def command_apart(told: dict[str, str]) -> Command:
    """Runs it in a process of its own."""
    return lambda *arguments: typed_apart(*arguments, told=told)


def test_what_is_written_verifies_and_is_written_once(
    policy: Policy, register: Register, perform: Perform, command_apart: Command, tmp_path: Path
) -> None:
    case = archived(register, perform)
    papers.render_volume(case.volume.number, NOW.isoformat())
    open_case = register()
    out = str(tmp_path / "out")
    asked = ("archive", "package", "--unit", "QH", "--year", "2026", "--out", out)
    wishes = ("--most-volumes", "1", "--most-mb", "500", "--sm3")
    first = command_apart(*asked, *wishes)
    assert first.returncode == 0, first.stderr
    assert "发出编号 2 个，归档 1 卷，未归档 1 个" in first.stdout
    assert f"{open_case.number}  办理中" in first.stdout
    (zipped,) = Path(out).glob("*-01.zip")
    assert (Path(out) / zipped.stem / "manifest-sm3.txt").is_file()
    assert command_apart("verify", str(zipped)).returncode == 0
    assert "四性检测：通过 17、不通过 0、不适用 1、需人工 1" in first.stdout
    kept = Inspection.objects.get(subject=PACKAGE, number=package_id("p01", "QH", 2026))
    assert (kept.ok, kept.by, kept.sha256) == (True, "command", verifier._digest_of(zipped))
    again = command_apart(*asked, *wishes, "--recheck", "--no-inspect")
    assert (again.returncode, "其中本次写入 0 个" in again.stdout) == (0, True)
    assert "四性检测" not in again.stdout


def test_a_package_whose_inspection_fails_says_why_and_ends_with_another_code(
    policy: Policy, register: Register, perform: Perform, command: Command, tmp_path: Path
) -> None:
    case = archived(register, perform)
    papers.render_volume(case.volume.number, NOW.isoformat())
    Volume.objects(id=case.volume.number).update(inspection__ok=False)
    out = str(tmp_path / "out")
    run = command("archive", "package", "--unit", "QH", "--year", "2026", "--out", out, "--no-zip")
    assert run.returncode == 3, run.stderr
    assert f"不通过　案卷逐卷检测：{case.volume.number} 检测不通过" in run.stdout
    assert Inspection.objects.get(subject=PACKAGE, number=package_id("p01", "QH", 2026)).ok is False


def test_a_lost_number_is_named_and_nothing_is_written(
    register: Register, command: Command, tmp_path: Path
) -> None:
    lost = register()
    Complaint.collection().delete_one({"number": lost.number})
    run = command("archive", "package", "--unit", "QH", "--year", "2026", "--out", str(tmp_path / "out"))
    assert run.returncode == 1
    assert f"下列编号去向不明：{lost.number}" in run.stderr
    assert not (tmp_path / "out").exists()


def test_an_unknown_unit_is_refused(policy: Policy, command: Command, tmp_path: Path) -> None:
    run = command("archive", "package", "--unit", "XX", "--year", "2026", "--out", str(tmp_path / "out"))
    assert run.returncode == 1
    assert "unknown_unit" in run.stderr
