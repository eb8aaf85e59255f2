"""The archive of the house of marks 归档的标记: both cases sealed, and one of everything that hangs on them.

Everything is made by the actions and jobs of the house. What is said of the confidential volume – its title,
the name of its original, why it is read, held, or sent back – is a mark.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, url_for

from documents import file_check, handed
from documents.actions import (
    alarming,
    confiding,
    filing,
    holding,
    lending,
    printing,
    receiving,
    reporting,
    steps,
    transferring,
)
from documents.actions.confiding import Asked
from documents.actions.holding import HoldAsked
from documents.actions.lending import Wanted
from documents.actions.transferring import Receipt
from documents.actions.uploads import accept
from documents.archive_number import ArchiveNumber
from documents.complaint import Complaint
from documents.destruction import Destruction
from documents.disposal import plain_title
from documents.file_check import DAMAGED, FileCheck
from documents.filing_batch import FilingBatch, FilingEntry
from documents.filing_checks import of_file
from documents.inspection import Inspection
from documents.outbox import OutboxMessage
from documents.person import Person, Post
from documents.policy import Policy
from documents.print_order import PrintOrder
from documents.rules.package import PackageOptions
from documents.transfer import TransferPackage
from documents.volume import Volume
from jobs import filing as filing_jobs
from jobs import packages, papers, registers
from tests.portal import leaking
from tests.portal.conftest import NOW
from tests.portal.samples import TREATED

MOMENT, TODAY = NOW.isoformat(), date(2026, 2, 24)
KNOWING = ("cd_clerk", "intake_clerk", "intake_head", "archivist")  # put on the list, to file the case
OUTSIDER = "outsider"  # an archivist like the other, who reads everything and is not on the list
PUBLIC_ARCHIVIST = "keeper"  # has the archive of the union, and reads what is public
MAILS = 6
RECEIPT = Receipt("县档案馆", "钱进", TODAY)


@dataclass(frozen=True)
class Shelf:
    """What stands in the archive room, by the parts of addresses."""

    volumes: tuple[str, str]  # of the open case, of the confidential one
    originals: tuple[str, str]
    parts: Mapping[str, list[Any]]
    packages: tuple[str, str]

    def real(self, app: Flask) -> Iterator[tuple[str, str]]:
        """The addresses of which the parts must fit each other, and those that ask for more than a part."""
        year: dict[str, Any] = {"unit": "QH", "year": 2026}
        with app.test_request_context():
            for volume, original in zip(self.volumes, self.originals, strict=True):
                yield "archive.index", url_for("archive.index", volume=volume, **year)
                yield "archive.original", url_for("archive.original", number=volume, file_id=original)
                case = Volume.get(volume).case
                yield "files.volume", url_for("files.volume", number=case, volume_number=volume)
                yield "files.attachment", url_for("files.attachment", number=case, file_id=original)
            for one in OutboxMessage.objects.order_by("-id").limit(MAILS):
                yield "outbox.details_view", url_for("outbox.details_view", id=one.id)
            sides: tuple[dict[str, Any], ...] = ({}, {"confidential": 1})
            for apart in sides:
                for endpoint in ("transfers.index", "transfers.progress", "receiving.index"):
                    yield endpoint, url_for(endpoint, **year, **apart)
                for part in (0, 1):
                    yield "transfers.package", url_for("transfers.package", part=part, **year, **apart)
                yield "transfers.form_file", url_for("transfers.form_file", **year, **apart)


def sealed(case: Complaint, twin: Complaint) -> Shelf:
    """Both cases closed, filed in one batch by two people, packed, and what follows."""
    Person(id=OUTSIDER, login=OUTSIDER, name="苏外", posts=[Post(role="archivist", unit="QH-DA")]).save()
    keeper = PUBLIC_ARCHIVIST
    Person(id=keeper, login=keeper, name="管公开", posts=[Post(role="role_0_4", unit="QH")]).save()
    confiding.change_list(twin.number, Asked(Person.get("cd_head"), NOW, leaking.REASON), add=KNOWING)
    for one in (case, twin):
        _close(one.number)
    batch = _file(case.number, twin.number)
    volumes = [Volume.objects.get(cases=one.number) for one in (case, twin)]
    ArchiveNumber.objects(id=volumes[1].id).update(set__reason=leaking.VOID)
    _remark(case.number, volumes[0].id, twin.number)
    usual, apart = _pack(volumes[1].id)
    return Shelf(
        volumes=(volumes[0].id, volumes[1].id),
        originals=(_marked(volumes[0]), _marked(volumes[1])),
        packages=(usual, apart),
        parts={"batch_id": [str(batch.id)], **_hang_on([case.number, twin.number], volumes[1])},
    )


def _remark(number: str, volume: str, other: str) -> None:
    """The pre-check found something about a file of a closed field; the other case could not go in."""
    named = next(one.marker for one in leaking.papers() if one.closed == ("personal",))
    found = of_file("file_damaged", f"{named}.txt").stored()
    FilingEntry.objects(case=number).update(set__findings=[found])
    ArchiveNumber.objects(id=volume).update(set__left_out=[{"case": other, "reason": leaking.VOID}])


def _marked(volume: Volume) -> str:
    return str(volume.originals[-1]["file_id"])


def _close(number: str) -> None:
    name = leaking.FILE if Complaint.get(number).known_to else "回单"
    paper = accept(io.BytesIO(b"x\n"), f"{name}.txt", actor=Person.get("cd_clerk"), now=NOW).id
    for key, who, said in (
        (leaking.STEP, "cd_clerk", {"e0": "再补", "a0": [paper]}),
        ("solve", "cd_clerk", TREATED),
        ("pass_filing", "intake_clerk", {"review_opinion": "处理得当。"}),
    ):
        turn, told = Complaint.get(number).turn, {**_said(number, key), **said}
        steps.perform(
            number, key, told, actor=Person.get(who), now=NOW, turn=turn, submission=f"{number} {key} 2"
        )
    for letter in Complaint.get(number).letters:
        papers.render_letter(number, letter.seq, MOMENT)


def _said(number: str, key: str) -> dict[str, Any]:
    """What was said in the step before; it is opened again."""
    found = Complaint.get(number).facts()
    return {one.name: found[one.name] for one in leaking.evidence()} if key == leaking.STEP else {}


def _file(*numbers: str) -> FilingBatch:
    su, huang = Person.get("archivist"), Person.get("intake_head")
    batch, left = filing.prepare(list(numbers), "", actor=su, now=NOW)
    assert batch is not None, left
    filing_jobs.advance(str(batch.id), MOMENT)
    filing.approve(filing.submit(batch, actor=su, now=NOW), actor=huang, now=NOW)
    filing_jobs.advance(str(batch.id), MOMENT)
    for number in ArchiveNumber.objects(batch=batch.id):
        papers.render_volume(number.id, MOMENT)
    return FilingBatch.get(str(batch.id))


def _pack(kept: str) -> tuple[str, str]:
    """Both packages; the confidential one was handed over, and its volume sent back."""
    policy, found = Policy.current(leaking.KEY), []
    for who, apart in ((OUTSIDER, False), ("archivist", True)):
        asked: dict[str, Any] = {"actor": Person.get(who), "now": NOW}
        package = transferring.ask_check(policy, "QH", 2026, confidential=apart, **asked)
        packages.check(package.id, MOMENT)
        transferring.ask_build(package.id, options=PackageOptions(), **asked)
        packages.build(package.id, MOMENT)
        found.append(TransferPackage.get(package.id))
        assert found[-1].state == "ready", found[-1].problem
    transferring.hand_over(found[1].id, RECEIPT, actor=Person.get("archivist"), now=NOW)
    said: dict[str, Any] = {"reason": leaking.OPINION, "actor": Person.get("archivist"), "now": NOW}
    receiving.opine(found[1].id, kept, "rejected", **said)
    assert handed.tally(found[1].id, 1)["rejected"] == 1
    return found[0].id, found[1].id


def _hang_on(numbers: list[str], volume: Volume) -> dict[str, list[Any]]:
    """What hangs on the confidential volume, or names it beside the other."""
    wanted = Wanted(volume.id, leaking.PURPOSE, leaking.PURPOSE, TODAY)
    loan = lending.ask(wanted, actor=Person.get("intake_head"), now=NOW, today=TODAY)
    days: dict[str, Any] = {"since": TODAY, "review_on": date(2026, 8, 1)}
    apart = HoldAsked(leaking.HOLD, [volume.id], leaking.HOLD, leaking.HOLD, **days)
    both = HoldAsked("两件诉讼", numbers, "保全", "通知书", **days)
    who: dict[str, Any] = {"actor": Person.get("archivist"), "now": NOW, "today": TODAY}
    holds = [str(holding.place(one, **who).id) for one in (apart, both)]
    policy = Policy.current(leaking.KEY)
    line = {"volume": volume.id, "cases": volume.cases, "title": plain_title(volume, policy.view())}
    made = {"made_by": "archivist", "made_name": "苏文", "made_at": NOW}
    listed = Destruction(number="XH-1", policy=leaking.KEY, owner="QH", lines=[line], **made).save()
    _damage(_marked(volume))
    year, head = reporting.Asked("annual", "QH", 2026), Person.get("intake_head")
    report = reporting.draft(policy, year, actor=head, now=NOW)
    return {
        "loan_id": [str(loan.id)],
        "hold_id": holds,
        "list_id": [str(listed.id)],
        "inspection_id": [str(one.id) for one in Inspection.objects],
        "order_id": [str(_printed("register", "xlsx").id)],
        "order": [str(_printed("handover_list", "pdf").id)],
        "report": [report.id],
    }


def _damage(file_id: str) -> None:
    """A damaged original, of which the house is told."""
    file_check.enrol(NOW)
    FileCheck.objects(id=file_id).update(set__state=DAMAGED, set__found_at=NOW)
    alarming.damaged(FileCheck.objects.get(id=file_id), now=NOW)


def _printed(kind: str, form: str) -> PrintOrder:
    person = Person.get(OUTSIDER)
    order = PrintOrder(kind=kind, form=form, policy=leaking.KEY, unit="QH", year=2026, at=NOW)
    order.by, order.by_name, order.reads = person.id, person.name, list(leaking.CLASSES)
    registers.print_register(str(printing.place(order).id), MOMENT)
    found = PrintOrder.get(str(order.id))
    assert found.file_id, found.problem
    return found
