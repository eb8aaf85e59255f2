"""Units 单位变更: created, renamed, moved, retired; never deleted, their cases never orphaned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from documents import audit
from documents.actions.change import Change, Submission, write
from documents.complaint import Complaint, not_hidden_from
from documents.database import transaction
from documents.person import Person, Post
from documents.policy import Policy, view_of
from documents.rules.access import case_keys
from documents.rules.broken import RuleBroken
from documents.unit import Unit
from documents.work_calendar import WorkCalendarRecord

CODE = re.compile(r"^[A-Z0-9][A-Z0-9-]{0,23}$")
# What one transaction can rewrite well within the minute that the database gives it.
MOST_CASES = 20_000
RETURNED = {"zh": "单位恢复，由原单位接续办理", "en": "Unit restored: it carries on itself"}
SUCCEEDED = {"zh": "单位停用，由承接单位接续办理", "en": "Unit retired: its successor carries on"}


@dataclass(frozen=True)
class NewUnit:
    """A unit to be created 新设单位."""

    code: str
    name: Mapping[str, str]
    kind: str
    parent: str | None
    fonds_number: str = ""


def unit_kinds() -> dict[str, Mapping[str, str]]:
    """The kinds of unit that the policies in force know, with their labels."""
    found: dict[str, Mapping[str, str]] = {}
    for key in sorted(Policy.objects(state="published").distinct("key")):
        for kind in Policy.current(key).definition.get("unit_kinds", ()):
            found.setdefault(kind["key"], kind["label"])
    return found


def create_unit(new: NewUnit, *, actor: Person, now: datetime) -> Unit:
    """新设: create a unit under another one.

    Raises RuleBroken("bad_unit_code"), ("unit_exists"), ("unit_kind_unknown"), ("unit_retired"),
    ("name_missing").
    """
    if not CODE.match(new.code):
        raise RuleBroken("bad_unit_code", unit=new.code)
    if new.kind not in unit_kinds():
        raise RuleBroken("unit_kind_unknown", kind=new.kind)

    def run() -> Unit:
        if Unit.objects(id=new.code).first() is not None:
            raise RuleBroken("unit_exists", unit=new.code)
        unit = Unit(id=new.code, name=_name(new.name), kind=new.kind, fonds_number=new.fonds_number or None)
        unit.place_under(_in_use(new.parent) if new.parent else None)
        unit.save(force_insert=True)
        _note("create_unit", unit.id, actor, now, name=unit.name["zh"], kind=new.kind, parent=new.parent)
        return unit

    return transaction(run)


def _name(name: Mapping[str, str]) -> dict[str, str]:
    chinese = str(name.get("zh", "")).strip()
    if not chinese:
        raise RuleBroken("name_missing")
    return {"zh": chinese, "en": str(name.get("en", "")).strip() or chinese}


def _in_use(code: str) -> Unit:
    unit = Unit.get(code)
    if unit.retired_on is not None:
        raise RuleBroken("unit_retired", unit=code)
    return unit


def _note(verb: str, code: str, actor: Person, now: datetime, **facts: Any) -> None:
    audit.note(verb, f"unit:{code}", by=actor.id, at=now, **facts)


@dataclass(frozen=True)
class UnitDetails:
    """What may be changed of a unit at any time 单位信息."""

    name: Mapping[str, str]
    head: str | None = None
    deputy: str | None = None
    fonds_number: str = ""
    calendar: str = ""
    leader: str | None = None
    archive_code: str = ""


def change_unit(code: str, details: UnitDetails, *, actor: Person, now: datetime) -> Unit:
    """更名与负责人: change name, head, deputy, leader, codes and calendar; running clocks keep theirs."""

    def run() -> Unit:
        unit = Unit.get(code)
        before = _details_of(unit)
        unit.name = _name(details.name)
        unit.head, unit.deputy = _working(details.head), _working(details.deputy)
        unit.leader = _working(details.leader)
        codes = (details.fonds_number, details.archive_code)
        unit.fonds_number, unit.archive_code = (one.strip() or None for one in codes)
        unit.calendar = WorkCalendarRecord.get(details.calendar).id if details.calendar else None
        unit.save()
        changed = {
            name: [old, new]
            for (name, old), new in zip(before.items(), _details_of(unit).values(), strict=True)
            if old != new
        }
        if changed:
            _note("change_unit", code, actor, now, **changed)
        return unit

    return transaction(run)


def _details_of(unit: Unit) -> dict[str, Any]:
    return {
        "name": dict(unit.name),
        "head": unit.head,
        "deputy": unit.deputy,
        "fonds_number": unit.fonds_number,
        "calendar": unit.calendar,
        "leader": unit.leader,
        "archive_code": unit.archive_code,
    }


def _working(person: str | None) -> str | None:
    """The person, who must be there and active; None stays None."""
    if not person:
        return None
    if not Person.get(person).active:
        raise RuleBroken("deputy_unfit", person=person)
    return person


def move_unit(code: str, parent: str | None, *, actor: Person, now: datetime) -> int:
    """调整隶属: put a unit, with all below it, under another one; how many cases are seen from elsewhere now.

    Raises RuleBroken("unit_below_itself"), ("unit_retired"), ("nothing_changed"), ("too_many_cases").
    """

    def run() -> int:
        unit = Unit.get(code)
        above = _in_use(parent) if parent else None
        if above is not None and code in above.ancestors:
            raise RuleBroken("unit_below_itself", unit=code)
        if unit.parent == parent:
            raise RuleBroken("nothing_changed")
        _note("move_unit", code, actor, now, old=unit.parent, new=parent)
        return refresh_scopes(_place(unit, above))

    return transaction(run)


def _place(unit: Unit, above: Unit | None) -> list[str]:
    """Put the unit under another and its units after it; the codes of all that moved."""
    old_line = list(unit.ancestors)
    unit.place_under(above)
    unit.save()
    moved = [unit.id]
    for below in Unit.objects(ancestors=unit.id, id__ne=unit.id):
        own = list(below.ancestors)[: -len(old_line)]
        below.ancestors = [*own, *unit.ancestors]
        below.save()
        moved.append(below.id)
    return moved


def refresh_scopes(units: Iterable[str]) -> int:
    """Who sees the cases of these units follows from the tree; how many cases were touched."""
    wanted = {"scope": {"$in": [f"u:{unit}" for unit in units]}}
    total = Complaint.collection().count_documents(wanted, limit=MOST_CASES + 1)
    if total > MOST_CASES:
        raise RuleBroken("too_many_cases", count=f"{MOST_CASES}+", most=MOST_CASES)
    rows = list(Complaint.collection().find(wanted, ["units", "handler", "registrar", "stand_ins"]))
    lines = Unit.ancestors_of(unit for row in rows for unit in row["units"].values())
    updates = [
        UpdateOne({"_id": row["_id"]}, {"$set": {"scope": _scope(row, lines)}, "$inc": {"revision": 1}})
        for row in rows
    ]
    if updates:
        Complaint.collection().bulk_write(updates, ordered=False)
    return len(updates)


def _scope(row: Mapping[str, Any], lines: Mapping[str, list[str]]) -> list[str]:
    instead = (one["person"] for one in row.get("stand_ins") or ())
    return case_keys(row["units"], lines, [row.get("handler"), row.get("registrar"), *instead])


@dataclass(frozen=True)
class Burden:
    """What hangs on a unit 单位承担的事项: open cases, people, units below."""

    cases: int
    people: int
    units: int


def burden(code: str, *, shown_to: str | None = None) -> Burden:
    """What must be taken over before the unit can be retired; a page counts what its reader may know of."""
    kept = not_hidden_from(shown_to) if shown_to else {}
    return Burden(
        cases=Complaint.objects(__raw__={"scope": f"u:{code}", "status": "open", **kept}).count(),
        people=Person.objects(active=True, posts__unit=code).count(),
        units=Unit.objects(parent=code, retired_on=None).count(),
    )


def sample_numbers(code: str, most: int = 10) -> list[str]:
    """Some of the open cases that a successor would take over, the newest first."""
    found = Complaint.objects(scope=f"u:{code}", status="open").order_by("-received_at").only("number")
    return [case.number for case in found.limit(most)]


def retire_unit(
    code: str, *, successor: str | None, actor: Person, now: datetime, on: datetime | None = None
) -> Burden:
    """停用或合并: retire a unit; open cases and posts go to the successor, to be named if there are any.

    `on` is the official date, now or earlier. What was handed over is remembered, to be taken back.
    Raises RuleBroken("unit_already_retired"), ("unit_has_units"), ("unit_has_cases"), ("unit_has_people"),
    ("successor_unfit"), ("too_many_cases"), ("retired_in_future").
    """
    if on is not None and on > now:
        raise RuleBroken("retired_in_future")

    def run() -> Burden:
        unit, load = Unit.get(code), burden(code)
        if unit.retired_on is not None:
            raise RuleBroken("unit_already_retired", unit=code)
        _check_burden(load, successor)
        if successor:
            unit.handed_over = _hand_over(code, _fit(code, successor), actor, now)
            unit.successor = successor
        unit.retired_on = on or now
        unit.save()
        _note("retire_unit", code, actor, now, successor=successor, cases=load.cases, people=load.people)
        return load

    return transaction(run)


def _check_burden(load: Burden, successor: str | None) -> None:
    if load.units:
        raise RuleBroken("unit_has_units", count=load.units)
    if load.cases > MOST_CASES:
        raise RuleBroken("too_many_cases", count=load.cases, most=MOST_CASES)
    if not successor and load.cases:
        raise RuleBroken("unit_has_cases", count=load.cases)
    if not successor and load.people:
        raise RuleBroken("unit_has_people", count=load.people)


def _fit(code: str, successor: str) -> Unit:
    unit = Unit.get(successor)
    if successor == code or unit.retired_on is not None:
        raise RuleBroken("successor_unfit", unit=successor)
    return unit


def _hand_over(code: str, successor: Unit, actor: Person, now: datetime) -> dict[str, Any]:
    posts: list[list[Any]] = []
    cases: dict[str, list[str]] = {}
    for person in Person.objects(posts__unit=code):
        held = {(post.role, post.unit) for post in person.posts}
        posts += [[person.id, role, (role, successor.id) not in held] for role, unit in held if unit == code]
        _move_posts(person, code, successor.id)
    for case in Complaint.objects(scope=f"u:{code}", status="open").order_by("id"):
        cases[str(case.id)] = [slot for slot, unit in case.units.items() if unit == code]
        case.units = {slot: successor.id if unit == code else unit for slot, unit in case.units.items()}
        rewrite(case, "succeed_unit", SUCCEEDED, actor=actor, now=now, note=f"{code} → {successor.id}")
    return {"cases": cases, "posts": posts}


def _move_posts(person: Person, code: str, successor: str) -> None:
    held = {(post.role, post.unit) for post in person.posts}
    kept = [post for post in person.posts if post.unit != code or (post.role, successor) not in held]
    for post in kept:
        post.unit = successor if post.unit == code else post.unit
    person.posts = kept
    person.save()


def rewrite(
    case: Complaint, verb: str, label: Mapping[str, str], *, actor: Person, now: datetime, note: str
) -> None:
    """Write a case that the administration changed, with its event; joins the running transaction."""
    change = Change(case, view_of(case.policy, case.policy_version), actor, now, {"key": verb})
    submission = Submission(actor, now, f"{verb}:{case.number}:{now.isoformat()}")
    write(change, label=label, from_stage=case.stage, submission=submission, note=note)


def restore_unit(code: str, *, actor: Person, now: datetime, take_back: bool = False) -> Unit:
    """恢复: take a retirement back; what the successor still has comes back when that is asked for."""

    def run() -> Unit:
        unit = Unit.get(code)
        if unit.retired_on is None:
            raise RuleBroken("nothing_changed")
        if unit.parent:
            _in_use(unit.parent)
        taken = _take_back(unit, actor, now) if take_back and unit.successor else {}
        unit.retired_on, unit.successor, unit.handed_over = None, None, {}
        unit.save()
        _note("restore_unit", code, actor, now, **taken)
        return unit

    return transaction(run)


def _take_back(unit: Unit, actor: Person, now: datetime) -> dict[str, int]:
    """What the successor still has: cases that are open and in its hands, posts that are held."""
    successor, handed = unit.successor, unit.handed_over
    cases = people = 0
    for case in Complaint.objects(id__in=list(handed["cases"]), scope=f"u:{successor}", status="open"):
        slots = [slot for slot in handed["cases"][str(case.id)] if case.units.get(slot) == successor]
        if slots:
            case.units = {**case.units, **dict.fromkeys(slots, unit.id)}
            rewrite(case, "return_unit", RETURNED, actor=actor, now=now, note=f"{successor} → {unit.id}")
            cases += 1
    for person, role, moved in handed["posts"]:
        people += _return_post(person, (role, successor), unit.id, moved=moved)
    return {"cases": cases, "people": people}


def _return_post(person_id: str, held: tuple[str, str], unit: str, *, moved: bool) -> int:
    """Give a post back; one that the person held at the successor before stays beside it."""
    person = Person.get(person_id)
    if held not in {(post.role, post.unit) for post in person.posts}:
        return 0
    kept = [post for post in person.posts if not moved or (post.role, post.unit) != held]
    person.posts = [*kept, Post(role=held[0], unit=unit)]
    person.save()
    return 1
