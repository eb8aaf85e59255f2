"""The desk 工作台: what one person must do, by due date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from documents.complaint import Complaint, not_hidden_from
from documents.person import Person
from documents.queries import COLUMNS
from documents.rules.access import CaseScope
from documents.rules.policy import PolicyView
from documents.rules.workflow import hands_over
from documents.sight import Sight

MOST_TASKS = 100
Row = Mapping[str, Any]
Wait = tuple[dict[str, Any], Mapping[str, Any]]
Named = tuple[dict[str, Any], Mapping[str, Any], str]  # the last: for which absent person 代办


@dataclass(frozen=True)
class Task:
    """A case that waits for this person, and the step it waits for, as its own version has it.

    `called` is the step's key in the version in force: it may have been renamed.
    """

    row: Row
    step: Mapping[str, Any]
    called: str
    instead_of: str = ""  # 代办: the absent person whose task it is


@dataclass(frozen=True)
class Desk:
    """What waits, and how much of it is late."""

    policy: str
    tasks: Sequence[Task]
    overdue: int
    due_today: int
    by_step: Sequence[tuple[Mapping[str, Any], int]]
    to_archive: int
    received: Sequence[int]
    full: bool


Governing = Sequence[tuple[int, PolicyView]]  # versions of one policy, the newest first


def desk(person: Person, versions: Governing, sight: Sight, *, now: datetime) -> Desk:
    """The person's desk at the moment, over the versions of a policy that still govern cases."""
    tasks = tasks_of(person, versions, sight, now=now)
    due = [task.row["next_due"] for task in tasks if task.row.get("next_due")]
    steps = Counter(task.called for task in tasks)
    labels = {task.called: task.step for task in sorted(tasks, key=lambda one: one.row["policy_version"])}
    return Desk(
        policy=versions[0][1].key,
        tasks=tasks,
        overdue=sum(moment < now for moment in due),
        due_today=sum(now <= moment < now + timedelta(hours=24) for moment in due),
        by_step=[(labels[key], number) for key, number in steps.most_common(4)],
        to_archive=_to_archive(person, versions[0][1]),
        received=received_by_day(sight, now),
        full=len(tasks) >= MOST_TASKS,
    )


def tasks_of(
    person: Person, versions: Governing, sight: Sight | None = None, *, now: datetime | None = None
) -> list[Task]:
    """The open cases that wait for a step of this person under their own version, the most urgent first.

    With a moment, those of the absent whose deputy he is then stand among them 代办; his own wait with his
    deputy while he is away himself.
    """
    waits = _all_waits(person, versions, now)
    rows: dict[Any, Row] = {}
    for key in ("scope", "handler"):
        for holder in sorted({wait[key] for wait, *_ in waits if key in wait}):
            mine = [wait for wait, *_ in waits if wait.get(key) == holder]
            eyes = sight or Sight([f"u:{post.unit}" for post in person.posts] + [f"p:{person.id}"], person.id)
            rows |= {row["_id"]: row for row in _waiting(key, holder, mine, eyes)}
    filing = [wait for version, view in versions for wait in _filing_instead(person, version, view)]
    rows |= {row["_id"]: row for row in _closed([condition for condition, _step in filing])}
    waits += [(condition, step, "") for condition, step in filing]
    urgent = sorted(rows.values(), key=lambda row: (row.get("next_due") or row["received_at"], row["_id"]))
    reading = versions[0][1].reading
    steps = [(row, *_step_for(row, waits)) for row in urgent[:MOST_TASKS]]
    return [Task(row, step, reading.now("step", step["key"]), absent) for row, step, absent in steps]


def _all_waits(person: Person, versions: Governing, now: datetime | None) -> list[Named]:
    """What the person waits for himself, and then what for those whom he represents."""
    away = now is not None and person.is_absent(now)
    found: list[Named] = []
    for version, view in versions:
        found += [(wait, step, "") for wait, step in _waits(person, version, view) if not away]
        for absent in person.represented(now) if now else ():
            hidden = not_hidden_from(absent.id)
            waits = (one for one in _waits(absent, version, view) if not hands_over(one[1]))
            found += [({**wait, **hidden}, step, absent.id) for wait, step in waits]
    return sorted(found, key=lambda one: bool(one[2]))


def _waits(person: Person, version: int, view: PolicyView) -> list[Wait]:
    pinned = {"policy": view.key, "policy_version": version}
    found = [*_steps_of_posts(person, view), *_steps_of_handler(person, view), *_steps_instead(person, view)]
    return [({**condition, **pinned}, step) for condition, step in found]


def _waiting(key: str, holder: str, waits: Sequence[Mapping[str, Any]], sight: Sight) -> list[Row]:
    """What waits for one unit or one handler, read in the order of one index: stage by stage, by due date."""
    stages = sorted({stage for wait in waits for stage in wait["stage"]["$in"]})
    condition = {key: holder, "stage": {"$in": stages}, "status": "open"}
    seen = [sight.condition(), {"$or": list(waits)}]
    found = Complaint.collection().find({**condition, "$and": seen}, [*COLUMNS, "recused", "stand_ins"])
    return list(found.sort([("next_due", 1), ("_id", 1)]).hint(_index(key)).limit(MOST_TASKS))


def _index(key: str) -> list[tuple[str, int]]:
    return [(key, 1), ("stage", 1), ("next_due", 1), ("_id", 1)]


