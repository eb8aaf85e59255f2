"""Filling in once 一次填写: the archiving form of a batch, for every case whose step asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from documents import audit
from documents.actions.batch_rights import check_mine
from documents.actions.filing import let_work, subject
from documents.actions.filling import Filling
from documents.actions.surroundings import STORED
from documents.case_parts import stored_value
from documents.database import transaction
from documents.filing_answers import SharedAnswers
from documents.filing_batch import FilingBatch, FilingEntry, entries_of
from documents.filing_forms import FormPlace, SharedForm, shared_forms
from documents.person import Person
from documents.policy import roles_in_force
from documents.rules.broken import RuleBroken
from documents.rules.field_reading import is_empty
from documents.unread import kept_among


def shared_form(batch: FilingBatch, place: FormPlace) -> SharedForm:
    """One of the forms that cases of the batch ask for; raises RuleBroken("unknown_form")."""
    found = [one for one in shared_forms(batch, entries_of(batch.id, "in")) if one.place == place]
    if not found:
        raise RuleBroken("unknown_form", form=place.form)
    return found[0]


def fill(
    batch: FilingBatch,
    place: FormPlace,
    typed: Mapping[str, Any],
    *,
    actor: Person,
    now: datetime,
    covered: Iterable[str] = (),
) -> SharedForm:
    """Keep the answers, checked as the step checks them; its cases are looked at once more.

    What the person may not read, or saw `covered` by its mask, stays where nothing new is typed.

    Raises RuleBroken("not_your_batch"), ("batch_submitted"), ("unknown_form"), ("form_incomplete").
    """
    check_mine(batch, actor)
    shared = shared_form(batch, place)
    opens = SharedAnswers(shared, actor.reach(roles_in_force())).opens
    stay = kept_among(lambda: shared.earlier, shared.definition, opens, frozenset(covered))
    values = Filling(shared.view, actor, now, shared.facts, STORED, stay).checked(shared.definition, typed)
    kept = {key: stored_value(value) for key, value in values.or_raise().items()}
    said = {**typed, **_said_before(shared, stay, typed)}
    given = {**place._asdict(), "typed": said, "values": kept, "by_name": actor.name, "at": now}
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


def _said_before(shared: SharedForm, stay: Iterable[str], typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed the last time into the fields that stay as they are: each case is filled with it."""
    before = shared.given.get("typed", {})
    return {key: before[key] for key in stay if key in before and is_empty(typed.get(key))}
