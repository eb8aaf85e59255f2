"""Filling in once 一次填写: the archiving form of a batch, for every case whose step asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from documents import audit
from documents.actions.filing import check_mine, let_work, subject
from documents.actions.filling import Filling
from documents.actions.surroundings import STORED
from documents.case_parts import stored_value
from documents.database import transaction
from documents.filing_batch import FilingBatch, FilingEntry, entries_of
from documents.filing_forms import FormPlace, SharedForm, shared_forms
from documents.person import Person
from documents.rules.broken import RuleBroken


def shared_form(batch: FilingBatch, place: FormPlace) -> SharedForm:
    """One of the forms that cases of the batch ask for; raises RuleBroken("unknown_form")."""
    found = [one for one in shared_forms(batch, entries_of(batch.id, "in")) if one.place == place]
    if not found:
        raise RuleBroken("unknown_form", form=place.form)
    return found[0]


def fill(
    batch: FilingBatch, place: FormPlace, typed: Mapping[str, Any], *, actor: Person, now: datetime
) -> SharedForm:
    """Keep the answers, checked as the step checks them; its cases are looked at once more.

    Raises RuleBroken("not_your_batch"), ("batch_submitted"), ("unknown_form"), ("form_incomplete").
    """
    check_mine(batch, actor)
    shared = shared_form(batch, place)
    values = Filling(shared.view, actor, now, shared.facts, STORED).checked(shared.definition, typed)
    kept = {key: stored_value(value) for key, value in values.or_raise().items()}
    given = {**place._asdict(), "typed": dict(typed), "values": kept, "by_name": actor.name, "at": now}
    others = [one for one in batch.forms if FormPlace(*(one[name] for name in place._fields)) != place]
    looked_at = {"batch": batch.id, "case": {"$in": list(shared.cases)}, "state": "in"}

    def write() -> None:
        done = FilingBatch.collection().update_one(
            {"_id": batch.id, "state": "preparing"}, {"$set": {"forms": [*others, given]}}
        )
        if done.matched_count != 1:
            raise RuleBroken("batch_changed_meanwhile")
        FilingEntry.collection().update_many(looked_at, {"$set": {"checked_at": None, "findings": []}})
        let_work(batch, now)
        audit.note("filing_form", subject(batch), by=actor.id, at=now, form=place.form)

    transaction(write)
    return shared_form(FilingBatch.get(str(batch.id)), place)
