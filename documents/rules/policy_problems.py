"""What is wrong with a policy 制度问题, in words that an administrator understands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from documents.rules.broken import PolicyInvalid
from documents.rules.expression_words import why_refused
from documents.rules.expressions import Tree, compile_expression, names
from documents.rules.policy_remedies import Words, instead_of, remedy_for

Definition = Mapping[str, Any]
T = TypeVar("T")
LONGEST_SHOWN = 120  # of an expression in a problem
MOST_HELPED = 500  # problems for which the right name is looked for
LONGEST_NAME = 60  # of a key or an attribute in a path
KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


class Problem(NamedTuple):
    """One thing that must be put right before publishing 待改正处: where it is, and what it is."""

    path: str
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""
    severity: str = "refuse"  # "refuse" keeps a definition from being published, "warn" does not


@dataclass
class Findings:
    """The problems gathered while a definition is read."""

    problems: list[Problem] = field(default_factory=list)
    _once: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, work_out: Callable[[], T]) -> T:
        """What hundreds of checks of one definition ask for, worked out once."""
        if name not in self._once:
            self._once[name] = work_out()
        found: T = self._once[name]
        return found

    def say(self, path: str, zh: str, en: str, remedy: Words | None = None) -> None:
        """Add one problem; without a remedy of its own it gets that of its kind."""
        self.problems.append(Problem(path, zh, en, *(remedy or remedy_for(zh))))

    def wants(self, path: str, key: Any, known: Iterable[str], noun: tuple[str, str]) -> bool:
        """Say so when a reference leads nowhere; whether it leads somewhere."""
        there = known if isinstance(known, Set | Mapping) else set(known)
        if isinstance(key, str) and key in there:
            return True
        self.say(
            path,
            f"引用的{noun[0]}“{key}”不存在",
            f"refers to the {noun[1]} “{key}”, which does not exist",
            instead_of(key, there if len(self.problems) < MOST_HELPED else ()),
        )
        return False

    def text(self, path: str, value: Any) -> None:
        """A text must be there in Chinese and in English."""
        if not isinstance(value, Mapping):
            self.say(path, "缺少中英文文字", "the text in Chinese and English is missing")
            return
        for language, zh, en in (("zh", "中文", "Chinese"), ("en", "英文", "English")):
            if not (isinstance(value.get(language), str) and value[language].strip()):
                self.say(path, f"缺少{zh}文字", f"the {en} text is missing")
        for name in sorted(str(name) for name, part in value.items() if part is None):
            words = f"文字在逗号处断开，多出“{name}”", f"the text breaks off at a comma, leaving “{name}”"
            self.say(path, *words, ("请给含逗号的文字加引号", "put a text with a comma into quotes"))

    def condition(self, path: str, text: Any, known: Iterable[str]) -> Tree | None:
        """A condition must be readable and name only what there is; its tree."""
        if text is None or isinstance(text, bool):
            return None
        shown = str(text)[:LONGEST_SHOWN]
        if not isinstance(text, str):
            self.say(path, f"表达式“{shown}”应为文字", f"the expression “{shown}” must be a text")
            return None
        try:
            tree = compile_expression(text)
        except PolicyInvalid as error:
            zh, en = why_refused(error)
            self.say(path, f"表达式“{shown}”无法识别：{zh}", f"cannot read “{shown}”: {en}")
            return None
        for name in sorted(names(tree) - set(known)):
            self.say(
                path,
                f"表达式“{shown}”引用了不存在的字段“{name}”",
                f"“{shown}” reads “{name}”, which is no field or fact",
                instead_of(name, known),
            )
        return tree

    def attributes(self, path: str, element: Definition, known: frozenset[str]) -> None:
        """An attribute that nothing reads is a slip of the pen."""
        for name in sorted(set(element) - known):
            words = f"不认识的属性“{name}”", f"unknown attribute “{name}”"
            self.say(path, *words, instead_of(name, known))


def elements(definition: Definition, section: str) -> list[Definition]:
    """The elements of a section; the shape check names what is none."""
    found = definition.get(section, ())
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, Sequence) else []


def table(value: Any) -> Definition:
    """A table as it is; anything else counts as an empty one (the shape check says so)."""
    return value if isinstance(value, Mapping) else {}


def keys(found: Iterable[Definition]) -> set[str]:
    """The keys of elements."""
    return {str(one["key"]) for one in found if "key" in one}


def named(found: Iterable[Definition], path: str) -> Iterator[tuple[str, Definition]]:
    """Each element with the path under which a problem names it."""
    for index, one in enumerate(found):
        yield f"{path}[{mark(one, index)}]", one


def mark(one: Any, index: int | str) -> int | str:
    """What names an element in a path: the beginning of its key, or its place where the key is no text."""
    key = one.get("key") if isinstance(one, Mapping) else None
    return shown(key) if isinstance(key, str) else index


def shown(name: object) -> str:
    """The beginning of a name, for a path: each path below it repeats it."""
    return str(name)[:LONGEST_NAME]


def as_list(value: Any) -> list[Any]:
    """A list as it is, nothing as an empty one, anything else as its only member."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
