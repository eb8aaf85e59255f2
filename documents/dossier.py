"""The dossier 卷宗: everything of a case that goes on paper, as plain values. `pdf` renders them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from documents.archive_number import ArchiveNumber
from documents.case_parts import Attachment, SealedVolume
from documents.closing import closing_event
from documents.complaint import Complaint
from documents.dossier_forms import filing_unit, filled_forms, owner, restricted_labels
from documents.dossier_history import deadline_lines, event_lines
from documents.dossier_letters import letter_paper
from documents.dossier_words import Names, Wording
from documents.earlier_cases import as_open
from documents.policy import view_of
from documents.rules.access import PUBLIC
from documents.rules.broken import RuleBroken
from documents.rules.fields import fields_of
from documents.rules.volume import STAMP_CELLS, ClosingNote, Enclosure, VolumeContent
from documents.volume_papers import held, told

__all__ = ["filled_forms", "letter_paper", "owner", "volume_content"]

NAME = "complainant_name"
Originals = Callable[[Attachment], bytes | Path]


def volume_content(
    case: Complaint, originals: Originals, volume: SealedVolume | None = None
) -> VolumeContent:
    """The case file 案卷 of a case that was handed to the archive; `originals` opens an attachment.

    With one of its supplement volumes 补充卷, what came in after the volume before it. Every moment in it
    comes from the case, so that rendering again gives the same bytes.
    """
    volume = volume or case.volume
    if volume is None or case.closed_at is None:
        raise RuleBroken("not_submitted", number=case.number)
    names, number = Names(), volume.number
    wording = Wording(view_of(case.policy, case.policy_version), names)
    letters = held(case, number, "letters")
    return replace(
        _cover(case, volume, wording),
        forms=filled_forms(case, names, held(case, number, "answers")),
        letters=tuple(letter_paper(case, letter, names) for letter in letters),
        events=event_lines(case, names, told(case, number)),
        deadlines=deadline_lines(case, wording) if _is_main(case, volume) else (),
        enclosures=tuple(_enclosure(one, names, originals) for one in held(case, number, "attachments")),
        closing_note=_closing_note(case, volume, wording),
        events_head=told(case, number)[-1].hash,
    )


def _cover(case: Complaint, volume: SealedVolume, wording: Wording) -> VolumeContent:
    """What stands on the cover 封面 and in the stamp: the volume without its papers."""
    is_main, names = _is_main(case, volume), wording.names
    policy, rules = (wording.view.definition[name] for name in ("policy", "archive"))
    return VolumeContent(
        volume_number=volume.number,
        fonds_number=volume.fonds,
        fonds_name=names.unit(owner(case)),
        year=volume.year,
        retention=volume.retention["zh"],
        unit=names.unit(filing_unit(case)),
        title=titles_of(case, supplement=not is_main).whole,
        case_number=case.number,
        opened_on=_day(case.received_at, wording),
        closed_on=_day(case.closed_at if is_main else volume.submitted_at, wording),
        policy_title=policy["title"]["zh"],
        policy_version=str(case.policy_version),
        sealed_at=volume.submitted_at,
        category=policy.get("short", policy["title"])["zh"],
        supplement_to="" if is_main else case.volume.number,
        item_number=f"{volume.sequence:04}" if volume.sequence else "",
        stamp=stamp_words(rules),
        flavour=rules.get("flavour", "2u"),
    )


def _is_main(case: Complaint, volume: SealedVolume) -> bool:
    """Whether it is the main volume of the case, and no supplement 补充卷."""
    return case.volume is volume or bool(case.volume.number == volume.number)


def bound_together(number: ArchiveNumber, parts: Sequence[VolumeContent]) -> VolumeContent:
    """One volume of several cases 一卷多件, each a part of it; of one case the case itself."""
    first, names = parts[0], Names()
    if len(parts) == 1:
        return first
    cases = [part.case_number for part in parts]
    span = f"{cases[0]} 至 {cases[-1]}"
    left = [f"{one['case']} 未列入本卷：{one['reason'].rstrip('。')}。" for one in number.left_out]
    return replace(
        first,
        unit=names.unit(number.unit),
        title=f"{first.fonds_name}{number.year}年度{first.category}处理材料（{len(parts)}件，{span}）",
        case_number=span,
        opened_on=min(part.opened_on for part in parts),
        closed_on=max(part.closed_on for part in parts),
        sealed_at=number.reserved_at,
        parts=tuple(replace(part, item_number="") for part in parts),  # counted as they stand in it
        item_number="",
        events_head="",
        closing_note=replace(
            first.closing_note,
            situation="\n".join([f"本卷共 {len(parts)} 件，各件情况见其备考说明。", *left]),
        ),
        forms=(),
        letters=(),
        events=(),
        deadlines=(),
        enclosures=(),
    )


class Titles(NamedTuple):
    """案卷题名: whole, and without the name for who may not read the classes of its field."""

    whole: str
    open: str
    closed: tuple[str, ...]


def titles_of(case: Complaint, *, supplement: bool = False) -> Titles:
    """关于……投诉“……”的处理材料; nobody's title has a name that is sealed 密封."""
    view = view_of(case.policy, case.policy_version)
    kind = view.case_type(case.case_type)["label"]["zh"]
    fields = [one for form in view.forms() for one in fields_of(form) if one["key"] == NAME]
    who = "" if any(one.get("sealed_to") for one in fields) else str(case.facts().get(NAME) or "")
    rest = f"{kind}“{case.title}”的处理材料{'（补充卷）' if supplement else ''}"
    closed = {str(one["class"]) for one in fields if who and one.get("class", PUBLIC) != PUBLIC}
    return Titles(f"关于{who}{rest}", f"关于{rest}", tuple(sorted(closed)))


