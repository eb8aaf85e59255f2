"""Letters 函件 get their PDF: rendered once, attached under its SHA-256, never replaced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from documents import audit, events
from documents.case_parts import Letter
from documents.complaint import Complaint
from documents.database import transaction
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.withheld import barred


@dataclass(frozen=True)
class RenderedLetter:
    """A rendered letter: where it is kept and what it weighs."""

    file_id: str
    sha256: str


def letter_of(case: Complaint, seq: int) -> Letter:
    """One letter of the case; raises RuleBroken("unknown_letter")."""
    for letter in case.letters:
        if letter.seq == seq:
            return letter
    raise RuleBroken("unknown_letter", number=case.number, letter=seq)


def paper_key(seq: int) -> str:
    """The name under which a letter waits in `Complaint.papers`."""
    return f"letter:{seq}"


def attach(number: str, seq: int, rendered: RenderedLetter, *, now: datetime) -> bool:
    """Attach the PDF with its event 生成函件; False when another worker was first.

    Safe to run twice: a letter that has its PDF keeps it.
    """

    def write() -> bool:
        case = Complaint.get(number)
        letter = letter_of(case, seq)
        if letter.file_id:
            return False
        _attach(case, letter, rendered, now=now)
        return True

    return transaction(write)


def _attach(case: Complaint, letter: Letter, rendered: RenderedLetter, *, now: datetime) -> None:
    revision = case.revision
    letter.file_id, letter.sha256 = rendered.file_id, rendered.sha256
    letter.problem = None
    case.papers = [paper for paper in case.papers if paper != paper_key(letter.seq)]
    named = " ".join(part for part in (letter.title["zh"], letter.number) if part)
    events.append(
        case,
        at=max(now, letter.at),
        by=events.SYSTEM,
        verb="letter",
        label={"zh": "生成函件", "en": "Letter made"},
        facts={"letter": named, "sha256": rendered.sha256},
    )
    case.revision = revision + 1
    result = Complaint.collection().replace_one({"_id": case.id, "revision": revision}, case.to_mongo())
    if result.matched_count != 1:
        raise RuleBroken("changed_meanwhile", number=case.number)
    audit.note("letter", case.number, by=events.SYSTEM, at=now, letter=letter.seq, sha256=rendered.sha256)


def begin(number: str, seq: int) -> int:
    """Count an attempt at rendering before it starts: a paper that kills its worker is found out."""
    row = Complaint.collection().find_one_and_update(
        {"number": number, "letters.seq": seq},
        {"$inc": {"letters.$.attempts": 1}},
        projection={"letters": 1},
    )
    if row is None:
        raise RuleBroken("unknown_letter", number=number, letter=seq)
    return 1 + sum(int(one.get("attempts", 0)) for one in row["letters"] if one["seq"] == seq)


def set_aside(number: str, seq: int, problem: str) -> None:
    """Note why a letter could not be rendered; others go on."""
    Complaint.collection().update_one(
        {"number": number, "letters": {"$elemMatch": {"seq": seq, "file_id": None}}},
        {
            "$set": {"letters.$.problem": problem},
            "$pull": {"papers": paper_key(seq)},
            "$inc": {"revision": 1},
        },
    )


def retry(number: str, seq: int, *, actor: Person, now: datetime) -> None:
    """Let a letter that was set aside try again 重新生成, in a case that the person keeps."""

    def write() -> None:
        if barred(actor, [number]):
            raise RuleBroken("unknown_case", number=number)
        found = Complaint.collection().update_one(
            {"number": number, "letters": {"$elemMatch": {"seq": seq, "file_id": None}}},
            {
                "$set": {"letters.$.problem": None, "letters.$.attempts": 0},
                "$addToSet": {"papers": paper_key(seq)},
                "$inc": {"revision": 1},
            },
        )
        if found.matched_count != 1:
            raise RuleBroken("letter_not_waiting", number=number, letter=seq)
        audit.note("letter_retry", number, by=actor.id, at=now, letter=seq)

    transaction(write)
