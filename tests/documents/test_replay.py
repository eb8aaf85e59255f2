"""Replay: real cases once more under a draft, in memory; only what the draft changes is told."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from documents import replay
from documents.complaint import Complaint
from documents.database import database as connected
from documents.pack_files import definition as pack_definition
from documents.person import Person, Post
from tests.conftest import DEMONSTRATED

NOW = DEMONSTRATED
Definition = dict[str, Any]
Table = dict[str, Any]


def p01() -> Definition:
    return copy.deepcopy(pack_definition("p01"))


def one_of(definition: Definition, section: str, key: str) -> Definition:
    return next(one for one in definition[section] if one["key"] == key)


def step_of(definition: Definition, key: str) -> Definition:
    return next(one for one in definition["workflows"][0]["transitions"] if one["key"] == key)


def replayed(draft: Definition, most: int = 1000) -> Table:
    return replay.run(draft, most=most, by="admin", now=NOW).as_table()


def groups(table: Table, kind: str) -> dict[str, int]:
    return {group["zh"]: group["count"] for group in table["groups"] if group["kind"] == kind}


def test_the_version_in_force_changes_nothing(played: int, monkeypatch: pytest.MonkeyPatch) -> None:
    times, play = [], replay.Theatre._play

    def counted(*asked: Any) -> replay.Played:
        times.append(1)
        return play(*asked)

    monkeypatch.setattr(replay.Theatre, "_play", counted)
    table = replayed(p01())
    assert played <= len(times) <= played * 1.5, "a case that went as recorded is played once"
    assert table["groups"] == []
    assert (table["cases"], table["same"], table["different"]) == (played, played, 0)


def test_nothing_is_written(played: int) -> None:
    def everything() -> dict[str, list[Any]]:
        return {name: list(connected()[name].find()) for name in connected().list_collection_names()}

    before = everything()
    draft = p01()
    one_of(draft, "limits", "handle")["amount"] = 3
    replayed(draft)
    assert everything() == before


def test_a_shorter_limit_moves_deadlines_and_makes_some_overdue(played: int) -> None:
    draft = p01()
    one_of(draft, "limits", "handle")["amount"] = 2
    table = replayed(draft)
    started = Complaint.objects(clocks__limit="handle").count()
    assert groups(table, "due") == {"“办理并答复”": started}
    overdue = groups(table, "overdue")
    assert list(overdue) == ["“办理并答复”"]
    assert 0 < overdue["“办理并答复”"] < started
    assert table["different"] == started
    sample = next(group for group in table["groups"] if group["kind"] == "due")["samples"][0]
    assert sample["number"].startswith("TS-2026-")
    assert " ⇒ " in sample["zh"]


def test_a_new_required_field_fails_what_was_filled(played: int) -> None:
    draft = p01()
    field = {"key": "risk", "type": "text", "label": {"zh": "风险", "en": "Risk"}, "required": True}
    one_of(draft, "forms", "supervision")["sections"][0]["fields"].append(field)
    table = replayed(draft)
    supervised = Complaint.objects(answers__form="supervision").count()
    assert groups(table, "form") == {"“风险”必填而未填": supervised}
    assert set(table["kinds"]) == {"form"}


def gone(draft: Definition) -> None:
    flow = draft["workflows"][0]
    flow["transitions"] = [one for one in flow["transitions"] if one["key"] != "solve"]


def refused(draft: Definition) -> None:
    step_of(draft, "solve")["who"] = [{"role": "unit_head", "at": "received"}]


def routed(draft: Definition) -> None:
    step_of(draft, "solve")["to"] = "completed"


def without_letter(draft: Definition) -> None:
    effects = step_of(draft, "reply")["effects"]
    effects[:] = [one for one in effects if "letter" not in one]


def kept_longer(draft: Definition) -> None:
    draft["archive"]["retention"] = [{"code": "Y", "label": {"zh": "永久", "en": "For ever"}}]


def others_told(draft: Definition) -> None:
    one_of(draft, "ladders", "main")["rungs"][1]["tell"] = [{"role": "senior", "at": "senior"}]


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (gone, "gone", "solve：制度中没有 solve（unknown_key）"),
        (refused, "refused", "solve：不是该岗位的事项（not_your_role）"),
        (without_letter, "letters", "decision ⇒ –"),
        (kept_longer, "archive", "D10 ⇒ Y"),
        (others_told, "notices", "“办理并答复” · due"),
    ],
)
def test_a_change_is_told_with_its_cases(
    change: Callable[[Definition], None], kind: str, words: str, played: int
) -> None:
    draft = p01()
    change(draft)
    found = groups(replayed(draft), kind)
    assert found.get(words, 0) > 0, found


def test_another_route_is_told_as_stages(played: int) -> None:
    draft = p01()
    routed(draft)
    table = replayed(draft)
    told = groups(table, "route") | groups(table, "refused")
    assert any("首接处置 → 报备待核 ⇒ 首接处置 → 已办结" in words for words in told), told
    assert any("pass_filing" in words for words in told), told


def test_a_declared_rename_changes_nothing(played: int) -> None:
    draft = p01()
    form = one_of(draft, "forms", "supervision")
    for one in form["sections"][0]["fields"]:
        one["key"] = "demands" if one["key"] == "requirements" else one["key"]
    step_of(draft, "supervise")["note_from"] = "demands"
    draft["migrate"] = [
        {"key": "m1", "rename": "field", "in": "supervision", "from": "requirements", "to": "demands"}
    ]
    assert replayed(draft)["groups"] == []
    draft["migrate"] = []
    assert list(groups(replayed(draft), "form")) == ["“处理要求与意见”必填而未填"]


def test_people_who_moved_on_are_no_difference(played: int) -> None:
    clerk = Person.get("cd_clerk")
    clerk.posts = [Post(role="archivist", unit="QH-DA")]
    clerk.save()
    assert replayed(p01())["groups"] == []


def test_only_the_newest_cases_are_asked_and_it_can_be_stopped(played: int) -> None:
    assert replayed(p01(), most=5)["cases"] == 5
    seen: list[int] = []

    def stop(done: int, _all: int) -> bool:
        seen.append(done)
        return False

    found = replay.run(p01(), most=1000, by="admin", now=NOW, progress=stop).as_table()
    assert found["stopped"]
    assert seen == [found["cases"]]


def test_the_same_replay_gives_the_same_result(played: int) -> None:
    draft = p01()
    one_of(draft, "limits", "supervise")["amount"] = 1
    assert replayed(draft) == replayed(draft)


NAME = {"zh": "被投诉人", "en": "Person"}


def asked_of(definition: Definition, key: str, **more: Any) -> None:
    """Ask something of a field of the registration."""
    for section in one_of(definition, "forms", "intake")["sections"]:
        for one in section["fields"]:
            if one["key"] == key:
                one.update(more)


def check(that: str) -> list[Definition]:
    return [{"that": that, "message": NAME}]


QUESTIONS: dict[str, dict[str, Any]] = {
    "respondent_name": {"check": check('not contains(respondent_name, "李")'), "required": True},
    "channel": {
        "check": [*check('complainant_phone != "13800000000"'), *check("empty(respondent_name)")],
    },
    "demand": {"required": 'complainant_name == "李小明"'},
    "title": {"check": check('not contains(title, "费")')},
    "complainant_phone": {"max": 3},
}


def test_a_draft_is_no_question_about_what_somebody_wrote(played: int) -> None:
    draft = p01()
    for field, question in QUESTIONS.items():
        asked_of(draft, field, **question)
    table = replayed(draft)
    assert (table["groups"], table["different"]) == ([], 0)


def test_a_way_that_depends_on_a_closed_answer_is_the_same_for_all(played: int) -> None:
    draft = p01()
    for one in draft["workflows"][0]["transitions"]:
        if one["key"] == "solve":
            one["to"] = [{"go": "completed", "when": 'contains(complainant_name, "李")'}, {"go": one["to"]}]
    assert replayed(draft)["groups"] == []


def test_cases_that_are_kept_from_who_asks_are_not_played(played: int) -> None:
    one, other = Complaint.objects.order_by("-_id")[:2]
    Complaint.objects(id=one.id).update(set__known_to=["intake_head"])
    Complaint.objects(id=other.id).update(add_to_set__recused="admin")
    assert replayed(p01())["cases"] == played - 2
    told = replay.run(p01(), most=1000, by="intake_head", now=NOW).as_table()
    assert told["cases"] == played
    nobody = replay.run(p01(), most=1000, by="", now=NOW).as_table()
    assert nobody["cases"] == played - 1
