"""The property panel 属性面板 of an element, generated from the grammar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from admin_views.designer.bench import Bench, shape_at
from admin_views.designer.offers import Offer
from admin_views.designer.settings import ORIGINS, SMALL, USUAL, Setting
from admin_views.designer.troubles import Trouble
from admin_views.designer.words import name_of, place_words, spoken
from documents.actions.designing import published_targets
from documents.rules.grammar import EFFECTS, SHAPES, Attribute, Shape
from documents.rules.grammar.parts import WHEN
from documents.rules.grammar_paths import NESTED, spot
from documents.rules.keyed_paths import Key, Place, look_up, parse, written
from documents.rules.mentions import Mention
from documents.rules.seeds import proposed_key

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Use:
    """A place that names the element."""

    words: str
    address: str


@dataclass
class Panel:
    """Everything that the panel of one element shows."""

    bench: Bench
    place: str
    shape: Shape
    element: Definition

    @property
    def noun(self) -> str:
        """What kind of element it is."""
        return spoken(self.shape.words)

    @property
    def heading(self) -> str:
        """What it is called."""
        return self.bench.called(self.element, parse(self.place)) or self.noun

    @cached_property
    def settings(self) -> list[Setting]:
        """Every attribute that an element of this type may have."""
        kind = str(self.element.get("type", ""))
        return [
            self._setting(one)
            for one in self.shape.all_attributes
            if (not one.only or kind in one.only or one.name in self.element) and not self._is_policy_key(one)
        ]

    def _is_policy_key(self, one: Attribute) -> bool:
        return one.kind == "key" and self.place == "policy"

    def _setting(self, one: Attribute) -> Setting:
        wrong = tuple(
            each
            for each in self.bench.known.troubles
            if each.element == self.place and each.attribute == one.name
        )
        fixed = one.kind == "key" and self.is_published
        value, path = self.element.get(one.name), f"{self.place}.{one.name}"
        return Setting(
            one, path, value, tuple(self._offers(one)), wrong, fixed, self._inner(one, path, value)
        )

    def _inner(self, one: Attribute, path: str, value: Any) -> tuple[Setting, ...]:
        """The settings of a small table, which are shown in the place of the table."""
        if one.kind != "table" or one.of not in SMALL or not isinstance(value, Mapping):
            return ()
        return tuple(Panel(self.bench, path, SHAPES[one.of], value).settings)

    def _offers(self, one: Attribute) -> list[Offer]:
        if one.kind in ("reference", "references", "mapping"):
            return self.bench.offered(one, self.place)
        if one.kind == "goal":
            return self.bench.known.offers.kind("stages", parse(self.place))
        if one.name == "default" and self.element.get("options"):
            return self.bench.known.offers.options(str(self.element["options"]))
        return []

    @property
    def main(self) -> list[Setting]:
        """What one sets first, and everything that is set already or wrong."""
        return [one for one in self.settings if self._is_main(one)]

    @property
    def more(self) -> list[Setting]:
        """What one seldom sets."""
        return [one for one in self.settings if not self._is_main(one) and one.attribute.name not in ORIGINS]

    @property
    def origin(self) -> list[Setting]:
        """Where the element comes from."""
        return [one for one in self.settings if one.attribute.name in ORIGINS]

    def _is_main(self, one: Setting) -> bool:
        name = one.attribute.name
        if name in ORIGINS:
            return False
        few = "[" not in self.place  # a part that stands alone has nothing to be quick about
        return few or one.attribute.needed or name in USUAL or one.value is not None or bool(one.wrong)

    @property
    def elsewhere_wrong(self) -> list[Trouble]:
        """The problems of the element that no control of the panel shows."""
        shown = {each for one in self.settings for each in one.wrong}
        found = self.bench.known.troubles
        return [one for one in found if one.element == self.place and one not in shown]

    @cached_property
    def uses(self) -> list[Use]:
        """Every place that names the element."""
        return self._told(self.bench.known.used.of(self.place))

    @cached_property
    def inner_uses(self) -> list[Use]:
        """Every place that names something inside the element, and hinders taking it away."""
        known = {(one.words, one.address) for one in self.uses}
        found = self._told(self.bench.known.used.hinders(self.place))
        return [one for one in found if (one.words, one.address) not in known]

    def _told(self, found: Iterable[Mention]) -> list[Use]:
        told = ((place_words(self.bench.definition, one.path, one.attribute), one.path) for one in found)
        return [Use(words, self.bench.address(path)) for words, path in dict.fromkeys(told)]

    @cached_property
    def is_published(self) -> bool:
        """Whether a published version has the element: then its key stays."""
        target = self.bench.known.used.target(self.place)
        return target is not None and target in published_targets(self.bench.policy)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The elements around this one: (name, path)."""
        path = parse(self.place)
        around = [
            written(path[:length]) for length in range(1, len(path)) if shape_at(written(path[:length]))
        ]
        return [(name_of(self.bench.reach(place)) or place, place) for place in around]

    @property
    def is_member(self) -> bool:
        """Whether it stands in a list: then it can be moved, copied and taken away."""
        path = parse(self.place)
        return len(path) > 1 and isinstance(path[-1], Key | Place)

    @property
    def is_named(self) -> bool:
        """Whether it stands in a table of named elements: then it can be taken away."""
        path = parse(self.place)
        return len(path) == 2 and isinstance(path[-1], str) and spot(path).attribute is None

    @property
    def owner(self) -> str:
        """The list that it stands in."""
        return written(parse(self.place)[:-1])

    @property
    def neighbours(self) -> tuple[Any, Any]:
        """What a move up and a move down go before: a key or a place; None where there is no way."""
        path = parse(self.place)
        beside = look_up(self.bench.definition, path[:-1])
        if not isinstance(beside, list):
            return None, None
        at = next(index for index, one in enumerate(beside) if one is self.element or one == self.element)
        up = _mark(beside, at - 1) if at > 0 else None
        if at + 1 >= len(beside):
            return up, None
        # A move takes the element out first: what has no key is counted without it.
        after = _mark(beside, at + 2) if at + 2 < len(beside) else ""
        return up, at + 1 if isinstance(after, int) else after

    @property
    def retirable(self) -> bool:
        """Whether it can be put out of use and keep what it holds."""
        return "retired" in self.shape.names and not self.element.get("retired")

    @property
    def english_key(self) -> str:
        """The key that its English name would give."""
        text = self.element.get("label") or self.element.get("title")
        english = text.get("en") if isinstance(text, Mapping) else ""
        wanted = proposed_key(english, (), "")
        return wanted if wanted and not wanted.startswith("_") else ""


