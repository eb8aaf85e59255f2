"""Reports 报告: drafted from the cases as known on a day, edited by people, frozen once 定稿."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from documents import audit
from documents.actions import duties
from documents.actions.entitlement import check_right
from documents.database import transaction
from documents.duty import Duty
from documents.person import Person
from documents.policy import Policy, view_of
from documents.report import MergedUnit, Report, Section, report_id
from documents.report_drafts import Numbers, sections
from documents.report_figures import Counting
from documents.report_sight import named, withheld
from documents.rules import report_parts
from documents.rules.broken import RuleBroken
from documents.rules.durations import ONE_DAY, day_start
from documents.rules.policy import PolicyView
from documents.rules.text import tidy
from documents.unit import Unit, names_of

OPERATION = "reports"
LONGEST_TEXT = 20_000
NOT_MINE = frozenset({"not_your_duty", "absent", "duty_completed"})


@dataclass(frozen=True)
class Asked:
    """Which report: the key in the policy, the unit, the year and the part of it that it is about.

    The days are those of the policy: whoever chose them would ask for one day, and so for one case.
    """

    key: str
    unit: str
    year: int
    part: int = 1


def draft(policy: Policy, asked: Asked, *, actor: Person, now: datetime) -> Report:
    """起草: count the figures as known at the end of the cut-off day, and write the first texts.

    Drafting again counts anew and keeps what people wrote. Raises RuleBroken("report_frozen"),
    ("period_not_begun"), ("operation_not_granted"), ("outside_scope").
    """
    view = policy.view()
    check_right(actor, OPERATION, view, asked.unit)
    report = _blank(policy, asked, view=view, actor=actor, now=now)
    counting = Counting(view, view.report(asked.key), report.span)
    report.figures, report.tables = counting.figures(), counting.tables()
    report.listed = sorted({row.number for row in report.rows})
    report.sections = sections(Numbers(counting, report.figures, report.tables))
    return transaction(lambda: _keep_draft(report, actor, now))


def asked_for(view: PolicyView, key: str, duty: Duty, *, unit: str) -> Asked:
    """The report that a duty asks a unit for: of the year in which it is due, or of the part it is about."""
    period = view.report(key)["period"]
    if report_parts.parts(period) == 1:
        return Asked(key, unit, duty.due_at.astimezone(ZoneInfo(view.zone)).year)
    day = date.fromisoformat(duty.period["last"])
    return Asked(key, unit, day.year, part=report_parts.part_of(period, day))


def id_of(view: PolicyView, asked: Asked) -> str:
    """The id of a report, drafted or not."""
    split = report_parts.parts(view.report(asked.key)["period"]) > 1
    period = f"{asked.year}-{asked.part:02}" if split else str(asked.year)
    return report_id(view.key, asked.key, period, asked.unit)


def _blank(policy: Policy, asked: Asked, *, view: PolicyView, actor: Person, now: datetime) -> Report:
    zone = ZoneInfo(view.zone)
    first, cut_off = report_parts.span(view.report(asked.key)["period"], asked.year, asked.part)
    starts, ends = day_start(first, zone), day_start(cut_off + ONE_DAY, zone)
    known = min(ends, now)
    if now <= starts:
        raise RuleBroken("period_not_begun", first=first.isoformat())
    return Report(
        id=id_of(view, asked),
        policy=policy.key,
        policy_version=policy.version,
        key=asked.key,
        year=asked.year,
        part=asked.part,
        unit=asked.unit,
        first=first.isoformat(),
        cut_off=cut_off.isoformat(),
        first_at=starts,
        after_at=ends,
        known_at=known,
        merged=_merged(asked.unit, known, zone),
        drafted_by=actor.id,
        drafted_at=now,
    )


def _merged(unit: str, known: datetime, zone: ZoneInfo) -> list[MergedUnit]:
    """The units that had been merged by then into what the report is about."""
    found = Unit.merged_into(unit, before=known)
    names = names_of([code for one in found for code in (one.unit, one.successor)])
    return [
        MergedUnit(
            unit=one.unit,
            successor=one.successor,
            name=dict(names[one.unit]),
            successor_name=dict(names[one.successor]),
            on=one.on.astimezone(zone).date().isoformat(),
        )
        for one in found
    ]


def _keep_draft(report: Report, actor: Person, now: datetime) -> Report:
    known: Report | None = Report.objects(id=report.id).first()
    if known is not None:
        _check_draft(known)
        report.revision = known.revision + 1
        _keep_words(report, known)
    report.validate()
    Report.collection().replace_one({"_id": report.id}, report.to_mongo(), upsert=True)
    audit.note("report_draft", report.id, by=actor.id, at=now, cut_off=report.cut_off)
    return report


def _keep_words(report: Report, known: Report) -> None:
    written = {section.key: section for section in known.sections if section.edited_at}
    for section in report.sections:
        if section.key in written:
            kept = written[section.key]
            section.text, section.edited_by, section.edited_at = kept.text, kept.edited_by, kept.edited_at
            quoted = kept.cases if known.listed is not None else named(known)
            section.cases = sorted({*section.cases, *quoted})


def _check_draft(report: Report) -> None:
    if report.state != "draft":
        raise RuleBroken("report_frozen", report=report.id)


def edit(report: str, texts: Mapping[str, str], *, actor: Person, now: datetime, revision: int) -> Report:
    """修改: put other words into sections; `revision` is that of the report the person saw.

    Raises RuleBroken("report_frozen"), ("report_changed_meanwhile"), ("text_too_long"), ("section_withheld").
    """

    def write() -> Report:
        found = _mine(report, actor, revision)
        if withheld(found, actor.id) & set(texts):
            raise RuleBroken("section_withheld")
        for section in found.sections:
            if section.key in texts:
                _rewrite(section, texts[section.key], actor, now)
        _replace(found)
        audit.note("report_edit", found.id, by=actor.id, at=now, sections=sorted(texts))
        return found

    return transaction(write)


def _rewrite(section: Section, text: str, actor: Person, now: datetime) -> None:
    clean = tidy(text, keep_lines=True)
    if len(clean) > LONGEST_TEXT:
        raise RuleBroken("text_too_long", section=section.label["zh"], max=LONGEST_TEXT, length=len(clean))
    if clean == section.text:
        return
    section.text = clean
    section.edited_by, section.edited_at = (None, None) if clean == section.draft else (actor.id, now)


def freeze(report: str, *, actor: Person, now: datetime, revision: int) -> Report:
    """定稿: from now on the report never changes; the duty that asked for it is done.

    Raises RuleBroken("report_frozen"), ("report_changed_meanwhile"), ("section_empty").
    """

    def write() -> Report:
        found = _mine(report, actor, revision)
        empty = [section.label["zh"] for section in found.sections if not (section.text or "").strip()]
        if empty:
            raise RuleBroken("section_empty", sections="、".join(empty))
        found.state, found.frozen_by, found.frozen_at = "frozen", actor.id, now
        _replace(found)
        audit.note("report_freeze", found.id, by=actor.id, at=now, revision=found.revision)
        _fulfil(found, actor, now)
        return found

    return transaction(write)


def _mine(report: str, actor: Person, revision: int) -> Report:
    found = Report.get(report)
    check_right(actor, OPERATION, view_of(found.policy, found.policy_version), found.unit)
    _check_draft(found)
    if found.revision != revision:
        raise RuleBroken("report_changed_meanwhile", report=report)
    return found


def _replace(report: Report) -> None:
    before = report.revision
    report.revision = before + 1
    report.validate()
    written = Report.collection().replace_one(
        {"_id": report.id, "revision": before, "state": "draft"}, report.to_mongo()
    )
    if written.matched_count != 1:
        raise RuleBroken("report_changed_meanwhile", report=report.id)


def _fulfil(report: Report, actor: Person, now: datetime) -> None:
    """Complete the duty 周期任务 of this report, when it is the actor's to complete."""
    for duty in duties_behind(report):
        evidence: dict[str, Any] = {"report": report.id, "cut_off": report.cut_off}
        try:
            duties.complete(duty.id, evidence, actor=actor, now=now)
        except RuleBroken as refused:
            if refused.code not in NOT_MINE:
                raise


