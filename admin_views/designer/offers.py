"""What a reference may choose 可选的引用: each thing by its name, with its key beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import lazy_gettext as _l

from admin_views.standing import said
from documents.rules.broken import RuleBroken
from documents.rules.fields import fields_of
from documents.rules.grammar import Attribute
from documents.rules.keyed_paths import Key, Path, look_up
from documents.rules.options import walk
from documents.rules.policy_fields import all_fields
from documents.rules.policy_problems import elements
from documents.rules.policy_shapes import all_slots

Definition = Mapping[str, Any]
# The words that a reference may hold beside the keys.
ALSO: Mapping[str, Any] = {
    "any_open": _l("任一在办环节"),
    "now": _l("办理的时刻"),
    "actor": _l("办理人本人"),
    "close": _l("营业终了"),
}
SLOTS: Mapping[str, Any] = {
    "received": _l("首接单位"),
    "handling": _l("承办单位"),
    "respondent": _l("被投诉单位"),
}


@dataclass(frozen=True)
class Offer:
    """One thing to choose, and the path to where it is defined."""

    key: str
    label: str
    group: str = ""
    path: str = ""


class Offers:
    """Everything that the references of a definition may choose."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def of(self, attribute: Attribute, path: Path) -> list[Offer]:
        """What an attribute of the element at the path may name."""
        also = [Offer(word, str(ALSO.get(word, word))) for word in attribute.also]
        return [*also, *self.kind(attribute.of, path)]

    def kind(self, kind: str, path: Path = ()) -> list[Offer]:
        """Everything of one kind; stages, steps and options are those around the path."""
        if kind in ("stages", "transitions"):
            return list(self._in_workflow(kind, path))
        if kind == "options":
            return self.options(self._list_around(path))
        if kind == "outcomes":
            return [*self.options("outcomes"), *(one for one in self.fields if one.key in self._choices)]
        if kind == "levels":
            return self.options(str((self.definition.get("severity") or {}).get("list", "")))
        if kind in ("fields", "lists", "slots"):
            return list(getattr(self, kind))
        return list(self._section(kind))

    def _section(self, kind: str) -> Iterator[Offer]:
        for one in elements(self.definition, kind):
            key = str(one.get("key", ""))
            yield Offer(key, said(one.get("label") or one.get("title")) or key, path=f"{kind}[{key}]")

    @cached_property
    def fields(self) -> list[Offer]:
        """Every field, under the form that has it first."""
        found: dict[str, Offer] = {}
        for form in elements(self.definition, "forms"):
            group = said(form.get("title"))
            for one in fields_of(form):
                key = str(one.get("key", ""))
                found.setdefault(
                    key, Offer(key, said(one.get("label")) or key, group, f"forms[{form.get('key')}]")
                )
        return list(found.values())

    @cached_property
    def lists(self) -> list[Offer]:
        """Every option list, called after the field that first offers it."""
        names = self.definition.get("lists") or {}
        return [Offer(str(name), self.list_label(str(name)), path=f"lists.{name}") for name in names]

    @cached_property
    def _list_labels(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for one in all_fields(self.definition).values():
            for each in (one, *elements(one, "fields")):
                if isinstance(each.get("options"), str):
                    found.setdefault(each["options"], said(each.get("label")))
        return found

    def list_label(self, name: str) -> str:
        """What people call a list: the field that offers it."""
        return self._list_labels.get(name) or name

    @cached_property
    def slots(self) -> list[Offer]:
        """Every unit slot."""
        labels = self.definition.get("slot_labels") or {}
        ruled = self.definition.get("slots") or {}
        return [
            Offer(
                slot,
                said(labels.get(slot)) or str(SLOTS.get(slot, slot)),
                path=f"slots.{slot}" if slot in ruled else f"slot_labels.{slot}" if slot in labels else "",
            )
            for slot in sorted(all_slots(self.definition), key=lambda one: (one not in labels, one))
        ]

    def options(self, name: str) -> list[Offer]:
        """The options of a list with their parents in front."""
        listed = (self.definition.get("lists") or {}).get(name) or ()
        return [
            Offer(
                str(steps[-1].get("key")),
                " / ".join(said(step.get("label")) for step in steps),
                path=f"lists.{name}",
            )
            for steps in walk(listed)
        ]

    @cached_property
    def _choices(self) -> frozenset[str]:
        return frozenset(key for key, one in all_fields(self.definition).items() if one.get("options"))

    def _in_workflow(self, kind: str, path: Path) -> Iterator[Offer]:
        wanted = self._workflow_around(path)
        seen: set[str] = set()
        for flow in elements(self.definition, "workflows"):
            if wanted and flow.get("key") != wanted:
                continue
            for one in elements(flow, kind):
                key = str(one.get("key", ""))
                if key not in seen:
                    seen.add(key)
                    place = f"workflows[{flow.get('key')}].{kind}[{key}]"
                    yield Offer(key, said(one.get("label")) or key, path=place)

    def _workflow_around(self, path: Path) -> str:
        root = path[1] if len(path) > 1 else None
        if not isinstance(root, Key):
            return ""
        if path[0] == "workflows":
            return root.key
        if path[0] == "case_types":
            found = {
                str(one.get("key")): str(one.get("workflow", ""))
                for one in elements(self.definition, "case_types")
            }
            return found.get(root.key, "")
        return ""

    def _list_around(self, path: Path) -> str:
        if path[:1] == ("lists",) and len(path) > 1:
            return str(path[1])
        try:
            return str(look_up(self.definition, path).get("options", ""))
        except (RuleBroken, AttributeError):
            return ""
