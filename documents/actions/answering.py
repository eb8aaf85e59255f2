"""The filled form 已填表单 of one change: checked, numbered, and added to the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.actions.change import Change, unit_of
from documents.actions.filling import Filling
from documents.case_parts import AnswerSet, stored_value
from documents.rules.fields import Definition, fields_of, placed
from documents.rules.forms import known_in
from documents.rules.readable import readable
from documents.unread import is_open, kept_answers

# Nobody types these, so they cannot be left empty.
UNASKED = frozenset({"note", "computed", "lookup", "series"})


def checked_values(change: Change, form_key: str, submitted: Mapping[str, Any]) -> dict[str, Any]:
    """The clean values of the form; raises RuleBroken("form_incomplete") with every problem."""
    form = change.view.form(form_key)
    kept = kept_answers(change.case, form, change.may_read, change.covered)
    around = (change.case_facts(), change.surroundings, kept, change.case if change.case.stage else None)
    filling = Filling(change.view, change.actor, change.now, *around)
    values = change.surroundings.settle(filling.checked(form, submitted))
    return filling.stamped(form, {**values, **_numbers(change, form, values)})


def _numbers(change: Change, form: Definition, values: Mapping[str, Any]) -> dict[str, str]:
    """The numbers 编号 that the fields of the form take from their series, where they are asked."""
    if not any(one["type"] == "series" for one in fields_of(form)):
        return {}
    facts = known_in(form, values, facts=change.case_facts(), today=change.today)
    return {
        place.field["key"]: change.take_number(place.field["numbering"])[1]
        for place in placed(form)
        if place.field["type"] == "series" and not place.field.get("retired") and place.shows(facts)
    }


def keep_answers(change: Change, form_key: str) -> None:
    """Add the filled form 已填表单 to the case; what it leaves empty no longer has its earlier value."""
    change.values = {**_left_empty(change, form_key), **change.values}
    store_answers(change, form_key)


def store_answers(change: Change, form_key: str) -> None:
    """Add the filled form to the case, just as it was filled."""
    case = change.case
    case.answers.append(
        AnswerSet(
            form=form_key,
            seq=len(case.answers) + 1,
            transition=change.transition["key"],
            by=change.actor.id,
            by_name=change.actor.name,
            acting=change.acting,
            unit=unit_of(change),
            at=change.now,
            policy_version=case.policy_version,
            values={key: stored_value(value) for key, value in change.values.items()},
            readable=readable(change.view.form(form_key)),
        )
    )


def _left_empty(change: Change, form_key: str) -> dict[str, None]:
    """The fields of the form that say nothing now, although an earlier form filled them 留空即无值."""
    earlier = change.case_facts()
    asked = [one for one in fields_of(change.view.form(form_key)) if not one.get("retired")]
    return {
        one["key"]: None
        for one in asked
        if one["type"] not in UNASKED and earlier.get(one["key"]) is not None
        if is_open(one, change.may_read)
    }
