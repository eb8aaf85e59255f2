"""Whose turn it is at a filing batch 批次由谁办理: who prepared it, or the second person who checks it.

Both only with cases on which they may do the archive's work. A case that was closed to the preparer
meanwhile – recused, no longer on its list – is taken out by somebody else, and the batch goes on.
"""

from __future__ import annotations

from collections.abc import Collection

from documents.filing_batch import FilingBatch, FilingEntry, entries_of
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.second_person import needs_second
from documents.withheld import barred, check_kept


def check_preparer(batch: FilingBatch, actor: Person) -> None:
    """That this person prepared it; raises RuleBroken("not_your_batch")."""
    if batch.prepared_by != actor.id:
        raise RuleBroken("not_your_batch", name=batch.prepared_name)


def check_mine(batch: FilingBatch, actor: Person, numbers: Collection[str] | None = None) -> None:
    """Whether it is this person's to change: these of its cases, or all that are in it.

    Raises RuleBroken("not_your_batch"), ("batch_submitted"), ("withheld_from_you"), ("withheld_from_all").
    """
    check_preparer(batch, actor)
    if batch.state != "preparing":
        raise RuleBroken("batch_submitted")
    check_cases(batch, actor, numbers)


def check_cases(batch: FilingBatch, actor: Person, numbers: Collection[str] | None = None) -> None:
    """That these cases of the batch, or all that are in it, are open to the person."""
    which = {"state": "in"} if numbers is None else {"case__in": list(numbers)}
    found = list(FilingEntry.objects(batch=batch.id, **which).only("case", "owner"))
    check_kept(actor, [one.case for one in found], {one.owner for one in found})


def check_second(batch: FilingBatch, actor: Person, numbers: Collection[str] | None = None) -> None:
    """That it is submitted, and this is somebody else, who may archive these of its cases, or each.

    Raises RuleBroken("batch_not_submitted"), ("second_person_needed"), ("withheld_from_you"),
    ("withheld_from_all").
    """
    if batch.state != "submitted":
        raise RuleBroken("batch_not_submitted")
    if batch.prepared_by == actor.id and any(map(needs_second, entries_of(batch.id, "in"))):
        raise RuleBroken("second_person_needed")
    check_cases(batch, actor, numbers)


def check_out(batch: FilingBatch, numbers: Collection[str], reason: str, actor: Person) -> None:
    """Who may leave these cases out; anybody but the preparer says why.

    Before it is submitted somebody else may only where the preparer may not: raises
    RuleBroken("not_your_batch"), ("reason_missing") and what the other checks raise.
    """
    if batch.state == "submitted":
        check_second(batch, actor, numbers)
    elif batch.prepared_by == actor.id or set(numbers) - closed_to_preparer(batch, numbers):
        check_mine(batch, actor, numbers)
        return
    else:
        check_cases(batch, actor, numbers)
    if not reason.strip():
        raise RuleBroken("reason_missing")


def closed_to_preparer(batch: FilingBatch, numbers: Collection[str]) -> set[str]:
    """Which of these cases the preparer may not file any more, while the batch is prepared 立卷人须回避."""
    preparer = Person.objects(id=batch.prepared_by).first() if batch.state == "preparing" else None
    return barred(preparer, numbers) if preparer else set()
