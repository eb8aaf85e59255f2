"""Traces of a case outside its document 案件的其他痕迹: notices, mail, drafts, exports, packages, audit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from documents import audit
from documents.archive_number import RELEASED, ArchiveNumber
from documents.disposal import Standing
from documents.events import SYSTEM
from documents.filing_batch import FilingEntry
from documents.handed import HandedVolume
from documents.inspection import Inspection, Sampling
from documents.loan import ENDED, UNENDED, Loan
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.print_order import PrintOrder
from documents.rules.four_checks import VOLUME
from documents.rules.tombstones import AUDIT_KEPT, files_in
from documents.timer import Timer
from documents.transfer import TransferPackage, both_ids, package_id
from documents.upload import Draft, Upload
from documents.what_if import WhatIfRow

Row = Mapping[str, Any]


def forget(found: Standing, rows: Sequence[Row], title: str, now: datetime) -> list[str]:
    """Take a volume's cases out of everything else that tells of them; the files that nobody names now.

    What stays on record bears the new `title`, which names nobody.
    """
    ids = [str(row["_id"]) for row in rows]
    numbers = [row["number"] for row in rows]
    _forget_messages(ids)
    for kind in (Timer, Draft):
        kind.collection().delete_many({"case": {"$in": [*ids, *numbers]}})
    silent = {"$set": {"left_out.$[].reason": "", "problem": None}}
    told_of = {"$or": [{"cases": {"$in": numbers}}, {"left_out.case": {"$in": numbers}}]}
    ArchiveNumber.collection().update_many({**told_of, "left_out": {"$ne": None}}, silent)
    taken_back = {"$and": [{"released": {"$in": numbers}}, RELEASED]}
    ArchiveNumber.collection().update_many(taken_back, {"$set": {"reason": ""}})
    told = {"title": title, "findings": [], "reason": "", "remark": "", "refused": {}}
    FilingEntry.collection().update_many({"case": {"$in": numbers}}, {"$set": told})
    WhatIfRow.collection().delete_many({"number": {"$in": numbers}})
    inside = [one.id for one in found.all_volumes]
    _forget_audit([*numbers, *inside], now)
    kept = [*_loans(found, now), *_inspections(inside), *_handed(found, title)]
    return [*kept, *_uploads([*ids, *numbers]), *_exports(found, rows), *_packages(found)]


def _forget_messages(ids: Sequence[str]) -> None:
    """Notices and messages about the cases, and the digests into which a message was gathered."""
    Notice.collection().delete_many({"case": {"$in": ids}})
    outbox = OutboxMessage.collection()
    digests = outbox.distinct("into", {"case": {"$in": ids}})
    outbox.delete_many({"case": {"$in": ids}})
    outbox.delete_many({"_id": {"$in": [one for one in digests if one]}})


def _forget_audit(subjects: Sequence[str], now: datetime) -> None:
    """Who did what and when stays on record; what it said of the case does not."""

    def kept(told: Row) -> dict[str, Any]:
        return {name: value for name, value in told.items() if name in AUDIT_KEPT} | {"redacted_at": now}

    audit.redact(subjects, kept, by=SYSTEM, at=now)


def _uploads(cases: Sequence[str]) -> Iterator[str]:
    """Files that were uploaded for the case and never sent with a form."""
    for row in list(Upload.collection().find({"case": {"$in": list(cases)}})):
        yield from files_in(row)
        Upload.collection().delete_one({"_id": row["_id"]})


def _exports(found: Standing, rows: Sequence[Row]) -> Iterator[str]:
    """Registers that somebody exported 登记册, or waits for: a line of them is about the case."""
    years = sorted({row["registered_at"].year + step for row in rows for step in (-1, 0, 1)})
    asked = {"policy": found.volume.policy, "unit": found.volume.owner, "year": {"$in": years}}
    for row in list(PrintOrder.collection().find({**asked, "kind": {"$ne": "handover"}})):
        yield from files_in(row)
        PrintOrder.collection().delete_one({"_id": row["_id"]})


def _loans(found: Standing, now: datetime) -> Iterator[str]:
    """Reading copies 阅览件; that somebody read, and when, stays on record."""
    read = {"volume": {"$in": [one.id for one in found.all_volumes]}}
    for row in list(Loan.collection().find(read)):
        yield from files_in(row)
        change: dict[str, Any] = {"purpose": "", "pages": "", "note": "", "file_id": None}
        if row["state"] in UNENDED:
            change |= {"state": ENDED, "ended_at": now, "ended_by": "system"}
        Loan.collection().update_one({"_id": row["_id"]}, {"$set": change})


def _inspections(volumes: Collection[str]) -> Iterator[str]:
    """Reports 检测报告 about the volumes: titles and evidence name people; the audit trail keeps when."""
    for row in list(Inspection.collection().find({"subject": VOLUME, "number": {"$in": list(volumes)}})):
        yield from files_in(row)
        Inspection.collection().delete_one({"_id": row["_id"]})
    of_these = [{"one.number": {"$in": list(volumes)}}]
    Sampling.collection().update_many({}, {"$set": {"aside.$[one].reason": ""}}, array_filters=of_these)


def _handed(found: Standing, title: str) -> Iterator[str]:
    """移交案卷: that it was handed over and what the receiver decided stays."""
    about = {"volume": {"$in": [one.id for one in found.all_volumes]}}
    for row in list(HandedVolume.collection().find(about)):
        yield from files_in(row)
    HandedVolume.collection().update_many(about, {"$set": {"title": title, "reason": ""}})


def _packages(found: Standing) -> Iterator[str]:
    """The ZIP of a package with the volume inside; the record of the hand-over and its digest stay."""
    inside = [one.id for one in found.all_volumes]
    own = (package_id(one.policy, one.owner, one.year) for one in found.all_volumes)
    known = {either for one in own for either in both_ids(one)}
    known |= set(HandedVolume.collection().distinct("package", {"volume": {"$in": inside}}))
    for row in list(TransferPackage.collection().find({"_id": {"$in": sorted(known)}})):
        # The signed receipt 回执 stays: it speaks of the hand-over and of nobody's case.
        papers = [one for one in row.get("received", ()) if one["kind"] != "scan"]
        names = list(files_in({**row, "received": papers}))
        yield from names
        others = set(HandedVolume.collection().distinct("volume", {"package": row["_id"]})) - set(inside)
        silent = _silent(_without(row, frozenset(names)), others)
        TransferPackage.collection().replace_one({"_id": row["_id"]}, silent)


def _silent(row: Row, others: Collection[str]) -> dict[str, Any]:
    """The package with what the receiver's checker 核验 found without words, but for other volumes alone."""
    quiet = {**row, "rounds": [_heard(one, others) for one in row.get("rounds", ())]}
    return _heard(quiet, others)


def _heard(told: Row, others: Collection[str]) -> dict[str, Any]:
    verified = told.get("verified")
    return {**told, "verified": _wordless(verified, others)} if verified else dict(told)


def _wordless(verified: Row, others: Collection[str]) -> dict[str, Any]:
    """Each finding keeps its code; where it names another volume and that alone, its words too."""
    rows = [
        one if _names_one_of(one, others) else {"code": one.get("code", "")}
        for one in verified.get("findings", ())
    ]
    return {**verified, "findings": rows}


def _names_one_of(found: Row, volumes: Collection[str]) -> bool:
    return any(f"/{volume}/" in str(found.get("path")) for volume in volumes)


def _without(value: Any, gone: frozenset[str]) -> Any:
    """The record without the names of these files."""
    if isinstance(value, Mapping):
        stays = ((name, inner) for name, inner in value.items() if not _is_one_of(inner, gone))
        return {name: _without(inner, gone) for name, inner in stays}
    return [_without(one, gone) for one in value] if isinstance(value, list) else value


def _is_one_of(value: Any, names: frozenset[str]) -> bool:
    return isinstance(value, str) and value in names
