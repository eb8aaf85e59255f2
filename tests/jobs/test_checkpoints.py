"""Checkpoints: signed, outside the database, and what they make `juanzong audit verify` find."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pymongo.database import Database

from documents import audit
from documents.audit import AuditEntry
from documents.checkpoint import Checkpoint
from documents.policy import Policy
from documents.rules import checkpoints
from documents.rules.checkpoints import remembered
from jobs import surroundings
from jobs.checkpoint_folders import lines_of
from jobs.checkpoints import write
from jobs.house_key import Keyring, private_key, public_pem
from jobs.surroundings import Surroundings
from portal.commands.audit import audit as command
from portal.settings import Settings
from portal.trail_diagnosis import checkpoints as checkpoints_said
from tests.conftest import DATABASE_NAME

NOW = datetime(2026, 10, 31, 15, 0, tzinfo=UTC)


@pytest.fixture
def house(policy: Policy, mongo_uri: str, tmp_path: Path) -> Iterator[Surroundings]:
    """A house that writes its checkpoints into two folders."""
    before = list(surroundings._told)
    here = Surroundings(
        *(mongo_uri, DATABASE_NAME, "redis://127.0.0.1:1/0"),
        folder=tmp_path,
        audit_key=tmp_path / "audit.key",
        checkpoint_folder=tmp_path / "elsewhere",
    )
    surroundings._told[:] = [here]
    yield here
    surroundings._told[:] = before


@pytest.fixture
def verify(house: Surroundings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run `juanzong audit verify` in this house, which stays connected."""
    monkeypatch.setattr("portal.commands.audit.disconnect", lambda: None)
    told = {"MONGODB_URI": house.mongodb_uri, "JUANZONG_DATABASE": DATABASE_NAME}

    def run(*arguments: str) -> Result:
        environment = {**told, "JUANZONG_FOLDER": str(house.folder)}
        found = CliRunner().invoke(command, ["verify", *arguments], env=environment)
        assert found.exception is None or isinstance(found.exception, SystemExit)
        surroundings._told[:] = [house]
        return found

    return run


def noted(entries: int) -> None:
    for number in range(entries):
        audit.note("read", f"TS-{number}", by="cd_clerk", at=NOW, way="page")


def written(*, minutes: int = 0) -> int:
    return write((NOW + timedelta(minutes=minutes)).isoformat())