def duties_behind(report: Report) -> list[Duty]:
    """The open duties that ask for this report of this unit and period."""
    view = view_of(report.policy, report.policy_version)
    keys = [one["key"] for one in view.definition.get("duties", ()) if one.get("report") == report.key]
    found = Duty.objects(policy=report.policy, key__in=keys, state="open").order_by("due_at")
    wanted = (report.year, report.part)
    asked = ((duty, asked_for(view, report.key, duty, unit=report.unit)) for duty in found)
    return [
        duty
        for duty, one in asked
        if report.unit in {duty.unit, *duty.units.values()} and (one.year, one.part) == wanted
    ]


def attach(report: str, *, file_id: str, sha256: str, size: int, now: datetime) -> bool:
    """Give a frozen report its PDF; False when another worker was first. Safe to run twice."""

    def write() -> bool:
        found = Report.collection().update_one(
            {"_id": report, "state": "frozen", "file_id": None},
            {"$set": {"file_id": file_id, "sha256": sha256, "size": size, "problem": None}},
        )
        if found.modified_count:
            audit.note("report_print", report, by="system", at=now, sha256=sha256)
        return bool(found.modified_count)

    return transaction(write)


def begin(report: str) -> int:
    """Count an attempt at rendering before it starts."""
    row = Report.collection().find_one_and_update({"_id": report}, {"$inc": {"attempts": 1}})
    if row is None:
        raise RuleBroken("unknown_report", report=report)
    return 1 + int(row.get("attempts", 0))


def set_aside(report: str, problem: str) -> None:
    """Note why the PDF could not be made."""
    Report.collection().update_one({"_id": report, "file_id": None}, {"$set": {"problem": problem}})


def retry(report: str, *, actor: Person, now: datetime) -> None:
    """Let a PDF that was set aside be tried again 重新生成."""
    found = Report.get(report)
    check_right(actor, OPERATION, view_of(found.policy, found.policy_version), found.unit)
    Report.collection().update_one(
        {"_id": report, "file_id": None}, {"$set": {"problem": None, "attempts": 0}}
    )
    audit.note("report_retry", report, by=actor.id, at=now)
