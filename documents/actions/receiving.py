"""What comes back from the archive room 接收: results, opinions case by case, receipts – and what follows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pymongo import UpdateMany, UpdateOne

from documents import audit, files, handed
from documents.actions import notices
from documents.actions.notices import Message
from documents.actions.transferring import check_mine
from documents.database import transaction
from documents.files import StoredFile
from documents.handed import HandedVolume
from documents.kept_back import hidden_volumes
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.opinions import LONGEST, CheckResult, Opinion, opinions_of, read_result, read_table
from documents.transfer import Received, TransferPackage, Verified
from documents.transfer_reasons import side_of
from documents.withheld import check_open

LARGEST_SCAN = 30 * 1024 * 1024
MOST_FINDINGS = 200
AWAY = ("handed_over", "returned", "confirmed")
WHOLE = "整包核验不通过"
SCANS = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class Paper(NamedTuple):
    """A file that came from the receiver."""

    content: bytes
    name: str
    media_type: str


def take_result(package: str, content: bytes, *, actor: Person, now: datetime) -> TransferPackage:
    """接收核验结果: import what the receiver's `verify` wrote; what it found is sent back 退回.

    What belongs to single volumes sends back these; anything else sends back the whole round. Raises
    RuleBroken("result_unreadable"), ("result_of_another_package"), ("package_not_handed_over").
    """
    result = read_result(content)

    def write(found: TransferPackage, stored: StoredFile) -> None:
        _check_name(found, result.package)
        verified = Verified(
            ok=result.ok,
            checked_at=result.checked_at,
            counts=dict(result.counts),
            findings=[dict(row) for row in result.findings[:MOST_FINDINGS]],
            imported_by=actor.id,
            imported_at=now,
        )
        TransferPackage.collection().update_one({"_id": package}, {"$set": {"verified": verified.to_mongo()}})
        _take_findings(found, result, actor, now)
        _keep(found, "result", stored, actor, now)
        audit.note("package_result", package, by=actor.id, at=now, ok=verified.ok, sha256=stored.sha256)

    paper = Paper(content, "核验结果.json", "application/json")
    return _received(package, paper, write, actor=actor, now=now)


def take_opinions(package: str, content: bytes, *, actor: Person, now: datetime) -> TransferPackage:
    """接收意见: import the table that the receiver filled in, as the checker wrote it.

    Raises RuleBroken("opinions_unreadable"), ("opinion_without_reason"), ("opinion_on_another_volume").
    """
    rows = read_table(content)

    def write(found: TransferPackage, stored: StoredFile) -> None:
        for name in {row["移交包"].strip() for row in rows}:
            _check_name(found, name)
        opinions = opinions_of(rows)
        _check_known(found, [one.volume for one in opinions])
        _decide(found, opinions, "opinion", actor, now)
        _keep(found, "opinions", stored, actor, now)
        audit.note("package_opinions", package, by=actor.id, at=now, sha256=stored.sha256)

    return _received(package, Paper(content, "接收意见.csv", "text/csv"), write, actor=actor, now=now)


def opine(
    package: str, number: str, decision: str, *, reason: str, actor: Person, now: datetime
) -> TransferPackage:
    """Enter one opinion from the receiver's paper, by archive number 档号 or case number.

    Raises RuleBroken("opinion_without_reason"), ("opinion_on_another_volume").
    """

    def write() -> TransferPackage:
        found = _away(package, actor)
        wanted = {"package": package, "round": found.round, "$or": [{"volume": number}, {"cases": number}]}
        rows = list(HandedVolume.collection().find(wanted, {"volume": 1}))
        if not rows or hidden_volumes([row["volume"] for row in rows], actor.id):  # as if there were none
            raise RuleBroken("opinion_on_another_volume", numbers=number)
        if decision == "rejected" and not reason.strip():
            raise RuleBroken("opinion_without_reason", numbers=number)
        opinions = [Opinion(row["volume"], decision, reason.strip()[:LONGEST]) for row in rows]
        _decide(found, opinions, "opinion", actor, now)
        audit.note("package_opinion", package, by=actor.id, at=now, number=number, decision=decision)
        return _settle(found, now)

    return transaction(write)


def accept_rest(package: str, *, actor: Person, now: datetime) -> TransferPackage:
    """其余接收: everything that was not sent back is accepted; the round is over."""

    def write() -> TransferPackage:
        found = _away(package, actor, whole=True)
        facts = {"decision": "accepted", "source": "opinion", "decided_by": actor.id, "decided_at": now}
        undecided = {"package": package, "round": found.round, "decision": None}
        HandedVolume.collection().update_many(undecided, {"$set": facts})
        audit.note("package_accept_rest", package, by=actor.id, at=now)
        return _settle(found, now)

    return transaction(write)


def keep_receipt(package: str, content: bytes, name: str, *, actor: Person, now: datetime) -> TransferPackage:
    """回执: keep the signed scan that the receiver gave back, with its digest.

    Raises RuleBroken("receipt_unreadable") for what is neither PDF nor a picture.
    """
    media_type = next((kind for head, kind in SCANS.items() if content.startswith(head)), "")
    if not media_type or len(content) > LARGEST_SCAN:
        raise RuleBroken("receipt_unreadable", most_mb=LARGEST_SCAN // 1024**2)

    def write(found: TransferPackage, stored: StoredFile) -> None:
        _keep(found, "scan", stored, actor, now)
        audit.note("package_receipt", package, by=actor.id, at=now, sha256=stored.sha256)

    return _received(package, Paper(content, name, media_type), write, actor=actor, now=now)


def keep_back(package: str, volume: str, reason: str, *, actor: Person, now: datetime) -> None:
    """封存: a volume stays out of the package for the time being, for a reason; without one, no longer.

    Raises RuleBroken("package_given_away") once the round was handed over.
    """

    def write() -> None:
        found = TransferPackage.get(package)
        check_mine(side_of(found), actor)
        if found.state in AWAY or (found.state == "building" and found.works):
            raise RuleBroken("package_given_away", package=package)
        check_open(actor, [volume], found.unit)
        others = [row for row in found.kept_back if row["volume"] != volume]
        row = {"volume": volume, "reason": reason.strip()[:LONGEST], "by": actor.id, "at": now}
        kept = [*others, *([row] if row["reason"] else [])]
        changes = {"kept_back": kept, "state": "checking", "beat_at": now, "problem": None}
        TransferPackage.collection().update_one({"_id": package}, {"$set": changes})
        audit.note("package_keep_back", package, by=actor.id, at=now, volume=volume, kept=bool(row["reason"]))

    transaction(write)


# --- what all of them share -------------------------------------------------------------------------------


def _away(package: str, actor: Person, *, whole: bool = False) -> TransferPackage:
    """The package that was handed over; what is about the `whole` round is for who may know all of it.

    Raises RuleBroken("package_not_handed_over"), ("withheld_from_you"), ("withheld_from_all").
    """
    found = TransferPackage.get(package)
    check_mine(side_of(found), actor)
    if found.state not in AWAY:
        raise RuleBroken("package_not_handed_over", package=package)
    if whole:
        check_open(actor, handed.volumes_in(found.id, found.round), found.unit)
    return found


def _received(
    package: str,
    paper: Paper,
    write: Callable[[TransferPackage, StoredFile], None],
    *,
    actor: Person,
    now: datetime,
) -> TransferPackage:
    """Keep the file as it came, and do what follows from it; a refusal leaves no file behind."""
    _away(package, actor, whole=True)
    content, media_type = io.BytesIO(paper.content), paper.media_type
    stored = files.store(content, paper.name, media_type=media_type, brought=True)

    def both() -> TransferPackage:
        found = _away(package, actor, whole=True)
        write(found, stored)
        return _settle(found, now)

    try:
        return transaction(both)
    except RuleBroken:
        files.delete(stored.id)
        raise


def _keep(found: TransferPackage, kind: str, stored: StoredFile, actor: Person, now: datetime) -> None:
    row = Received(
        kind=kind,
        round=found.round,
        name=stored.name,
        file_id=stored.id,
        sha256=stored.sha256,
        size=stored.size,
        by=actor.id,
        at=now,
    )
    TransferPackage.collection().update_one({"_id": found.id}, {"$push": {"received": row.to_mongo()}})


def _check_name(found: TransferPackage, name: str) -> None:
    known = {found.built.name, *(part.name for part in found.built.parts)}
    if name.removesuffix(".zip") not in known:
        raise RuleBroken("result_of_another_package", package=found.built.name, found=name[:120])


def _check_known(found: TransferPackage, volumes: Sequence[str]) -> None:
    known = {row.volume for row in handed.rows_of(found.id, found.round).only("volume")}
    strange = sorted(set(volumes) - known)
    if strange:
        raise RuleBroken("opinion_on_another_volume", numbers="、".join(strange[:20]))


def _decide(
    found: TransferPackage, opinions: Iterable[Opinion], source: str, actor: Person, now: datetime
) -> None:
    facts = {"source": source, "decided_by": actor.id, "decided_at": now}
    changes = [
        UpdateOne(
            {"_id": f"{found.id}:{found.round}:{one.volume}"},
            {"$set": {**facts, "decision": one.decision, "reason": one.reason}},
        )
        for one in opinions
    ]
    if changes:
        HandedVolume.collection().bulk_write(changes)


def _take_findings(found: TransferPackage, result: CheckResult, actor: Person, now: datetime) -> None:
    """What the checker found, as opinions; what a person of the archive room said before stands."""
    facts = {"source": "result", "decided_by": actor.id, "decided_at": now}
    open_ones = {"package": found.id, "round": found.round, "source": {"$ne": "opinion"}}
    known = {row.volume for row in handed.rows_of(found.id, found.round).only("volume")}
    named = {} if result.ok else {one: why for one, why in _named(result).items() if one in known}
    whole = not (result.ok or named)
    rest = {"decision": "rejected", "reason": WHOLE} if whole else {"decision": "accepted", "reason": ""}
    changes = [UpdateMany(open_ones, {"$set": {**facts, **rest}})]
    for volume, reason in named.items():
        changed = {**facts, "decision": "rejected", "reason": reason}
        changes.append(UpdateMany({**open_ones, "volume": volume}, {"$set": changed}))
    HandedVolume.collection().bulk_write(changes)


def _named(result: CheckResult) -> Mapping[str, str]:
    """The volumes to which every finding belongs; empty when one belongs to none of them."""
    if result.elsewhere is not None:
        return {} if result.elsewhere else result.rejected
    places = (set(f"{row['path']}/{row['zh']}".split("/")) for row in result.findings)
    return result.rejected if all(place & set(result.rejected) for place in places) else {}


def _settle(found: TransferPackage, now: datetime) -> TransferPackage:
    """The state that follows: sent back when anything is, confirmed when everything was accepted."""
    count = handed.tally(found.id, found.round)
    verified = TransferPackage.get(found.id).verified
    whole = verified is None or verified.ok
    state = "handed_over" if count["undecided"] else "confirmed"
    if count["rejected"] or not (whole or count["accepted"]):
        state = "returned"
    TransferPackage.collection().update_one({"_id": found.id}, {"$set": {"state": state}})
    if state == "returned" and found.state != "returned":
        _tell(found, count["rejected"], now)
    return TransferPackage.get(found.id)


def _tell(found: TransferPackage, rejected: int, now: datetime) -> None:
    """Bring what was sent back to the desk of who handed it over."""
    message = Message(
        key=f"package_returned:{found.id}:{found.round}",
        title={"zh": f"{found.called['zh']}被退回", "en": f"{found.called['en']} sent back"},
        body={
            "zh": f"第 {found.round} 次移交中有 {rejected} 卷被退回，原因见年终移交页；更正后再次移交。",
            "en": f"{rejected} volumes of round {found.round} were sent back; correct and hand over again.",
        },
    )
    notices.announce([found.made_by, found.handed.by if found.handed else ""], message, now=now)
