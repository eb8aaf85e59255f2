"""Trying a draft 试行: its scenarios played with a fake clock, and what came out taken as what should."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.designer.bench import Bench
from admin_views.designer.edits import EditPages
from admin_views.designer.fragments import strip
from admin_views.standing import me, now
from documents import trial
from documents.actions import drafting
from documents.draft import Draft
from documents.draft_insight import insight
from documents.example import contacts_in, people_in, units_of
from documents.organisation import Organisation
from documents.rules.broken import RuleBroken
from documents.rules.expectations import accepted
from documents.rules.grammar import SECTIONS
from documents.rules.scenarios import scenarios_of
from documents.trial_found import ScenarioResult
from documents.work_calendar import WorkCalendarRecord

Definition = dict[str, Any]


@dataclass(frozen=True)
class Played:
    """The scenarios of a draft as they came out 试行结果; none while the draft has problems."""

    results: tuple[ScenarioResult, ...]
    problems: int

    @property
    def failed(self) -> int:
        """How many came out otherwise."""
        return sum(not one.passed for one in self.results)


def played(draft: Draft) -> Played:
    """Play the scenarios on the calendar that the policy names."""
    known = insight(draft)
    if known.problems:
        refusing = [one for one in known.problems if one.severity == "refuse"]
        if refusing:
            return Played((), len(refusing))
    calendar = WorkCalendarRecord.get(known.definition["policy"]["calendar"]).calendar()
    return Played(tuple(trial.run(known.definition, calendar)), 0)


def played_one(definition: Definition, key: str) -> ScenarioResult:
    """One scenario of a draft without problems, played; raises RuleBroken("no_such_element")."""
    scenario = next((one for one in scenarios_of(definition) if one.key == key), None)
    if scenario is None:
        raise RuleBroken("no_such_element", path=f"scenarios[{key[:60]}]")
    calendar = WorkCalendarRecord.get(definition["policy"]["calendar"]).calendar()
    house = Organisation(units_of(definition), people_in(definition), contacts_in(definition))
    return trial.play(definition, scenario, calendar, house)


class TryingPages(EditPages):
    """The scenario player below the designer."""

    @expose("/<policy>/try")
    def try_scenarios(self, policy: str) -> ResponseReturnValue:
        """Every scenario with its route, its time line, and where it came out otherwise."""
        draft = Draft.of(policy)
        bench = Bench(draft, SECTIONS["scenarios"], "scenarios")
        return self.render(
            "admin/designer/tools/try.html", bench=bench, draft=draft, played=played(draft), **strip(draft)
        )

    @expose("/<policy>/try/<key>")
    def play_one(self, policy: str, key: str) -> ResponseReturnValue:
        """One scenario, for the canvas on which it is written."""
        known = insight(Draft.of(policy))
        refusing = sum(one.severity == "refuse" for one in known.problems)
        result = None if refusing else played_one(known.definition, key)
        return render_template(
            "admin/designer/tools/played.html", policy=policy, problems=refusing, result=result
        )

    @expose("/<policy>/try/accept", methods=("POST",))
    def accept_outcome(self, policy: str) -> ResponseReturnValue:
        """Take what came out of a scenario as what should come out: one edit, which can be taken back."""
        draft, key = Draft.of(policy), request.form.get("scenario", "")
        result = next((one for one in played(draft).results if one.key == key), None)
        wanted = next((one for one in draft.definition.get("scenarios", ()) if one["key"] == key), None)
        if result is None or wanted is None or result.stopped or not result.cases:
            raise RuleBroken("no_such_element", path=f"scenarios[{key[:60]}]")
        zone = str(draft.definition["policy"]["zone"])
        expect = accepted(wanted.get("expect") or {}, result.cases, zone)
        change = {"do": "set", "path": f"scenarios[{key}].expect", "value": expect}
        drafting.edit(policy, [change], actor=me().id, now=now(), about="accept")
        flash(_("已把这次的结果记为应有结果，可以撤销。"), "good")
        return redirect(self.get_url(".try_scenarios", policy=policy))
