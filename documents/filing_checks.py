"""The pre-check 预检 of a case before it is filed: what must be put right, and what is good to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from documents import events
from documents.actions.filling import Filling
from documents.actions.surroundings import STORED
from documents.case_parts import Attachment, plain_value
from documents.complaint import Complaint
from documents.dossier_forms import owner
from documents.filing_batch import FilingBatch, FilingEntry
from documents.filing_forms import archiving_form, filled, is_shared
from documents.hold import held
from documents.person import Person
from documents.policy import view_of
from documents.rules import file_checks
from documents.rules.fields import Definition, fields_of
from documents.rules.policy import PolicyView
from documents.transfer import TransferPackage, package_id
from documents.unit import Unit
from documents.volume_papers import later_papers

GIVEN_AWAY = ("handed_over", "confirmed")


class Finding(NamedTuple):
    """One thing that the pre-check found 预检发现: blocking, or good to know; with what to do."""

    code: str
    blocking: bool
    zh: str
    en: str

    def stored(self) -> dict[str, Any]:
        """As it lies in the batch."""
        return self._asdict()


class Look(NamedTuple):
    """For which batch, and when, somebody looks."""

    batch: FilingBatch
    now: datetime


Check = Callable[[Complaint, FilingEntry, PolicyView, Look], Iterator[Finding]]


def findings_of(entry: FilingEntry, look: Look) -> list[Finding]:
    """Everything that shows without opening a file."""
    case = Complaint.get(entry.case)
    view = view_of(case.policy, case.policy_version)
    return [found for check in CHECKS for found in check(case, entry, view, look)]


def _still_closed(case: Complaint, entry: FilingEntry, view: PolicyView, _look: Look) -> Iterator[Finding]:
    if entry.supplement and not any(later_papers(case).values()):
        yield Finding("nothing_new", True, "没有新的补充材料，请移出本批次", "no later papers: take it out")
    if not entry.supplement and (case.status != "closed" or case.volume is not None):
        stage = view.stage(case.case_type, case.stage)["label"]
        yield Finding(
            "not_closed",
            True,
            f"已不在可归档的环节（现为“{stage['zh']}”），请移出本批次",
            f"cannot be archived from its stage ({stage['en']}): take it out",
        )


def _letters(case: Complaint, _entry: FilingEntry, _view: PolicyView, _look: Look) -> Iterator[Finding]:
    for letter in case.letters:
        if letter.file_id is None:
            zh, en = letter.title.get("zh", letter.key), letter.title.get("en", letter.key)
            yield Finding(
                "letters_not_rendered",
                True,
                f"函件“{zh}”的 PDF 尚未生成。请稍后重新预检；若一直未生成，请在本页“函件未能生成”处重试",
                f"the letter “{en}” has no PDF yet. Check again later, or retry it under “Letters not made”",
            )


def _history(case: Complaint, _entry: FilingEntry, _view: PolicyView, _look: Look) -> Iterator[Finding]:
    broken = events.broken_at(case.events)
    if broken is not None:
        yield Finding(
            "history_broken",
            True,
            f"办理经过第 {broken} 条与其哈希值不符，记录可能被改动。请联系系统管理员从备份核查",
            f"event {broken} does not match its hash: it may have been changed. Ask the administrator",
        )


def _linked(case: Complaint, entry: FilingEntry, _view: PolicyView, _look: Look) -> Iterator[Finding]:
    """Cases that grew out of this one, such as an appeal 申诉, and are still open; none is named.

    What was found lies in the batch, for everybody who may open it: not all may see the other case.
    """
    numbers = [link["number"] for link in case.links]
    later = {"number": {"$in": numbers}, "status": "open", "registered_at": {"$gt": case.registered_at}}
    if Complaint.collection().find_one(later, {"_id": 1}):
        yield Finding(
            "linked_open",
            not entry.supplement,
            "由本件引出的关联案件（如申诉）尚未办结，见本件页面的“相关投诉”。请待其办结后再归档",
            "a linked case that grew out of this one is still open (see “Related complaints” on its page). "
            "File this one when it is closed",
        )


def _kept_back(case: Complaint, _entry: FilingEntry, _view: PolicyView, _look: Look) -> Iterator[Finding]:
    if held([case.number]):
        yield Finding(
            "held",
            False,
            "本件已冻结（诉讼保全）。可以归档，但解除冻结前不得销毁",
            "the case is on hold: it may be filed, but not destroyed before the hold is lifted",
        )
    running = [clock for clock in case.clocks if clock.state in ("running", "paused")]
    if running:
        yield Finding(
            "limits_running",
            False,
            f"还有 {len(running)} 个时限在走，归档后不再提醒。请确认后续事项已另行安排",
            f"{len(running)} limits still run and will not remind of anything once it is filed",
        )


def _form(case: Complaint, entry: FilingEntry, view: PolicyView, look: Look) -> Iterator[Finding]:
    """What the step will refuse of its form, as the batch fills it in."""
    key = None if entry.supplement else archiving_form(view, case.case_type)
    if key is None:
        return
    form, facts = view.form(key), case.facts(ZoneInfo(view.zone))
    filling = Filling(view, Person.get(look.batch.prepared_by), look.now, facts, STORED, case=case)
    problems = filling.checked(form, filled(case, view, look.batch)).problems
    given = bool(look.batch.given_in((case.policy, case.policy_version, key)))
    fields = {one["key"]: one for one in fields_of(form)}
    for name in dict.fromkeys(one.field for one in problems):
        yield _unfilled(form["title"], fields[name], given)


def _unfilled(form: Mapping[str, str], field: Definition, given: bool) -> Finding:
    zh, en = field["label"]["zh"], field["label"]["en"]
    if not is_shared(field):
        return Finding(
            "field_missing",
            True,
            f"归档表单的“{zh}”必须逐件填写。请移出本批次，在案件页单独归档",
            f"“{en}” is asked for each case: file it on its own page",
        )
    if given:
        return Finding(
            "field_unfit",
            True,
            f"“{form['zh']}”的“{zh}”按本批所填不适用于本件。请修改，或移出本件，在案件页单独归档",
            f"“{en}” in “{form['en']}”, as filled for the batch, does not fit this case: change it, or take"
            " the case out and file it on its own page",
        )
    return Finding(
        "field_missing",
        True,
        f"“{form['zh']}”的“{zh}”必须填写。请在本页“归档表单”处一次填写；本件内容不同的，移出后在案件页单独归档",
        f"“{en}” in “{form['en']}” must be filled in: fill it once under “Archiving form”, or take out a case"
        " that needs another answer and file it on its own page",
    )


def _place(case: Complaint, entry: FilingEntry, view: PolicyView, _look: Look) -> Iterator[Finding]:
    keeper = owner(case, view.definition["archive"])
    unit: Unit | None = Unit.objects(id=keeper).first()
    if unit is None or not unit.fonds_number:
        name = unit.name if unit else {"zh": keeper, "en": keeper}
        yield Finding(
            "fonds_missing",
            False,
            f"立档单位“{name['zh']}”没有全宗号，档号将用默认的 {entry.fonds}。请系统管理员在“单位”中填写",
            f"“{name['en']}” has no fonds number: the default {entry.fonds} is used. Enter one under Units",
        )
    name = package_id(case.policy, keeper, entry.year, confidential=bool(entry.known_to))
    package = TransferPackage.objects(id=name).only("state").first()
    if package is not None and package.state in GIVEN_AWAY:
        yield Finding(
            "year_given_away",
            False,
            f"{entry.year} 年度移交包已经移交，本卷不在其内，需另行补交",
            f"the package of {entry.year} was handed over already: this volume comes after it",
        )


CHECKS: tuple[Check, ...] = (_still_closed, _letters, _history, _linked, _form, _place, _kept_back)


def files_of(entry: FilingEntry) -> list[Attachment]:
    """The uploads that would go into the volume."""
    case = Complaint.get(entry.case)
    return list(case.attachments)[-later_papers(case)["attachments"] or len(case.attachments) :]


def repeated(files: list[Attachment]) -> Iterator[Finding]:
    """Uploads that are the same file."""
    seen: dict[str, str] = {}
    for one in files:
        if one.sha256 in seen:
            yield of_file("file_twice", one.name, seen[one.sha256])
        seen.setdefault(one.sha256, one.name)


def of_file(code: str, name: str, other: str = "") -> Finding:
    """What is wrong with an upload; its original is kept anyway."""
    said = file_checks.in_words(code, name, other)
    return Finding(code, False, said["zh"], said["en"])


def altered(name: str) -> Finding:
    """An original that is gone, or not what was uploaded."""
    return Finding(
        "file_altered",
        True,
        f"附件“{name}”的原件找不到，或与登记的 SHA-256 不符。请联系系统管理员从备份恢复",
        f"the original of “{name}” is gone or differs from its SHA-256. Ask the administrator to restore it",
    )


def unshown(count: int) -> Finding:
    """Characters that no archive font shows; not which: they may stand in a closed field."""
    return Finding(
        "no_glyph",
        False,
        f"{count} 个字符没有归档字形，卷内印作 [U+…] 并记入备考表",
        f"{count} characters have no glyph; they are printed as [U+…] and listed",
    )


def texts_of(entry: FilingEntry) -> Iterator[str]:
    """Every text of the case that goes on paper."""
    case = Complaint.get(entry.case)
    yield case.title
    for answers in case.answers:
        yield from _texts(plain_value(answers.values))
    yield from (event.note for event in case.events if event.note)
    yield from (one.name for one in case.attachments)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
