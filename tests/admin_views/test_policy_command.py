"""`juanzong policy`: check, show, carry and publish policies from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from documents.actions import drafting, organising
from documents.actions.organising import set_up
from documents.audit import AuditEntry
from documents.bundles.packing import bundle_files, write_folder
from documents.draft import Draft
from documents.named_contact import NamedContact
from documents.pack_files import definition as pack_definition
from documents.pack_files import packs, supplements
from documents.person import Person
from documents.policy import Policy
from documents.unit import Unit
from documents.work_calendar import WorkCalendarRecord
from portal.commands import policy as command
from tests.commands import Done, typed, typed_apart
from tests.conftest import DATABASE_NAME

NOW = datetime(2026, 2, 24, 1, 2, tzinfo=UTC)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command.policy, arguments)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped policy, exported."""
    target = tmp_path / "bundle"
    assert run("export", "p01", str(target)).exit_code == 0
    return target


def rewrite(path: Path, old: str, new: str) -> int:
    """Put one text in place of another; the line in which it stood."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize("pack", [*packs(), *supplements()])
def test_a_sound_pack_passes(pack: str) -> None:
    answer = run("check", pack)
    assert (answer.exit_code, answer.output) == (0, f"{pack}：没有问题。 No problems.\n")


def test_all_problems_are_told_with_file_line_and_remedy_in_both_languages(folder: Path) -> None:
    first = rewrite(folder / "limits.yaml", "ladder: hours", "ladder: hour")
    second = rewrite(folder / "forms.yaml", "options: channels", "options: chanels")
    answer = run("check", str(folder))
    assert answer.exit_code == 1
    lines = answer.output.splitlines()
    assert lines[0].startswith(f"forms.yaml:{second}  forms[intake]")
    assert "引用的选项列表“chanels”不存在 → 是否应为“channels”？" in lines[0]
    assert lines[1].strip().endswith("does not exist → did you mean “channels”?")
    assert lines[2].startswith(f"limits.yaml:{first}  limits[same_day].ladder  引用的提醒阶梯“hour”不存在 → ")
    assert "2 处问题" in answer.output
    found = json.loads(run("check", str(folder), "--json").output)
    assert [(one["file"], one["line"]) for one in found] == [("forms.yaml", second), ("limits.yaml", first)]
    assert found[1]["remedy"]["en"] == "did you mean “hours”?"


def test_what_was_probably_not_meant_is_a_note(folder: Path) -> None:
    line = rewrite(
        folder / "limits.yaml",
        "  - {key: same_day,",
        "  - {key: spare, label: {zh: 备用, en: Spare}, counted_in: hours, amount: 2}\n  - {key: same_day,",
    )
    answer = run("check", str(folder))
    assert answer.exit_code == 0
    assert f"limits.yaml:{line}  limits[spare]  （提示 note）" in answer.output
    found = json.loads(run("check", str(folder), "--json").output)
    assert [one["severity"] for one in found] == ["warn"]


def test_what_cannot_be_read_is_told_the_same_way(folder: Path) -> None:
    line = rewrite(folder / "limits.yaml", "key: same_day,", "key: same_day, key: other,")
    answer = run("check", str(folder))
    assert answer.exit_code == 1
    assert f"limits.yaml:{line}  limits[same_day]  键“key”重复" in answer.output
    assert "只保留一个，或改名" in answer.output


def test_a_policy_and_its_parts_are_shown(folder: Path) -> None:
    assert "粤农信联发〔2008〕250号" in run("show", "p01").output
    assert "sealed_stage: archived" in run("show", str(folder), "archive").output
    assert run("show", "p01", "gone").exit_code == 1


def test_an_unknown_policy_is_a_plain_message() -> None:
    answer = run("check", "p99")
    assert answer.exit_code == 2
    assert "p99" in answer.output


def test_an_export_is_byte_equal_as_folder_and_zip(folder: Path, tmp_path: Path) -> None:
    archive, again, other = (tmp_path / name for name in ("one.zip", "two.zip", "again"))
    assert run("export", str(folder), str(archive)).exit_code == 0
    assert run("export", str(archive), str(other)).exit_code == 0
    assert run("export", str(other), str(again)).exit_code == 0
    assert archive.read_bytes() == again.read_bytes()
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == {
        one.name: one.read_bytes() for one in other.iterdir()
    }


def test_an_export_spares_other_files(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("dear to me")
    answer = run("export", "p01", str(tmp_path))
    assert answer.exit_code == 1
    assert "thesis.doc" in answer.output
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.doc"]


def test_differences_are_told_in_words_and_by_the_exit_code(folder: Path) -> None:
    assert run("diff", "p01", str(folder)).exit_code == 0
    rewrite(
        folder / "limits.yaml", "counted_in: working_days, amount: 7", "counted_in: working_days, amount: 5"
    )
    answer = run("diff", "p01", str(folder))
    assert answer.exit_code == 1
    assert "“办理并答复” · 数量：由“7”改为“5”" in answer.output
    found = json.loads(run("diff", "p01", str(folder), "--json").output)
    assert [one["path"] for one in found] == ["limits[handle].amount"]


def test_a_supplement_is_not_imported_by_itself() -> None:
    answer = run("import", supplements()[0])
    assert answer.exit_code == 1
    assert "附加制度" in answer.output


def test_a_bundle_without_its_sections_is_not_imported(folder: Path) -> None:
    (folder / "limits.yaml").write_text("limits: none\n")
    (folder / "bundle.yaml").unlink()
    answer = run("import", str(folder))
    assert answer.exit_code == 1
    assert "limits.yaml:1" in answer.output
    assert "没有导入" in answer.output


Call = Callable[..., tuple[int, str]]


@pytest.fixture
def told(database: Any, mongo_uri: str, tmp_path: Path) -> dict[str, str]:
    """The settings of the command: it opens and closes the connection."""
    return {"MONGODB_URI": mongo_uri, "JUANZONG_DATABASE": DATABASE_NAME, "JUANZONG_FOLDER": str(tmp_path)}


def answer_of(done: Done) -> tuple[int, str]:
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def call(told: dict[str, str]) -> Call:
    return lambda *arguments: answer_of(typed("policy", *arguments, told=told))


@pytest.fixture
def call_apart(told: dict[str, str]) -> Call:
    """In a process of its own."""
    return lambda *arguments: answer_of(typed_apart("policy", *arguments, told=told))


def test_publishing_is_checked_noted_and_done_once(call_apart: Call) -> None:
    assert "已发布第 1 版" in call_apart("publish", "p01")[1]
    assert "无需发布" in call_apart("publish", "p01")[1]
    assert [one.version for one in Policy.objects] == [1]
    assert AuditEntry.objects.get(verb="publish_policy").facts["version"] == 1
    assert "1 " in call_apart("history", "p01")[1]


def test_a_policy_goes_out_and_comes_back_the_same(call: Call, tmp_path: Path) -> None:
    set_up("p01", password="juanzong", now=NOW)
    call("export", "p01@current", str(tmp_path / "out"))
    code, output = call("import", str(tmp_path / "out"))
    assert (code, "没有建草稿" in output) == (0, True)
    assert Draft.open_of("p01") is None
    assert "无需发布" in call("import", str(tmp_path / "out"), "--publish")[1]
    call("export", "p01@1", str(tmp_path / "again"))
    assert {one.name: one.read_bytes() for one in (tmp_path / "out").iterdir()} == {
        one.name: one.read_bytes() for one in (tmp_path / "again").iterdir()
    }


def test_an_import_becomes_a_draft_and_then_a_version(call: Call, folder: Path) -> None:
    set_up("p01", password="juanzong", now=NOW)
    rewrite(
        folder / "limits.yaml", "counted_in: working_days, amount: 7", "counted_in: working_days, amount: 5"
    )
    code, output = call("import", str(folder), "--publish")
    assert (code, "试行案例与预期不符" in output) == (1, True)
    (folder / "scenarios.yaml").write_text("scenarios: []\n", encoding="utf-8")
    code, output = call("import", str(folder))
    assert code == 0, output
    assert "“办理并答复” · 数量：由“7”改为“5”" in output
    assert "项待设" in output
    draft = Draft.of("p01")
    assert {one["key"]: one.get("amount") for one in draft.definition["limits"]}["handle"] == 5
    assert "草稿" in call("history", "p01")[1]
    assert call("diff", "p01@current", "p01@draft")[0] == 1
    assert "已发布第 2 版" in call("publish", "p01@draft")[1]
    assert Draft.open_of("p01") is None
    assert [one["version"] for one in json.loads(call("history", "p01", "--json")[1])] == [1, 2]


def test_a_draft_in_work_is_not_overwritten_unasked(call: Call, folder: Path) -> None:
    set_up("p01", password="juanzong", now=NOW)
    drafting.start("p01", actor="wang", now=NOW)
    change = {"do": "set", "path": "limits[handle].amount", "value": 6}
    drafting.edit("p01", [change], actor="wang", now=NOW)
    code, output = call("import", str(folder))
    assert (code, "wang 正在改这份草稿" in output) == (1, True)
    assert call("import", str(folder), "--over-draft")[0] == 0
    assert Draft.of("p01").definition == Policy.current("p01").definition


def test_a_policy_from_elsewhere_arrives_with_what_the_house_lacks(call: Call, tmp_path: Path) -> None:
    whole = pack_definition("p01")
    whole["policy"]["key"] = "ours"
    whole["limits"][0]["ladder"] = "gone"
    write_folder(tmp_path / "new", bundle_files(whole))
    code, output = call("import", str(tmp_path / "new"))
    assert code == 0
    assert "没有工作日历“cn”" in output
    assert "没有人担任“受理岗”" in output
    assert "limits[same_day].ladder" in output
    assert "还有 1 处问题" in output
    assert Draft.of("ours").base_version == 0
    code, output = call("publish", "ours@draft")
    assert (code, Policy.objects.count()) == (1, 0)
    assert "没有发布" in output


def test_an_import_settles_what_the_house_lacks_or_changes_nothing(call: Call, tmp_path: Path) -> None:
    organising.load_units(
        [
            {"id": "U", "kind": "union", "name": {"zh": "甲县联社", "en": "County A"}},
            {"id": "U-WD", "kind": "hall", "name": {"zh": "城北营业网点", "en": "North"}, "parent": "U"},
            {"id": "U-DA", "kind": "store", "name": {"zh": "档案科", "en": "Files"}, "parent": "U"},
        ]
    )
    posts = [{"role": "keeper", "unit": "U-DA"}]
    organising.load_people(
        [{"id": "wu", "login": "wu", "name": "吴青", "posts": posts}], password="not-a-secret"
    )
    whole = pack_definition("p01")
    whole["contacts"] = [{"key": "secretary", "label": {"zh": "董事会秘书", "en": "Board secretary"}}]
    whole["ladders"][0]["rungs"][0]["tell"].append({"contact": "secretary", "at": "union"})
    files = bundle_files(whole)
    write_folder(tmp_path / "bundle", files)
    choices = tmp_path / "house.yaml"
    choices.write_text("roles:\n  archivist: wu@U-DA\nfonds: {U: '0301', U-XX: '1'}\nheads: {U-WD: li}\n")
    line = ("import", str(tmp_path / "bundle"), "--bindings", str(choices), "--bind")
    code, output = call(*line, "unit_kinds.outlet=U-WD,U-ZZ")
    assert code == 1
    assert "--bind calendar=shipped  （建议 proposed）" in output
    said = [one for one in output.splitlines() if one.startswith(("--bind  ", "house.yaml:"))]
    assert [one.split()[1] for one in said] == ["unit_kinds.outlet", "fonds.U-XX", "heads.U-WD"]
    assert [one.split()[0] for one in said] == ["--bind", "house.yaml:3", "house.yaml:4"]
    assert "本单位没有改动" in output
    assert Draft.open_of("p01") is None
    assert Unit.get("U-WD").kind == "hall"
    choices.write_text(
        "roles: {archivist: wu@U-DA}\nfonds: {U: '0301'}\ncalendar: shipped\ncontacts: {secretary: wu}\n"
    )
    code, output = call(*line, "unit_kinds.outlet=U-WD")
    assert (code, "✓ unit_kinds.outlet = U-WD" in output) == (0, True)
    assert (Unit.get("U-WD").kind, Unit.get("U").fonds_number) == ("outlet", "0301")
    held = [(post.role, post.unit) for post in Person.get("wu").posts]
    assert held == [("keeper", "U-DA"), ("archivist", "U-DA")]
    assert NamedContact.chosen("p01") == {"secretary": "wu"}
    assert WorkCalendarRecord.get("cn").definition["covered_years"]
    assert {one.verb for one in AuditEntry.objects} >= {
        "create_calendar",
        "change_unit",
        "set_posts",
        "choose_contact",
    }
    call("export", "p01@draft", str(tmp_path / "again"))
    assert {one.name: one.read_bytes() for one in (tmp_path / "again").iterdir()} == files


@pytest.mark.parametrize("which", ["p01@9", "p01@draft", "gone@current", "p01@odd"])
def test_what_the_house_has_not_is_a_plain_message(call: Call, which: str) -> None:
    set_up("p01", password="juanzong", now=NOW)
    code, output = call("show", which)
    assert (code, f"没有“{which}”" in output) == (1, True)


def test_two_people_are_not_got_round(call: Call, folder: Path) -> None:
    rewrite(folder / "policy.yaml", "  calendar: cn", "  calendar: cn\n  four_eyes: true")
    assert call("publish", str(folder))[0] == 0
    rewrite(folder / "policy.yaml", "粤农信联发", "粤农信联函")
    code, output = call("import", str(folder), "--publish")
    assert (code, "双人复核" in output) == (1, True)
    assert call("import", str(folder))[0] == 0
    code, output = call("publish", "p01@draft")
    assert (code, "双人复核" in output) == (1, True)
    assert Policy.objects.count() == 1
