"""`juanzong clock --dry-run` says what it would fire and why not, and writes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from documents.actions import timers
from documents.actions.rehearsal import Rehearsed, rehearse
from documents.database import database as connected
from documents.timer import Timer
from jobs.surroundings import Surroundings
from tests.jobs import world
from tests.jobs.houses import House
from tests.jobs.world import DUE, open_case

pytestmark = pytest.mark.usefixtures("small_world")
NOW = DUE + timedelta(minutes=1)


def everything() -> dict[str, Any]:
    """All that is stored."""
    return {name: list(connected()[name].find()) for name in sorted(connected().list_collection_names())}


def of(found: list[Rehearsed], ending: str) -> Rehearsed:
    """The one timer whose id ends so."""
    (one,) = (one for one in found if one.timer.endswith(ending))
    return one


def test_what_is_due_is_told_with_its_people_and_the_rest_with_its_reason():
    open_case()
    world.away("chen", deputy="fang")
    before = everything()
    found = list(rehearse(NOW))
    assert everything() == before
    due = of(found, ":at_due:1")
    assert (due.fires, due.number, due.told) == (True, "TS-1", ("赵敏", "方琳"))
    assert [(name, why["zh"]) for name, why in due.passed_over] == [("陈立", "不在岗，改为通知代理人")]
    late = of(found, ":late:1")
    assert (late.fires, late.number, late.why_not["en"]) == (False, "TS-1", "its moment has not come")
    assert [one.due for one in found if one.fires] == sorted(one.due for one in found if one.fires)


def test_what_another_worker_holds_or_was_set_aside_or_called_off_is_named():
    first, second, third = (open_case(f"TS-{number}") for number in range(3))
    timers.claim(DUE - timedelta(days=2), 1, "somebody")
    Timer.objects(case=str(second.id), rung="at_due").update(state="set_aside", error="KeyError: 'x'")
    third.clocks[0].state = "met"
    third.save()
    found = list(rehearse(NOW - timedelta(days=2)))
    assert of(found, f"{first.id}:reply:1:before:1").detail == "somebody"
    assert of(found, f"{second.id}:reply:1:at_due:1").detail == "KeyError: 'x'"
    assert of(found, f"{third.id}:reply:1:before:1").why_not["en"] == "the limit was met or stopped"


def test_a_record_that_raises_is_named_and_the_rest_is_told():
    open_case("TS-0")
    bad = open_case("TS-1")
    Timer.objects(case=str(bad.id), rung="at_due").update(ladder="gone")
    found = list(rehearse(NOW))
    assert "gone" in of(found, f"{bad.id}:reply:1:at_due:1").detail
    assert of(found, f"{bad.id}:reply:1:before:1").fires
    assert sum(one.fires for one in found) == 3


def test_the_command_prints_it_for_people_and_for_programs(surroundings: Surroundings, tmp_path: Path):
    open_case()
    house = House(surroundings, tmp_path)

    def told(*options: str) -> str:
        command = (sys.executable, "-m", "portal", "clock", "--dry-run", *options)
        environment = {**os.environ, **house.environment()}
        return subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout

    spoken = told()
    assert "6 would fire; nothing was written" in spoken
    assert "赵敏" in spoken
    assert sum(json.loads(line)["fires"] for line in told("--json").splitlines()) == 6
    assert Timer.objects(state="done").count() == 0
