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
COVER: Final = "（略）"


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
    forms: Iterable[Definition], facts: Mapping[str, Any], text: str, besides: str = ""
) -> list[tuple[Definition, str]]:
    """The fields of which the answer stands in the text: a name, a number, an address 泄露投诉人信息.

    `besides`: the name of who is asked, who may read it.
    """
    said, own = _plain(text), _plain(besides)
    words = ((one, _plain(value)) for one, value in _names(forms, facts))
    return [
        (one, word)
        for one, word in words
        if len(word) >= SHORTEST and word != own and word not in NAMELESS and word in said
    ]


def covered(text: str, words: Iterable[str]) -> str:
    """The text without these words 遮盖, however they are written in it."""
    places = [(at, letter) for at, sign in enumerate(text) for letter in _plain_signs(sign)]
    said, shown = "".join(letter for _at, letter in places), list(text)
    for word in words:
        start = said.find(word)
        while word and start >= 0:
            first, last = places[start][0], places[start + len(word) - 1][0]
            shown[first : last + 1] = [COVER, *[""] * (last - first)]
            start = said.find(word, start + len(word))
    return "".join(shown)


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
    return _plain_signs(str(text)).removeprefix("+86")


def _plain_signs(text: str) -> str:
    return "".join(text.split()).upper().replace("-", "")