def stamp_words(rules: Mapping[str, Any]) -> tuple[str, ...]:
    """The words in the six cells of the stamp 归档章: those of the policy, else the usual ones."""
    own = rules.get("stamp", {})
    return tuple(own.get(cell, usual) for cell, usual in STAMP_CELLS.items())


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


def _closing_note(case: Complaint, volume: SealedVolume, wording: Wording) -> ClosingNote:
    """备考表: who appraised or else closed the case compiled its papers 立卷, another checked them 检查."""
    names, opinion, closing = wording.names, volume.appraisal, closing_event(case, wording.view)
    filed_by = (closing.by_name or names.person(closing.by)) if closing else ""
    if opinion:
        filed_by = opinion.by_name or names.person(opinion.by)
    return ClosingNote(
        situation="\n".join(_situation(case, volume)),
        filed_by=filed_by,
        filed_on=_day(opinion.at if opinion else case.closed_at, wording),
        checked_by=names.person(volume.submitted_by),
        checked_on=_day(volume.submitted_at, wording),
    )


def _situation(case: Complaint, volume: SealedVolume) -> list[str]:
    is_main, opinion = case.volume is volume or case.volume.number == volume.number, volume.appraisal
    written = case.facts().get("archive_note")
    lines = [str(written)] if written and is_main else []
    if opinion and opinion.reason:
        lines.append(f"保管期限鉴定为{opinion.label['zh']}，理由：{opinion.reason.rstrip('。')}。")
    lines += volume.remarks
    personal = restricted_labels(case)
    if personal:
        named = "、".join(personal)
        lines.append(f"本卷为归档母本，完整保留个人信息及限制栏目（{named}），提供利用时按权限遮盖。")
    lines += _related(case)
    last = told(case, volume.number)[-1]
    lines.append(f"办理经过共 {last.seq} 条，逐条哈希链接，末条 SHA-256：{last.hash}。")
    return lines


def _related(case: Complaint) -> list[str]:
    """关联编号: the linked cases that are for everybody who may see this one; of others that there are some.

    What is on paper stays there. Whoever opens this volume may be recused from an appeal, or not be on its
    list; what he is asked beside this case he finds on the pages, which ask who he is.
    """
    numbers = [link["number"] for link in case.links]
    told = as_open(numbers, case)
    lines = [f"关联编号：{number}。" for number in numbers if number in told]
    more = len(set(numbers) - told)
    return [*lines, f"另有关联案件 {more} 件，不列编号。"] if more else lines
