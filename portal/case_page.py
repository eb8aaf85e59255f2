"""What the case page 投诉页面 shows: stages, limits, events, files – as far as the viewer may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from documents.actions import steps
from documents.case_parts import Attachment, Clock, ClockPause, Event, Extension, Letter, SealedVolume
from documents.complaint import Complaint
from documents.notice import Notice
from documents.person import Absence, Person
from documents.policy import view_of
from documents.reveal import Reveal
from documents.rules.access import PERSONAL, RESTRICTED, classes_open, may
from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.fields import fields_of
from documents.rules.merging import merges
from documents.rules.need_to_know import CONFIDE
from documents.rules.policy import PolicyView
from documents.rules.revealing import UNMASK
from documents.sight import Sight
from documents.unread import fields_behind
from documents.volume import Volume
from documents.work_calendar import calendar_of
from portal import case_level, reading
from portal.case_days import Week, weeks_of
from portal.case_hearings import HeardLine, heard_lines
from portal.case_ladder import LadderLine, ladder_lines
from portal.case_level import WhyLevel
from portal.case_retold import note_of, notices_of, reason_of_pause
from portal.clock import now
from portal.forms.answers import ShownForm, shown_forms, unit_name
from portal.language import said
from portal.messages import REFUSALS, filled
from portal.signing_in import me
from portal.standing import may_do, may_on, my_keys, my_reach, roles, roles_of

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class StripStage:
    """One stage 环节 of the strip: past, here, next or skipped; `on` is the day it was entered."""

    label: str
    state: str
    on: datetime | None


@dataclass(frozen=True)
class Told:
    """One occasion on which people were told something 通知, with a notice for each of them."""

    notice: Notice
    people: list[Notice]


@dataclass
class CasePage:
    """A case with everything its page asks for."""

    case: Complaint

    @cached_property
    def view(self) -> PolicyView:
        """The policy version that the case pins."""
        return view_of(self.case.policy, self.case.policy_version)

    def calendar_of(self, clock: Clock) -> WorkCalendar:
        """The work calendar in which a clock is counted."""
        return calendar_of(self.view, clock.calendar, (clock.calendar_version or 1, self.case.received_at))

    @cached_property
    def stage(self) -> Definition:
        """The definition of the present stage."""
        return self.view.stage(self.case.case_type, self.case.stage)

    @cached_property
    def choices(self) -> list[steps.Choice]:
        """What the viewer may do now."""
        return steps.available(self.case, me(), now=now())

    @cached_property
    def absence(self) -> Absence | None:
        """That the viewer is away 请假: he may look, and takes no step."""
        return me().absence(now())

    @cached_property
    def acting_for(self) -> list[Person]:
        """The absent for whom the viewer acts in this case 代办, or because of whom he sees it."""
        known = {may_on(self.case).instead_of, *(one.instead_of for one in self.choices)}
        return [one for one in me().represented(now()) if one.id in known]

    @property
    def primary(self) -> steps.Choice | None:
        """The one next step 下一步."""
        return next((one for one in self.choices if one.primary), None)

    @property
    def others(self) -> list[steps.Choice]:
        """The other things that the viewer may do; what ends the case comes last."""
        rest = [one for one in self.choices if one is not self.primary]
        return sorted(rest, key=self.ends_the_case)

    @property
    def beside(self) -> list[steps.Choice]:
        """The few that stand beside the next step; the rest is in the menu."""
        return [one for one in self.others if not self.ends_the_case(one)][:2]

    def ends_the_case(self, choice: steps.Choice) -> bool:
        """Whether a step leads out of the open stages."""
        goal = choice.transition.get("to")
        return isinstance(goal, str) and self.view.stage(self.case.case_type, goal)["status"] != "open"

    @cached_property
    def refusals(self) -> list[tuple[str, str]]:
        """Why the viewer may not do the rest: label and reason."""
        return [(said(one.label), reason_of(one, self)) for one in steps.explain(self.case, me(), now=now())]

    @cached_property
    def why_level(self) -> WhyLevel | None:
        """Why the case has its level."""
        return case_level.why(self.case, self.view, self.choices)

    def level_lines(self, event: Event) -> list[str]:
        """What raised the level, when the event is about it."""
        facts = event.facts or {}
        known = {one.rule for one in self.why_level.rules} if self.why_level else set()
        told = zip(facts.get("rules", ()), facts.get("lines", ()), strict=False)
        return [said(line) for rule, line in told if rule in known]

    @property
    def clock(self) -> Clock | None:
        """The running limit that is due first."""
        return self.case.running(self.case.next_limit) if self.case.next_limit else None

    def clocks(self) -> list[Clock]:
        """The newest clock of each limit, running ones first."""
        newest = {clock.limit: clock for clock in self.case.clocks}
        order = ("running", "paused", "met", "stopped")
        return sorted(newest.values(), key=lambda clock: (order.index(clock.state), clock.due_at))

    def limit(self, clock: Clock) -> Definition:
        """The definition behind a clock."""
        return self.view.limit(clock.limit)

    def extensions(self, clock: Clock) -> list[Extension]:
        """The extensions of a clock's limit."""
        return [one for one in self.case.extensions if one.limit == clock.limit]

    def calendar_strip(self, clock: Clock) -> list[Week]:
        """The days from start to deadline in weeks, each marked as counted or not."""
        return weeks_of(clock, self.view.time_limit(clock.limit), self.calendar_of(clock))

    def strip(self) -> list[StripStage]:
        """The stages along the usual path; a branch stands in the place of the stage it replaces."""
        stages = {one["key"]: one for one in self.view.stages(self.case.case_type)}
        path = self.view.workflow(self.case.case_type).get("path") or list(stages)
        return [self._strip_stage(stages[key]) for key in path if key in stages]

    def _strip_stage(self, stage: Definition) -> StripStage:
        here, rank = self.stage, self.rank
        if rank(stage) == rank(here):
            return StripStage(said(here["label"]), "here", self.entered(here["key"]))
        on = self.entered(stage["key"])
        if rank(stage) > rank(here):
            return StripStage(said(stage["label"]), "next", None)
        return StripStage(said(stage["label"]), "past" if on else "skipped", on)

    def rank(self, stage: Definition) -> int:
        """How far along a stage is: its own number, else its place among the stages."""
        keys = [one["key"] for one in self.view.stages(self.case.case_type)]
        return int(stage.get("sequence", keys.index(stage["key"]) + 1))

    def entered(self, stage: str) -> datetime | None:
        """When the case last came into a stage."""
        moves = [
            event.at for event in self.case.events if event.to_stage == stage and event.from_stage != stage
        ]
        return moves[-1] if moves else None

    @cached_property
    def forms(self) -> list[ShownForm]:
        """The filled forms."""
        return shown_forms(self.view, self.case)

    def events(self) -> Sequence[Event]:
        """Everything that happened, newest first."""
        return list(reversed(self.case.events))

    def note(self, event: Event) -> str:
        """The words of an event, covered when they come from a field that the viewer may not read."""
        return note_of(self.case, event)

    def reason(self, pause: ClockPause) -> str:
        """Why a clock stood still, covered in the same way."""
        return reason_of_pause(self.case, pause)

    def moved(self, event: Event) -> str:
        """首接处置 → 受理部门受理, when the event moved the case."""
        if not event.to_stage or event.to_stage == event.from_stage:
            return ""
        labels = {one["key"]: said(one["label"]) for one in self.view.stages(self.case.case_type)}
        arrived = labels.get(event.to_stage, event.to_stage)
        return f"{labels.get(event.from_stage, '')} → {arrived}" if event.from_stage else arrived

    def attachments(self) -> list[Attachment]:
        """The attachments that the viewer may open."""
        return [one for one in self.case.attachments if self.may_open(one)]

    def may_open(self, attachment: Attachment) -> bool:
        """Whether the viewer may open an attachment: it is as sensitive as the field it came with."""
        if not attachment.form:
            return bool(may_on(self.case))
        found = fields_behind(self.case, attachment)
        return bool(found) and all(may_on(self.case, field=one) for one in found)

    def may_open_letter(self, letter: Letter) -> bool:
        """Whether the viewer may open a letter's paper: it shows every answer that it merges."""
        view = view_of(self.case.policy, letter.policy_version or self.case.policy_version)
        asked = (field for form in view.forms() for field in fields_of(form))
        template = view.letter(letter.key)
        return all(may_on(self.case, field=one) for one in asked if merges(template, one))

    def may_open_volume(self, volume: SealedVolume) -> bool:
        """Whether the viewer may open a sealed file: it shows every field, and maybe other cases."""
        if not volume.file_id:
            return False
        fields = (field for form in self.view.forms() for field in fields_of(form))
        everything = [field for field in fields if not field.get("sealed_to")]  # which is not on paper
        known = {
            "_id": volume.number,
            "destroyed_at": None,
            **Sight(my_keys(), me().id, my_reach()).condition(),
        }
        shelved = Volume.collection().find_one(known, {"_id": 1}) is not None
        return shelved and all(may_on(self.case, field=field) for field in everything)

    @property
    def tells_recusal(self) -> bool:
        """Whether it may be known that somebody is recused: not of whom only a hidden case tells."""
        return bool(set(self.case.recused) - set(self.case.recused_unsaid))

    @property
    def may_add_later(self) -> bool:
        """Whether the viewer may add papers to the sealed case, for a supplement volume."""
        sealed = self.case.status == "archived" and self.case.in_the_making is None
        return sealed and bool(may_on(self.case, "archive"))

    @property
    def may_confide(self) -> bool:
        """Whether the viewer may decide who knows of the case."""
        return bool(may(my_reach(), CONFIDE, self.case.case_scope(), roles=roles()))

    @property
    def may_ask_who_saw(self) -> bool:
        """Whether the viewer may ask 谁看过: an administrator, or whose own posts read all of the case."""
        read = classes_open(my_reach(), roles_of(self.case.policy), self.case.case_scope())
        return may_do("administer") or {PERSONAL, RESTRICTED} <= read

    @property
    def asked_to_reveal(self) -> int:
        """How many wait for this person to release masked content of the case."""
        if not may(my_reach(), UNMASK, self.case.case_scope(), roles=roles()):
            return 0
        return sum(one.person != me().id for one in Reveal.waiting(self.case.number))

    @property
    def links(self) -> list[Mapping[str, Any]]:
        """The related cases; one that the viewer may not see is not there: out of reach, recused, kept."""
        numbers = [link["number"] for link in self.case.links]
        if not numbers:
            return []
        sight = Sight(my_keys(), me().id, my_reach())
        wanted = {"$and": [{"number": {"$in": numbers}}, sight.condition()]}
        rows = list(Complaint.collection().find(wanted, ["number", *sight.columns]))
        reading.seen_instead(sight.seen_for(rows))
        seen = {row["number"] for row in rows}
        return [link for link in self.case.links if link["number"] in seen]

    @cached_property
    def notices(self) -> list[Told]:
        """What was sent about the case, and what was not and why; newest first, one line for one occasion."""
        told: dict[Any, Told] = {}
        for notice in notices_of(self.case):
            occasion = (notice.at, str(notice.title), notice.sent, str(notice.reason_not_sent))
            told.setdefault(occasion, Told(notice, [])).people.append(notice)
        return list(reversed(told.values()))

    @cached_property
    def ladders(self) -> dict[str, LadderLine]:
        """The reminders of each running limit, with whom they told."""
        told = [notice for one in self.notices for notice in one.people]
        return ladder_lines(self.case, self.view, told, now=now())

    @property
    def hearings(self) -> list[HeardLine]:
        """Who was asked for a statement."""
        return heard_lines(self.case)

    def units(self) -> list[tuple[str, str]]:
        """The units of the case with their part in it."""
        labels = self.view.definition.get("slot_labels", {})
        wanted = [slot for slot in ("received", "handling") if slot in self.case.units]
        return [(said(labels.get(slot, slot)), unit_name(self.case.units[slot])) for slot in wanted]


def reason_of(refusal: steps.Refusal | RuleBroken, page: CasePage) -> str:
    """Why a step is closed to the viewer, in words."""
    facts: Mapping[str, Any] = refusal.facts
    if refusal.code == "not_your_role":
        return filled(REFUSALS["not_your_role"], refusal.code, {"who": who_may(facts["who"], page)})
    if refusal.code == "condition_not_met" and facts.get("reason"):
        return said(facts["reason"])
    return filled(REFUSALS.get(refusal.code), refusal.code, refusal.facts)


def who_may(allowed: Sequence[Definition], page: CasePage) -> str:
    """The people whom a step is open to: 清算中心 单位负责人、承办人."""
    labels = {role["key"]: role["label"] for role in page.view.definition["roles"]}
    named = []
    for who in allowed:
        if "is" in who:
            named.append(said(INVOLVED[who["is"]]))
            continue
        unit = unit_name(page.case.units.get(who.get("at", "")))
        named.append(f"{unit} {said(labels.get(who['role'], who['role']))}".strip())
    return "、".join(dict.fromkeys(named))


INVOLVED = {
    "handler": {"zh": "承办人", "en": "the handler"},
    "registrar": {"zh": "登记人", "en": "the registrar"},
}
