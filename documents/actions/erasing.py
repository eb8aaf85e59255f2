"""Erasing 销毁: in one transaction a volume loses every word of its cases; its files follow, by the list.

Killed at any moment: before the transaction nothing happened, after it the list names the files still to go.
What is taken and what stays is written down in docs/decisions/013.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from documents import audit, events
from documents.case_traces import forget
from documents.complaint import Complaint
from documents.database import transaction
from documents.destruction import BLOCKED, DESTROY, ERASED, KEPT, LENGTHEN, WAITING, Destruction, Line
from documents.disposal import Standing, plain_title, standing
from documents.policy import view_in_force, view_of
from documents.rules.fields import fields_of
from documents.rules.policy import PolicyView
from documents.rules.retention import lengthened, permanent
from documents.rules.tombstones import Epitaph, case_tombstone, chain_of, files_in, volume_tombstone
from documents.volume import Volume

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Moment:
    """When it happens: the moment, and the day on the organisation's clocks."""

    now: datetime
    today: date


def settle(found: str, volume: str, at: Moment) -> str:
    """Do what was decided of one volume, and say what came of it; blockers are looked at once more.

    Safe to run twice: a line that is done with stays as it is.
    """

    def write() -> str:
        one = Destruction.get(found)
        line = one.line(volume)
        if line.state != WAITING or one.stopped_at:
            return str(line.state)
        carry_out = _destroyed if line.decision == DESTROY else _kept
        changes = carry_out(one, line, at)
        _write(one, line, changes)
        return str(changes["state"])

    return transaction(write)


def _write(one: Destruction, line: Line, changes: Row) -> None:
    Destruction.collection().update_one(
        {"_id": one.id, "lines.volume": line.volume},
        {"$set": {f"lines.$.{name}": value for name, value in changes.items()}},
    )


def _kept(one: Destruction, line: Line, at: Moment) -> dict[str, Any]:
    """延长保管期限 or 永久: the volume stays, under its new term."""
    volume = Volume.get(line.volume)
    rules = view_in_force(one.policy).definition["archive"]
    longer = line.decision == LENGTHEN
    after = lengthened(volume.retention, line.more) if longer else permanent(rules)
    turn = {"at": at.now, "by": line.by, "decision": line.decision, "reason": line.reason}
    turn |= {"before": dict(volume.retention), "after": after, "list": one.number}
    for number in (line.volume, *line.supplements):
        change = {"$set": {"retention": after}, "$push": {"appraisals": turn}}
        Volume.collection().update_one({"_id": number}, change)
        audit.note("retention", number, by=line.by, at=at.now, list=one.number, after=after["code"])
    return {"state": KEPT, "done_at": at.now}


def _destroyed(one: Destruction, line: Line, at: Moment) -> dict[str, Any]:
    found = standing(Volume.get(line.volume), today=at.today)
    blockers = [{"code": each.code, "what": each.what} for each in found.blockers]
    if found.volume.destroyed_at or {each.id for each in found.supplements} != set(line.supplements):
        blockers.append({"code": "changed_since", "what": line.volume})
    if blockers:
        audit.note("destruction_blocked", line.volume, by=events.SYSTEM, at=at.now, list=one.number)
        return {"state": BLOCKED, "problem": blockers, "done_at": at.now}
    title = f"{plain_title(found.volume, view_in_force(found.volume.policy))}（已销毁）"
    doomed = _erase(one, found, Epitaph(title, at.now, one.number))
    return {"state": ERASED, "title": title, "doomed": doomed, "files": len(doomed), "done_at": at.now}


def _erase(one: Destruction, found: Standing, epitaph: Epitaph) -> list[str]:
    """Take every word away, but for the epitaph, and say which files are nobody's now."""
    rows = list(Complaint.collection().find({"number": {"$in": found.cases}}))
    kept = [row for each in found.all_volumes for row in Volume.collection().find({"_id": each.id})]
    doomed = [*files_in(rows), *files_in(kept), *forget(found, rows, epitaph.title, epitaph.at)]
    for row in rows:
        Complaint.collection().replace_one({"_id": row["_id"]}, _emptied(row, epitaph, one))
        audit.note("destroy", row["number"], by=events.SYSTEM, at=epitaph.at, list=one.number)
    for row in kept:
        Volume.collection().replace_one({"_id": row["_id"]}, volume_tombstone(row, epitaph))
        audit.note("destroy", row["_id"], by=events.SYSTEM, at=epitaph.at, list=one.number)
    return list(dict.fromkeys(doomed))


def _emptied(row: Row, epitaph: Epitaph, one: Destruction) -> dict[str, Any]:
    """The tombstone of a case with the event of its destruction, which vouches for the chain before it."""
    view = view_of(row["policy"], row["policy_version"])
    stone = case_tombstone(row, epitaph, _series_fields(view, row))
    facts = {
        "list": one.number,
        "chain": chain_of(stone["events"]),
        "released_by": [each.by for each in one.releases],
        "witnesses": list(one.witnesses),
    }
    event = events.next_event(
        stone["events"][-1] if stone["events"] else None,
        {
            "at": epitaph.at,
            "by": events.SYSTEM,
            "verb": "destroy",
            "label": {"zh": "按销毁清册销毁", "en": "Destroyed by list"},
            "from_stage": row["stage"],
            "to_stage": row["stage"],
            "facts": facts,
        },
    )
    return {**stone, "events": [*stone["events"], event]}


def _series_fields(view: PolicyView, row: Row) -> Sequence[str]:
    """The fields that hold a number of a series 编号字段: such a number must stay accounted for."""
    views = {one["policy_version"] for one in row.get("answers", ())} | {row["policy_version"]}
    forms = [form for version in views for form in view_of(view.key, version).forms()]
    return sorted({one["key"] for form in forms for one in fields_of(form) if one["type"] == "series"})


def files_gone(found: str, volume: str, *, now: datetime) -> None:
    """Note that the files of a volume are deleted."""
    Destruction.collection().update_one(
        {"_id": Destruction.get(found).id, "lines": {"$elemMatch": {"volume": volume, "state": ERASED}}},
        {"$set": {"lines.$.state": "gone", "lines.$.doomed": [], "beat_at": now}},
    )
