"""Which fields of a registration form feed the columns of a case 登记栏目: the policy says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.rules.fields import fields_of
from documents.rules.policy import PolicyView

Definition = Mapping[str, Any]


def register_fields(view: PolicyView, case_type: str) -> dict[str, Definition]:
    """The fields of the form under which a case type is registered."""
    form = view.form(view.case_type(case_type)["register"]["form"])
    return {field["key"]: field for field in fields_of(form)}


def column_field(view: PolicyView, case_type: str, column: str) -> Definition | None:
    """The field that feeds a column of the case: title, summary, category, channel."""
    source = view.case_type(case_type)["register"]["columns"].get(column)
    return register_fields(view, case_type).get(source) if source else None


def column_list(view: PolicyView, case_type: str, column: str) -> str | None:
    """The option list behind a column."""
    field = column_field(view, case_type, column)
    return str(field["options"]) if field and "options" in field else None


def column_lists(view: PolicyView, column: str) -> list[str]:
    """The option lists behind a column, over all case types."""
    found = [column_list(view, one["key"], column) for one in view.definition["case_types"]]
    return list(dict.fromkeys(name for name in found if name))


def identifying_fields(view: PolicyView, case_type: str) -> list[str]:
    """The fields by which the same person is found again: personal, and searched exactly."""
    fields = register_fields(view, case_type).values()
    return [
        str(field["key"])
        for field in fields
        if field.get("search") == "exact" and field.get("class", "public") != "public"
    ]


def matter_fields(view: PolicyView, case_type: str) -> list[str]:
    """The fields that say what a case is about: its subject and its summary."""
    found = (column_field(view, case_type, column) for column in ("title", "summary"))
    return [str(field["key"]) for field in found if field]
