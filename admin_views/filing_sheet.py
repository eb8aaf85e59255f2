"""One batch as a page shows it 批次页: its volumes to come, each case with its period and its findings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app
from flask_babel import gettext as _

from admin_views.filing_desk import Progress, progress_of
from admin_views.standing import in_sight, me, my_reach, note_listed, said
from admin_views.titles import reads_all
from admin_views.words import refusal
from documents.actions.batch_rights import closed_to_preparer
from documents.actions.handing_over import planned
from documents.archive_number import ArchiveNumber, cases_of
from documents.complaint import kept_from
from documents.filing_answers import SharedAnswers
from documents.filing_batch import FilingBatch, FilingEntry
from documents.filing_forms import FormPlace, shared_forms
from documents.policy import view_of
from documents.rules import filing
from documents.rules.broken import RuleBroken
from documents.rules.value_words import condition_words
from documents.second_person import Nobody, nobody_else
from documents.unit import names_of
from documents.volume import HIDDEN

Row = Mapping[str, Any]
MOST_NAMED = 5
OF_FILES = "file_"
QUOTED = re.compile("“.*”", re.DOTALL)  # to the last sign: a name may hold one


@dataclass(frozen=True)
class Line:
    """One case of the batch 批内一件."""

    entry: FilingEntry
    unit: str
    because: str  # why the rules propose the period, in words
    change: str  # "", longer, shorter, other
    trouble: str  # why it could not be handed over
    whole: bool = True  # the person may read all of the case; else the names of its files are left out

    @property
    def findings(self) -> list[Row]:
        """What the pre-check found."""
        return [one if self.whole else _unnamed(one) for one in self.entry.findings]

    @property
    def worst(self) -> str:
        """The tone of the worst finding."""
        return "red" if self.entry.blocking else "amber" if self.entry.findings else "green"


@dataclass(frozen=True)
class Sheet:
    """A volume to come, or one that has its number 一卷."""

    number: str
    state: str
    problem: str
    left_out: Sequence[Row]
    lines: Sequence[Line]


@dataclass(frozen=True)
class BatchPage:
    """Everything on the page of a batch."""

    progress: Progress
    sheets: Sequence[Sheet]
    out: Sequence[Line]
    failed: Sequence[Line]
    classes: Sequence[Row]
    kept: Sequence[tuple[str, int]]
    hidden: int  # cases out of this person's sight
    shut: int  # those of them that are to be filed
    forms: Sequence[SharedAnswers]
    nobody: str  # why no second person can check it, and what to do; empty: somebody can
    closed: frozenset[str]  # closed to its preparer by now: another may leave these cases out

    @property
    def batch(self) -> FilingBatch:
        """The batch."""
        return self.progress.batch

    def answers_at(self, place: FormPlace) -> SharedAnswers:
        """One of the forms that cases of the batch ask for; raises RuleBroken("unknown_form")."""
        found = next((one for one in self.forms if one.shared.place == place), None)
        if found is None:
            raise RuleBroken("unknown_form", form=place.form)
        return found

    @property
    def blocked(self) -> list[str]:
        """The cases with something that must be put right."""
        return [line.entry.case for sheet in self.sheets for line in sheet.lines if line.entry.blocking]

    @property
    def mine(self) -> bool:
        """Whether this person prepared it."""
        return bool(self.batch.prepared_by == me().id)

    @property
    def may_check(self) -> bool:
        """Whether this person may check it."""
        return self.batch.state == "submitted" and (not self.mine or not self.needs_second)

    @property
    def needs_second(self) -> bool:
        """Whether another person must check it."""
        entries = [line.entry for sheet in self.sheets for line in sheet.lines]
        return any(filing.needs_second(rules_of(one)) for one in entries)

    @property
    def step(self) -> int:
        """At which of the four steps it is."""
        return {"preparing": 2, "submitted": 3, "approved": 4, "making": 4, "done": 5, "discarded": 2}[
            self.batch.state
        ]


def batch_page(batch_id: str) -> BatchPage:
    """The page of a batch; one of which nothing is in sight looks like none."""
    try:
        batch = FilingBatch.get(batch_id)
    except RuleBroken:
        abort(404)
    progress = progress_of([batch])[0]  # before the entries: a job that ends meanwhile is asked once more
    entries = entries_in_sight(batch) or abort(404)
    forms = _forms(batch, [one for one in entries if one.state != "out"])
    fields = sorted({name for one in forms for name in one.shown})
    seen: Row = {"fields": fields} if fields else {}
    note_listed("filing_batch", (one.case for one in entries), **seen)
    every = Counter(row["state"] for row in FilingEntry.collection().find({"batch": batch.id}, {"state": 1}))
    names = names_of([one.unit for one in entries])
    lines = {one.case: _line(one, names) for one in entries}
    inside = [one for one in entries if one.state in ("in", "handed")]
    nobody = nobody_else(batch, inside) if batch.is_open else None
    counted = Counter(said(one.kept) for one in inside)
    return BatchPage(
        progress=progress,
        sheets=_sheets(batch, inside, lines),
        out=[lines[one.case] for one in entries if one.state == "out"],
        failed=[lines[one.case] for one in entries if one.state == "failed"],
        classes=_classes(entries),
        kept=sorted(counted.items()),
        hidden=every.total() - len(entries),
        shut=every["in"] - len([one for one in entries if one.state == "in"]),
        forms=forms,
        nobody=_nobody_words(nobody) if nobody else "",
        closed=_closed(batch, [one.case for one in entries if one.state == "in"]),
    )


def _closed(batch: FilingBatch, numbers: Sequence[str]) -> frozenset[str]:
    """Which of them somebody else than the preparer must leave out 立卷人须回避."""
    mine = batch.prepared_by == me().id
    return frozenset() if mine else frozenset(closed_to_preparer(batch, numbers))


def _forms(batch: FilingBatch, entries: Sequence[FilingEntry]) -> list[SharedAnswers]:
    """What is filled in once, as this person may see it in this sitting."""
    revealed, reach = current_app.extensions["shared_form"].revealed, my_reach()
    return [SharedAnswers(one, reach, revealed(one.mark)) for one in shared_forms(batch, entries)]


def _nobody_words(nobody: Nobody) -> str:
    if not nobody.alone:
        return str(_("没有一个人可以检查本批的全部案件。请按立档单位分成几批，各由能检查的人员核准。"))
    units = names_of([unit for *_policy, unit in nobody.posts])
    posts = [
        f"{said(view_of(policy, version).role(role)['label'])}（{said(units.get(unit, unit))}）"
        for policy, version, role, unit in nobody.posts
    ]
    return str(
        _(
            "没有第二个人可以归档这些案件：%(numbers)s。归档须两个人，立卷人不能自己检查。"
            "请系统管理员在“人员”页给另一位人员分派岗位：%(posts)s。",
            numbers=_listed(nobody.alone),
            posts=_listed(list(dict.fromkeys(posts))) or _("有归档权限、能办归档步骤的岗位"),
        )
    )


def _listed(words: Sequence[str]) -> str:
    more = f" … {len(words)}" if len(words) > MOST_NAMED else ""
    return _("、").join(words[:MOST_NAMED]) + more


def entries_in_sight(batch: FilingBatch) -> list[FilingEntry]:
    """The cases of the batch that the person may see, whatever their entry remembers of them."""
    inside = {"$and": [{"batch": batch.id}, in_sight()]}
    found = list(FilingEntry.objects(__raw__=inside).order_by("case"))
    hidden = kept_from(me().id, (one.case for one in found))
    return [one for one in found if one.case not in hidden]


def rules_of(entry: FilingEntry) -> Row:
    """The archive rules that hold for a case of the batch."""
    rules: Row = view_of(entry.policy, entry.policy_version).definition["archive"]
    return rules


def _line(entry: FilingEntry, names: Mapping[str, Row]) -> Line:
    proposal, chosen = entry.proposed, entry.kept
    change = filing.change_of(proposal, chosen)
    trouble = ""
    if entry.refused:
        facts = {name: value for name, value in entry.refused.items() if name != "code"}
        trouble = refusal(RuleBroken(entry.refused["code"], **facts)).message
    unit = said(names.get(entry.unit, {"zh": entry.unit, "en": entry.unit}))
    return Line(entry, unit, _because(entry), change, trouble, reads_all(entry))


def _unnamed(finding: Row) -> Row:
    """A finding about a file without its name, which is as closed as the field that the file came with."""
    if not str(finding["code"]).startswith(OF_FILES):
        return finding
    return {**finding, "zh": QUOTED.sub("“…”", finding["zh"]), "en": QUOTED.sub("“…”", finding["en"])}


def _because(entry: FilingEntry) -> str:
    if entry.supplement:
        return str(_("同原卷"))
    if not entry.because:
        return str(_("其余各件"))
    zh, en = condition_words(entry.because, view_of(entry.policy, entry.policy_version).definition)
    return said({"zh": zh, "en": en})


def _sheets(batch: FilingBatch, entries: Sequence[FilingEntry], lines: Mapping[str, Line]) -> list[Sheet]:
    """The volumes that have a number, then those to come."""
    left = [one for one in entries if one.state == "in"]
    sheets = []
    numbers = list(ArchiveNumber.objects(batch=batch.id).order_by("id"))
    hidden = kept_from(me().id, (case for number in numbers for case in cases_of(number)))
    for found in numbers:
        inside = [lines[one.case] for one in entries if one.number == found.id]
        if inside:
            problem = said(HIDDEN) if found.problem and hidden & set(cases_of(found)) else found.problem or ""
            left_out = [one for one in found.left_out if one["case"] not in hidden]
            sheets.append(Sheet(found.id, found.state, problem, left_out, inside))
    sheets += [Sheet("", "planned", "", (), [lines[one.case] for one in volume]) for volume in planned(left)]
    return sheets


def _classes(entries: Sequence[FilingEntry]) -> list[Row]:
    """The classes that may be chosen, of all policies in the batch."""
    found: dict[str, Row] = {}
    for key, version in sorted({(one.policy, one.policy_version) for one in entries}):
        for row in filing.classes(view_of(key, version).definition["archive"]):
            found.setdefault(str(row["code"]), row)
    return sorted(found.values(), key=filing.years_of, reverse=True)
