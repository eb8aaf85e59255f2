"""Retelling 转述: of which field a note, a reason or a name is told that stands beside the filled form.

The page of a case tells it again outside of the form; it stays as closed as the field it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, Final

from documents.rules.access import PUBLIC
from documents.rules.fields import fields_of
from documents.rules.policy_problems import as_list, elements, table

Definition = Mapping[str, Any]
SOURCE: Final = "source"  # in the facts of an event: the keys of the fields that it retells
FOUND, UNHEARD, LEVEL = "recused_found", "hearing_ended", "severity"
REASONED: Final = frozenset({"pause", "set_severity"})  # whose `reason` names the field
# The effects behind an event that was written before events kept their source.
BEHIND: Final[Mapping[str, frozenset[str]]] = {
    FOUND: frozenset({"recuse_named", "recuse_head", "recuse_workers", "hear"}),
    UNHEARD: frozenset({"hear"}),
    LEVEL: frozenset({"set_severity"}),
}
# What nothing is known of is for who reads every class.
EVERY_CLASS: Final[tuple[Definition, ...]] = tuple(
    {"key": "", "class": one} for one in ("personal", "restricted")
)


def retold_by(definition: Definition, names: Set[str]) -> set[str]:
    """The fields that effects of these names retell, wherever the policy has such effects."""
    found = set()
    for effect in _effects(definition):
        for name in names & effect.keys():
            found.add(str(effect.get("reason") if name in REASONED else effect[name]))
    return found


def _effects(definition: Definition) -> Iterator[Definition]:
    steps = [table(one.get("register")) for one in elements(definition, "case_types")]
    steps += [step for flow in elements(definition, "workflows") for step in elements(flow, "transitions")]
    for step in steps:
        yield from (one for one in as_list(step.get("effects")) if isinstance(one, Mapping))


def fields_called(definition: Definition, keys: Set[str]) -> list[Definition]:
    """Every field of these keys, in whatever form."""
    every = (one for form in elements(definition, "forms") for one in fields_of(form))
    return [one for one in every if one.get("key") in keys]


def noted(definition: Definition, step: Definition) -> list[Definition] | None:
    """The field from which a step takes its note; None where it takes none, empty where it is not there."""
    source = step.get("note_from")
    if not source:
        return None
    form = next((one for one in elements(definition, "forms") if one.get("key") == step.get("form")), {})
    return [one for one in fields_of(form) if one.get("key") == source]


def is_sealed(fields: Iterable[Definition]) -> bool:
    """Whether any of them is sealed 密封, so that no paper tells it."""
    return any(one.get("sealed_to") for one in fields)


def strictness(field: Definition) -> int:
    """How closed a field is: public, personal, restricted, sealed."""
    if field.get("sealed_to"):
        return len(CLASSES)
    sensitivity = field.get("class", PUBLIC)
    return CLASSES.index(sensitivity) if sensitivity in CLASSES else 0


CLASSES: Final = (PUBLIC, *(str(one["class"]) for one in EVERY_CLASS))
