"""Carrying what was filled in to another version 旧答案换新名: every key and option by its new name.

The one place where a replay asks what was renamed or merged between the versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from documents.rules.fields import fields_of, members
from documents.rules.identity import Identity, identity

Definition = Mapping[str, Any]


@dataclass
class Carrier:
    """From one version to another, for what cases recorded."""

    old: Definition
    new: Definition
    way: Identity = field(init=False)
    _flows: dict[str, str] = field(init=False)
    _fields: dict[str, dict[str, Definition]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.way = identity(self.old, self.new)
        self._flows = {str(one["key"]): str(one["workflow"]) for one in self.old["case_types"]}
        self._fields = {
            str(form["key"]): {str(one["key"]): one for one in fields_of(form)} for form in self.old["forms"]
        }

    def case_type(self, key: str) -> str:
        """The case type's name in the other version."""
        return self.way.key("case_type", key)

    def step(self, key: str, case_type: str) -> str:
        """The step's name in the other version; the registration keeps its own."""
        return key if key == "register" else self.way.key("step", key, self._flows.get(case_type, ""))

    def stage(self, key: str, case_type: str) -> str:
        """The stage's name in the other version."""
        return self.way.key("stage", key, self._flows.get(case_type, ""))

    def values(self, form: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
        """The answers to a form by the names of the other version."""
        if not self.way.moves or form is None:
            return dict(values)
        fields = self._fields.get(form, {})
        return {
            self.way.key("field", key, form): self._value(fields.get(key, {}), value)
            for key, value in values.items()
        }

    def _value(self, one: Definition, value: Any) -> Any:
        if one.get("type") == "table" and isinstance(value, list):
            columns = {str(column["key"]): column for column in members(one, "fields")}
            return [
                {
                    self.way.key("column", key, str(one["key"])): self._value(columns.get(key, {}), cell)
                    for key, cell in row.items()
                }
                for row in value
            ]
        options = one.get("options")
        if options is None:
            return value
        if isinstance(value, list):
            return [self.way.key("option", str(item), str(options)) for item in value]
        return self.way.key("option", value, str(options)) if isinstance(value, str) else value
