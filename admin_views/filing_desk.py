"""What lies on the desk of the archive 归档台: to be filed, in batches, being made, set aside."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from redis import RedisError

from admin_views.standing import in_sight, me, said
from documents.archive_number import ArchiveNumber, cases_in_the_making
from documents.complaint import LATER, Complaint
from documents.filing_batch import FilingBatch, FilingEntry, in_open_batches
from documents.policy import view_of
from jobs import queues

log = logging.getLogger(__name__)
MOST_SHOWN = 500
BATCHES_SHOWN = 20
IN_WORK = ("preparing", "submitted", "approved", "making")
COLUMNS = (
    *("number", "title", "case_type", "stage", "policy", "policy_version", "closed_at", "letters.file_id"),
    *("letters.problem", "letters.seq", "volume.number", "volume.problem", "volume.sealed_at"),
    "supplements",
)
SUPPLEMENTS, NOT_ASIDE = {"supplement_to": {"$ne": None}}, {"problem": None}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Waiting:
    """A case that has something to be filed 待归档."""

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
    supplement_to: str


@dataclass
class Desk:
    """Everything on the desk, in the person's sight."""

    ready: list[Waiting] = field(default_factory=list)
    making: list[Waiting] = field(default_factory=list)
    failed: list[Waiting] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True)
class Progress:
    """How far a batch has come 进度."""

    batch: FilingBatch
    cases: int
    unchecked: int
    handed: int
    failed: int
    volumes: int
    sealed: int
    aside: int

    @property
    def busy(self) -> bool:
        """Whether a job is at it."""
        checking = self.batch.is_open and self.unchecked > 0
        return checking or self.batch.state in ("approved", "making")


def case_in_sight(number: str) -> Complaint | None:
    """The case of this number, when the person may see it."""
    found: Complaint | None = Complaint.objects(__raw__={"$and": [{"number": number}, in_sight()]}).first()
    return found


def desk() -> Desk:
    """The cases to be filed, the longest closed first; those in a batch are not here."""
    found = Desk()
    for one in _waits([*_rows({"status": "closed"}), *_rows(LATER), *_rows(_numbered(SUPPLEMENTS))]):
        (found.failed if one.problem else found.making if one.volume else found.ready).append(one)
    found.more = max(0, len(found.ready) - MOST_SHOWN)
    del found.ready[MOST_SHOWN:]
    return found


def making() -> list[Waiting]:
    """The cases whose volume is being made, as they lie on the desk, for the page that watches."""
    return [one for one in _waits(_rows(_numbered(NOT_ASIDE))) if one.volume and not one.problem]


def _numbered(condition: Row) -> Row:
    """The cases with a number that is reserved; these are few, whatever lies in the archive."""
    return {"number": {"$in": cases_in_the_making(condition)}}


def _waits(rows: Sequence[Row]) -> Iterator[Waiting]:
    busy, seen = in_open_batches(row["number"] for row in rows), set[str]()
    for row in sorted(rows, key=lambda row: (row.get("closed_at") is None, row.get("closed_at"))):
        if row["number"] not in busy and row["number"] not in seen:
            seen.add(row["number"])
            yield _waiting(row)


def _rows(condition: Row) -> list[Row]:
    wanted = {"$and": [in_sight(), dict(condition)]}
    found = Complaint.collection().find(wanted, list(COLUMNS))
    return list(found.sort("received_at", -1).limit(4 * MOST_SHOWN))


def _waiting(row: Row) -> Waiting:
    view = view_of(row["policy"], row["policy_version"])
    letters, main = row.get("letters", ()), row.get("volume") or {}
    unsealed = [one for one in row.get("supplements", ()) if not one.get("sealed_at")]
    volume: Row = unsealed[-1] if unsealed else {} if main.get("sealed_at") else main
    stuck: Row = next((one for one in letters if one.get("problem")), {})
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
        supplement_to=main.get("number", "") if main.get("sealed_at") else "",
    )


def in_work() -> list[Progress]:
    """The batches that are in work, those that wait for this person first."""
    found = list(FilingBatch.objects(state__in=IN_WORK).order_by("-prepared_at"))
    inside = {"$and": [{"batch": {"$in": [one.id for one in found]}}, in_sight()]}
    seen = set(FilingEntry.collection().distinct("batch", inside))
    work = [one for one in found if one.id in seen][: 2 * BATCHES_SHOWN]
    return progress_of(sorted(work, key=lambda one: not awaits_me(one)))


def finished() -> list[Progress]:
    """The batches that were finished last."""
    seen = list(FilingEntry.collection().distinct("batch", in_sight()))
    found = FilingBatch.objects(id__in=seen, state="done").order_by("-prepared_at")
    return progress_of(list(found.limit(BATCHES_SHOWN)))


def awaits_me(batch: FilingBatch) -> bool:
    """Whether the batch waits for this person to check it."""
    return batch.state == "submitted" and batch.prepared_by != me().id


def progress_of(found: Sequence[FilingBatch]) -> list[Progress]:
    """How far each batch has come."""
    ids = [one.id for one in found]
    entries = _counted(FilingEntry, ids, {"state": "$state", "unchecked": {"$not": ["$checked_at"]}})
    numbers = _counted(ArchiveNumber, ids, {"state": "$state", "aside": {"$gt": ["$problem", None]}})
    return [_progress(one, entries.get(one.id, {}), numbers.get(one.id, {})) for one in found]


def _counted(kind: Any, ids: Sequence[Any], by: Row) -> dict[Any, dict[tuple[str, bool], int]]:
    found: dict[Any, dict[tuple[str, bool], int]] = {}
    second = next(name for name in by if name != "state")
    stages = [
        {"$match": {"batch": {"$in": list(ids)}}},
        {"$group": {"_id": {"batch": "$batch", **by}, "n": {"$sum": 1}}},
    ]
    for row in kind.collection().aggregate(stages):
        place = row["_id"]
        found.setdefault(place["batch"], {})[place.get("state", ""), bool(place[second])] = row["n"]
    return found


def _progress(batch: FilingBatch, entries: dict[Any, int], numbers: dict[Any, int]) -> Progress:
    def of(counts: dict[Any, int], *states: str, second: bool | None = None) -> int:
        return sum(
            count for (state, flag), count in counts.items() if state in states and second in (None, flag)
        )

    return Progress(
        batch=batch,
        cases=of(entries, "in", "handed", "failed"),
        unchecked=of(entries, "in", second=True),
        handed=of(entries, "handed"),
        failed=of(entries, "failed"),
        volumes=of(numbers, "reserved", "used"),
        sealed=of(numbers, "used"),
        aside=of(numbers, "reserved", second=True),
    )


def work_soon(batch: FilingBatch, *, now: datetime) -> None:
    """Queue the job of a batch; without Valkey the clock will find it."""
    try:
        queues.file_batch(str(batch.id), now=now)
    except RedisError:
        log.exception("batch %s is left to the clock: Valkey does not answer", batch.id)


def make_soon(number: str, *, now: datetime) -> None:
    """Queue the making of a volume; without Valkey the clock will find it."""
    try:
        queues.render_volume(number, now=now)
    except RedisError:
        log.exception("volume %s is left to the clock: Valkey does not answer", number)
