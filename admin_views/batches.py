"""Archiving many cases at once 批量归档: each for itself, each failure with its reason."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from redis import RedisError

from admin_views.standing import me, my_keys, said
from admin_views.words import refusal
from documents.actions import steps
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import view_of
from documents.queries import Sight
from documents.rules.broken import RuleBroken
from documents.rules.policy import PolicyView
from jobs import press

log = logging.getLogger(__name__)
MOST_AT_ONCE = 200
COLUMNS = (
    *("number", "title", "case_type", "stage", "policy", "policy_version", "closed_at", "letters.file_id"),
    *("letters.problem", "letters.seq", "volume.number", "volume.problem", "volume.submitted_at"),
)


@dataclass(frozen=True)
class Waiting:
    """A closed case that has no sealed file yet 待归档."""

    number: str
    title: str
    stage: str
    closed_at: datetime | None
    letters: int
    letters_missing: int
    letter_problem: str
    letter_seq: int | None
    volume: str
    problem: str


@dataclass
class Desk:
    """What lies on the archivist's desk: to be archived, being made, failed."""

    ready: list[Waiting] = field(default_factory=list)
    making: list[Waiting] = field(default_factory=list)
    failed: list[Waiting] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True)
class Failure:
    """A case that could not be archived, and why."""

    number: str
    reason: str


def desk() -> Desk:
    """The closed cases in the person's sight, the longest closed first."""
    closed = {"$and": [Sight(my_keys(), me().id).condition(), {"status": "closed"}]}
    rows = list(
        Complaint.collection().find(closed, list(COLUMNS)).sort("received_at", -1).limit(4 * MOST_AT_ONCE)
    )
    found = Desk()
    for row in sorted(rows, key=lambda row: (row.get("closed_at") is None, row.get("closed_at"))):
        one = _waiting(row)
        lane = found.failed if one.problem else found.making if one.volume else found.ready
        lane.append(one)
    found.more = max(0, len(found.ready) - MOST_AT_ONCE)
    del found.ready[MOST_AT_ONCE:]
    return found


def _waiting(row: Mapping[str, Any]) -> Waiting:
    view = view_of(row["policy"], row["policy_version"])
    letters, volume = row.get("letters", ()), row.get("volume") or {}
    stuck: Mapping[str, Any] = next((one for one in letters if one.get("problem")), {})
    return Waiting(
        number=row["number"],
        title=row["title"],
        stage=said(view.stage(row["case_type"], row["stage"])["label"]),
        closed_at=row.get("closed_at"),
        letters=len(letters),
        letters_missing=len([one for one in letters if not one.get("file_id")]),
        letter_problem=stuck.get("problem", ""),
        letter_seq=stuck.get("seq"),
        volume=volume.get("number", ""),
        problem=volume.get("problem") or "",
    )


def archive(
    numbers: Sequence[str], note: str, *, now: datetime, submission: str
) -> tuple[int, list[Failure]]:
    """归档: hand each case to the archive; one that cannot be handed over blocks no other."""
    done, failures = 0, []
    for number in dict.fromkeys(numbers[:MOST_AT_ONCE]):
        try:
            case = _hand_over(number, note, me(), now=now, submission=f"{submission}:{number}")
        except RuleBroken as error:
            failures.append(Failure(number, refusal(error).message))
            continue
        print_soon(case, now=now)
        done += 1
    return done, failures


def print_soon(case: Complaint, *, now: datetime) -> None:
    """Queue the papers of a case; without Valkey the clock will find them."""
    try:
        press.queue_papers(case, now=now)
    except RedisError:
        log.exception("the papers of %s are left to the clock: Valkey does not answer", case.number)


def _hand_over(number: str, note: str, actor: Person, *, now: datetime, submission: str) -> Complaint:
    case = Complaint.get(number)
    view = view_of(case.policy, case.policy_version)
    values = {"archive_note": note} if note else {}
    return steps.perform(
        number,
        archiving_step(view, case.case_type),
        values,
        actor=actor,
        now=now,
        turn=case.turn,
        submission=submission,
    )


def archiving_step(view: PolicyView, case_type: str) -> str:
    """The transition of the policy that hands a case to the archive."""
    for one in view.transitions(case_type):
        if any("archive" in effect for effect in one.get("effects", ())):
            return str(one["key"])
    raise RuleBroken("no_archiving_step", case_type=case_type)
