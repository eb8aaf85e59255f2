"""A small world for the tests of timers: a union, its units and people, and cases with a running clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from documents import events
from documents.actions import timers
from documents.case_parts import Clock
from documents.complaint import Complaint
from documents.database import transaction
from documents.person import Absence, Person, Post
from documents.policy import Policy, publish, view_of
from documents.rules.calendars import WorkCalendar
from documents.unit import Unit
from documents.work_calendar import WorkCalendarRecord

CALENDAR = WorkCalendar("cn")
# Its years are loaded, with no day off in them but the weekends.
CALENDAR_DEFINITION = {"key": "cn", "covered_years": [2025, 2026, 2027]}
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 2 March 2026, 09:00 in Shanghai
DUE = START + timedelta(days=9)
DEFINITION: Mapping[str, Any] = {
    "policy": {
        "key": "small",
        "title": {"zh": "小制度", "en": "Small"},
        "zone": "Asia/Shanghai",
        "calendar": "cn",
    },
    "unit_kinds": [],
    "slots": {
        "union": {"above": "received", "kind": "union"},
        "intake": {"within": "union", "kind": "intake_department"},
    },
    "roles": [],
    "limits": [
        {
            "key": "reply",
            "label": {"zh": "办理并答复", "en": "Handle and reply"},
            "counted_in": "working_days",
            "amount": 7,
        }
    ],
    "ladders": [
        {
            "key": "usual",
            "rungs": [
                {
                    "key": "before",
                    "at": "due-2d",
                    "label": {"zh": "临期提醒", "en": "Due soon"},
                    "tell": [{"is": "handler"}],
                    "level": 0,
                },
                {
                    "key": "at_due",
                    "at": "due",
                    "label": {"zh": "到期升级", "en": "Due"},
                    "tell": [{"is": "handler"}, {"is": "head", "at": "handling"}],
                    "level": 1,
                },
                {
                    "key": "late",
                    "at": "due+2d",
                    "label": {"zh": "逾期升级", "en": "Late"},
                    "tell": [{"is": "head", "at": "intake"}],
                    "level": 2,
                },
                {
                    "key": "later",
                    "at": "due+4d",
                    "label": {"zh": "严重逾期升级", "en": "Very late"},
                    "tell": [{"role": "senior", "at": "union"}],
                    "level": 3,
                    "repeat": {"every": "2d", "max": 3},
                },
            ],
        }
    ],
    "duties": [],
}
LADDER = DEFINITION["ladders"][0]

UNITS = {
    # code: (kind, parent, head, deputy)
    "union": ("union", None, "liang", None),
    "intake": ("intake_department", "union", "wu", "xu"),
    "branch": ("outlet", "union", "chen", "fang"),
}
PEOPLE = {
    # id: (name, role, unit)
    "zhao": ("赵敏", "handler", "branch"),
    "chen": ("陈立", "unit_head", "branch"),
    "fang": ("方琳", "handler", "branch"),
    "wu": ("吴涛", "intake_head", "intake"),
    "xu": ("徐静", "intake_clerk", "intake"),
    "liang": ("梁栋", "senior", "union"),
}


def found() -> Policy:
    """Store the units, the people, the calendar and the policy."""
    called = {"zh": "工作日历", "en": "Calendar"}
    WorkCalendarRecord(id="cn", name=called, definition=CALENDAR_DEFINITION).save()
    for code, (kind, parent, head, deputy) in UNITS.items():
        above = [parent] if parent else []
        Unit(
            id=code,
            name={"zh": code, "en": code},
            kind=kind,
            parent=parent,
            ancestors=[code, *above],
            head=head,
            deputy=deputy,
        ).save()
    for person, (name, role, unit) in PEOPLE.items():
        Person(
            id=person,
            login=person,
            name=name,
            email=f"{person}@union.example",
            posts=[Post(role=role, unit=unit)],
        ).save()
    return publish(DEFINITION, by="test", now=START)


def open_case(number: str = "TS-1", *, handler: str | None = "zhao", **facts: Any) -> Complaint:
    """A case whose reply is due on 11 March at 09:00, with its timers planned."""
    case = Complaint(
        number=number,
        submission=f"s-{number}",
        policy="small",
        policy_version=1,
        case_type="complaint",
        stage="handling",
        title="柜台排队时间过长",
        received_at=START,
        registered_at=START,
        units={"received": "branch", "union": "union", "intake": "intake", "handling": "branch"},
        handler=handler,
        registrar="fang",
        **facts,
    )
    case.clocks.append(Clock(limit="reply", started_at=START, due_at=DUE, original_due_at=DUE))
    events.append(
        case, at=START, by="fang", by_name="方琳", verb="register", label={"zh": "登记", "en": "Registered"}
    )

    def write() -> None:
        case.save()
        plan(case)

    transaction(write)
    return case


def plan(case: Complaint, *, now: datetime = START) -> None:
    """Plan the ladder of the case's clock."""
    timers.plan(case, case.clocks[0], view_of("small", 1).ladder("usual"), CALENDAR, now=now)


def fire_due(now: datetime, *, owner: str = "worker", size: int = 100) -> timers.Fired:
    """Claim and fire everything that is due."""
    total = timers.Fired()
    while ids := timers.claim(now, size, owner):
        total += timers.fire(ids, owner, now=now)
    return total


def away(person: str, *, deputy: str | None = None) -> None:
    """Send a person on leave over the whole of the test."""
    absence = Absence(starts=START - timedelta(days=30), ends=DUE + timedelta(days=300), deputy=deputy)
    Person.objects(id=person).update(set__absences=[absence])
