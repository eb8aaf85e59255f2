"""The bench 工作台: one draft, the element that is open, and everything its page asks about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import url_for

from admin_views.designer.offers import Offer, Offers
from admin_views.designer.troubles import Trouble, troubles
from admin_views.designer.words import name_of
from admin_views.phrases import listed
from documents.draft import Draft
from documents.draft_insight import Insight, insight
from documents.rules.broken import RuleBroken
from documents.rules.grammar import SECTIONS, SHAPES, Section, Shape
from documents.rules.grammar_paths import members, spot
from documents.rules.keyed_paths import Key, Path, look_up, parse, written
from documents.rules.policy import PolicyView
from documents.rules.renaming import TARGETS
from documents.rules.where_used import WhereUsed, is_within

Definition = Mapping[str, Any]
# Only in a supplement: shown when the definition has them.
SELDOM = frozenset({"hooks", "attach"})


class Known:
    """What is known of a revision of a draft: its problems at their places, what references may choose."""

    def __init__(self, found: Insight) -> None:
        self.definition = found.definition
        self.insight = found

    @property
    def used(self) -> WhereUsed:
        """The index of what names what."""
        return self.insight.used

    @cached_property
    def troubles(self) -> list[Trouble]:
        """The problems with their places."""
        return troubles(self.definition, self.insight.problems)

    @cached_property
    def offers(self) -> Offers:
        """What references may choose, in the language of the page."""
        return Offers(self.definition)


def known_of(draft: Draft) -> Known:
    """What is known of the draft's present revision."""
    return Known(insight(draft))


@dataclass(frozen=True)
class Member:
    """A line of the outline 目录: an element of a section."""

    path: str
    label: str
    key: str
    address: str


@dataclass
class Bench:
    """A draft on the bench, with the element that is open and the one in it that is chosen."""

    draft: Draft
    section: Section
    element: str = ""
    at: str = ""
    known: Known = field(init=False)

    def __post_init__(self) -> None:
        self.known = known_of(self.draft)

    @property
    def definition(self) -> Definition:
        """The draft's definition, from the one copy that is remembered."""
        return self.known.definition

    @cached_property
    def view(self) -> PolicyView:
        """Look-ups over the draft."""
        return PolicyView(self.definition)

    @property
    def policy(self) -> str:
        """The policy's key."""
        return str(self.draft.policy)

    @cached_property
    def value(self) -> Any:
        """The element that is open; None in a section without elements."""
        return self.reach(self.element)

    @property
    def chosen(self) -> str:
        """The path of what the panel shows."""
        return self.at or self.element

    def reach(self, place: str) -> Any:
        """What lies at a path; None where nothing does."""
        try:
            return look_up(self.definition, parse(place)) if place else None
        except RuleBroken:
            return None

    def can_rename(self, place: str) -> bool:
        """Whether what stands there has a key that other places and data name."""
        target = insight(self.draft).used.target(place)
        return target is not None and target[0] in TARGETS.values()

    def sections(self) -> list[Section]:
        """The sections in the order in which one fills them in."""
        return [one for one in SECTIONS.values() if one.name not in SELDOM or one.name in self.definition]

    def members(self, section: Section) -> list[Member]:
        """The elements of a section that have a page of their own."""
        if section.written == "table":
            return []
        if section.written == "named_lists":
            part = self.definition.get(section.name)
            names = list(part) if isinstance(part, Mapping) else []
            return [self._member((section.name, name), self.known.offers.list_label(name)) for name in names]
        return [self._member(path, self.called(one, path)) for path, one in members(self.definition, section)]

    def called(self, one: Any, path: Path) -> str:
        """What an element is called; a workflow without a name after the case types that run through it."""
        if path[0] != "workflows" or not isinstance(one, Mapping) or one.get("label"):
            return name_of(one)
        kinds = self.definition.get("case_types") or ()
        mine = [
            name_of(each)
            for each in kinds
            if isinstance(each, Mapping) and each.get("workflow") == one.get("key")
        ]
        return listed(mine) or name_of(one)

    def _member(self, path: Path, label: str) -> Member:
        last = path[-1]
        key = last.key if isinstance(last, Key) else str(last)
        place = written(path)
        return Member(place, label or key, key, self.address(place))

    def troubles_in(self, place: str) -> list[Trouble]:
        """The problems of an element and of everything in it."""
        return [one for one in self.known.troubles if is_within(one.element, place)]

    def address(self, place: str) -> str:
        """The page on which what stands at a path is edited."""
        return address(self.policy, place)

    def offered(self, attribute: Any, place: str) -> list[Offer]:
        """What a reference of the element at the path may choose."""
        return self.known.offers.of(attribute, parse(place) if place else ())


def address(policy: str, place: str) -> str:
    """The page of the designer on which what stands at a path is edited."""
    path = parse(place)
    if not path:
        return url_for("designer.overview", policy=policy)
    section = str(path[0])
    if SECTIONS[section].written == "table" or len(path) == 1:
        at = written(path) if len(path) > 1 else None
        return url_for("designer.section", policy=policy, section=section, at=at)
    step = path[1]
    element = step.key if isinstance(step, Key) else str(step) if isinstance(step, str) else f"#{step.index}"
    at = written(path) if len(path) > 2 else None
    return url_for("designer.element", policy=policy, section=section, element=element, at=at)


def element_path(section: Section, element: str) -> str:
    """The path of an element by the name that stands in its address."""
    if section.written == "table":
        return section.name
    if not element:
        return ""
    return f"{section.name}[{element}]" if section.written == "list" else f"{section.name}.{element}"


def shape_at(place: str) -> Shape | None:
    """The shape of the element at a path."""
    found = spot(parse(place))
    if found.is_element:
        return found.shape
    if found.attribute is not None and found.attribute.kind == "table" and not found.free:
        return SHAPES.get(found.attribute.of)
    return None
