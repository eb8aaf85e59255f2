"""What was recorded of a real case 办理记录: the steps that people took, to be taken again in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.case_parts import plain_value
from documents.complaint import Complaint, not_hidden_from
from documents.events import SYSTEM
from documents.rules.carrying import Carrier
from documents.rules.policy import PolicyView
from documents.rules.scenario_results import CaseFound, ClockFound, NoticeFound

Row = Mapping[str, Any]
REGISTER = "register"
TOLD = frozenset({"reminder", "escalation"})
READ = {
    **dict.fromkeys(("number", "policy_version", "case_type", "status", "outcome", "units", "handler"), 1),
    **dict.fromkeys(("submission", "registrar", "recused", "flags", "links", "moves", "letters.key"), 1),
    "severity.level": 1,
    **{f"attachments.{name}": 1 for name in ("file_id", "field", "at")},
    **{f"answers.{name}": 1 for name in ("form", "transition", "at", "values", "policy_version")},
    **{f"clocks.{name}": 1 for name in ("limit", "due_at", "state", "met_at")},
    **{f"events.{name}": 1 for name in ("seq", "at", "by", "unit", "verb", "to_stage")},
    **{f"events.facts.{name}": 1 for name in ("limit", "rung", "told")},
}
Earlier = Callable[[int], Carrier]  # from a version to the one that the case has now
BATCH = 200


@dataclass(frozen=True)
class RecordedStep:
    """One step that somebody took 已办步骤, with what was filled in and the files that came along."""

    verb: str
    by: str
    unit: str | None
    at: datetime
    form: str | None
    values: Mapping[str, Any]
    uploads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """A real case as a list of steps 办理记录."""

    number: str
    version: int
    case_type: str
    unit: str
    steps: tuple[RecordedStep, ...]
    is_linked: bool
    row: Row


def newest(policy: str, most: int, by: str) -> Iterator[list[Row]]:
    """The rows of the newest cases of a policy, but for those kept from a person, in batches, new to old."""
    condition: dict[str, Any] = {"policy": policy, **not_hidden_from(by)}
    left = most
    while left > 0:
        rows = list(Complaint.collection().find(condition, READ).sort("_id", -1).limit(min(BATCH, left)))
        if not rows:
            return
        yield rows
        condition["_id"] = {"$lt": rows[-1]["_id"]}
        left -= len(rows)


def record_of(row: Row, view: PolicyView, earlier: Earlier) -> Record:
    """The steps of a case by the names of its version.

    What the house did to the case by itself – a recount, a merged unit, a move – is no step.
    """
    known = {one["key"] for one in view.transitions(row["case_type"])} | {REGISTER}
    taken = ((_verb(event, row, earlier), event) for event in row["events"] if event["by"] != SYSTEM)
    steps = tuple(_step(verb, event, row, earlier) for verb, event in taken if verb in known)
    return Record(
        number=row["number"],
        version=row["policy_version"],
        case_type=row["case_type"],
        unit=row["units"]["received"],
        steps=steps,
        is_linked=_is_linked(row),
        row=row,
    )


def _verb(event: Row, row: Row, earlier: Earlier) -> str:
    """What the step is called in the version that the case has now: it may have moved since."""
    moved = next((one for one in row.get("moves", ()) if event["seq"] <= one["seq"]), None)
    if moved is None or event["verb"] == REGISTER:
        return str(event["verb"])
    return earlier(moved["version"]).way.key("step", event["verb"], moved["workflow"])


def _is_linked(row: Row) -> bool:
    """Whether a step of another case opened this one: it then pressed the button under its link's name."""
    links: Sequence[Row] = row.get("links") or ()
    return any(str(row.get("submission", "")).endswith(f":{one['kind']}") for one in links[:1])


def _step(verb: str, event: Row, row: Row, earlier: Earlier) -> RecordedStep:
    found = (one for one in row.get("answers", ()) if one["at"] == event["at"])
    answers: Row = next((one for one in found if one["transition"] == event["verb"]), {})
    files = (one for one in row.get("attachments", ()) if one["at"] == event["at"])
    form, values = _filled(answers, row, earlier)
    return RecordedStep(
        verb=verb,
        by=event["by"],
        unit=event.get("unit"),
        at=event["at"],
        form=form,
        values=values,
        uploads=tuple(one["file_id"] for one in files if not one.get("field")),
    )


def _filled(answers: Row, row: Row, earlier: Earlier) -> tuple[str | None, dict[str, Any]]:
    """A form and what was filled in, by the names of the version that the case has now."""
    form = answers.get("form")
    values = {key: plain_value(value) for key, value in answers.get("values", {}).items()}
    version = answers.get("policy_version", row["policy_version"])
    if form is None or version == row["policy_version"]:
        return form, values
    carrier = earlier(version)
    return carrier.way.key("form", form), carrier.values(form, values)


def found_in(row: Row, now: datetime) -> CaseFound:
    """How the case went, as it was recorded; its retention is left out."""
    return CaseFound(
        case_type=row["case_type"],
        number=row["number"],
        route=_route(row["events"]),
        status=row["status"],
        outcome=row.get("outcome"),
        clocks=tuple(
            ClockFound(
                one["limit"],
                one["due_at"],
                one.get("state", "running"),
                one.get("state") != "paused" and (one.get("met_at") or now) > one["due_at"],
            )
            for one in row.get("clocks", ())
        ),
        severity=(row.get("severity") or {}).get("level"),
        notices=notices_told(row["events"]),
        letters=tuple(one["key"] for one in row.get("letters", ())),
    )


def _route(events: Sequence[Row]) -> tuple[str, ...]:
    entered: list[str] = []
    for event in events:
        stage = event.get("to_stage")
        if stage and (not entered or stage != entered[-1]):
            entered.append(stage)
    return tuple(entered)


def notices_told(events: Sequence[Any]) -> tuple[NoticeFound, ...]:
    """The reminders among the events of a case, with the names of those who were told."""
    return tuple(
        NoticeFound(
            event["facts"]["limit"],
            event["facts"]["rung"],
            event["at"],
            tuple(sorted(event["facts"].get("told", ()))),
        )
        for event in events
        if event["verb"] in TOLD and "limit" in (event.get("facts") or {})
    )
