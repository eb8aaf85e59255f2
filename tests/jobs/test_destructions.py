"""Destruction: two release it, anything may stop it; then nobody reads a word, and every number stands."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pymongo.database import Database

from documents import due_volumes, events, files, handed
from documents.actions import certifying, custody, disposing, erasing, holding, printing
from documents.actions.binding import bind
from documents.actions.disposing import Appraisal
from documents.actions.erasing import Moment
from documents.actions.holding import HoldAsked
from documents.archive_number import ArchiveNumber
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.destruction import BLOCKED, ERASED, GONE, KEPT, Destruction
from documents.disposal import standing
from documents.dossier import volume_content
from documents.due_volumes import Wanted
from documents.filing_batch import FilingEntry
from documents.inspection import Sampling
from documents.notice import Notice
from documents.person import Person
from documents.policy import Policy
from documents.print_order import PrintOrder
from documents.rules.broken import RuleBroken
from documents.rules.volume import RenderedVolume
from documents.transfer import TransferPackage
from documents.transfer_plan import plan
from documents.volume import Volume
from jobs import destructions, papers, registers
from tests import opened
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.documents.test_dossier import archived, upload
from tests.documents.test_paths import RESULT, handled

_ = (perform, register)  # fixtures
NAME, PHONE, FACT = "欧阳长河", "13912345678", "老人说窗口的灯一直是灭的"
DUE = datetime(2037, 1, 11, 2, tzinfo=UTC)  # ten years after 2026, at the beginning of 2037
TODAY = date(2037, 1, 11)
SPOKEN = {"complainant_name": NAME, "complainant_phone": PHONE, "facts": FACT, "title": f"{NAME}反映排队过久"}
ARCHIVIST, HEAD = "archivist", "intake_head"


def due(register: Register, perform: Perform, **changes: Any) -> Volume:
    """A sealed volume whose ten years are over at `DUE`; a page of nothing stands in for its file."""
    case = archived(register, perform, **{**SPOKEN, **changes})
    page = f"%PDF-1.7 {case.number}".encode()
    stored = files.store(io.BytesIO(page), f"{case.volume.number}.pdf", media_type="application/pdf")
    rendered = RenderedVolume(content=page, sha256=stored.sha256, pages=1, sheets=4)
    bind(volume_content(case, lambda _: b""), rendered, stored, now=NOW)
    return Volume.get(case.volume.number)


def with_letter(register: Register, perform: Perform) -> Volume:
    """The same with a letter, an attachment and people who were told."""
    scan = upload("身份证.txt", f"{NAME} {PHONE}".encode())
    case = handled(lambda **_: register(**SPOKEN, papers=[scan]), perform)
    case = perform(case, "reply", "qs_handler", **RESULT)
    papers.render_letter(case.number, 1, NOW.isoformat())
    case = perform(case, "pass_review", "intake_clerk", review_opinion="同意。")
    case = perform(case, "archive", ARCHIVIST)
    papers.render_volume(case.volume.number, NOW.isoformat())
    return Volume.get(Complaint.get(case.number).volume.number)


def begun(policy: Policy, *volumes: Volume) -> Destruction:
    actor = Person.get(ARCHIVIST)
    return disposing.begin(policy, "QH", [one.id for one in volumes], actor=actor, now=DUE, today=TODAY)


def appraised(found: Destruction, decision: str = "destroy", more: int | None = None) -> Destruction:
    wanted = Appraisal(decision, "期满，无继续保存价值", more)
    volumes = [line.volume for line in found.lines]
    return disposing.appraise(str(found.id), volumes, wanted, actor=Person.get(ARCHIVIST), now=DUE)


def released(found: Destruction) -> Destruction:
    disposing.submit(str(found.id), actor=Person.get(ARCHIVIST), now=DUE)
    for who in (ARCHIVIST, HEAD):
        disposing.release(str(found.id), actor=Person.get(who), now=DUE)
    return Destruction.get(str(found.id))


def started(found: Destruction) -> Destruction:
    names = ["甲监销", "乙监销"]
    return disposing.start(str(found.id), names, actor=Person.get(HEAD), now=DUE + timedelta(days=8))


def carried_out(found: Destruction) -> Destruction:
    destructions.carry_out(str(found.id), (DUE + timedelta(days=8)).isoformat())
    return Destruction.get(str(found.id))


def every_word(database: Database[dict[str, Any]]) -> str:
    """Everything that stands in any collection, as one text."""
    names = database.list_collection_names(filter={"name": {"$not": {"$regex": "^system"}}})
    parts = [str(row) for name in names if name != "fs.chunks" for row in opened.rows(name)]
    parts += [row["data"].decode(errors="ignore") for row in database["fs.chunks"].find()]
    return "\n".join(parts)


def told_by_the_receiver(volume: Volume, other: Volume) -> dict[str, str]:
    """A package that the receiver's checker found wrong, in two rounds; what it says of the other volume."""
    inside, scan = "data/电子档案/2026/10年", f"{NAME}身份证.txt"
    gone = f"{inside}/{volume.id}/原件/{scan}"
    theirs = {"code": "file_changed", "path": f"{inside}/{other.id}/甲.txt", "zh": "甲.txt 被改动"}
    findings = [
        {"code": "file_missing", "path": gone, "zh": f"缺少 {scan}", "en": scan},
        {"code": "catalogue", "path": "data/文件目录.xml", "zh": f"目录缺少 {scan}"},
        theirs,
    ]
    said = {"ok": False, "checked_at": "2027-01-11", "imported_by": ARCHIVIST, "findings": findings}
    row = {"_id": "p01:QH:2026", "policy": "p01", "unit": "QH", "year": 2026, "verified": said}
    TransferPackage.collection().insert_one({**row, "rounds": [{"number": 1, "verified": said}]})
    handed.pack("p01:QH:2026", 2, [other], {})
    torn = [{"number": one.id, "reason": "读不出"} for one in (volume, other)]
    Sampling.collection().insert_one({"_id": 2030, "aside": torn})
    return theirs


