"""Hearing 听取申辩 whoever is complained about: what may be opened to them, what gives the complainant away.

A field may be opened when it is public, says something by itself, and stands apart from the complainant's
part of a form. What identifies the complainant in this very case is found by the answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from documents.rules.access import PUBLIC, is_public
from documents.rules.fields import fields_of, members

Definition = Mapping[str, Any]
Text = Mapping[str, str]

STATED: Final = "stated"  # what the event of a statement is called, and the step that filled its form
ASKED: Final = "asked"
ANSWERED: Final = "answered"
ENDED: Final = "ended"
# What says something by itself: no files, no links, nothing that is made of other answers.
OPENABLE: Final = frozenset(
    {"text", "longtext", "number", "money", "percent", "date", "time", "datetime", "duration", "bool"}
    | {"choice", "choices", "tree", "unit"}
)
# What would read other answers, or take something out of the house's books, is not for who is asked.
NOT_ASKED: Final = frozenset({"lookup", "case", "series"})
IDENTIFYING: Final = frozenset({"phone", "email", "id_number", "address"})
NAMED: Final = frozenset({"text", *IDENTIFYING})
NAMELESS: Final = frozenset({"匿名", "ANONYMOUS", "不详", "UNKNOWN"})
SHORTEST: Final = 2


def complainants(forms: Iterable[Definition]) -> frozenset[str]:
    """The fields of the complainant's part 投诉人部分: of each section with personal answers, all of it."""
    found: set[str] = set()
    for form in forms:
        for section in members(form, "sections"):
            inside = list(fields_of({"sections": [section]}))
            if any(one.get("class") == "personal" or one.get("type") in IDENTIFYING for one in inside):
                found |= {str(one.get("key")) for one in inside}
    return frozenset(found)


def forms_heard(workflow: Definition) -> list[str]:
    """The forms of the statements for which the steps of a workflow ask."""
    effects = (one for step in members(workflow, "transitions") for one in members(step, "effects"))
    return list(dict.fromkeys(str(one.get("form")) for one in effects if "hear" in one))


def given_away(
    forms: Iterable[Definition], facts: Mapping[str, Any], texts: Iterable[str], besides: str = ""
) -> Text | None:
    """The field of which the answer stands in one of the texts: a name, a number, an address 泄露投诉人信息.

    `besides`: the name of who is asked, who may read it.
    """
    said = "\n".join(_plain(one) for one in texts)
    own = _plain(besides)
    for one, value in _names(forms, facts):
        word = _plain(value)
        if len(word) >= SHORTEST and word != own and word not in NAMELESS and word in said:
            label: Text = one.get("label", {})
            return label
    return None


def _names(forms: Iterable[Definition], facts: Mapping[str, Any]) -> Iterator[tuple[Definition, Any]]:
    """Every short answer that is not for everybody, in rows and parts too."""
    for form in forms:
        for one in fields_of(form):
            value = facts.get(one["key"])
            if one.get("type") == "table":
                for row in value if isinstance(value, list | tuple) else ():
                    yield from _names([_columns(one)], row)
            elif one.get("type") in NAMED and not is_public(one):
                parts = value.values() if isinstance(value, Mapping) else [value]
                yield from ((one, part) for part in parts if isinstance(part, str))


def _columns(table: Definition) -> Definition:
    """The columns of a table as a form; what a closed table holds is closed."""
    closed = table.get("class", PUBLIC)
    inside = [{"class": closed, **one} if closed != PUBLIC else one for one in members(table, "fields")]
    return {"sections": [{"fields": inside}]}


def _plain(text: Any) -> str:
    return "".join(str(text).split()).upper().removeprefix("+86").replace("-", "")
