"""One change 变更 of one case: what an action and its effects work on, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from documents import events
from documents.actions.handing import handing, hands_of
from documents.actions.surroundings import STORED, Surroundings
from documents.archive_number import AS_PROPOSED, Filing
from documents.case_parts import Clock
from documents.closing import filers_of
from documents.complaint import Complaint
from documents.governing import Governing, calendar_for
from documents.person import Person
from documents.rules import numbering
from documents.rules.access import READ, Reach, may
from documents.rules.calendars import WorkCalendar
from documents.rules.expression_values import at_home
from documents.rules.fields import Definition
from documents.rules.lookups import fact, facts_of
from documents.rules.moments import moment_facts
from documents.rules.need_to_know import DECIDING, LET_KNOW, NOBODY, newcomers
from documents.rules.passing import Hands, taking_over
from documents.rules.policy import PolicyView
from documents.rules.retelling import LEVEL
from documents.rules.workflow import CaseState


@dataclass(frozen=True)
class Submission:
    """One press of a button 提交: who, when, its own key (the same key twice acts once), and the files."""

    actor: Person
    now: datetime
    key: str
    uploads: tuple[str, ...] = ()
    filing: Filing = AS_PROPOSED
    covered: frozenset[str] = frozenset()  # fields that the page showed as a mask: their answers stay


# What `Complaint.own_facts` tells, beside `unit_…` for each slot.
OWN_FACTS = frozenset(
    {"number", "case_type", "stage", "outcome", "flags", "attachments", "extension_waits", "extensions"}
    | {"clock_paused", "has_handler", "received_kind", "statement_waits"}
)


@dataclass
class Change:
    """A case in memory while one action changes it."""

    case: Complaint
    view: PolicyView
    actor: Person
    now: datetime
    transition: Mapping[str, Any]
    surroundings: Surroundings = STORED
    values: dict[str, Any] = field(default_factory=dict)
    follow_ups: list[Any] = field(default_factory=list)
    levels: list[dict[str, Any]] = field(default_factory=list)  # new levels, to be told as events
    told: list[dict[str, Any]] = field(default_factory=list)  # what was found beside the step: its events
    filing: Filing = AS_PROPOSED
    covered: frozenset[str] = frozenset()  # fields of the form whose answers stay under their mask
    instead_of: str | None = None  # 代办: the absent person for whom the actor acts
    post_instead: tuple[str, str] | None = None  # 代行: the post (role, unit) for which the actor stands in
    raised: Sequence[Mapping[str, Any]] = ()  # what a higher level causes, not yet done
    before: Hands = field(init=False, repr=False)  # in whose hands the case was
    _answered: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    _answered_of: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        facts = {**self.case_facts(), **self._moment()} if self.case.stage else {}
        self.before = hands_of(self.case, facts)

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.zone).date()

    @cached_property
    def seat(self) -> Person:
        """In whose place the actor acts: of the absent person, whose everything stays; else his own."""
        return self.surroundings.person(self.instead_of) if self.instead_of else self.actor

    @property
    def acting(self) -> dict[str, str]:
        """For whom 代办, or for which post 代行, in words; empty where the actor acts for himself."""
        if self.instead_of:
            return {"zh": f"代{self.seat.name}", "en": f"for {self.seat.name}"}
        if self.post_instead is None:
            return {}
        role, code = self.post_instead
        unit = self.surroundings.unit(code).name
        label = next(one["label"] for one in self.view.definition["roles"] if one["key"] == role)
        zh = f"代行{unit.get('zh', code)}{label['zh']}"
        return {"zh": zh, "en": f"in place of {label.get('en', label['zh'])}, {unit.get('en', code)}"}

    @property
    def acted_for(self) -> dict[str, str]:
        """The same for the trail."""
        post = {"post": "@".join(self.post_instead)} if self.post_instead else {}
        return {"instead_of": self.instead_of} if self.instead_of else post

    @property
    def zone(self) -> ZoneInfo:
        """The policy's time zone, in which its days begin."""
        return ZoneInfo(self.view.zone)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The work calendar of the policy."""
        return self.surroundings.calendar(self.view)

    def governing(self, limit: str) -> Governing:
        """The calendar that counts for a limit started now: the answering unit's, else the policy's."""
        slot = self.view.limit(limit).get("calendar_of")
        return calendar_for(self.view, self.case.units, slot, house=self.surroundings)

    def calendar_of(self, clock: Clock) -> WorkCalendar:
        """The calendar in which a clock is counted: the one it was started in, as it was for this case."""
        at = (clock.calendar_version or 1, self.case.received_at)
        return self.surroundings.calendar(self.view, clock.calendar, at)

    def facts(self) -> dict[str, Any]:
        """The case's facts with what was just filled in."""
        return {**self.case_facts(), **at_home(facts_of(self.values), self.zone)}

    def fact(self, name: str) -> Any:
        """One of the facts."""
        if name in self.values:
            return fact(self.values[name])
        if name in OWN_FACTS or name.startswith("unit_"):
            return self.case_facts().get(name)
        if name == "severity" and self.case.severity is not None:
            return self.case.severity.level
        return self._answers().get(name)

    def case_facts(self) -> dict[str, Any]:
        """The case's facts without what is being filled in."""
        return {**self._answers(), **self.case.own_facts()}

    def _answers(self) -> dict[str, Any]:
        """The newest answers; an action asks often, and only a filled form changes them."""
        count = len(self.case.answers)
        if count != self._answered_of:
            self._answered, self._answered_of = self.case.answered(self.zone), count
        return self._answered

    def state(self) -> CaseState:
        """What the workflow rules read of the case as it stands."""
        filers = filers_of(self.case, self.view, self.filing.appraisal)
        return self.case.state({**self.case_facts(), **self._moment()}, filers=filers)

    def known(self) -> dict[str, Any]:
        """What a condition knows: the facts with what was just filled in, and the day."""
        return {**self.facts(), **self._moment()}

    def _moment(self) -> dict[str, str]:
        return moment_facts(self.now, self.view.zone)

    def may_read(self, field: Definition) -> bool:
        """Whether the actor may read a field of the case as it stands."""
        return bool(may(self._reach, READ, self.case.case_scope(), roles=self._roles, field=field))

    @cached_property
    def _roles(self) -> Sequence[Definition]:
        return self.surroundings.roles(self.view.key)

    @cached_property
    def _reach(self) -> Reach:
        return self.surroundings.reach(self.actor, self.now)

    def take_number(self, key: str) -> tuple[str, str]:
        """The series and the next number 编号 in it."""
        definition, parts = self.view.numbering(key), self.case.units
        series = numbering.series(self.view.key, definition, self.today, parts)
        return series, numbering.number(definition, self.today, self.surroundings.next_in(series), parts)


