"""Who is told when a rung of a ladder (催办升级) fires.

Nobody who is recused or complained about is told: the word goes one higher. Of a confidential case only
those are told who may know of it. Whoever is absent is represented by a deputy. Everyone who was passed
over is kept with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Who = Mapping[str, Any]
Text = Mapping[str, str]

# Where an unassigned case lies (未分派): the first of these slots that is filled has to watch it,
# unless the policy names others.
WATCHING = ("handling", "intake", "received")
# Who hears of a rung that reached nobody, unless the ladder or the policy says otherwise: the head of intake.
OTHERWISE: Sequence[Who] = ({"is": "head", "at": "intake"},)

REASONS: Mapping[str, Text] = {
    "barred": {
        "zh": "已回避或系被投诉人，改为通知上一级",
        "en": "recused or complained about; one higher is told",
    },
    "confidential": {
        "zh": "保密件，不在知悉名单，改为通知上一级",
        "en": "confidential and not on the need-to-know list; one higher is told",
    },
    "absent": {"zh": "不在岗，改为通知代理人", "en": "absent; the deputy is told"},
    "inactive": {
        "zh": "账号已停用，改为通知单位负责人",
        "en": "account closed; the head of the unit is told",
    },
    "nobody": {"zh": "没有可通知的人员", "en": "nobody to tell was found"},
    "unassigned": {
        "zh": "尚未分派承办人，通知单位负责人",
        "en": "nobody is assigned; the head of the unit is told",
    },
    "vacant": {"zh": "该岗位无人，通知单位负责人", "en": "the post is vacant; the head of the unit is told"},
    "unbound": {
        "zh": "指定联系人尚未选定人员，通知单位负责人",
        "en": "nobody is chosen as the named contact; the head of the unit is told",
    },
    "higher": {"zh": "下级须回避，由上一级接收", "en": "someone below must step aside"},
    "deputy": {"zh": "代理不在岗人员接收", "en": "stands in for someone absent"},
    "listed": {"zh": "保密件，由知悉名单人员接收", "en": "on the need-to-know list of a confidential case"},
    "otherwise": {"zh": "原定接收人无法通知", "en": "those who should be told could not be"},
}


def is_barred(reason: Mapping[str, str]) -> bool:
    """Whether somebody was not told because of having to step aside 回避, or being complained about."""
    return dict(reason or {}) == REASONS["barred"]


HIDDEN = ("barred", "confidential")


@dataclass(frozen=True)
class Absence:
    """A time away (不在岗), both ends included, and the person's own deputy where one is named."""

    starts: datetime
    ends: datetime
    deputy: str | None = None

    def covers(self, now: datetime) -> bool:
        """Whether the person is away at this moment."""
        return self.starts <= now <= self.ends


@dataclass(frozen=True)
class Officer:
    """A person who may be told (人员)."""

    id: str
    active: bool = True
    absences: tuple[Absence, ...] = ()

    def absence(self, now: datetime) -> Absence | None:
        """The absence that covers this moment."""
        return next((absence for absence in self.absences if absence.covers(now)), None)


@dataclass(frozen=True)
class Seat:
    """A unit's place in the tree (单位): head, the head's deputy, the leader in charge, the unit above."""

    unit: str
    parent: str | None = None
    head: str | None = None
    deputy: str | None = None
    leader: str | None = None


@dataclass(frozen=True)
class Staff:
    """The people and units that a batch of rungs may reach (名册)."""

    officers: Mapping[str, Officer]
    seats: Mapping[str, Seat]
    holders: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    contacts: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (policy, contact) → person


@dataclass(frozen=True)
class Concern:
    """What a ladder asks about its case or duty (催办对象)."""

    slots: Mapping[str, str]
    handler: str | None = None
    registrar: str | None = None
    barred: frozenset[str] = frozenset()
    watching: Sequence[str] = WATCHING
    policy: str = ""
    known_to: tuple[str, ...] = ()  # 知悉名单 of a confidential case


@dataclass(frozen=True)
class Addressee:
    """One person who is told, or is not told and why (接收人)."""

    person: str
    why: str | None = None
    not_sent: str | None = None


@dataclass(frozen=True)
class _Candidate:
    person: str | None
    unit: str | None
    why: str | None = None


def addressees(
    tell: Sequence[Who],
    concern: Concern,
    staff: Staff,
    now: datetime,
    *,
    otherwise: Sequence[Who] = OTHERWISE,
) -> tuple[Addressee, ...]:
    """Everyone a rung tells, and everyone it passes over with the reason; nobody twice."""
    found = _all(tell, concern, staff, now)
    if not any(addressee.not_sent is None for addressee in found):
        found = [*found, Addressee("", not_sent="nobody"), *_all(otherwise, concern, staff, now, "otherwise")]
    if concern.known_to and not any(addressee.not_sent is None for addressee in found):
        found = [*found, *_listed(concern, staff, now)]
    told: dict[str, Addressee] = {}
    for addressee in sorted(found, key=lambda one: one.not_sent is not None):
        told.setdefault(addressee.person, addressee)
    return tuple(told.values())


def _listed(concern: Concern, staff: Staff, now: datetime) -> Iterator[Addressee]:
    """Those on the need-to-know list: of a confidential case nobody else may hear, and somebody must."""
    for person in concern.known_to:
        if _hindrance(person, concern, staff, now) is None:
            yield Addressee(person, why="listed")


