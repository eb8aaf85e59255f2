"""The dossier 卷宗: everything of a case that goes on paper, as plain values. `pdf` renders them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from documents.case_parts import Attachment, Event
from documents.complaint import Complaint
from documents.dossier_forms import filled_forms, owner, restricted_labels
from documents.dossier_history import deadline_lines, event_lines
from documents.dossier_letters import letter_paper
from documents.dossier_words import Names, Wording
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from documents.rules.volume import ClosingNote, Enclosure, VolumeContent

__all__ = ["filled_forms", "letter_paper", "owner", "volume_content"]

Originals = Callable[[Attachment], bytes | Path]


def volume_content(case: Complaint, originals: Originals) -> VolumeContent:
    """The case file 案卷 of a case that was handed to the archive; `originals` opens an attachment.

    Every moment in it comes from the case, so that rendering again gives the same bytes.
    """
    if case.volume is None or case.closed_at is None:
        raise RuleBroken("not_submitted", number=case.number)
    names = Names()
    wording = Wording(view_of(case.policy, case.policy_version), names)
    policy = wording.view.definition["policy"]
    return VolumeContent(
        volume_number=case.volume.number,
        fonds_number=case.volume.fonds,
        fonds_name=names.unit(owner(case)),
        year=case.volume.year,
        retention=case.volume.retention["zh"],
        unit=names.unit(filing_unit(case)),
        title=volume_title(case),
        case_number=case.number,
        opened_on=_day(case.received_at, wording),
        closed_on=_day(case.closed_at, wording),
        policy_title=policy["title"]["zh"],
        policy_version=str(case.policy_version),
        sealed_at=case.volume.submitted_at,
        category=policy.get("short", policy["title"])["zh"],
        forms=filled_forms(case, names),
        letters=tuple(letter_paper(case, letter, names) for letter in case.letters),
        events=event_lines(case, names),
        deadlines=deadline_lines(case, wording),
        enclosures=tuple(_enclosure(one, names, originals) for one in case.attachments),
        closing_note=_closing_note(case, wording),
    )


def filing_unit(case: Complaint) -> str:
    """The unit under which the file stands on the shelf 机构: who handled it, else who received it."""
    return str(case.units.get("handling") or case.units["received"])


def volume_title(case: Complaint) -> str:
    """案卷题名: 关于……投诉“……”的处理材料."""
    kind = view_of(case.policy, case.policy_version).case_type(case.case_type)["label"]["zh"]
    who = str(case.facts().get("complainant_name") or "")
    return f"关于{who}{kind}“{case.title}”的处理材料"


def _day(moment: datetime, wording: Wording) -> date:
    return wording.local(moment).date()


def _enclosure(attachment: Attachment, names: Names, originals: Originals) -> Enclosure:
    return Enclosure(
        name=attachment.name,
        media_type=attachment.media_type,
        size=attachment.size,
        sha256=attachment.sha256,
        content=originals(attachment),
        added_by=names.person(attachment.by),
        added_at=attachment.at,
    )


def _closing_note(case: Complaint, wording: Wording) -> ClosingNote:
    """备考表: who closed the case compiled its papers 立卷, who handed them over checked them 检查."""
    closer, volume = _closing_event(case, wording), case.volume
    return ClosingNote(
        situation="\n".join(_situation(case)),
        filed_by=closer.by_name or wording.names.person(closer.by),
        filed_on=_day(case.closed_at, wording),
        checked_by=wording.names.person(volume.submitted_by),
        checked_on=_day(volume.submitted_at, wording),
    )


def _closing_event(case: Complaint, wording: Wording) -> Event:
    """The event that took the case out of its last open stage 办结."""
    is_open = {stage["key"]: stage["status"] == "open" for stage in wording.view.stages(case.case_type)}
    closing = [one for one in case.events if is_open.get(one.from_stage) and not is_open.get(one.to_stage)]
    return closing[-1]


def _situation(case: Complaint) -> list[str]:
    written = case.facts().get("archive_note")
    lines = [str(written)] if written else []
    personal = restricted_labels(case)
    if personal:
        named = "、".join(personal)
        lines.append(f"本卷为归档母本，完整保留个人信息及限制栏目（{named}），提供利用时按权限遮盖。")
    lines += [f"关联编号：{link['number']}。" for link in case.links]
    lines.append(f"办理经过共 {len(case.events)} 条，逐条哈希链接，末条 SHA-256：{case.events[-1].hash}。")
    return lines
