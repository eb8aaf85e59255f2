"""Replay 回放: the last real cases of a policy once more, in memory, under a draft; nothing is written.

Each case's recorded steps are taken again by the same actions. Where the draft makes something else of
them than what was recorded, the case is also played under its own version, so that only what the draft
itself changes is reported. Cases that are kept from who asks are left out, and so are the answers by which a
draft could be a question about what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from documents.actions import registration, steps
from documents.actions.change import Submission
from documents.actions.registration import Pinned
from documents.complaint import Complaint
from documents.organisation import Organisation, stored_organisation
from documents.person import Person, Post
from documents.policy import view_of
from documents.replay_records import (
    REGISTER,
    Record,
    RecordedStep,
    found_in,
    newest,
    notices_told,
    record_of,
)
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.carrying import Carrier
from documents.rules.fields import fields_of
from documents.rules.forms import Checked, Problem
from documents.rules.options import OUTCOMES
from documents.rules.policy import PolicyView
from documents.rules.replayed_answers import PlayedAnswers, Told, tells, told_under
from documents.rules.replaying import Beside, Finding, Tally
from documents.rules.scenario_results import CaseFound
from documents.rules.scenario_words import of_refusal
from documents.trial_found import case_found
from documents.trial_world import World
from documents.work_calendar import calendar_named, calendar_of

Definition = Mapping[str, Any]
Progress = Callable[[int, int], bool]  # done, of how many; False stops the replay
MOST = 10_000
TELLING = ("limits", "ladders", "slots")
FORM_WORDS = {
    "required": ("必填而未填", "is required and empty"),
    "not_an_option": ("所选已不在选项中", "is no longer among the options"),
    "too_long": ("超过长度", "is too long"),
    "too_short": ("长度不足", "is too short"),
    "too_high": ("超过上限", "is too high"),
    "too_low": ("低于下限", "is too low"),
    "too_many_rows": ("行数过多", "has too many rows"),
    "too_few_rows": ("行数不足", "has too few rows"),
    "check_failed": ("不符合校验条件", "fails a check"),
}


@dataclass(frozen=True)
class Replay:
    """What came of a replay 回放结果."""

    policy: str
    tally: Tally
    stopped: bool

    def as_table(self) -> dict[str, Any]:
        """The result as it is kept and sent."""
        tally = self.tally
        return {
            "policy": self.policy,
            "cases": tally.cases,
            "different": tally.different,
            "same": tally.cases - tally.different - tally.kinds["unclear"],
            "kinds": dict(tally.kinds),
            "groups": [group.as_table() for group in tally.ordered()],
            "stopped": self.stopped,
        }


def run(
    draft: Definition, *, most: int, by: str, now: datetime, progress: Progress = lambda _done, _all: True
) -> Replay:
    """回放: play the newest `most` cases of the draft's policy under the draft, which has no problems.

    Cases that are kept from the person `by` are not played; nobody in particular plays none that is
    confidential.
    """
    view = PolicyView(draft)
    most = min(most, MOST)
    theatre = Theatre(view, calendar_of(view), stored_organisation(), now)
    tally, going = Tally(), True
    for rows in newest(view.key, most, by):
        for row in rows:
            tally.take(row["number"], theatre.findings(row))
        going = progress(tally.cases, most)
        if not going:
            break
    return Replay(view.key, tally, stopped=not going)


class ReplayWorld(World):
    """A world in which a filled form is kept as it was; what is wrong with it is only noted."""

    problems: list[Problem]

    def settle(self, checked: Checked) -> dict[str, Any]:
        self.problems = [*getattr(self, "problems", ()), *checked.problems]
        return checked.values


@dataclass
class Played:
    """How far a case came 回放过程: what it became, or the step at which it stopped and why."""

    found: CaseFound | None = None
    stopped_at: RecordedStep | None = None
    why: RuleBroken | PolicyInvalid | None = None
    problems: list[tuple[RecordedStep, Problem]] = field(default_factory=list)


@dataclass
class Theatre:
    """Where cases are played again: the draft, and the house as it is now."""

    draft: PolicyView
    calendar: WorkCalendar
    organisation: Organisation
    now: datetime
    _carriers: dict[int, Carrier] = field(default_factory=dict)
    _between: dict[tuple[int, int], Carrier] = field(default_factory=dict)
    _answers: dict[int, PlayedAnswers] = field(default_factory=dict)
    _told: dict[int, Told] = field(default_factory=dict)
    _telling: dict[int, bool] = field(default_factory=dict)
    _rings: bool = True
    _actors: dict[tuple[str, str | None, str, int], Person] = field(default_factory=dict)

    def findings(self, row: Mapping[str, Any]) -> list[Finding]:
        """What would differ for one case."""
        own = view_of(self.draft.key, row["policy_version"])
        carrier = self._carrier(row["policy_version"], own)
        record = self._recorded(row, own)
        self._rings = self._tells_otherwise(row["policy_version"], own)
        under_draft = self._play(record, self.draft, own, carrier)
        told = self._may_tell(row["policy_version"], carrier)
        under_draft.problems = [one for one in under_draft.problems if tells(told, one[1])]
        if self._as_recorded(record, under_draft, own):
            return []
        under_own = self._play(record, own, own, None)
        if under_own.found is None:
            return [_unclear(under_own)]
        newly = _newly_wrong(under_own, under_draft)
        wrong = [_form_finding(step, problem, self.draft) for step, problem in newly]
        return [*wrong, *self._compared(under_own, under_draft, carrier)]

    def _recorded(self, row: Mapping[str, Any], own: PolicyView) -> Record:
        """The steps of the case, with what is played of its answers; who was recused was told by others."""
        version = row["policy_version"]
        if version not in self._answers:
            self._answers[version] = PlayedAnswers(own.definition)
        record = record_of(row, own, lambda earlier: self._earlier(earlier, version))
        answers = self._answers[version]
        steps = (replace(one, values=answers.values(one.form, one.values)) for one in record.steps)
        return replace(record, steps=tuple(steps))

    def _may_tell(self, version: int, carrier: Carrier) -> Told:
        if version not in self._told:
            pair = self._answers[version], carrier.way
            self._told[version] = told_under(self.draft.definition, [pair])
        return self._told[version]

    def _carrier(self, version: int, own: PolicyView) -> Carrier:
        if version not in self._carriers:
            self._carriers[version] = Carrier(own.definition, self.draft.definition)
        return self._carriers[version]

    def _earlier(self, version: int, now: int) -> Carrier:
        """From an earlier version to the one that a case has now."""
        if (version, now) not in self._between:
            there, here = (view_of(self.draft.key, one).definition for one in (version, now))
            self._between[version, now] = Carrier(there, here)
        return self._between[version, now]

    def _tells_otherwise(self, version: int, own: PolicyView) -> bool:
        """Whether timers may matter: with the same limits, ladders and slots, and no levels, they do not."""
        if version not in self._telling:
            old, new = own.definition, self.draft.definition
            levels = "severity" in old or "severity" in new
            self._telling[version] = levels or any(old.get(part) != new.get(part) for part in TELLING)
        return self._telling[version]

    def _as_recorded(self, record: Record, played: Played, own: PolicyView) -> bool:
        """Whether the draft makes of the case exactly what it became."""
        if played.found is None or played.problems or record.row.get("recused"):
            return False  # whom reminders pass by, a replay does not know
        if own.definition.get("archive") != self.draft.definition.get("archive"):
            return False
        recorded, played_now = found_in(record.row, self.now), replace(played.found, archive=None)
        if not self._rings:
            recorded = replace(recorded, notices=())
        return not Beside(self.draft, recorded, played_now).findings()

    def _compared(self, own: Played, draft: Played, carrier: Carrier) -> list[Finding]:
        if draft.found is None:
            return [_stopped(draft)]
        return Beside(self.draft, _carried(own.found, carrier), draft.found).findings() if own.found else []

    def _play(self, record: Record, view: PolicyView, own: PolicyView, carrier: Carrier | None) -> Played:
        """Take the recorded steps again, each at its moment."""
        world = ReplayWorld(view, self.calendar, self.organisation, named_calendar=calendar_named)
        played, case = Played(), None
        for step in record.steps:
            world.problems = []
            if self._rings:
                world.pass_before(step.at)
            actor = self._actor(step, record, own)
            try:
                case = self._take(step, record, case, Stage(world, view, carrier, actor))
            except (RuleBroken, PolicyInvalid) as refusal:
                played.stopped_at, played.why = step, refusal
                return played
            played.problems += [(step, problem) for problem in world.problems]
        if case is None:
            return played
        if self._rings:
            world.pass_through(self.now)
        found = case_found(case, view, world, now=self.now)
        played.found = _with_names(found, case)
        return played

    def _take(self, step: RecordedStep, record: Record, case: Complaint | None, stage: Stage) -> Complaint:
        carrier = stage.carrier
        values = carrier.values(step.form, step.values) if carrier else step.values
        pressed = Submission(stage.actor, step.at, f"{record.number}:{step.at.isoformat()}", step.uploads)
        if case is None:
            return _opened(record, values, pressed, stage)
        verb = carrier.step(step.verb, record.case_type) if carrier else step.verb
        return steps.carry_out(case, verb, values, pressed, stage.world)

    def _actor(self, step: RecordedStep, record: Record, own: PolicyView) -> Person:
        """Who took the step, with the post it needed: people have moved on since."""
        key = step.by, step.unit, step.verb, record.version
        if key not in self._actors:
            who = _who(own, record.case_type, step.verb)
            self._actors[key] = _lent(self.organisation.people.get(step.by), step, who)
        return self._actors[key]


@dataclass(frozen=True)
class Stage:
    """What one step is taken with."""

    world: ReplayWorld
    view: PolicyView
    carrier: Carrier | None
    actor: Person


def _opened(record: Record, values: Mapping[str, Any], pressed: Submission, stage: Stage) -> Complaint:
    case_type = stage.carrier.case_type(record.case_type) if stage.carrier else record.case_type
    pinned = Pinned(stage.view.key, record.version, stage.view)
    change = registration.blank(pinned, case_type, pressed, stage.world)
    unit = record.unit if record.is_linked else registration.receiving_unit(change, record.unit)
    case = registration.open_case(change, values, pressed, unit)
    case.number = record.number
    return case


def _who(view: PolicyView, case_type: str, verb: str) -> list[Mapping[str, Any]]:
    if verb == REGISTER:
        return list(view.case_type(case_type)["register"]["who"])
    return list(view.transition(case_type, verb)["who"])


def _lent(person: Person | None, step: RecordedStep, who: list[Mapping[str, Any]]) -> Person:
    """The person, holding at the unit of the step a post that could take it."""
    roles = [one["role"] for one in who if "role" in one]
    posts = list(person.posts) if person else []
    held = any(post.unit == step.unit and post.role in roles for post in posts)
    if person is not None and (held or step.unit is None):
        return person
    lent = [Post(role=role, unit=step.unit) for role in roles] if step.unit else []
    name = person.name if person else step.by
    return Person(id=step.by, login=step.by, name=name, posts=[*posts, *lent])


def _with_names(found: CaseFound, case: Complaint) -> CaseFound:
    """With the reminders as the events tell them, so that a record can be held beside it."""
    events = [{"verb": one.verb, "at": one.at, "facts": one.facts} for one in case.events]
    return replace(found, notices=notices_told(events))


def _carried(found: CaseFound, carrier: Carrier) -> CaseFound:
    """What the case became under its own version, by the names of the draft."""
    way = carrier.way
    if not way.moves:
        return found
    return replace(
        found,
        route=tuple(carrier.stage(key, found.case_type) for key in found.route),
        case_type=carrier.case_type(found.case_type),
        clocks=tuple(replace(one, limit=way.key("limit", one.limit)) for one in found.clocks),
        notices=tuple(replace(one, limit=way.key("limit", one.limit)) for one in found.notices),
        letters=tuple(way.key("letter", key) for key in found.letters),
        outcome=way.key("option", found.outcome, OUTCOMES) if found.outcome else found.outcome,
    )


def _newly_wrong(own: Played, draft: Played) -> list[tuple[RecordedStep, Problem]]:
    """What is wrong with the filled forms under the draft, and was not under their own version."""
    known = {(step.at, problem.field, problem.code) for step, problem in own.problems}
    return [
        (step, problem)
        for step, problem in draft.problems
        if (step.at, problem.field, problem.code) not in known
    ]


def _form_finding(step: RecordedStep, problem: Problem, view: PolicyView) -> Finding:
    about = f"{step.verb}.{problem.field}.{problem.code}"
    label = _field_label(view, problem.field)
    words = FORM_WORDS.get(problem.code, (problem.code, problem.code))
    zh, en = f"“{label['zh']}”{words[0]}", f"“{label['en']}” {words[1]}"
    return Finding("form", about, zh, en)


def _field_label(view: PolicyView, key: str) -> Mapping[str, str]:
    found = (one.get("label") for form in view.forms() for one in fields_of(form) if one["key"] == key)
    return next((label for label in found if label), {"zh": key, "en": key})


def _stopped(played: Played) -> Finding:
    step, words = played.stopped_at, of_refusal(played.why) if played.why else {"zh": "", "en": ""}
    verb = step.verb if step else ""
    kind = "gone" if isinstance(played.why, PolicyInvalid) else "refused"
    code = played.why.code if played.why else ""
    return Finding(kind, f"{verb}:{code}", f"{verb}：{words['zh']}", f"{verb}: {words['en']}")


def _unclear(played: Played) -> Finding:
    return _stopped(played)._replace(kind="unclear")
