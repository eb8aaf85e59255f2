"""Renewing 重新加密: all that is stored is brought to the newest key, and what stood readable encrypted.

It goes through the collections in portions, by id, and notes how far it came: killed in the middle, it goes
on there. Whoever changes a document meanwhile wins; the document is looked at again. Safe to run twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from documents import blind_index, envelopes, files
from documents.actions.keeping import find_by
from documents.archive_number import ArchiveNumber
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.database import Stored, database
from documents.delayed_signature import DelayedSignature
from documents.destruction import Destruction
from documents.duty import Duty
from documents.encryption import Encryption, walked
from documents.envelopes import KeyUnfit, NotAuthentic
from documents.file_check import FileCheck
from documents.filing_batch import FilingBatch, FilingEntry
from documents.handed import HandedVolume
from documents.hold import Hold
from documents.inspection import Inspection, InspectionRules, Sampling
from documents.keyring import ring
from documents.kinship import Kinship
from documents.loan import Loan
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.password_reset import ResetRequest
from documents.person import Person
from documents.policy import view_of
from documents.print_order import PrintOrder
from documents.replay_order import ReplayOrder
from documents.report import Report
from documents.reveal import Reveal
from documents.rules.readable import readable
from documents.second_factor import SecondFactor
from documents.timer import Timer
from documents.transfer import TransferPackage
from documents.upload import Draft, Upload
from documents.volume import Volume
from documents.what_if import WhatIfRow

Row = Mapping[str, Any]
Look = Callable[[str, int, int], None]  # collection, how many were seen, how many of them renewed
PASSES = "key_passes"
PORTION = 500
TRIES = 20
CLASSES: tuple[type[Stored], ...] = (
    *(Complaint, Notice, OutboxMessage, Draft, Upload, Volume, FilingBatch, FilingEntry, HandedVolume),
    *(TransferPackage, Inspection, Sampling, WhatIfRow, Report, Hold, Loan, ArchiveNumber, FileCheck),
    *(Person, AuditEntry, Reveal, Kinship, Duty, Destruction, ReplayOrder, PrintOrder, Timer),
    *(ResetRequest, SecondFactor, InspectionRules, DelayedSignature),
)


@dataclass(frozen=True)
class Renewed:
    """What a pass found: how many documents it saw, how many it wrote anew, and which nobody can open."""

    seen: int
    renewed: int
    broken: tuple[str, ...] = ()


def encryptions() -> list[Encryption]:
    """What is encrypted, collection by collection."""
    return [*(found for one in CLASSES if (found := one.encryption()) is not None), files.ENCRYPTION]


def renew(
    *, look: Look = lambda *_told: None, again: bool = False, portion: int = PORTION, admit: bool = True
) -> Renewed:
    """Bring everything to the newest key; with `again` also what an earlier pass for this key has seen.

    With `admit` what stands readable is encrypted, too: so the migrations bring older data in; raises
    NotAuthentic. Without it a document with a value that was altered, or that stands readable where it must
    not, is left as it is and told of.
    """
    number = ring().current.number
    if again:
        database()[PASSES].delete_many({"key": number})
    found = [_renew(one, number, look, (portion, admit)) for one in encryptions()]
    broken = tuple(told for one in found for told in one.broken)
    return Renewed(sum(one.seen for one in found), sum(one.renewed for one in found), broken)


def _renew(encryption: Encryption, number: int, look: Look, how: tuple[int, bool]) -> Renewed:
    portion, admit = how
    name = {"_id": f"{encryption.collection}:{number}"}
    place: dict[str, Any] = database()[PASSES].find_one(name) or {"seen": 0, "renewed": 0}
    while not place.get("done"):
        after = {"_id": {"$gt": place["after"]}} if "after" in place else {}
        rows = list(database()[encryption.collection].find(after).sort("_id").limit(portion))
        place["seen"] += len(rows)
        for row in rows:
            try:
                place["renewed"] += _renew_one(encryption, row, admit)
            except (NotAuthentic, KeyUnfit) as wrong:
                if admit:
                    raise
                place.setdefault("broken", []).append(f"{encryption.collection} {row['_id']}: {wrong}")
        place["done"] = len(rows) < portion
        if rows:
            place["after"] = rows[-1]["_id"]
        kept = {key: value for key, value in place.items() if key != "_id"}
        database()[PASSES].update_one(name, {"$set": {**kept, "key": number}}, upsert=True)
        look(encryption.collection, place["seen"], place["renewed"])
    return Renewed(place["seen"], place["renewed"], tuple(place.get("broken", ())))


def _renew_one(encryption: Encryption, row: Row | None, admit: bool) -> bool:
    """Write one document anew where it needs that, unless somebody changed it; then look again."""
    rows = database()[encryption.collection]
    for _try in range(TRIES):
        if row is None:
            return False
        fresh = _fresh(encryption, row, admit)
        if fresh is None:
            return False
        seen = {name: row[name] for name in fresh if name in row}
        if rows.update_one({"_id": row["_id"], **seen}, {"$set": fresh}).matched_count:
            return True
        row = rows.find_one({"_id": row["_id"]})
    raise TimeoutError(f"{encryption.collection} {row and row['_id']} is changed all the time")


def _fresh(encryption: Encryption, row: Row, admit: bool) -> dict[str, Any] | None:
    """What has to be written of a document; None where all is well."""
    number, counted = ring().current.number, Counter[bool]()
    is_case = encryption.collection == Complaint._get_collection_name()
    given = _told_readable(row) if is_case else row

    def anew(value: Any, place: str, owner: Any) -> Any:
        if value is None or value in ("", [], {}):
            return value
        if envelopes.is_envelope(value) and envelopes.key_of(value) == number:
            return value
        if not admit:
            encryption.value(value, place, owner)
        counted[True] += 1
        return envelopes.encrypted(envelopes.decrypted(value, place, owner), place, owner)

    found = walked(given, encryption.tree, anew, row["_id"])
    if not counted:
        return None
    fresh = {name: found[name] for name in encryption.tree if name in found}
    return {**fresh, **_found_by(encryption.opened(found), fresh)} if is_case else fresh


def _told_readable(row: Row) -> Row:
    """A case whose filled forms say which of their values the database may read."""
    return {**row, "answers": [_with_readable(row, one) for one in row.get("answers", ())]}


def _with_readable(row: Row, answers: Row) -> Row:
    if "readable" in answers:
        return answers
    view = view_of(row["policy"], answers.get("policy_version") or row["policy_version"])
    form = next((one for one in view.forms() if one["key"] == answers["form"]), None)
    return {**answers, "readable": readable(form) if form else []}


def _found_by(row: Row, fresh: Row) -> dict[str, Any]:
    """The digests by which a case is found, with the newest key."""
    if row.get("destroyed_at"):
        return {}
    case = Complaint._from_son(dict(row))
    find_by(case, view_of(case.policy, case.policy_version))
    told = {"grams": case.grams, "attrs": list(case.attrs), "texts": []}
    if case.severity is None or not case.severity.who:
        return told
    return {**told, "severity": {**fresh["severity"], "who": blind_index.someone(case.severity.who)}}


def usage() -> Iterator[tuple[str, Counter[int]]]:
    """How many values of each collection are encrypted with each key; 0 stands for those still readable."""
    for encryption in encryptions():
        counted = Counter[int]()

        def count(value: Any, _place: str, _owner: Any, counted: Counter[int] = counted) -> Any:
            if value is not None and value not in ("", [], {}):
                counted[envelopes.key_of(value) if envelopes.is_envelope(value) else 0] += 1
            return value

        for row in database()[encryption.collection].find({}, dict.fromkeys(encryption.tree, 1)):
            walked(row, encryption.tree, count, row["_id"])
        yield encryption.collection, counted
