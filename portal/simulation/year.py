"""Playing the year (模拟一年): people act, timers fire through rq, in the order of a virtual clock."""

from __future__ import annotations

import heapq
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from random import Random
from typing import Any

from documents.actions import registration, uploads
from documents.actions.steps import state_at
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import Policy
from documents.rules import behaviour
from documents.rules.behaviour import Step
from documents.rules.behaviour import chance as luck_of
from documents.rules.calendars import WorkCalendar
from documents.rules.policy import PolicyView
from documents.timer import Timer
from portal.simulation import cast
from portal.simulation.acting import perform
from portal.simulation.filling import Pen, filled
from portal.simulation.house import House
from portal.simulation.texts import Texts

Definition = Mapping[str, Any]
Tell = Callable[[datetime], None]


@dataclass(frozen=True)
class Script:
    """What is played (剧本)."""

    policy: Policy
    view: PolicyView
    calendar: WorkCalendar
    behaviour: Definition
    texts: Texts
    seed: int


@dataclass
class Life:
    """One case on its way (案件进程): its own luck, and what was done once."""

    number: str
    luck: Random
    done: set[str] = field(default_factory=set)


class Year:
    """A heap of appointments, and the house in which they are kept."""

    def __init__(self, script: Script, house: House, *, tell: Tell) -> None:
        self.script = script
        self.house = house
        self.tell = tell
        self._positions = count()
        self._heap: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._known: set[str] = set()

    def appoint(self, moment: datetime, work: Callable[[datetime], None]) -> None:
        """Something happens at a moment."""
        heapq.heappush(self._heap, (moment, next(self._positions), work))

    def play(self, until: datetime) -> None:
        """Let everything happen up to a moment, timers before people where both are due."""
        while self._heap and self._heap[0][0] <= until:
            moment, _, work = heapq.heappop(self._heap)
            self._fire_until(moment)
            work(moment)
            self.tell(moment)
        self._fire_until(until)

    def _fire_until(self, moment: datetime) -> None:
        while due := Timer.collection().find_one(
            {"state": "pending", "due": {"$lte": moment}}, {"due": 1}, sort=[("due", 1)]
        ):
            self.house.tick(due["due"])

    # --- people -------------------------------------------------------------------------------------

    def plan_arrivals(self, year: int, cases: int) -> None:
        """Spread so many complaints over the year."""
        rules, seed = self.script.behaviour["arrivals"], self.script.seed
        moments = behaviour.arrivals(rules, year, cases, self.script.calendar, luck_of(seed, "arrivals"))
        for position, moment in enumerate(moments):
            self.appoint(moment, partial(self._register, position))

    def _register(self, position: int, now: datetime) -> None:
        luck, rules = luck_of(self.script.seed, position), self.script.behaviour["arrivals"]
        kind = luck.choices(rules["kinds"], [one["weight"] for one in rules["kinds"]])[0]
        actor = cast.newcomer(kind["who"], luck)
        form = self.script.view.case_type(kind["type"])["register"]["form"]
        values = filled(
            self._pen(luck, actor, now),
            form,
            {**self.script.texts.values(luck), **kind.get("values", {})},
        )
        if luck.randrange(100) < rules["severity"]["share"]:
            options = [option["key"] for option in self.script.view.lists[rules["severity"]["field"]]]
            values[rules["severity"]["field"]] = [luck.choice(options)]
        papers = self._papers(values, actor, now) if luck.randrange(100) < rules["attachments"] else []
        case = registration.register(
            self.script.policy,
            kind["type"],
            values,
            actor=actor,
            now=now,
            submission=f"arrival-{position}",
            uploads=papers,
        )
        self._meet(case, luck, now)

    def _papers(self, values: Definition, actor: Person, now: datetime) -> list[str]:
        text = f"投诉信\n\n{values.get('facts', '')}\n\n{values.get('complainant_name', '')}\n"
        return [uploads.accept(io.BytesIO(text.encode()), "投诉信.txt", actor=actor, now=now).id]

    def _meet(self, case: Complaint, luck: Random, now: datetime) -> None:
        self._known.add(case.number)
        self._go_on(case, Life(case.number, luck), now)

    def _go_on(self, case: Complaint, life: Life, now: datetime) -> None:
        """Draw what happens next to the case, and make the appointment."""
        entries: Sequence[Definition] = (
            self.script.behaviour["stages"].get(case.case_type, {}).get(case.stage, ())
        )
        step = behaviour.next_step(entries, case.facts(), life.done, life.luck)
        if step.do is None:
            return
        calendar = self.script.calendar
        moment = calendar.next_opening(calendar.add_working_time(calendar.next_opening(now), step.after))
        self.appoint(moment, partial(self._act, life, step))

    def _act(self, life: Life, step: Step, now: datetime) -> None:
        case = Complaint.get(life.number)
        transition = self.script.view.transition(case.case_type, str(step.do))
        actor = cast.actor(case, transition, state_at(case, self.script.view, now), life.luck)
        life.done.add(str(step.do))
        if actor is None:
            return  # nobody may: the case stays, and its ladder tells whoever is above
        pen = self._pen(life.luck, actor, now, case)
        case = perform(case, transition, pen, step.values or {})
        self._meet_linked(case, life, now)
        self._go_on(case, life, now)

    def _meet_linked(self, case: Complaint, life: Life, now: datetime) -> None:
        for link in case.links:
            if link["number"] not in self._known:
                opened = Complaint.get(link["number"])
                self._meet(opened, luck_of(self.script.seed, link["number"]), now)

    def _pen(self, luck: Random, actor: Person, now: datetime, case: Complaint | None = None) -> Pen:
        words = self.script.behaviour["words"]
        return Pen(self.script.view, self.script.calendar, words, luck, actor, now, case)
