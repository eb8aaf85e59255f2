"""Answers that the filler of a form does not see 不可见栏目: they stay unless they are answered anew.

A step may open earlier answers again. What its filler may not read is neither put into the form nor lost
when it comes back empty. A table with a closed column stays as it is, for its rows have no names.
What lies under a mask 遮盖 stays in the same way, until it is revealed.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from documents.case_parts import Attachment
from documents.complaint import Complaint
from documents.moved_cases import filled
from documents.policy import view_of
from documents.rules.access import PUBLIC
from documents.rules.field_reading import is_empty
from documents.rules.fields import Definition, fields_of, members
from documents.rules.revealing import beneath

MayRead = Callable[[Definition], Any]
Answers = Callable[[], Mapping[str, Any] | None]  # those that were given before, found when they are asked
# Given anew with each filling, or kept with the case and not with the form.
NOT_KEPT = frozenset({"note", "computed", "series", "files", "consent", "signature"})
NOT_MASKED = NOT_KEPT | {"lookup"}  # looked up anew with each filling


def is_open(field: Definition, may_read: MayRead) -> bool:
    """Whether the filler may read a field with all its columns."""
    closed = [one for one in (field, *members(field, "fields")) if one.get("class", PUBLIC) != PUBLIC]
    return all(may_read(one) for one in closed)


def fields_behind(case: Complaint, attachment: Attachment) -> list[Definition]:
    """The fields with which an attachment came, in the versions of the case; it is as closed as they."""
    versions = {case.policy_version, *(one.policy_version for one in case.answers)}
    forms = (form for version in versions for form in view_of(case.policy, version).forms())
    asked = (one for form in forms if form["key"] == attachment.form for one in fields_of(form))
    return [one for one in asked if one["key"] == attachment.field]


def kept_answers(
    case: Complaint, form: Definition, may_read: MayRead, covered: Container[str] = ()
) -> dict[str, Any]:
    """The earlier answers to the form that its filler may not read, or that he saw covered."""
    return kept_among(lambda: filled(case, str(form["key"])), form, may_read, covered)


def kept_among(
    answers: Answers, form: Definition, may_read: MayRead, covered: Container[str] = ()
) -> dict[str, Any]:
    """The same, of answers that need not be those of one case."""
    asked = [one for one in fields_of(form) if one["type"] not in NOT_KEPT]
    return _known(answers, [one for one in asked if one["key"] in covered or not is_open(one, may_read)])


def masked_among(answers: Answers, form: Definition, may_read: MayRead) -> dict[str, Any]:
    """The earlier answers to the form that lie under a mask 遮盖 for who may read them."""
    asked = [one for one in fields_of(form) if one["type"] not in NOT_MASKED and beneath(one)]
    known = _known(answers, [one for one in asked if is_open(one, may_read)])
    return {one["key"]: known[one["key"]] for one in asked if _lies_under(one, known.get(one["key"]))}


def _known(answers: Answers, fields: Sequence[Definition]) -> dict[str, Any]:
    known: Mapping[str, Any] = (answers() if fields else None) or {}
    return {one["key"]: known[one["key"]] for one in fields if not is_empty(known.get(one["key"]))}


def _lies_under(field: Definition, value: Any) -> bool:
    """Whether anything lies there: of a table, in one of its masked columns."""
    if field["type"] != "table":
        return not is_empty(value)
    columns = beneath(field).values()
    return any(not is_empty(row.get(one["key"])) for row in value or () for one in columns)
