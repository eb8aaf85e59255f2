"""The words of the grammar 制度语法的词: an attribute, and the shape of an element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final

Words = tuple[str, str]  # Chinese, English
Choices = Mapping[str, Words]

# How the value of an attribute is written. "elements" and "table" name another shape in `of`;
# "reference(s)" name a section, or `fields`, `stages`, `transitions`, `options`, `slots`, `levels`.
KINDS: Final = frozenset(
    {
        *("key", "text", "long_text", "letter_text", "template", "string", "pattern", "whole", "number"),
        *("flag", "one_of", "some_of", "reference", "references", "condition", "formula", "date"),
        *("month_day", "month_days", "clock", "moment", "moments", "step", "people", "effects", "goal"),
        *("reach", "table", "elements", "mapping", "keyed_texts", "count", "texts", "value", "bound"),
    }
)


@dataclass(frozen=True)
class Attribute:
    """One attribute 属性 of an element: how it is written, what it is called, and what it may hold."""

    name: str
    kind: str
    words: Words
    help: Words | None = None
    of: str = ""
    choices: Choices = field(default_factory=lambda: MappingProxyType({}))
    needed: bool = False
    also: tuple[str, ...] = ()  # words that a reference may hold beside the keys
    only: frozenset[str] = frozenset()  # for which `type` of element; empty: for all

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"attribute {self.name!r}: unknown kind {self.kind!r}")


@dataclass(frozen=True)
class Shape:
    """The shape of an element 要素: its attributes, in the order in which people fill them in."""

    name: str
    words: Words
    attributes: tuple[Attribute, ...]
    keyed: bool = True  # whether elements of a list carry a key
    sourced: bool = True  # whether it may say where it comes from

    @cached_property
    def all_attributes(self) -> tuple[Attribute, ...]:
        """With the key in front, and where it comes from behind."""
        return (*((KEY,) if self.keyed else ()), *self.attributes, *(ORIGIN if self.sourced else ()))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all attributes."""
        return frozenset(one.name for one in self.all_attributes)

    def fitting(self, kind: str) -> frozenset[str]:
        """The names of the attributes that an element of this type may have."""
        return frozenset(one.name for one in self.all_attributes if not one.only or kind in one.only)

    def needs(self, name: str) -> bool:
        """Whether an element is incomplete without the attribute."""
        return any(one.name == name and one.needed for one in self.all_attributes)

    def attribute(self, name: str) -> Attribute:
        """One attribute; raises KeyError."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, Attribute]:
        return {one.name: one for one in self.all_attributes}


BASES: Final[Choices] = {
    "stated": ("条文明确规定", "Stated by the text"),
    "inferred": ("据条文推定", "Inferred from the text"),
    "ours": ("本系统默认", "Our default"),
}
KEY: Final = Attribute(
    "key",
    "key",
    ("代码", "Key"),
    ("发布后不能更改；改名请用“更名”", "Never changes once published"),
    needed=True,
)
LABEL: Final = Attribute("label", "text", ("名称", "Name"), needed=True)
TITLE: Final = Attribute("title", "text", ("标题", "Title"), needed=True)
WHEN: Final = Attribute("when", "condition", ("适用条件", "Applies when"))
ORIGIN: Final = (
    Attribute("source", "string", ("依据条文", "Article")),
    Attribute("basis", "one_of", ("依据性质", "Basis"), choices=BASES),
    Attribute("note", "text", ("备注", "Note")),
)
