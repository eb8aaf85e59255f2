"""Two of three databases are lost for good, with their files: what the third has, what the slices have."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from documents import audit_check, database, keyring
from documents.actions import organising, registration
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import Policy, forget_views
from portal.servers import LOOPBACK, REPLICA_SET
from tests.commands import typed
from tests.data_key import DATA_KEY
from tests.faults.conftest import Tell
from tests.faults.trio import Member, Trio, hello, wait
from tests.long import LONG
from tests.portal.samples import COMPLAINT

pytestmark = [
    pytest.mark.fault,
    pytest.mark.skipif(not LONG, reason="a replica set is lost only in ./check --long"),
]
NAME, RESTORED = "juanzong", "juanzong_restored"


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    """Three databases with the union of P01 in them."""
    found = Trio(tmp_path)
    forget_views()
    database.connect(found.uri, NAME, keyring.master_from(DATA_KEY))
    database.ensure_indexes()
    organising.set_up("p01", password="juanzong", now=datetime.now(UTC) - timedelta(days=30))
    yield found
    database.disconnect()
    forget_views()
    found.close()


def registered(words: str, count: int = 5) -> set[str]:
    """Numbers of cases that the portal said it had saved."""
    policy, clerk, now = Policy.current("p01"), Person.get("cd_clerk"), datetime.now(UTC)
    found = set[str]()
    for turn in range(count):
        told = {**COMPLAINT, "title": f"{words}-{turn}", "received_at": (now - timedelta(days=4)).isoformat()}
        made = registration.register(
            policy, "complaint", told, actor=clerk, now=now, submission=f"{words}-{turn}"
        )
        found.add(made.number)
    return found


def kept(uri: str, name: str) -> set[str]:
    """The numbers that a database has; its trail must hold."""
    database.connect(uri, name, keyring.master_from(DATA_KEY))
    forget_views()
    assert list(audit_check.check(audit_check.walk_along())) == []
    return {case.number for case in Complaint.objects.only("number")}


def caught_up(member: Member, moment: object) -> bool:
    told = hello(member)
    return told is not None and told["lastWrite"]["opTime"]["ts"] >= moment


def lose(trio: Trio, folder: Path, survivor: Member) -> None:
    """kill -9 of all others, and their files are gone."""
    for number, member in enumerate(trio.members):
        if member is not survivor:
            member.kill()
            shutil.rmtree(folder / str(number))


def alone(survivor: Member) -> str:
    """What docs/operations.md says: the one that is left becomes a set of its own; its address."""
    with MongoClient[dict[str, Any]](LOOPBACK, survivor.port, directConnection=True) as client:
        config = client.admin.command("replSetGetConfig")["config"]
        config["members"] = [one for one in config["members"] if one["host"] == survivor.address]
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)
    wait(lambda: bool((hello(survivor) or {}).get("isWritablePrimary")))
    return f"mongodb://{survivor.address}/?replicaSet={REPLICA_SET}"


def test_what_was_acknowledged_survives_the_loss_of_two(trio: Trio, tmp_path: Path, tell: Tell) -> None:
    told = {"MONGODB_URI": trio.uri, "JUANZONG_DATABASE": NAME, "JUANZONG_FOLDER": str(tmp_path / "var")}
    key = typed("backup-key", str(tmp_path / "key"), told=told).stdout.split("public key: ")[1].split()[0]
    backups = tmp_path / "backups"
    backups.mkdir()
    first = registered("before the backup")
    done = [typed("backup", str(backups / "full"), "--for", key, told=told)]
    first |= registered("on all three")
    moment = database.database().client.admin.command("hello")["operationTime"]
    survivor = trio.secondary()
    wait(lambda: caught_up(survivor, moment))
    survivor.kill()  # what is acknowledged from now on is on the two that will be lost
    last = registered("on two")
    done.append(typed("backup", "--changes", str(backups), "--for", key, told=told))
    lose(trio, tmp_path, survivor)
    survivor.start()
    wait(lambda: hello(survivor) is not None)
    assert [one.returncode for one in done] == [0, 0], done
    uri = alone(survivor)
    there = kept(uri, NAME)
    assert there == first  # the two had the rest between them
    tell(f"two of three lost: acknowledged {len(first | last)}, the third had {len(there)}")
    asked = ("restore", str(backups / "full"), "--identity", str(tmp_path / "key"), "--into", RESTORED)
    back = typed(*asked, "--until", "latest", told={**told, "MONGODB_URI": uri})
    assert back.returncode == 0, back.stderr
    restored = kept(uri, RESTORED)
    assert restored == first | last
    tell(f"two of three lost: acknowledged {len(first | last)}, backup and slice had {len(restored)}")
    assert len(registered("afterwards") - restored) == 5  # the house works on what was restored
