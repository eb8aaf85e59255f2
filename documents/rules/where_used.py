"""Where used 在哪里用到: for every element of a definition, the places that name it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from documents.rules.fields import GROUP
from documents.rules.grammar_paths import Met, elements_of
from documents.rules.keyed_paths import Key, Path, written
from documents.rules.mentions import Mention, Mentions, Target

Definition = Mapping[str, Any]
# Elements of these shapes are what mentions name, and the kind under which they do.
KINDS: Final[Mapping[str, str]] = {
    "field": "fields",
    "option": "options",
    "stage": "stages",
    "transition": "transitions",
    "form": "forms",
    "case_type": "case_types",
    "workflow": "workflows",
    "limit": "limits",
    "ladder": "ladders",
    "numbering": "numbering",
    "letter": "letters",
    "report": "reports",
    "role": "roles",
    "contact": "contacts",
    "unit_kind": "unit_kinds",
    "slot": "slots",
}


def target_of(met: Met) -> Target | None:
    """What mentions call the element; None for what nothing names."""
    kind = KINDS.get(met.shape.name)
    key = str(met.element.get("key", met.path[-1] if isinstance(met.path[-1], str) else ""))
    if kind is None or not key:
        return None
    if kind == "options":
        return (kind, f"{met.path[1]}/{key}")
    if kind in ("stages", "transitions"):
        owner = met.path[1]
        return (kind, f"{owner.key if isinstance(owner, Key) else ''}/{key}")
    return (kind, key)


class WhereUsed:
    """The index over one definition, made once and asked often."""

    def __init__(self, definition: Definition) -> None:
        self._mentions: dict[Target, list[Mention]] = defaultdict(list)
        for mention in Mentions(definition).all():
            self._mentions[mention.target].append(mention)
        self._at: dict[Target, list[str]] = defaultdict(list)
        self._below: dict[str, Target] = {}
        for met in elements_of(definition):
            self._take(met)
        for name in definition.get("lists") or ():
            self._put(("lists", str(name)), f"lists.{name}")
        for name in definition.get("slot_labels") or ():
            self._put(("slots", str(name)), f"slot_labels.{name}")

    def _take(self, met: Met) -> None:
        target = target_of(met)
        # A group only frames fields: nothing names it.
        if target is not None and met.element.get("type") != GROUP:
            self._put(target, written(met.path))

    def _put(self, target: Target, place: str) -> None:
        self._at[target].append(place)
        self._below[place] = target

    def of(self, place: str) -> list[Mention]:
        """Every place outside the element itself that names it."""
        target = self._below.get(place)
        found = self._mentions.get(target, []) if target else []
        return [one for one in found if not is_within(one.path, place)]

    def named(self, target: Target) -> list[Mention]:
        """Every place that names a target, also one that is no element: a calendar."""
        return list(self._mentions.get(target, ()))

    def targets(self) -> Mapping[Target, list[str]]:
        """Everything that can be named, with where it is defined."""
        return self._at

    def places(self, target: Target) -> list[str]:
        """Where the target is defined: a field may stand in several forms."""
        return list(self._at.get(target, ()))

    def target(self, place: str) -> Target | None:
        """What stands at a place, as mentions call it."""
        return self._below.get(place)

    def hinders(self, place: str) -> list[Mention]:
        """What would lead nowhere if the element and everything in it were taken away."""
        found: list[Mention] = []
        for inner, target in self._below.items():
            if is_within(inner, place) and all(is_within(one, place) for one in self._at[target]):
                found += [one for one in self._mentions.get(target, ()) if not is_within(one.path, place)]
        return list(dict.fromkeys(found))


def is_within(place: str, box: str) -> bool:
    """Whether a path leads to the box or into it."""
    return place == box or place.startswith((f"{box}.", f"{box}["))


def element_path(path: Path) -> Path:
    """The element of a section in which a path lies: what has a page of its own."""
    return path[:2]