def _steps_of_posts(person: Person, view: PolicyView) -> list[Wait]:
    """Each primary step of each workflow that one of the person's posts may take."""
    found: list[Wait] = []
    for case_type in view.definition["case_types"]:
        for step in _primary(view, case_type["key"]):
            for who in step["who"]:
                found.extend(
                    _wait(case_type["key"], step, who, post.unit) for post in person.posts if _is(who, post)
                )
    return found


def _is(who: Mapping[str, Any], post: Any) -> bool:
    return who.get("role") == post.role and "at" in who


def _wait(case_type: str, step: Mapping[str, Any], who: Mapping[str, Any], unit: str) -> Wait:
    condition = {
        "scope": f"u:{unit}",
        f"units.{who['at']}": unit,
        "case_type": case_type,
        "stage": {"$in": list(step["from"])},
    }
    if step.get("when") == "extension_waits":
        condition["extensions"] = {"$elemMatch": {"decision": None}}
    return condition, step


def _steps_of_handler(person: Person, view: PolicyView) -> list[Wait]:
    found: list[Wait] = []
    for case_type in view.definition["case_types"]:
        for step in _primary(view, case_type["key"]):
            if any(who.get("is") == "handler" for who in step["who"]):
                stages = {"$in": list(step["from"])}
                found.append(({"handler": person.id, "case_type": case_type["key"], "stage": stages}, step))
    return found


def _steps_instead(person: Person, view: PolicyView) -> list[Wait]:
    """The primary steps of posts for which the person stands in 代行, because their holders step aside."""
    found: list[Wait] = []
    for case_type in view.definition["case_types"]:
        for step in _primary(view, case_type["key"]):
            roles = sorted({who["role"] for who in step["who"] if "role" in who and "at" in who})
            instead = {"$elemMatch": {"role": {"$in": roles}, "person": person.id}}
            condition = {
                "scope": f"p:{person.id}",
                "stand_ins": instead,
                "case_type": case_type["key"],
                "stage": {"$in": list(step["from"])},
            }
            found += [(condition, step)] if roles else []
    return found


def _closed(waits: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The closed cases that nobody but a stand-in may file."""
    if not waits:
        return []
    condition = {"status": "closed", "volume": None, "$or": list(waits)}
    return list(Complaint.collection().find(condition, [*COLUMNS, "recused", "stand_ins"]).limit(MOST_TASKS))


def _filing_instead(person: Person, version: int, view: PolicyView) -> list[Wait]:
    """Handing to the archive 归档 where the person stands in 代行 for those who should: of closed cases."""
    found: list[Wait] = []
    for case_type in view.definition["case_types"]:
        for step in filter(hands_over, view.transitions(case_type["key"])):
            roles = sorted({who["role"] for who in step["who"] if "role" in who and "at" in who})
            condition = {
                "stand_ins": {"$elemMatch": {"role": {"$in": roles}, "person": person.id}},
                "case_type": case_type["key"],
                "stage": {"$in": list(step["from"])},
                **not_hidden_from(person.id),
                "policy": view.key,
                "policy_version": version,
            }
            found += [(condition, step)] if roles and step["from"] != "any_open" else []
    return found


def _primary(view: PolicyView, case_type: str) -> list[Mapping[str, Any]]:
    open_stages = {stage["key"] for stage in view.stages(case_type) if stage["status"] == "open"}
    steps = view.transitions(case_type)
    return [step for step in steps if step.get("primary") and set(step["from"]) & open_stages]


def _step_for(row: Row, waits: Sequence[Named]) -> tuple[Mapping[str, Any], str]:
    for condition, step, absent in waits:
        if _is_in(row, condition) and (not absent or CaseScope.of(row).refusal(absent) is None):
            return step, absent
    raise LookupError(row["number"])


def _is_in(row: Row, condition: Mapping[str, Any]) -> bool:
    """Whether the row waits there: type and version, stage, the unit of the post, or the handler."""
    same = all(row[name] == condition[name] for name in ("policy", "policy_version", "case_type"))
    slots = {name[6:]: unit for name, unit in condition.items() if name.startswith("units.")}
    held = all(row["units"].get(slot) == unit for slot, unit in slots.items())
    mine = row.get("handler") == condition.get("handler", row.get("handler"))
    instead = "stand_ins" not in condition or _stands_in(row, condition["stand_ins"]["$elemMatch"])
    return same and held and mine and instead and row["stage"] in condition["stage"]["$in"]


def _stands_in(row: Row, wanted: Mapping[str, Any]) -> bool:
    found = row.get("stand_ins") or ()
    return any(one["person"] == wanted["person"] and one["role"] in wanted["role"]["$in"] for one in found)


def _to_archive(person: Person, view: PolicyView) -> int:
    """How many closed cases wait for this person's archiving, counted up to a thousand."""
    able = {role["key"] for role in view.definition["roles"] if "archive" in role.get("may", ())}
    units = [f"u:{post.unit}" for post in person.posts if post.role in able]
    if not units:
        return 0
    condition = {
        "scope": {"$in": units},
        "policy": view.key,
        "status": "closed",
        **not_hidden_from(person.id),
        "volume": None,
    }
    return int(Complaint.collection().count_documents(condition, limit=1_001))


def received_by_day(sight: Sight, now: datetime, *, days: int = 14, most: int = 20_000) -> list[int]:
    """How many cases came in on each of the last days, oldest first."""
    start = now - timedelta(days=days)
    condition = {**sight.condition(), "received_at": {"$gte": start}}
    rows = Complaint.collection().find(condition, {"received_at": 1, "_id": 0}).limit(most)
    found = Counter((row["received_at"] - start).days for row in rows)
    return [found.get(day, 0) for day in range(days)]
