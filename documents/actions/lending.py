"""Lending 借阅: ask, decide (never one's own), keep the copy, open it page by page, give it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from documents import audit, files
from documents.actions import notices, telling
from documents.actions.entitlement import check_right
from documents.actions.notices import Message
from documents.database import transaction
from documents.files import StoredFile
from documents.keepers import RIGHT, keepers
from documents.kept_back import hidden_volumes
from documents.loan import APPROVED, ASKED, CURRENT, READY, REFUSED, RETURNED, WITHDRAWN, Loan
from documents.person import Person
from documents.policy import view_in_force
from documents.reading_copy import PARTS
from documents.rules.broken import RuleBroken
from documents.sequence import Sequence as Series
from documents.volume import HIDDEN, Volume
from documents.withheld import told

LONGEST = 1_000
LONGEST_LOAN = timedelta(days=90)


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to read 借阅申请: an archive or case number, what for, which papers, until when."""

    number: str
    purpose: str
    pages: str
    until: date


def ask(wanted: Wanted, *, actor: Person, now: datetime, today: date) -> Loan:
    """申请. Who has no rights in the archive finds a volume by its full number only.

    Raises RuleBroken("unknown_volume"), ("purpose_missing"), ("loan_until").
    """
    if not wanted.purpose.strip():
        raise RuleBroken("purpose_missing")
    if not today <= wanted.until <= today + LONGEST_LOAN:
        raise RuleBroken("loan_until", days=LONGEST_LOAN.days)

    def write() -> Loan:
        volume = _found(wanted.number.strip())
        if hidden_volumes([volume.id], actor.id):  # as if there were none, also for who is recused
            raise RuleBroken("unknown_volume", volume=wanted.number.strip())
        year = today.year
        loan = Loan(
            number=f"JY-{volume.owner}-{year}-{Series.take(f'loan:{volume.owner}:{year}'):04}",
            policy=volume.policy,
            owner=volume.owner,
            volume=volume.id,
            asked_by=actor.id,
            asked_name=actor.name,
            asked_at=now,
            purpose=wanted.purpose.strip()[:LONGEST],
            pages=wanted.pages.strip()[:LONGEST],
            until=wanted.until.isoformat(),
        )
        loan.save(force_insert=True)
        audit.note("loan_asked", volume.id, by=actor.id, at=now, loan=loan.number)
        others = [person for person in keepers(volume.owner) if person != actor.id]
        telling.announce(others, [volume.id], _message(loan, "asked"), now=now)
        return loan

    return transaction(write)


def _found(number: str) -> Volume:
    here = {"$or": [{"_id": number}, {"cases": number}], "destroyed_at": None}
    found: Volume | None = Volume.objects(__raw__=here).order_by("sealed_at").first() if number else None
    if found is None:
        raise RuleBroken("unknown_volume", volume=number)
    return found


def approve(loan: str, parts: Iterable[str], note: str, *, actor: Person, now: datetime) -> Loan:
    """批准: these parts of the volume; a job makes the copy. Raises RuleBroken("not_your_own_loan")."""
    chosen = [part for part in PARTS if part in set(parts)]
    if not chosen:
        raise RuleBroken("no_parts_chosen")
    return _decide(loan, {"state": APPROVED, "parts": chosen, "note": note.strip()[:LONGEST]}, actor, now)


def refuse(loan: str, reason: str, *, actor: Person, now: datetime) -> Loan:
    """不予批准, with the reason."""
    if not reason.strip():
        raise RuleBroken("reason_missing")
    return _decide(loan, {"state": REFUSED, "note": reason.strip()[:LONGEST]}, actor, now)


def _decide(loan: str, changes: dict[str, Any], actor: Person, now: datetime) -> Loan:
    def check(one: Loan) -> None:
        _check_keeper(one, actor)
        if one.asked_by == actor.id:
            raise RuleBroken("not_your_own_loan")

    decided = {"decided_by": actor.id, "decided_name": actor.name, "decided_at": now}
    verb = "approved" if changes["state"] == APPROVED else "refused"
    return _change(loan, (ASKED,), {**changes, **decided}, check=check, verb=verb, actor=actor, now=now)


def withdraw(loan: str, *, actor: Person, now: datetime) -> Loan:
    """撤回 by whoever asked."""
    changes = {"state": WITHDRAWN, "ended_at": now, "ended_by": actor.id}
    return _change(loan, (ASKED,), changes, check=_is_of(actor), verb="withdrawn", actor=actor, now=now)


def give_back(loan: str, *, actor: Person, now: datetime) -> Loan:
    """归还: by the reader, or by whoever keeps the archive; the copy is deleted, its digest stays."""

    def check(one: Loan) -> None:
        if one.asked_by != actor.id:
            _check_keeper(one, actor)

    changes = {"state": RETURNED, "ended_at": now, "ended_by": actor.id}
    done = _change(loan, CURRENT, changes, check=check, verb="returned", actor=actor, now=now)
    if done.file_id:
        # Its name goes last: killed in between, a destruction of the volume still finds the file.
        files.delete(done.file_id)
        Loan.collection().update_one({"_id": done.id}, {"$set": {"file_id": None}})
    return Loan.get(loan)


def _check_keeper(loan: Loan, actor: Person) -> None:
    """Who keeps the archive, unless the volume is hidden from the person: then the loan looks like none."""
    check_right(actor, RIGHT, view_in_force(loan.policy), loan.owner)
    if hidden_volumes([loan.volume], actor.id):
        raise RuleBroken("unknown_loan", loan=str(loan.id))


