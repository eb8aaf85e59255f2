"""Showing in full 查看完整内容: telephone, identity and account numbers are masked at first for everybody.

Who may read such a field sees it whole for a while, after saying why; where the policy says so, a second
person must release it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from documents.rules.access import PUBLIC
from documents.rules.fields import members
from documents.rules.lookups import SENSITIVITY
from documents.rules.masks import masked
from documents.rules.need_to_know import reason_of

Definition = Mapping[str, Any]
UNMASK: Final = "unmask"
USUAL_MINUTES, MOST_MINUTES = 15, 480
LONGEST_REASON: Final = 500
BY_TYPE: Final[Mapping[str, str]] = {"phone": "phone", "id_number": "id_number"}
VEILED: Final = frozenset({"phone", "id_number", "account"})


@dataclass(frozen=True)
class RevealRules:
    """What a policy says about it: how long, its list of usual reasons, which classes wait for another."""

    minutes: int = USUAL_MINUTES
    reasons: str = ""
    release: frozenset[str] = frozenset()

    @classmethod
    def of(cls, definition: Definition) -> RevealRules:
        """The rules of a policy's definition."""
        said = definition.get("policy", {}).get("reveal") or {}
        minutes = int(said.get("minutes") or USUAL_MINUTES)
        return cls(
            minutes=min(max(minutes, 1), MOST_MINUTES),
            reasons=str(said.get("reasons") or ""),
            release=frozenset(said.get("release", ())),
        )

    def needs_release(self, field: Definition) -> bool:
        """Whether a second person must release the field 须他人批准."""
        own = field.get("reveal")
        return own == "release" or (own is None and field.get("class", PUBLIC) in self.release)

    def until(self, now: datetime) -> datetime:
        """Until when what is revealed now stays so."""
        return now + timedelta(minutes=self.minutes)


def veil_of(field: Definition) -> str | None:
    """Under which mask a field lies for who may read it; None when it is shown at once."""
    kind = str(field.get("mask") or BY_TYPE.get(field.get("type", ""), ""))
    is_open = field.get("class", PUBLIC) == PUBLIC or field.get("reveal") == "open" or "sealed_to" in field
    return kind if kind in VEILED and not is_open else None


def in_table(column: Definition, table: Definition) -> Definition:
    """A column 明细栏 as it is masked and released: never as less sensitive than its table.

    Who may read it is asked of the table and of the column as it stands, which are two questions.
    """
    classes = (str(one.get("class", PUBLIC)) for one in (column, table))
    return {**column, "class": max(classes, key=SENSITIVITY.index)}


def beneath(field: Definition) -> dict[str, Definition]:
    """What lies under a mask in a field, by the name under which it is revealed: itself, or columns."""
    if field.get("type") != "table":
        return {str(field["key"]): field} if veil_of(field) else {}
    columns = members(field, "fields")
    return {name_in(field, one): one for one in columns if veil_of(in_table(one, field))}


def name_in(table: Definition, column: Definition) -> str:
    """What a column is called outside of its table."""
    return f"{table['key']}.{column['key']}"


def veiled(field: Definition, value: Any) -> str:
    """What is seen of an answer before it is revealed; nothing when it is shown at once."""
    kind = veil_of(field)
    return masked({**field, "mask": kind}, value) if kind else ""


def why(listed: str, written: str) -> str:
    """The reason, chosen or written; raises RuleBroken("reason_missing")."""
    return reason_of(written.strip() or listed)[:LONGEST_REASON]


def waits(rules: RevealRules, fields: Iterable[Definition], among: Container[str] | None = None) -> bool:
    """Whether any of these must wait for a second person; of a table its masked columns `among` the names."""
    return any(rules.needs_release(one) for field in fields for one in _asked(field, among))


def _asked(field: Definition, among: Container[str] | None) -> Iterable[Definition]:
    if field.get("type") != "table":
        return [field]
    inside = beneath(field).items()
    return [in_table(one, field) for name, one in inside if among is None or name in among]