def test_a_house_checked_against_its_checkpoints(
    house: Surroundings, verify: Any, database: Database[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "LANES", 3)
    noted(30)
    assert written() >= 3
    assert written(minutes=10) == 0
    noted(30)
    assert written(minutes=20) == 3
    folder, elsewhere = house.folder / "checkpoints", house.folder / "elsewhere"
    lines = list(lines_of([folder]))
    assert lines == list(lines_of([elsewhere]))
    assert [json.loads(line)["number"] for line in lines] == [1, 2]
    assert house.audit_key.stat().st_mode & 0o077 == 0

    whole = verify("--checkpoints", str(folder))
    assert whole.exit_code == 0, whole.output
    assert "The trail is whole" in whole.output
    assert "Without checkpoints" in verify().output

    newest = AuditEntry.collection().find_one({"lane": 2}, sort=[("seq", -1)])
    AuditEntry.collection().delete_one({"_id": newest["_id"]})
    assert verify().exit_code == 0
    cut = verify("--checkpoints", str(elsewhere))
    assert cut.exit_code == 1
    assert f"链 lane 2 第 {newest['seq']} 条 no. {newest['seq']}: 尾部缺少 1 条" in cut.output

    monkeypatch.setattr("documents.audit.secrets.randbelow", lambda _lanes: 1)  # the cut place is taken again
    written(minutes=30)
    alarm = AuditEntry.objects.get(verb="trail_broken")
    assert (alarm.facts["checkpoint"], alarm.facts["lanes"]) == (2, [2])
    assert verify("--checkpoints", str(elsewhere)).exit_code == 1


def alarms() -> list[tuple[int, list[int], str]]:
    found = AuditEntry.objects(verb="trail_broken").order_by("id")
    return [(one.facts["checkpoint"], one.facts["lanes"], one.facts.get("why", "")) for one in found]


def test_what_was_signed_outside_counts_and_not_what_the_database_remembers(
    house: Surroundings, verify: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "LANES", 3)
    noted(30)
    written()
    cut = AuditEntry.collection().find_one({"lane": 2}, sort=[("seq", -1)])
    before = AuditEntry.collection().find_one({"lane": 2, "seq": cut["seq"] - 1})
    AuditEntry.collection().delete_one({"_id": cut["_id"]})
    forgotten = {"heads.2": [before["seq"], before["hash"]]}
    Checkpoint.collection().update_one({"_id": 1}, {"$set": forgotten})
    written(minutes=10)
    assert alarms() == [(1, [2], "")]
    written(minutes=20)

    Checkpoint.collection().update_one({"_id": 2}, {"$set": {"heads": {"1": "x", "y": 2}}})
    noted(1)
    written(minutes=25)
    assert alarms()[1:] == [(2, [1], "")]
    Checkpoint.objects(id__gte=2).delete()  # fewer than the folder has
    written(minutes=30)
    last = Checkpoint.objects.order_by("-id").first()
    Checkpoint.objects(id=last.id).update(set__line=last.line.replace("lanes", "Lanes"))
    written(minutes=40)
    path = next((house.folder / "elsewhere").iterdir())
    forged = json.dumps({**json.loads(list(lines_of([path]))[-1]), "lanes": {}, "number": 99})
    path.write_text(f"{path.read_text()}{forged}\n{{torn")
    written(minutes=50)
    noted(1)
    written(minutes=60)
    words = [why for _number, _lanes, why in alarms()]
    told = (
        "",
        "",
        "数据库里没有",
        "签名不符",
        "签过名的不同",
        "签名不符",
    )  # each once: what is signed then holds
    assert len(words) == len(told), words
    assert all(part in why for part, why in zip(told, words, strict=True)), words
    numbers = [json.loads(line)["number"] for line in lines_of([house.folder / "checkpoints"])]
    assert numbers == sorted(set(numbers))


def test_a_folder_that_could_not_be_written_catches_up_and_a_month_begins_whole(house: Surroundings) -> None:
    elsewhere = house.folder / "elsewhere"
    elsewhere.write_text("not a folder yet")
    noted(2)
    written()
    elsewhere.unlink()
    noted(1)
    written(minutes=24 * 60)
    assert [path.name for path in sorted(elsewhere.iterdir())] == [
        "checkpoints-2026-10.jsonl",
        "checkpoints-2026-11.jsonl",
    ]
    lines = [json.loads(line) for line in lines_of([elsewhere])]
    assert set(lines[0]["lanes"]) <= set(lines[1]["lanes"])
    assert Checkpoint.objects.count() == 2


def test_the_doctor_says_where_checkpoints_go(tmp_path: Path) -> None:
    def said(**more: Any) -> list[str]:
        told = Settings("", "", "", tmp_path, **more)
        return [f"{one.state.name} {one.english}" for one in checkpoints_said(told)]

    assert said() == [
        "NOTE no checkpoint of the audit trail yet",
        "NOTE checkpoints of the audit trail are kept on this machine only",
    ]
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "checkpoints-2026-10.jsonl").write_text("")
    assert said(checkpoint_folder=tmp_path)[0].startswith("GOOD newest checkpoint")
    assert said(checkpoint_folder=tmp_path / "none")[1] == "BAD checkpoints cannot be written"


def test_a_checkpoint_that_was_touched_is_found(house: Surroundings, tmp_path: Path) -> None:
    for step in range(3):
        noted(1)
        written(minutes=step)
    lines, key = list(lines_of([house.folder / "checkpoints"])), private_key(house.audit_key)
    ring = Keyring.of_files([], key)

    def codes(*some: str, fits: Any = ring.fits) -> list[str]:
        return [one.code for one in remembered(some, fits).problems]

    assert codes(*reversed(lines), *lines) == []
    forged = json.dumps({**json.loads(lines[1]), "lanes": {}})
    assert codes(lines[0], lines[2]) == [checkpoints.ABSENT]
    assert codes(lines[0], forged, lines[2]) == [checkpoints.UNSIGNED, checkpoints.LOOSE]
    assert codes(*lines, forged) == [checkpoints.CONTRADICTS]
    assert codes("nonsense", "{}") == [checkpoints.UNREADABLE] * 2
    assert codes(lines[0], fits=Keyring([]).fits) == [checkpoints.STRANGE_KEY]
    paper = tmp_path / "public.pem"
    paper.write_text(public_pem(key))
    assert codes(*lines, fits=Keyring.of_files([paper]).fits) == []