def _is_of(actor: Person) -> Callable[[Loan], None]:
    def check(one: Loan) -> None:
        if one.asked_by != actor.id:
            raise RuleBroken("unknown_loan", loan=str(one.id))

    return check


def _change(  # noqa: PLR0913 - what a turn is, and whose
    loan: str,
    states: Sequence[str],
    changes: dict[str, Any],
    *,
    check: Callable[[Loan], None],
    verb: str,
    actor: Person,
    now: datetime,
) -> Loan:
    def write() -> Loan:
        one = Loan.get(loan)
        check(one)
        here = {"_id": one.id, "state": {"$in": list(states)}}
        done = Loan.collection().update_one(here, {"$set": changes})
        if not done.modified_count:
            raise RuleBroken("loan_moved_on", loan=one.number)
        audit.note(f"loan_{verb}", one.volume, by=actor.id, at=now, loan=one.number)
        if actor.id != one.asked_by:
            notices.announce([one.asked_by], _message(Loan.get(loan), verb), now=now)
        return Loan.get(loan)

    return transaction(write)


TOLD = {
    "asked": ("借阅申请：{volume}", "Reading request: {volume}", "{who}申请借阅，用途：{purpose}。"),
    "approved": ("借阅已批准：{volume}", "Reading approved: {volume}", "{decided}已批准，正在生成阅览件。"),
    "refused": ("借阅未批准：{volume}", "Reading refused: {volume}", "{decided}未批准，理由：{note}。"),
    "returned": ("借阅已归还：{volume}", "Copy returned: {volume}", "档案人员已登记归还。"),
    "ready": ("阅览件已生成：{volume}", "Reading copy is ready: {volume}", "可在“借阅”中打开，至 {until}。"),
    "overdue": (
        "借阅到期：{volume}",
        "Reading has ended: {volume}",
        "{who}借阅 {until} 到期，请归还。",
    ),
}


def _message(loan: Loan, what: str) -> Message:
    zh, en, body = TOLD[what]
    closed = Volume.objects(id=loan.volume, known_to__0__exists=True).only("id").first() is not None
    facts = {
        "volume": loan.volume,
        "who": loan.asked_name,
        "decided": loan.decided_name,
        "purpose": HIDDEN["zh"] if closed else loan.purpose,
        "note": HIDDEN["zh"] if closed else loan.note,
        "until": loan.until,
    }
    return Message(
        key=f"loan:{loan.id}:{what}",
        title={"zh": zh.format(**facts), "en": en.format(**facts)},
        body={"zh": body.format(**facts), "en": f"{en.format(**facts)} ({loan.number}, {loan.until})."},
    )


# --- the copy 阅览件 -----------------------------------------------------------------------------------


def begin(loan: Loan) -> int:
    """Count an attempt at the copy before it starts."""
    row = Loan.collection().find_one_and_update({"_id": loan.id}, {"$inc": {"attempts": 1}})
    return 1 + int(row.get("attempts", 0)) if row else 0


def keep_copy(loan: Loan, stored: StoredFile, sheets: int, *, now: datetime) -> bool:
    """Keep the copy; False when the loan has ended meanwhile, or another worker was first."""
    made = {"file_id": stored.id, "sha256": stored.sha256, "size": stored.size, "sheets": sheets}

    def write() -> bool:
        done = Loan.collection().update_one(
            {"_id": loan.id, "state": APPROVED}, {"$set": {**made, "state": READY, "made_at": now}}
        )
        if done.modified_count:
            audit.note("loan_made", loan.volume, by="system", at=now, loan=loan.number, sha256=stored.sha256)
            notices.announce([loan.asked_by], _message(loan, "ready"), now=now)
        return bool(done.modified_count)

    return transaction(write)


def set_aside(loan: Loan, problem: str) -> None:
    """Note why no copy could be made."""
    Loan.collection().update_one({"_id": loan.id, "state": APPROVED}, {"$set": {"problem": problem}})


def retry(loan: Loan, *, actor: Person) -> None:
    """Let the making of a copy try again."""
    _check_keeper(loan, actor)
    Loan.collection().update_one({"_id": loan.id}, {"$set": {"problem": None, "attempts": 0}})


def open_copy(loan: Loan, sheet: int | None, *, actor: Person, now: datetime, today: date) -> str:
    """The file of the copy for one page 翻阅, noted each time; `sheet` None: it is opened.

    Raises RuleBroken("unknown_loan") for anybody else, and for the reader from whom the volume is hidden
    by now 保密或回避; ("loan_over") after the last day.
    """
    if loan.asked_by != actor.id or hidden_volumes([loan.volume], actor.id):
        raise RuleBroken("unknown_loan", loan=str(loan.id))
    if not loan.may_be_read(actor.id, today) or not loan.file_id:
        raise RuleBroken("loan_over", until=loan.until)
    facts: dict[str, Any] = {"loan": loan.number} | ({"sheet": sheet} if sheet else {})
    audit.note("read_copy", loan.volume, by=actor.id, at=now, **facts)
    if sheet is None:
        change = {"$inc": {"opened": 1}, "$set": {"last_opened_at": now}}
        Loan.collection().update_one({"_id": loan.id}, change)
    return str(loan.file_id)


def remind(now: datetime, today: date, most: int = 200) -> int:
    """到期提醒: tell the reader and the keepers of loans whose last day is over; each once."""
    late = Loan.objects(state__in=CURRENT, until__lt=today.isoformat()).order_by("until").limit(most)
    return sum(_remind(loan, now) for loan in late)


def _remind(loan: Loan, now: datetime) -> int:
    people = sorted({loan.asked_by, *told(keepers(loan.owner), [loan.volume])})
    return transaction(lambda: notices.announce(people, _message(loan, "overdue"), now=now))