def test_afterwards_nobody_can_read_a_word_and_every_number_stands(
    policy: Policy, register: Register, perform: Perform, database: Database[dict[str, Any]]
) -> None:
    volume = with_letter(register, perform)
    others = {"complainant_name": "别家人", "complainant_phone": "13700000000", "title": "别家的事"}
    other = due(register, perform, **others, facts="与此无关")
    number = volume.case
    asked = {"kind": "register", "form": "xml", "policy": "p01", "unit": "QH", "year": 2026}
    order = printing.place(PrintOrder(**asked, by=ARCHIVIST, by_name="苏文", reads=["personal"], at=NOW))
    registers.print_register(str(order.id), NOW.isoformat())
    assert Notice.objects(case=str(Complaint.get(number).id)).count() > 0
    before = every_word(database)
    assert all(word in before for word in (NAME, PHONE, FACT))
    handed.pack("p01:QH:2026", 1, [volume], {})
    noted = [{"zh": f"附件“{NAME}身份证.txt”打不开"}]
    FilingEntry.collection().insert_one({"case": number, "title": f"{NAME}反映", "findings": noted})
    theirs = told_by_the_receiver(volume, other)
    void = {"_id": "void", "state": "void", "cases": [], "released": [number], "reason": f"{NAME}补件"}
    ArchiveNumber.collection().insert_one(void)
    head = Complaint.get(number).events[-1].hash

    found = carried_out(started(released(appraised(begun(policy, volume)))))
    assert (found.state, found.lines[0].state) == ("done", GONE)
    after = every_word(database)
    assert [word for word in (NAME, PHONE, FACT, "身份证.txt") if word in after] == []
    assert files.read(found.certificate.file_id).startswith(b"%PDF-")
    assert database["fs.files"].count_documents({}) == 2  # the other volume and the certificate
    assert other.id in after
    (package,) = (row for row in opened.rows("packages") if row["_id"] == "p01:QH:2026")
    for one in (package, package["rounds"][0]):
        assert one["verified"]["findings"] == [{"code": "file_missing"}, {"code": "catalogue"}, theirs]
    aside = (Sampling.collection().find_one({}) or {})["aside"]
    assert [one["reason"] for one in aside] == ["", "读不出"]

    stone, case = Volume.get(volume.id), Complaint.get(number)
    assert (stone.sha256, stone.retention["code"], stone.file_id) == (volume.sha256, "D10", None)
    assert stone.title == case.title == "2026年办结的投诉材料（已销毁）"
    assert events.broken_at(case.events) is None
    assert (case.events[-2].hash, case.events[-1].verb) == (head, "destroy")
    case.events[3].hash = hashlib.sha256(b"another").hexdigest()
    assert events.broken_at(case.events) == len(case.events)
    checked = plan(policy.view(), "QH", 2026)
    assert (checked.gaps, checked.strays) == ((), ())
    assert {one.code for one in checked.absent} == {"destroyed"}
    told = AuditEntry.objects(subject=number)
    assert {"register", "destroy", "seal"} <= {one.verb for one in told}


