"""Places 地名: what cases say in the parts of an address, so that it is typed once and then chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from documents.complaint import Complaint
from documents.policy import view_of
from documents.rules.fields import Definition, fields_of
from documents.rules.grammar.forms import ADDRESS_PARTS
from documents.rules.revealing import veil_of

MOST_CASES, MOST_NAMES = 200, 40
OFFERED = tuple(part for part in ADDRESS_PARTS if part != "detail")  # a house number is nobody else's


def used_places(
    cases: Any, field: str, may_read: Callable[[Complaint, Definition], Any]
) -> dict[str, list[str]]:
    """By part, the names that the newest of the cases hold in this field, the commonest first."""
    found: dict[str, Counter[str]] = {part: Counter() for part in OFFERED}
    for case in cases.only(*READ).limit(MOST_CASES):
        for value in _addresses(case, field, may_read):
            for part in OFFERED:
                found[part].update([value[part]] if isinstance(value.get(part), str) else [])
    return {part: [name for name, _ in counted.most_common(MOST_NAMES)] for part, counted in found.items()}


READ = ("number", "policy", "policy_version", "answers", "scope", "recused", "known_to")


def _addresses(
    case: Complaint, field: str, may_read: Callable[[Complaint, Definition], Any]
) -> Iterator[Mapping[str, Any]]:
    for answers in case.answers:
        value = answers.values.get(field)
        if isinstance(value, Mapping):
            form = view_of(case.policy, answers.policy_version).form(answers.form)
            asked = next((one for one in fields_of(form) if one["key"] == field), None)
            if asked and asked["type"] == "address" and not veil_of(asked) and may_read(case, asked):
                yield value