def unit_of(change: Change) -> str | None:
    """The unit for which the actor acts on this case."""
    held = [post.unit for post in change.seat.posts]
    if change.post_instead:
        held = [change.post_instead[1], *held]
    on_case = [unit for unit in held if unit in change.case.units.values()]
    return (on_case or held or [None])[0]


def write(
    change: Change,
    *,
    label: Mapping[str, str],
    from_stage: str | None,
    submission: Submission,
    note: str | None = None,
) -> Complaint:
    """Write the case, its event and its audit entry; raises RuleBroken("changed_meanwhile")."""
    case, verb = change.case, change.transition["key"]
    events.append(
        case,
        at=change.now,
        by=change.actor.id,
        by_name=change.actor.name,
        instead_of=change.instead_of,
        acting=change.acting,
        unit=unit_of(change),
        verb=verb,
        label=dict(label),
        from_stage=from_stage,
        to_stage=case.stage,
        note=note,
        submission=submission.key,
    )
    for one in change.told:
        events.append(case, at=change.now, by_name=events.SYSTEM_NAME, **one)
    tell_levels(change)
    _hand_over(change, is_new=not from_stage)
    change.surroundings.note(
        verb,
        case.number,
        by=change.actor.id,
        at=change.now,
        stage=case.stage,
        revision=case.revision,
        **change.acted_for,
    )
    return case


def _hand_over(change: Change, *, is_new: bool) -> None:
    """Keep the case, with those who know of it, and announce into whose hands it comes."""
    case, after = change.case, hands_of(change.case, change.known())
    let_know(change, after)
    change.surroundings.keep(case, change.view, is_new=is_new)
    new_hands = handing(case, change.view, change.before, after, actor=change.actor.id)
    if new_hands is not None:
        change.surroundings.announce(new_hands, now=change.now)


def let_know(change: Change, after: Hands) -> None:
    """Let those into whose hands a confidential case comes know of it, visibly 列入知悉名单."""
    case, house = change.case, change.surroundings
    if not case.known_to:
        return
    steps = change.view.transitions(case.case_type)
    slots = {who.get("at", "") for who in taking_over(steps, change.before, after)}
    heads = [house.unit(case.units[slot]).head for slot in sorted(slots) if slot in case.units]
    before = list(case.known_to)
    stay = [person for person in before if person not in case.recused]
    instead = [one["person"] for one in case.stand_ins]
    added = newcomers(case.known_to, [case.handler, *heads, *instead], case.recused)
    case.known_to = [*stay, *added] or [_nearest_head(change)]
    names = [house.person(person).name for person in case.known_to if person not in (*stay, NOBODY)]
    if names:
        label, note = {"zh": "列入知悉名单", "en": "Put on the need-to-know list"}, "、".join(names)
        who = {"by": events.SYSTEM, "by_name": events.SYSTEM_NAME}
        facts = {"before": before, "after": list(case.known_to)}
        events.append(case, at=change.now, verb=LET_KNOW, label=label, note=note, facts=facts, **who)


def _nearest_head(change: Change) -> str:
    """The head of the deciding unit, or of the nearest above, who is not recused; else nobody."""
    house, units = change.surroundings, change.case.units
    above = next((units[slot] for slot in DECIDING if slot in units), None)
    while above:
        unit = house.unit(above)
        if unit.head and unit.head not in change.case.recused:
            return str(unit.head)
        above = unit.parent
    return NOBODY


def tell_levels(change: Change) -> None:
    """Append an event for each new level 定级, after that of the step itself."""
    told, change.levels = change.levels, []
    scale = change.view.scale(change.case.case_type) if told else None
    if scale is None:
        return
    for one in told:
        label = scale.label(one["to"])
        events.append(
            change.case,
            at=change.now,
            by=one.pop("by", events.SYSTEM),
            by_name=one.pop("by_name", events.SYSTEM_NAME),
            verb=LEVEL,
            label={"zh": f"定级为{label['zh']}", "en": f"Level set to {label['en']}"},
            note=one.pop("reason", None),
            facts=one,
        )
