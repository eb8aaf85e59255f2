"""One change 变更 of one case: what an action and its effects work on, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from bson import Decimal128

from documents import audit, events
from documents.complaint import AnswerSet, Complaint
from documents.person import Person
from documents.rules import numbering
from documents.rules.access import case_keys
from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.fields import fields_of
from documents.rules.forms import Checked, check
from documents.rules.policy import PolicyView
from documents.rules.text import grams
from documents.sequence import Sequence
from documents.unit import Unit
from documents.work_calendar import WorkCalendarRecord

# A word beyond this many characters of a text is not found: each character costs the index about 20 bytes.
MOST_SEARCHED = 600

_calendars: dict[tuple[str, datetime | None], WorkCalendar] = {}


@dataclass(frozen=True)
class Submission:
    """One press of a button 提交: who, when, its own key (the same key twice acts once), and the files."""

    actor: Person
    now: datetime
    key: str
    uploads: tuple[str, ...] = ()


@dataclass
class Change:
    """A case in memory while one action changes it."""

    case: Complaint
    view: PolicyView
    actor: Person
    now: datetime
    transition: Mapping[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    follow_ups: list[Any] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(ZoneInfo(self.view.zone)).date()

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The work calendar of the policy."""
        return calendar_of(self.view)

    def facts(self) -> dict[str, Any]:
        """The case's facts with what was just filled in."""
        return {**self.case.facts(), **self.values}

    def take_number(self, key: str) -> tuple[str, str]:
        """The series and the next number 编号 in it."""
        definition, parts = self.view.numbering(key), self.case.units
        series = numbering.series(definition, self.today, parts)
        return series, numbering.number(definition, self.today, Sequence.take(series), parts)


def calendar_of(view: PolicyView) -> WorkCalendar:
    """The calendar that a policy names; raises RuleBroken("unknown_calendar")."""
    key = view.definition["policy"]["calendar"]
    changed_at = WorkCalendarRecord.changed(key)
    if (key, changed_at) not in _calendars:
        _calendars.clear()
        _calendars[(key, changed_at)] = WorkCalendarRecord.get(key).calendar()
    return _calendars[(key, changed_at)]


def checked_values(change: Change, form_key: str, submitted: Mapping[str, Any]) -> dict[str, Any]:
    """The clean values of the form; raises RuleBroken("form_incomplete") with every problem."""
    form = change.view.form(form_key)
    checked: Checked = check(
        form, submitted, lists=change.view.lists, facts=change.case.facts(), today=change.today
    )
    return checked.or_raise()


def keep_answers(change: Change, form_key: str) -> None:
    """Add the filled form 已填表单 to the case."""
    case = change.case
    case.answers.append(
        AnswerSet(
            form=form_key,
            seq=len(case.answers) + 1,
            transition=change.transition["key"],
            by=change.actor.id,
            by_name=change.actor.name,
            unit=unit_of(change),
            at=change.now,
            policy_version=case.policy_version,
            values={key: stored_value(value) for key, value in change.values.items()},
        )
    )


def unit_of(change: Change) -> str | None:
    """The unit for which the actor acts on this case."""
    held = [post.unit for post in change.actor.posts]
    on_case = [unit for unit in held if unit in change.case.units.values()]
    return (on_case or held or [None])[0]


def stored_value(value: Any) -> Any:
    """A checked value as MongoDB keeps it: a date as ISO text, a decimal as Decimal128."""
    if isinstance(value, Decimal):
        return Decimal128(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [stored_value(item) for item in value]
    if isinstance(value, Mapping):
        return {key: stored_value(item) for key, item in value.items()}
    return value


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
        unit=unit_of(change),
        verb=verb,
        label=dict(label),
        from_stage=from_stage,
        to_stage=case.stage,
        note=note,
        submission=submission.key,
    )
    refresh(change)
    replace(case) if from_stage else _insert(case)
    audit.note(verb, case.number, by=change.actor.id, at=change.now, stage=case.stage, revision=case.revision)
    return case


def refresh(change: Change) -> None:
    """Derive what lists and searches read: scope keys, next deadline, search pieces."""
    case = change.case
    people = [case.handler, case.registrar]
    case.scope = case_keys(case.units, Unit.ancestors_of(case.units.values()), people)
    running = [clock for clock in case.clocks if clock.state == "running"]
    watched = [clock for clock in running if change.view.limit(clock.limit).get("ladder")] or running
    first = min(watched, key=lambda clock: clock.due_at, default=None)
    case.next_due, case.next_limit = (first.due_at, first.limit) if first else (None, None)
    texts = (case.title, case.summary or "", *_text_values(change))
    case.grams = grams(*(text[:MOST_SEARCHED] for text in texts))
    case.attrs = searchable(change)


def _text_values(change: Change) -> list[str]:
    wanted = {
        field["key"]
        for form in change.view.forms()
        for field in fields_of(form)
        if field.get("search") == "text"
    }
    return [value for key, value in change.case.facts().items() if key in wanted and isinstance(value, str)]


def searchable(change: Change) -> list[dict[str, Any]]:
    """The answers marked searchable, typed, for the attribute index."""
    wanted = {
        field["key"]
        for form in change.view.forms()
        for field in fields_of(form)
        if field.get("search") in ("exact", "range")
    }
    found: list[dict[str, Any]] = []
    for key, value in change.case.facts().items():
        if key in wanted and value not in (None, "", []):
            values = value if isinstance(value, list) else [value]
            found.extend({"k": key, "v": stored_value(item)} for item in values)
    return found


def _insert(case: Complaint) -> None:
    case.validate()
    Complaint.collection().insert_one(case.to_mongo())


def replace(case: Complaint) -> None:
    """Write the changed case unless somebody was faster; raises RuleBroken("changed_meanwhile")."""
    case.validate()
    revision = case.revision
    case.revision = revision + 1
    case.turn += 1
    result = Complaint.collection().replace_one({"_id": case.id, "revision": revision}, case.to_mongo())
    if result.matched_count != 1:
        raise RuleBroken("changed_meanwhile", number=case.number)