def _all(
    tell: Sequence[Who], concern: Concern, staff: Staff, now: datetime, why: str | None = None
) -> list[Addressee]:
    return [
        addressee
        for who in tell
        for candidate in _candidates(who, concern, staff)
        for addressee in _reach(
            _Candidate(candidate.person, candidate.unit, candidate.why or why), concern, staff, now
        )
    ]


def _candidates(who: Who, concern: Concern, staff: Staff) -> list[_Candidate]:
    unit = _raised(concern.slots.get(who.get("at", "")), int(who.get("up") or 0), staff)
    if "role" in who:
        return _holders(who["role"], unit, staff)
    if "person" in who or "contact" in who:
        return [_chosen(who, unit or _watching(concern), concern, staff)]
    named = who.get("is")
    if named == "handler":
        return [_assigned(concern.handler, _watching(concern), staff)]
    if named == "registrar":
        return [_assigned(concern.registrar, concern.slots.get("received"), staff)]
    if named in ("head", "deputy"):
        return [_seated(named, unit, staff)]
    if named == "leader":
        return [_leading(unit, staff)]
    raise ValueError(f"a ladder cannot tell {dict(who)!r}")


def _raised(unit: str | None, levels: int, staff: Staff) -> str | None:
    """The unit so many levels above (上级单位), or the topmost."""
    seat = staff.seats.get(unit or "")
    while levels > 0 and seat is not None and (above := staff.seats.get(seat.parent or "")):
        seat, levels = above, levels - 1
    return seat.unit if seat else unit


def _watching(concern: Concern) -> str | None:
    return next((concern.slots[slot] for slot in concern.watching if concern.slots.get(slot)), None)


def _leading(unit: str | None, staff: Staff) -> _Candidate:
    """The leader in charge (分管领导): of the unit or the nearest above that has one; else the head above."""
    at = unit
    passed: set[str] = set()
    while (seat := staff.seats.get(at or "")) is not None and seat.unit not in passed:
        if seat.leader:
            return _Candidate(seat.leader, at)
        passed.add(seat.unit)
        at = seat.parent
    seat = staff.seats.get(unit or "")
    above = seat.parent if seat else None
    return _Candidate(_head(above, staff), above, "vacant") if above else _seated("head", unit, staff)


def _chosen(who: Who, unit: str | None, concern: Concern, staff: Staff) -> _Candidate:
    """The person whom the house chose as the contact 指定联系人; the unit's head while there is none."""
    person = who.get("person") or staff.contacts.get((concern.policy, who.get("contact", "")))
    return _Candidate(person, unit) if person else _Candidate(_head(unit, staff), unit, "unbound")


def _assigned(person: str | None, unit: str | None, staff: Staff) -> _Candidate:
    return _Candidate(person, unit) if person else _Candidate(_head(unit, staff), unit, "unassigned")


def _holders(role: str, unit: str | None, staff: Staff) -> list[_Candidate]:
    if unit is None:
        return []
    holders = staff.holders.get((role, unit), ())
    return [_Candidate(person, unit) for person in holders] or [
        _Candidate(_head(unit, staff), unit, "vacant")
    ]


def _seated(named: str, unit: str | None, staff: Staff) -> _Candidate:
    seat = staff.seats.get(unit or "")
    if seat is None:
        return _Candidate(None, None)
    if named == "deputy" and seat.deputy:
        return _Candidate(seat.deputy, unit)
    return _Candidate(seat.head, unit, None if named == "head" else "vacant")


def _head(unit: str | None, staff: Staff) -> str | None:
    seat = staff.seats.get(unit or "")
    return seat.head or seat.deputy if seat else None


def _reach(candidate: _Candidate, concern: Concern, staff: Staff, now: datetime) -> Iterator[Addressee]:
    """Climb from the candidate to the first person who can be told."""
    passed: set[tuple[str | None, str | None]] = set()
    while (candidate.person, candidate.unit) not in passed:
        passed.add((candidate.person, candidate.unit))
        hindrance = _hindrance(candidate.person, concern, staff, now)
        if candidate.person and hindrance is None:
            yield Addressee(candidate.person, why=candidate.why)
            return
        if candidate.person:
            yield Addressee(candidate.person, not_sent=hindrance)
        deputy = _deputy(candidate, staff, now) if hindrance == "absent" else None
        tried = {person for person, _ in passed}
        if deputy and deputy not in tried:
            candidate = _Candidate(deputy, candidate.unit, "deputy")
        else:
            candidate = _above(candidate, staff, tried, "higher" if hindrance in HIDDEN else "vacant")


def _hindrance(person: str | None, concern: Concern, staff: Staff, now: datetime) -> str | None:
    officer = staff.officers.get(person or "")
    if person in concern.barred:
        return "barred"
    if concern.known_to and person not in concern.known_to:
        return "confidential"
    if officer is None or not officer.active:
        return "inactive"
    return "absent" if officer.absence(now) else None


def _deputy(candidate: _Candidate, staff: Staff, now: datetime) -> str | None:
    absence = staff.officers[candidate.person or ""].absence(now)
    if absence and absence.deputy:
        return absence.deputy
    seat = staff.seats.get(candidate.unit or "")
    return seat.deputy if seat and seat.head == candidate.person else None


def _above(candidate: _Candidate, staff: Staff, tried: set[str | None], why: str) -> _Candidate:
    seat = staff.seats.get(candidate.unit or "")
    if seat is None:
        return _Candidate(None, None)
    leads = candidate.person is not None and candidate.person == seat.leader
    for person in () if leads else (seat.head, seat.leader):
        if person and person not in tried:
            return _Candidate(person, seat.unit, why)
    return _Candidate(_head(seat.parent, staff), seat.parent, why)