def _mark(beside: list[Any], index: int) -> str | int:
    one = beside[index]
    return str(one["key"]) if isinstance(one, Mapping) and "key" in one else index


class ListPanel(Panel):
    """The panel of an option list: it has no attributes of its own."""

    @property
    def heading(self) -> str:
        """What people call the list."""
        return self.bench.known.offers.list_label(str(parse(self.place)[-1]))

    @cached_property
    def settings(self) -> list[Setting]:
        """None."""
        return []


class TextPanel(Panel):
    """The panel of a name that stands by itself."""

    @cached_property
    def settings(self) -> list[Setting]:
        """The text."""
        text = Attribute("label", "text", ("名称", "Name"), needed=True)
        return [Setting(text, self.place, self.element)]


NO_SHAPE = Shape("", ("", ""), (), keyed=False, sourced=False)


def panel(bench: Bench) -> Panel | None:
    """The panel of what is chosen; None in an empty section, or for what is no element."""
    if not bench.chosen:
        return None
    shape, element = shape_at(bench.chosen), bench.reach(bench.chosen)
    if shape is not None and isinstance(element, Mapping):
        return Panel(bench, bench.chosen, shape, element)
    noun = replace(NO_SHAPE, words=bench.section.words)
    if bench.section.written == "named_lists" and isinstance(element, list):
        return ListPanel(bench, bench.chosen, noun, {})
    if bench.section.written == "named_texts" and isinstance(element, Mapping):
        return TextPanel(bench, bench.chosen, noun, element)
    return None


def inner_shape(attribute: Attribute) -> Shape | None:
    """The shape of the elements that an attribute holds."""
    return SHAPES.get(attribute.of or NESTED.get(attribute.kind, ""))


def effect_attributes(name: str) -> tuple[Attribute, ...]:
    """The attributes of an effect, with the condition under which it happens."""
    return (*EFFECTS[name], WHEN)
