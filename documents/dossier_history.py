"""What happened 办理经过 and every deadline with its reason 期限及计算依据, ready for paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from documents.case_parts import Clock, Event, Extension, acted_by
from documents.complaint import Complaint
from documents.dossier_words import SEALED, Names, Wording
from documents.earlier_cases import as_open, earlier_cases
from documents.policy import view_of
from documents.retold import ABOUT_LIST, behind_event, behind_pause
from documents.rules import time_words
from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import time_left
from documents.rules.recusal import SOMEBODY
from documents.rules.retelling import FOUND, is_sealed
from documents.rules.volume import DeadlineLine, EventLine
from documents.work_calendar import calendar_of

BASES = {"inferred": "据条文推定", "ours": "本系统默认"}
LIST_ONLY = "（理由只供知悉名单上的人，不印出）"
UNCERTAIN = "计算涉及尚无放假通知的年份，结果可能变化。"


def event_lines(case: Complaint, names: Names, told: Sequence[Event] | None = None) -> tuple[EventLine, ...]:
    """Every event 经过, or those told, with the names of people, units and stages."""
    labels = {
        stage["key"]: stage["label"]["zh"]
        for stage in view_of(case.policy, case.policy_version).stages(case.case_type)
    }
    return tuple(
        EventLine(
            at=event.at,
            who=acted_by(event, event.by_name or names.person(event.by)),
            unit=names.unit(event.unit),
            what=_what(event, labels),
            note=_note(case, event),
        )
        for event in (case.events if told is None else told)
    )


def _what(event: Event, labels: Mapping[str, str]) -> str:
    label = (event.label or {}).get("zh") or event.verb
    if not event.to_stage or event.to_stage == event.from_stage:
        return str(label)
    arrived = labels.get(event.to_stage, event.to_stage)
    if not event.from_stage:
        return f"{label}（进入“{arrived}”）"
    return f"{label}（{labels.get(event.from_stage, event.from_stage)} → {arrived}）"


def _note(case: Complaint, event: Event) -> str:
    lines = [_said(case, event)] if event.note else []
    facts: Mapping[str, Any] = event.facts or {}
    if facts.get("told"):
        lines.append(f"已通知：{'、'.join(facts['told'])}")
    lines += [f"未通知 {one['name']}：{one['reason']['zh']}" for one in facts.get("not_told", ())]
    lines += [line["zh"] for line in facts.get("lines", ())]
    if facts.get("letter"):
        lines.append(f"{facts['letter']}　SHA-256 {facts['sha256']}")
    return "\n".join(lines)


def _said(case: Complaint, event: Event) -> str:
    """The words of an event; what is sealed, and why a case is confidential, goes onto no paper."""
    if event.verb in ABOUT_LIST:
        return LIST_ONLY
    earlier = earlier_cases(case, event)
    if earlier != as_open(earlier, case):
        return SOMEBODY["zh"]
    if not is_sealed(behind_event(case, event)):
        return str(event.note)
    return SOMEBODY["zh"] if event.verb == FOUND else SEALED


def deadline_lines(case: Complaint, wording: Wording) -> tuple[DeadlineLine, ...]:
    """Every clock 时限 of the case with the explanation of its date."""
    calendars = ((clock, calendar_of(wording.view, clock.calendar)) for clock in case.clocks)
    return tuple(_deadline(case, clock, wording, calendar) for clock, calendar in calendars)


def _deadline(case: Complaint, clock: Clock, wording: Wording, calendar: WorkCalendar) -> DeadlineLine:
    limit = wording.view.limit(clock.limit)
    basis = [limit.get("source", ""), BASES.get(limit.get("basis", ""), "")]
    explanation = [line["zh"] for line in clock.explanation]
    if not clock.certain:
        explanation.append(UNCERTAIN)
    return DeadlineLine(
        name=limit["label"]["zh"],
        started_at=clock.started_at,
        due_at=clock.due_at,
        met_at=clock.met_at if clock.state == "met" else None,
        state=_state(clock, calendar),
        explanation=(*explanation, *_pauses(case, clock, wording), *_extensions(case, clock, wording)),
        basis="；".join(part for part in basis if part),
    )


def _state(clock: Clock, calendar: WorkCalendar) -> str:
    if clock.met_at is None:
        return "进行中"
    late = clock.met_at > clock.due_at
    if clock.state == "stopped":
        return "逾期后终止" if late else "未到期即终止"
    if not late:
        return "按期完成"
    words = time_words.words(time_left(clock.met_at, clock.due_at, calendar), calendar, clock.met_at)
    return f"{words.zh}完成"


def _pauses(case: Complaint, clock: Clock, wording: Wording) -> Iterator[str]:
    """Who let the clock stand still, and why 暂停原因."""
    for pause in clock.pauses:
        until = (
            f"{wording.moment(pause.until)} {wording.names.person(pause.ended_by)}恢复" if pause.until else ""
        )
        reason = SEALED if is_sealed(behind_pause(case, pause)) else pause.reason or "未填"
        yield (
            f"{wording.moment(pause.since)} {wording.names.person(pause.by)}暂停计时，"
            f"原因：{reason.rstrip('。')}；{until or '尚未恢复'}"
        )


def _extensions(case: Complaint, clock: Clock, wording: Wording) -> Iterator[str]:
    for extension in case.extensions:
        if extension.limit == clock.limit and extension.requested_at >= clock.started_at:
            yield _extension(extension, wording)


def _extension(extension: Extension, wording: Wording) -> str:
    asked = (
        f"{wording.moment(extension.requested_at)} {wording.names.person(extension.requested_by)}"
        f"申请延至 {extension.until}，理由：{(extension.reason or '未填').rstrip('。')}"
    )
    if extension.decision is None:
        return f"{asked}；尚未审批"
    decided = "批准" if extension.decision == "approved" else "不同意"
    who = f"{wording.moment(extension.decided_at)} {wording.names.person(extension.decided_by)}{decided}"
    return f"{asked}；{who}{f'：{extension.note}' if extension.note else ''}"
