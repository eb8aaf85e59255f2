"""A rehearsal of the clock 时钟预演: what a sweep would fire now, whom it tells, why the rest waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.actions import firing, timers
from documents.actions.firing import Row
from documents.complaint import Complaint
from documents.person import Person
from documents.rules.recipients import is_barred
from documents.timer import Timer

AT_ONCE = 200
NEXT = 10
FOLLOWS = {"zh": "逾期后果", "en": "what follows a missed limit"}
LATER = {"zh": "未到时刻", "en": "its moment has not come"}
HELD = {"zh": "另一工作进程正在触发", "en": "another worker is firing it"}
ASIDE = {"zh": "多次失败，已搁置，待人工处理", "en": "it failed and was set aside for a person to look at"}


@dataclass(frozen=True)
class Rehearsed:
    """What would become of one timer 预演结果: whom it would tell, or why it would not fire."""

    timer: str
    due: datetime
    number: str
    fires: bool
    title: Mapping[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    passed_over: tuple[tuple[str, Mapping[str, str]], ...] = ()
    why_not: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""


WEIGHED = {"zh": "重新定级", "en": "weighed anew"}


def rehearse(now: datetime, *, most: int = 1000) -> Iterator[Rehearsed]:
    """The due timers, oldest first, at most so many; then those that would not fire. Nothing is written."""
    due = list(Timer.collection().find(timers.due_now(now)).sort([("due", 1), ("_id", 1)]).limit(most))
    for start in range(0, len(due), AT_ONCE):
        yield from _stretch(due[start : start + AT_ONCE], now)
    yield from _waiting({"state": "claimed", "lease": {"$gt": now}}, HELD, most)
    yield from _waiting({"state": "set_aside"}, ASIDE, most)
    yield from _waiting({"state": "pending", "due": {"$gt": now}}, LATER, NEXT)


def _stretch(rows: Sequence[Row], now: datetime) -> Iterator[Rehearsed]:
    try:
        yield from _told(rows, timers.prepare(rows, now=now))
    except Exception as error:  # a record that raises would be set aside alone; here it is named
        if timers.is_the_databases(error):
            raise
        if len(rows) > 1:
            for row in rows:
                yield from _stretch([row], now)
            return
        yield _quiet(rows[0], ASIDE, f"{type(error).__name__}: {error}", _numbers(rows))


def _told(rows: Sequence[Row], batch: firing.Batch) -> Iterator[Rehearsed]:
    notices: dict[str, list[Row]] = {}
    for notice in batch.notices:
        notices.setdefault(notice["timer"], []).append(notice)
    names = _names({notice["person"] for notice in batch.notices} - {None})
    numbers = _numbers(rows)
    for row in rows:
        code = batch.called_off.get(row["_id"])
        if code is not None:
            yield _quiet(row, firing.CALLED_OFF[code], "", numbers)
        elif row["_id"] in batch.missed:
            yield Rehearsed(row["_id"], row["due"], batch.missed[row["_id"]], fires=True, title=FOLLOWS)
        else:
            number = numbers.get(row["case"], "")
            yield _ringing(row, number, notices.get(row["_id"], []), names)


def _ringing(row: Row, number: str, notices: Sequence[Row], names: Mapping[str, str]) -> Rehearsed:
    return Rehearsed(
        timer=row["_id"],
        due=row["due"],
        number=number,
        fires=True,
        title=next((one["title"] for one in notices), WEIGHED if row["subject"] == "severity" else {}),
        told=tuple(names.get(one["person"], str(one["person"])) for one in notices if one["sent"]),
        passed_over=tuple(
            (_passed_over(one, names), one["reason_not_sent"]) for one in notices if not one["sent"]
        ),
    )


def _passed_over(notice: Row, names: Mapping[str, str]) -> str:
    """The name; not of who had to step aside, whom a complaint may name in a closed field."""
    return "" if is_barred(notice["reason_not_sent"]) else names.get(notice["person"], "")


def _names(people: set[str]) -> dict[str, str]:
    return {one.id: one.name for one in Person.objects(id__in=sorted(people)).only("id", "name")}


def _waiting(condition: Mapping[str, Any], why: Mapping[str, str], most: int) -> Iterator[Rehearsed]:
    rows = list(Timer.collection().find(dict(condition)).sort("due").limit(most))
    numbers = _numbers(rows)
    for row in rows:
        yield _quiet(row, why, str(row.get("error") or row.get("owner") or ""), numbers)


def _numbers(rows: Sequence[Row]) -> dict[str, str]:
    """The numbers of the cases that the timers are about; duties have none."""
    ids = [ObjectId(row["case"]) for row in rows if ObjectId.is_valid(row["case"])]
    found = Complaint.collection().find({"_id": {"$in": ids}}, {"number": 1})
    return {str(one["_id"]): one["number"] for one in found}


def _quiet(row: Row, why: Mapping[str, str], detail: str, numbers: Mapping[str, str]) -> Rehearsed:
    number = numbers.get(row["case"], "")
    return Rehearsed(row["_id"], row["due"], number, fires=False, why_not=why, detail=detail)
