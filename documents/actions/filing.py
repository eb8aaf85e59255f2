"""Filing 归档: a batch is prepared by one person, who appraises its cases, and submitted to another.

Until the second person approves everything can be taken back; then numbers are reserved and the cases are
locked (`handing_over.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from documents import audit
from documents.actions import telling
from documents.actions.appraising import Facts, appraised, facts_at, looked_at_again
from documents.actions.batch_rights import check_cases, check_mine, check_out, check_preparer, check_second
from documents.actions.notices import Message, announce
from documents.complaint import Complaint, any_confidential
from documents.database import transaction
from documents.filing_batch import FilingBatch, FilingEntry, entries_of, in_open_batches
from documents.keepers import keepers, keeping
from documents.person import Person
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from documents.withheld import told

MOST_IN_A_BATCH = 500
ON_ITS_PAGE = {"zh": "理由见批次页", "en": "the page of the batch says why"}


class Left(NamedTuple):
    """A case that was not taken into the batch, and why 未列入."""

    number: str
    refused: RuleBroken


def prepare(
    numbers: Sequence[str], note: str, *, actor: Person, now: datetime
) -> tuple[FilingBatch | None, list[Left]]:
    """开批: take cases into a new batch, each appraised as the rules propose; what cannot be is left."""
    wanted = list(dict.fromkeys(numbers))[:MOST_IN_A_BATCH]
    busy, keeps, facts = in_open_batches(wanted), keeping(actor), facts_at(now)
    batch = FilingBatch(
        prepared_by=actor.id, prepared_name=actor.name, prepared_at=now, note=note.strip() or None
    )
    entries, left = list[FilingEntry](), list[Left]()
    for number, case in Complaint.in_turn(wanted):
        try:
            if case is None or not keeps(case.case_scope()):
                raise RuleBroken("unknown_case", number=number)
            if number in busy:
                raise RuleBroken("in_another_batch", number=number)
            entries.append(_entry(case, batch, facts))
        except RuleBroken as refused:
            left.append(Left(number, refused))
    if not entries:
        return None, left
    batch.works, batch.beat_at = True, now
    _write(batch, entries, now)
    return batch, left


def _write(batch: FilingBatch, entries: Sequence[FilingEntry], now: datetime) -> None:
    def write() -> None:
        batch.save(force_insert=True)
        FilingEntry.collection().insert_many([one.to_mongo() for one in entries])
        audit.note("filing_prepare", subject(batch), by=batch.prepared_by, at=now, cases=len(entries))

    try:
        transaction(write)
    except DuplicateKeyError as error:  # somebody else took one of them at this very moment
        raise RuleBroken("in_another_batch", number="") from error


def _entry(case: Complaint, batch: FilingBatch, facts: Facts) -> FilingEntry:
    """The case as it goes into the batch; raises RuleBroken when there is nothing to file."""
    supplement = bool(case.later)
    if case.in_the_making is not None:
        raise RuleBroken("case_handed_over", number=case.number)
    if not supplement and (case.status != "closed" or case.volume is not None):
        raise RuleBroken("not_closed", number=case.number)
    view = view_of(case.policy, case.policy_version)
    if "archive" not in view.definition:
        raise RuleBroken("no_archiving_step", case_type=case.case_type)
    return FilingEntry(batch=batch.id, case=case.number, open=True, **facts(case))


def appraise(
    batch: FilingBatch, numbers: Sequence[str], code: str, reason: str, *, actor: Person, now: datetime
) -> int:
    """鉴定: keep these cases for another period than proposed; how many.

    Raises RuleBroken("not_your_batch"), ("batch_submitted"), ("retention_without_reason"),
    ("unknown_retention").
    """
    check_mine(batch, actor, numbers)
    found = FilingEntry.objects(batch=batch.id, case__in=list(numbers), state="in")
    changes = [(one, appraised(one, code, reason)) for one in found]
    told = {one.case: {"retention": new["kept"]["code"], "reason": new["reason"]} for one, new in changes}

    def write() -> int:
        _change_each(changes)
        audit.note_each("appraise", told, by=actor.id, at=now)
        return len(changes)

    return transaction(write)


def _change_each(changes: Iterable[tuple[FilingEntry, Mapping[str, Any]]]) -> None:
    writes = [UpdateOne({"_id": one.id, "state": "in"}, {"$set": dict(new)}) for one, new in changes]
    if writes:
        FilingEntry.collection().bulk_write(writes, ordered=False)


def take_out(batch: FilingBatch, numbers: Sequence[str], reason: str, *, actor: Person, now: datetime) -> int:
    """移出: leave cases out of the batch; anybody but the preparer says why. How many."""
    check_out(batch, numbers, reason, actor)
    left = {"state": "out", "open": False, "remark": reason.strip() or None, "remark_by": actor.name}
    return _turn(batch, numbers, "in", left, actor=actor, now=now)


def put_back(batch: FilingBatch, numbers: Sequence[str], *, actor: Person, now: datetime) -> int:
    """放回: take cases in again that were left out, as they stand now; how many."""
    wanted = list(dict.fromkeys(numbers))
    check_mine(batch, actor, wanted)
    known = {one.case for one in FilingEntry.objects(batch=batch.id, case__in=wanted).only("case")}
    for number in wanted:
        if number not in known:
            raise RuleBroken("unknown_case", number=number)
    if busy := in_open_batches(wanted):
        raise RuleBroken("in_another_batch", number="、".join(sorted(busy)))
    done, facts = 0, facts_at(now)
    for number in wanted:
        fresh = facts(Complaint.get(number))
        back = {**fresh, "state": "in", "open": True, "remark": None, "remark_by": None, "checked_at": None}
        done += _turn(batch, [number], "out", back, actor=actor, now=now)
    let_work(batch, now)
    return done


def _turn(
    batch: FilingBatch,
    numbers: Iterable[str],
    state: str,
    change: Mapping[str, Any],
    *,
    actor: Person,
    now: datetime,
) -> int:
    wanted = {"batch": batch.id, "case": {"$in": list(numbers)}, "state": state}

    def write() -> int:
        names = [row["case"] for row in FilingEntry.collection().find(wanted, {"case": 1})]
        done = FilingEntry.collection().update_many(wanted, {"$set": dict(change)}).modified_count
        told = {name: {"batch": str(batch.id)} for name in names}
        audit.note_each(f"filing_{change['state']}", told, by=actor.id, at=now)
        return int(done)

    return transaction(write)


def check_again(batch: FilingBatch, *, actor: Person, now: datetime) -> None:
    """重新预检: look at every case of the batch once more."""
    check_mine(batch, actor)
    entries, facts = {one.case: one for one in entries_of(batch.id, "in")}, facts_at(now)
    changes = []
    for number, case in Complaint.in_turn(list(entries)):
        if case is None:
            raise RuleBroken("unknown_case", number=number)
        changes.append((entries[number], looked_at_again(entries[number], facts(case))))
    _change_each(changes)
    let_work(batch, now)


def let_work(batch: FilingBatch, now: datetime) -> None:
    """There is something for the job to do."""
    FilingBatch.collection().update_one({"_id": batch.id}, {"$set": {"works": True, "beat_at": now}})


def submit(batch: FilingBatch, *, actor: Person, now: datetime) -> FilingBatch:
    """送检: submit the batch to the second person.

    Raises RuleBroken("not_your_batch"), ("batch_empty"), ("batch_not_checked"), ("batch_has_problems").
    """
    check_mine(batch, actor)
    entries = entries_of(batch.id, "in")
    if not entries:
        raise RuleBroken("batch_empty")
    if any(one.checked_at is None for one in entries):
        raise RuleBroken("batch_not_checked")
    wrong = [one.case for one in entries if one.blocking]
    if wrong:
        raise RuleBroken("batch_has_problems", count=len(wrong), numbers="、".join(wrong[:5]))

    def write() -> FilingBatch:
        changes = {"state": "submitted", "submitted_at": now}
        submitted = _step(batch, "preparing", changes, actor=actor, now=now)
        checkers = {one for owner in {entry.owner for entry in entries} for one in keepers(owner)}
        about = [entry.case for entry in entries]
        zh = f"{actor.name}提交了 {len(entries)} 件，请在归档室检查后核准或退回"
        en = f"{actor.name} submitted {len(entries)} cases: check them in the archive room"
        title = {"zh": "归档批次等待检查", "en": "A filing batch waits to be checked"}
        message = _message(submitted, title, {"zh": zh, "en": en}, now)
        telling.announce(checkers - {actor.id}, about, message, now=now)
        return submitted

    return transaction(write)


def take_back(batch: FilingBatch, *, actor: Person, now: datetime) -> FilingBatch:
    """撤回: take a submitted batch back, to go on preparing it; possible until it is approved."""
    check_preparer(batch, actor)
    check_cases(batch, actor)
    return _step(batch, "submitted", {"state": "preparing", "submitted_at": None}, actor=actor, now=now)


def discard(batch: FilingBatch, *, actor: Person, now: datetime) -> FilingBatch:
    """取消批次: give the batch up; its cases wait for filing again."""
    check_mine(batch, actor)

    def write() -> FilingBatch:
        FilingEntry.collection().update_many({"batch": batch.id, "open": True}, {"$set": {"open": False}})
        return _step(batch, "preparing", {"state": "discarded", "works": False}, actor=actor, now=now)

    return transaction(write)


def send_back(batch: FilingBatch, reason: str, *, actor: Person, now: datetime) -> FilingBatch:
    """退回: the second person sends the whole batch back with a reason."""
    check_second(batch, actor)
    if not reason.strip():
        raise RuleBroken("reason_missing")
    returned = {"by": actor.id, "name": actor.name, "at": now, "reason": reason.strip()}
    changes = {"state": "preparing", "submitted_at": None, "returned": returned}

    def write() -> FilingBatch:
        back = _step(batch, "submitted", changes, actor=actor, now=now)
        why = _told_why(back, reason.strip())
        zh, en = f"{actor.name}退回：{why['zh']}", f"{actor.name} sent it back: {why['en']}"
        title = {"zh": "归档批次被退回", "en": "Your filing batch was sent back"}
        announce([batch.prepared_by], _message(back, title, {"zh": zh, "en": en}, now), now=now)
        return back

    return transaction(write)


def approve(batch: FilingBatch, *, actor: Person, now: datetime) -> FilingBatch:
    """核准: the second person approves; a job reserves the numbers and locks the cases.

    Raises RuleBroken("second_person_needed"), ("batch_not_submitted"), ("batch_empty").
    """
    check_second(batch, actor)
    if not entries_of(batch.id, "in"):
        raise RuleBroken("batch_empty")
    changes = {
        "state": "approved",
        "checked_by": actor.id,
        "checked_name": actor.name,
        "approved_at": now,
        "works": True,
        "beat_at": now,
    }
    return _step(batch, "submitted", changes, actor=actor, now=now)


def _message(batch: FilingBatch, title: Mapping[str, str], body: Mapping[str, str], now: datetime) -> Message:
    return Message(key=f"filing:{batch.id}:{batch.state}:{now.isoformat()}", title=title, body=body)


def _told_why(batch: FilingBatch, reason: str) -> Mapping[str, str]:
    """The reason as far as the preparer may hear it: it may be about a case that is closed to him by now."""
    about = [one.case for one in entries_of(batch.id, "in")]
    known = told([batch.prepared_by], about) and not any_confidential(about)
    return dict.fromkeys(("zh", "en"), reason) if known else ON_ITS_PAGE


def _step(
    batch: FilingBatch, state: str, changes: Mapping[str, Any], *, actor: Person, now: datetime
) -> FilingBatch:
    def write() -> FilingBatch:
        done = FilingBatch.collection().update_one({"_id": batch.id, "state": state}, {"$set": dict(changes)})
        if done.modified_count != 1:
            raise RuleBroken("batch_changed_meanwhile")
        verb = f"filing_{changes['state']}"
        audit.note(verb, subject(batch), by=actor.id, at=now)
        return FilingBatch.get(str(batch.id))

    return transaction(write)


def subject(batch: FilingBatch) -> str:
    """What the audit calls the batch."""
    return f"filing:{batch.id}"
