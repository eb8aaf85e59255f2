"""Handing over: nothing is lost without a name, and what was handed over stays as it is."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from documents.actions import duties, receiving, transferring
from documents.actions.binding import bind
from documents.actions.transferring import Receipt
from documents.complaint import Complaint
from documents.dossier import volume_content
from documents.duty import Duty
from documents.files import StoredFile
from documents.handed import kept_until
from documents.person import Person
from documents.policy import Policy, publish
from documents.rules.broken import RuleBroken
from documents.rules.issuing import issued, year_of
from documents.rules.volume import RenderedVolume
from documents.sequence import Sequence
from documents.transfer import Built, TransferPackage, stalled
from documents.transfer_plan import Plan, plan
from tests.documents.conftest import NOW, Perform, Register
from tests.documents.test_dossier import archived
from tests.documents.test_paths import RESULT, TREATED, handled

WINTER = datetime(2026, 12, 30, 2, tzinfo=UTC)
RECEIPT = Receipt("清河县农村信用合作联社档案室", "苏文", date(2026, 12, 31), medium="光盘 1 张")


def sealed(register: Register, perform: Perform) -> Complaint:
    """An archived case whose file is stood in for by one page of nothing."""
    case = archived(register, perform)
    content = volume_content(case, lambda _: b"")
    rendered = RenderedVolume(content=b"%PDF-1.7", sha256="0" * 64, pages=1, sheets=4)
    stored = StoredFile("0" * 24, "x.pdf", 8, "0" * 64, "application/pdf")
    bind(content, rendered, stored, now=NOW)
    return Complaint.get(case.number)


def planned(policy: Policy, unit: str = "QH", year: int = 2026) -> Plan:
    return plan(policy.view(), unit, year)


def asked(policy: Policy, who: str = "archivist", now: datetime = WINTER) -> TransferPackage:
    return transferring.ask_check(policy, "QH", 2026, actor=Person.get(who), now=now)


def checked(policy: Policy) -> TransferPackage:
    package = asked(policy)
    return transferring.keep_check(package.id, planned(policy), now=WINTER)


def ready(policy: Policy) -> TransferPackage:
    package = transferring.ask_build(checked(policy).id, actor=Person.get("archivist"), now=WINTER)
    built = Built(name="0128-2026-农信社客户投诉", sha256="1" * 64, at=WINTER)
    transferring.keep_built(package.id, built, planned(policy), now=WINTER)
    return TransferPackage.get(package.id)


def result(**changes: Any) -> bytes:
    facts = {
        "checker": "juanzong-verifier",
        "package": "0128-2026-农信社客户投诉.zip",
        "checked_at": "2026-12-31T09:00:00+00:00",
        "ok": True,
        "counts": {"volumes": 1},
        "findings": [],
    }
    return json.dumps({**facts, **changes}).encode()


def test_numbers_are_rebuilt_from_the_series() -> None:
    daily = {"key": "case", "pattern": "TS-{yyyy}-{mm}{dd}-{seq:4}", "reset": "day"}
    assert list(issued("p01.case:2026-02-24", 2, daily)) == ["TS-2026-0224-0001", "TS-2026-0224-0002"]
    scoped = {"key": "volume", "pattern": "{fonds}-{retention}-{seq:2}", "scope": ["fonds", "retention"]}
    assert list(issued("p01.volume:0128/D10:2026", 1, scoped)) == ["0128-D10-01"]
    assert year_of("p01.volume:0128/D10:2026", scoped) == 2026
    assert year_of("p01.case:2026-02-24", daily) == 2026


def test_every_number_is_inside_or_has_its_reason(
    policy: Policy, register: Register, perform: Perform
) -> None:
    inside = sealed(register, perform)
    waiting = archived(register, perform)
    open_case = register()
    done = perform(register(), "solve", "cd_clerk", **TREATED)
    done = perform(done, "pass_filing", "intake_clerk", review_opinion="同意。")
    found = planned(policy)
    assert set(found.issued) == {inside.number, waiting.number, open_case.number, done.number}
    assert [volume.case for volume in found.volumes] == [inside.number]
    assert {one.number: (one.code, one.note) for one in found.absent} == {
        waiting.number: ("rendering", f"档号：{waiting.volume.number}"),
        open_case.number: ("open", "当前环节：首接处置"),
        done.number: ("not_submitted", "当前环节：已办结"),
    }
    assert (found.gaps, found.strays) == ((), ())


def test_a_number_that_nobody_has_is_named(policy: Policy, register: Register) -> None:
    register()
    lost = register()
    register()
    Complaint.collection().delete_one({"number": lost.number})
    assert planned(policy).gaps == (lost.number,)
    package = asked(policy)
    transferring.keep_check(package.id, planned(policy), now=WINTER)
    with pytest.raises(RuleBroken, match="numbers_missing") as caught:
        transferring.ask_build(package.id, actor=Person.get("archivist"), now=WINTER)
    assert caught.value.facts["numbers"] == lost.number


def test_a_missing_letter_supervision_or_archive_number_is_named_too(
    policy: Policy, register: Register, perform: Perform
) -> None:
    case = perform(handled(register, perform), "reply", "qs_handler", **RESULT)
    archived(register, perform)
    Complaint.collection().update_one(
        {"number": case.number}, {"$unset": {"numbers": 1}, "$set": {"letters.0.number": "其他"}}
    )
    Complaint.collection().update_many({"volume": {"$ne": None}}, {"$set": {"volume.number": "0128-other"}})
    assert set(planned(policy).gaps) == {"DB-2026-00001", "投诉意见〔2026〕1号", "0128-TS·2026-D10-0001"}


def test_a_number_beyond_the_series_is_a_stray(policy: Policy, register: Register) -> None:
    case = register()
    Sequence.objects(id="p01.case:2026-02-24").update(value=0)
    assert planned(policy).strays == (case.number,)


def test_a_pattern_that_changed_within_the_year_loses_nothing(
    policy: Policy, register: Register, perform: Perform
) -> None:
    perform(handled(register, perform), "reply", "qs_handler", **RESULT)
    definition = json.loads(json.dumps(policy.definition))
    for one in definition["numbering"]:
        one["pattern"] = "新" + one["pattern"]
    newer = publish(definition, by="admin", now=NOW)
    assert newer.version == policy.version + 1
    found = planned(newer)
    assert (found.gaps, found.strays) == ((), ())


def test_an_appeal_belongs_to_the_office_that_decides_it(
    policy: Policy, register: Register, perform: Perform
) -> None:
    case = perform(register(), "solve", "cd_clerk", **TREATED)
    case = perform(case, "pass_filing", "intake_clerk", review_opinion="同意。")
    perform(case, "appeal", "intake_head", appeal_grounds="不服。")
    assert planned(policy).issued == (case.number,)
    assert planned(policy, "GD-BS").issued == ("SS-2026-0001",)


def test_a_case_of_last_year_comes_with_the_year_of_its_archive_number(
    policy: Policy, register: Register, perform: Perform
) -> None:
    case = sealed(register, perform)
    Complaint.collection().update_one(
        {"number": case.number}, {"$set": {"registered_at": datetime(2025, 12, 30, tzinfo=UTC)}}
    )
    found = planned(policy)
    assert (found.issued, found.carried) == ((case.number,), 1)
    (absent,) = planned(policy, year=2025).absent
    assert (absent.code, absent.reason) == ("other_year", "归入2026年度案卷")


def test_what_was_checked_is_kept(policy: Policy, register: Register, perform: Perform) -> None:
    sealed(register, perform)
    register()
    found = checked(policy).check_result
    assert (found.issued, found.inside, len(found.absent), found.whole) == (2, 1, 1, True)


def test_building_needs_a_check_first(policy: Policy) -> None:
    package = asked(policy)
    with pytest.raises(RuleBroken, match="package_not_checked"):
        transferring.ask_build(package.id, actor=Person.get("archivist"), now=WINTER)


@pytest.mark.parametrize(
    ("who", "code"),
    [("cd_clerk", "operation_not_granted"), ("intake_clerk", "operation_not_granted"),
     ("bs_officer", "outside_scope")],
)  # fmt: skip
def test_only_who_may_archive_for_the_unit_asks(policy: Policy, who: str, code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        asked(policy, who)


def test_a_year_that_has_not_begun_has_no_package(policy: Policy) -> None:
    with pytest.raises(RuleBroken, match="year_not_begun"):
        asked(policy, now=datetime(2025, 12, 30, tzinfo=UTC))


def test_a_package_that_is_being_built_is_left_alone(policy: Policy) -> None:
    package = transferring.ask_build(checked(policy).id, actor=Person.get("archivist"), now=WINTER)
    with pytest.raises(RuleBroken, match="package_in_work"):
        asked(policy)
    assert not stalled(WINTER)
    late = WINTER.replace(hour=3)
    assert [one.id for one in stalled(late)] == [package.id]
    transferring.set_aside(package.id, "库存文件已损坏")
    assert stalled(late) == []
    assert asked(policy).state == "checking"


def test_the_handover_keeps_both_sides_and_fulfils_the_duty(policy: Policy) -> None:
    duties.plan(now=datetime(2026, 1, 5, tzinfo=UTC))
    package = transferring.hand_over(ready(policy).id, RECEIPT, actor=Person.get("archivist"), now=WINTER)
    assert (package.state, package.handed.by_name, package.handed.received_by) == (
        "handed_over",
        "苏文",
        "苏文",
    )
    duty = Duty.objects.get(key="archive_handover", due_at__gt=WINTER, due_at__lt=WINTER.replace(year=2027))
    assert (duty.state, duty.evidence["sha256"]) == ("done", "1" * 64)
    with pytest.raises(RuleBroken, match="package_given_away"):
        asked(policy)
    with pytest.raises(RuleBroken, match="package_not_ready"):
        transferring.hand_over(package.id, RECEIPT, actor=Person.get("archivist"), now=WINTER)


def test_a_handover_needs_somebody_who_takes_it(policy: Policy) -> None:
    nobody = Receipt("", " ", date(2026, 12, 31))
    with pytest.raises(RuleBroken, match="receiver_missing"):
        transferring.hand_over(ready(policy).id, nobody, actor=Person.get("archivist"), now=WINTER)


def test_the_receivers_result_confirms_or_sends_back(policy: Policy) -> None:
    archivist = Person.get("archivist")
    package = transferring.hand_over(ready(policy).id, RECEIPT, actor=archivist, now=WINTER)
    bad = result(
        ok=False, findings=[{"code": "changed", "path": "data/x.pdf", "zh": "被改动", "en": "changed"}]
    )
    package = receiving.take_result(package.id, bad, actor=archivist, now=WINTER)
    assert (package.state, package.verified.findings[0]["path"]) == ("returned", "data/x.pdf")
    package = receiving.take_result(package.id, result(), actor=archivist, now=WINTER)
    assert (package.state, package.verified.ok) == ("confirmed", True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "result_unreadable", id="empty"),
        pytest.param(b"\xff\xfe{", "result_unreadable", id="no text"),
        pytest.param(b"[]", "result_unreadable", id="a list"),
        pytest.param(result(checker="other"), "result_unreadable", id="another checker"),
        pytest.param(result(counts=[]), "result_unreadable", id="wrong shape"),
        pytest.param(result(findings=["x"]), "result_unreadable", id="findings of text"),
        pytest.param(result(package="0999-2026-x.zip"), "result_of_another_package", id="another package"),
    ],
)
def test_a_result_that_is_none_of_ours_is_refused(policy: Policy, content: bytes, code: str) -> None:
    archivist = Person.get("archivist")
    package = transferring.hand_over(ready(policy).id, RECEIPT, actor=archivist, now=WINTER)
    with pytest.raises(RuleBroken, match=code):
        receiving.take_result(package.id, content, actor=archivist, now=WINTER)
    assert TransferPackage.get(package.id).state == "handed_over"


def test_a_result_before_the_handover_is_refused(policy: Policy) -> None:
    package = ready(policy)
    with pytest.raises(RuleBroken, match="package_not_handed_over"):
        receiving.take_result(package.id, result(), actor=Person.get("archivist"), now=WINTER)


def test_originals_stay_with_the_sender_for_years_after_the_handover(
    policy: Policy, register: Register, perform: Perform
) -> None:
    case = sealed(register, perform)
    assert kept_until([case.number]).get(case.number) is None
    package = ready(policy)
    assert kept_until([case.number]).get(case.number) is None
    transferring.hand_over(package.id, RECEIPT, actor=Person.get("archivist"), now=WINTER)
    assert kept_until([case.number])[case.number] == date(2031, 12, 31)
    assert "TS-none" not in kept_until(["TS-none"])