Turn = Callable[[], object]


def closed_to(volume: Volume, people: Sequence[str], code: str, *turns: Turn) -> None:
    """Each of these turns is refused while these people are recused from the case, then off its list."""
    for hides in ({"recused": list(people)}, {"known_to": ["cd_head"]}):
        Complaint.collection().update_one({"number": volume.case}, {"$set": hides})
        for turn in turns:
            with pytest.raises(RuleBroken, match=code if "recused" in hides else "withheld_from_all|unknown"):
                turn()
        Complaint.collection().update_one({"number": volume.case}, {"$set": {"recused": [], "known_to": []}})


def test_two_different_people_release_and_there_is_time_to_stop(
    policy: Policy, register: Register, perform: Perform
) -> None:
    volume = due(register, perform)
    archivist, head, clerk = (Person.get(one) for one in (ARCHIVIST, HEAD, "intake_clerk"))
    closed_to(volume, [ARCHIVIST], "unknown_volumes", lambda: begun(policy, volume))
    found = begun(policy, volume)
    key = str(found.id)
    his: dict[str, Any] = {"actor": archivist, "now": DUE}
    closed_to(
        *(volume, [ARCHIVIST], "withheld_from_you|unknown_volumes"),
        lambda: disposing.add(key, [volume.id], today=TODAY, **his),
        lambda: disposing.remove(key, volume.id, **his),
        lambda: appraised(found),
        lambda: disposing.submit(key, **his),
        lambda: disposing.stop(key, "因为", **his),
        lambda: certifying.retry(found, **his),
    )
    closed_to(volume, [ARCHIVIST, HEAD], "withheld_from_all", lambda: appraised(found))
    with pytest.raises(RuleBroken, match="volume_listed"):
        begun(policy, volume)
    with pytest.raises(RuleBroken, match="lines_undecided"):
        disposing.submit(key, actor=archivist, now=DUE)
    appraised(found)
    disposing.submit(key, actor=archivist, now=DUE)
    assert {one.person for one in opened.notices("销毁清册待批准")} == {HEAD}
    his["actor"] = head
    turns = (lambda: disposing.release(key, **his), lambda: disposing.send_back(key, "因为", **his))
    closed_to(volume, [HEAD], "withheld_from_you", *turns)
    disposing.release(key, actor=archivist, now=DUE)
    with pytest.raises(RuleBroken, match="released_by_you"):
        disposing.release(key, actor=archivist, now=DUE)
    with pytest.raises(RuleBroken, match="operation_not_granted"):
        disposing.release(key, actor=clerk, now=DUE)
    waits = disposing.release(key, actor=head, now=DUE)
    assert (waits.state, waits.not_before) == ("cooling", DUE + timedelta(days=7))
    closed_to(volume, [HEAD], "withheld_from_you", lambda: disposing.start(key, ["甲", "乙"], **his))
    with pytest.raises(RuleBroken, match="destruction_waits"):
        disposing.start(key, ["甲", "乙"], actor=head, now=DUE + timedelta(days=6))
    with pytest.raises(RuleBroken, match="witnesses_missing"):
        disposing.start(key, ["甲", "甲"], actor=head, now=DUE + timedelta(days=8))
    assert destructions.carry_out(key, DUE.isoformat()) == "cooling"  # a job alone does nothing
    assert disposing.stop(key, "有人来查", actor=archivist, now=DUE).state == "stopped"
    assert carried_out(found).state == "stopped"
    assert Volume.get(volume.id).file_id


def test_what_came_in_between_keeps_its_volume_and_the_next_one_goes(
    policy: Policy, register: Register, perform: Perform
) -> None:
    kept, gone, longer = (due(register, perform) for _ in range(3))
    first = begun(policy, kept, gone)
    started(released(appraised(first)))
    asked = HoldAsked("案", [kept.case], "诉讼", "字1号", TODAY, date(2037, 6, 1))
    holding.place(asked, actor=Person.get(ARCHIVIST), now=DUE, today=TODAY)
    found = carried_out(first)
    assert {line.volume: line.state for line in found.lines} == {kept.id: BLOCKED, gone.id: GONE}
    assert [one["code"] for one in found.line(kept.id).problem] == ["held"]
    assert Complaint.get(kept.case).title == SPOKEN["title"]
    second = appraised(begun(policy, longer), "lengthen", 5)
    assert carried_out(started(released(second))).lines[0].state == KEPT
    assert Volume.get(longer.id).retention["zh"] == "15年"
    # A list stays for good, also when the volume goes one day: it names nobody.
    assert NAME not in str(Destruction.collection().find_one({"_id": second.id}))
    assert due_volumes.due_year(Volume.get(longer.id), due_volumes.rules()) == 2042


def test_killed_between_words_and_files_it_goes_on(
    policy: Policy, register: Register, perform: Perform, database: Database[dict[str, Any]]
) -> None:
    volume, second = due(register, perform), due(register, perform)
    found = started(released(appraised(begun(policy, volume, second))))
    key, at = str(found.id), Moment(DUE + timedelta(days=8), TODAY)
    assert erasing.settle(key, volume.id, at) == ERASED  # and here the worker was killed
    assert database["fs.files"].count_documents({}) == 2
    assert erasing.settle(key, volume.id, at) == ERASED
    disposing.stop(key, "先停一停", actor=Person.get(HEAD), now=at.now)
    done = carried_out(found)
    assert (done.state, [line.state for line in done.lines]) == ("stopped", [GONE, "waiting"])
    assert done.certificate is not None  # what is gone has its certificate
    assert database["fs.files"].count_documents({}) == 2


def test_the_due_list_and_its_blockers(register: Register, perform: Perform) -> None:
    usual, major = due(register, perform), due(register, perform, severity=["major"])
    years = {one.year: one.total for one in due_volumes.by_year("QH", TODAY)}
    assert years == {2037: 1, 2038: 0, 2039: 0, 2040: 0, 2041: 0, 2042: 0}
    rows, more = due_volumes.page(Wanted("QH", None, 2037))
    assert ([one.id for one in rows], more) == ([usual.id], "")
    assert due_volumes.units_of(Wanted("QH", None, 2037)) == {"QH-CD": 1}
    rows, more = due_volumes.page(Wanted("QH", None, 2057), size=1)
    assert [one.id for one in due_volumes.page(Wanted("QH", None, 2057), more, size=1)[0]] == [major.id]
    assert custody.tell_due(DUE, TODAY) == 2
    assert custody.tell_due(DUE, TODAY) == 0
    assert standing(usual, today=TODAY).blockers == []
    assert [one.code for one in standing(usual, today=date(2036, 12, 31)).blockers] == ["not_due"]
    Complaint.collection().update_one(
        {"number": usual.case},
        {
            "$set": {"links": [{"kind": "appeal_of", "number": register().number}]},
            "$push": {"attachments": {"at": NOW + timedelta(days=400), "name": "迟到.txt"}},
        },
    )
    assert {one.code for one in standing(usual, today=TODAY).blockers} == {"linked_open", "new_papers"}
    Volume.collection().insert_one(
        {**usual.to_mongo(), "_id": "S-1", "supplement_to": usual.id, "closed_on": "2030-01-01"}
    )
    assert "supplement_not_due" in {one.code for one in standing(usual, today=TODAY).blockers}
    with pytest.raises(RuleBroken, match="volume_blocked"):
        begun(Policy.current("p01"), usual)
