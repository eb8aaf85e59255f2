"""Values of the right kind 值的种类检查: a text where a text belongs, a list where a list belongs.

What is of another kind is named and left out of the definition that the other checks then look into, so
that they find everything else at once and never stumble.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from documents.rules.figures import COUNTED
from documents.rules.grammar import EFFECTS, SECTIONS, SHAPES, Attribute, Section, Shape, Words
from documents.rules.policy_problems import Definition, Findings, mark, shown

DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
# Attributes and words of these are looked at by no other check.
UNREAD_SHAPES: Final = frozenset(
    {"policy", "figure", "report_table", "report_section", "retention", "rows", "branch", "section"}
)
UNREAD_CHOICES: Final = frozenset({"width", "draft", "as", "kind"})
NOTHING: Final = object()


def of_right_kind(definition: Definition, findings: Findings) -> dict[str, Any]:
    """The definition without the values that are of a wrong kind, each of which is named."""
    reader = _Reader(findings)
    return {
        name: reader.section(SECTIONS[name], value) if name in SECTIONS else value
        for name, value in definition.items()
    }


class _Reader:
    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def section(self, section: Section, value: Any) -> Any:
        """A section as the checks may look into it."""
        if section.name == "scenarios":  # what people type; it has a check of its own
            return value
        shape = SHAPES.get(section.shape)
        if section.written == "list":
            return self._elements(section.name, value, shape)
        if section.written == "table":
            return self._table(section.name, value, shape)
        inner = {"named": self._table, "named_lists": self._elements}.get(section.written, self._text)
        read = {
            str(name): inner(f"{section.name}[{shown(name)}]", part, shape) for name, part in value.items()
        }
        return {name: part for name, part in read.items() if part is not NOTHING}

    def _text(self, path: str, value: Any, _shape: Shape | None = None) -> Any:
        return value if _is_text(value) else self._say(path, TEXT)

    def _table(self, path: str, value: Any, shape: Shape | None) -> Any:
        if not isinstance(value, Mapping):
            return self._say(path, TABLE)
        if shape is None:
            return dict(value)
        if shape.name == "option" and not isinstance(value.get("key"), str):
            return self._say(path, OPTION)
        known = {one.name: one for one in shape.all_attributes}
        if shape.name in UNREAD_SHAPES:
            self._complete(path, value, known)
        read = {
            str(name): self._attribute(f"{path}.{shown(name)}", part, known[name]) if name in known else part
            for name, part in value.items()
        }
        return {name: part for name, part in read.items() if part is not NOTHING}

    def _complete(self, path: str, value: Definition, known: Mapping[str, Attribute]) -> None:
        self.findings.attributes(path, value, frozenset(known))
        for name, one in known.items():
            if one.needed and name not in value:
                said = f"缺少“{one.words[0]}”（{name}）", f"“{one.words[1]}” ({name}) is missing"
                self.findings.say(path, *said, (f"请写 {name}: …", f"write {name}: …"))

    def _elements(self, path: str, value: Any, shape: Shape | None) -> Any:
        if not isinstance(value, list | tuple):
            return self._say(path, ELEMENTS)
        if len(value) > MOST_ELEMENTS and (shape is None or shape.name != "option"):
            return self._say(path, FEWER)
        read = [
            self._table(f"{path}[{mark(one, f'#{index}')}]", one, shape) for index, one in enumerate(value)
        ]
        return [one for one in read if one is not NOTHING]

    def _attribute(self, path: str, value: Any, one: Attribute) -> Any:
        if one.kind == "table":
            return self._table(path, value, SHAPES[one.of])
        if one.kind == "elements":
            return self._elements(path, value, SHAPES[one.of])
        if one.kind in PEOPLE_KINDS and isinstance(value, list | tuple):
            return [part for part in value if isinstance(part, Mapping)] if one.kind == "goal" else value
        fits, words = KINDS[one.kind]
        if not fits(value):
            return self._say(path, words)
        if one.name in UNREAD_CHOICES and one.choices and value not in one.choices:
            self.findings.wants(path, value, one.choices, one.words)
            return NOTHING
        return self._inside(path, value, one)

    def _inside(self, path: str, value: Any, one: Attribute) -> Any:
        if one.kind == "effects":
            return self._effects(path, value)
        if one.kind == "count":
            self.findings.attributes(path, value, frozenset(COUNTED))
        return value

    def _effects(self, path: str, value: Any) -> list[Any]:
        """Each effect with its parts; an unknown effect is left to the check of the flow."""
        read = []
        for index, effect in enumerate(value):
            verb = next((name for name in effect if name in EFFECTS), None) if _is_table(effect) else None
            if verb is None:
                read.append(effect)
                continue
            known = {one.name: one for one in EFFECTS[verb]}
            parts = {
                str(name): self._attribute(f"{path}[{index}].{name}", part, known[name])
                if name in known
                else part
                for name, part in effect.items()
            }
            read.append({name: part for name, part in parts.items() if part is not NOTHING})
        return [one for one in read if one]

    def _say(self, path: str, words: Words) -> Any:
        zh, en = words
        self.findings.say(path, f"应为{zh}", f"must be {en}", (f"请改写为{zh}", f"write {en}"))
        return NOTHING


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_text(value: Any) -> bool:
    """A text in two languages; whether both are there is said elsewhere."""
    return isinstance(value, Mapping) and all(isinstance(value.get(one, ""), str) for one in ("zh", "en"))


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _strings(value: Any) -> bool:
    return _is_string(value) or (isinstance(value, list | tuple) and all(map(_is_string, value)))


def _mapping(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_string, value.values()))


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and DAY.fullmatch(value) is not None


Kind = tuple[Callable[[Any], bool], Words]
TEXT: Final[Words] = ("双语文字 {zh: …, en: …}", "a text {zh: …, en: …}")
TABLE: Final[Words] = ("键值表", "a table")
OPTION: Final[Words] = ("有 key 的选项 {key: …, label: …}", "an option {key: …, label: …}")
ELEMENTS: Final[Words] = ("列表", "a list of tables")
MOST_ELEMENTS: Final = 1_000  # of one list, but for options; some checks hold each against each
FEWER: Final[Words] = (f"至多 {MOST_ELEMENTS} 项的列表", f"a list of at most {MOST_ELEMENTS} elements")
STRING: Final[Kind] = (_is_string, ("文字（数字和真假要加引号）", "a text (quote numbers and truth values)"))
STRINGS: Final[Kind] = (_strings, ("一列文字 [a, b]", "texts [a, b]"))
PEOPLE_KINDS: Final = frozenset({"people", "goal"})

KINDS: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(("text", "long_text", "letter_text"), (_is_text, TEXT)),
    **dict.fromkeys(("key", "string", "template", "pattern", "reference", "one_of"), STRING),
    **dict.fromkeys(("month_day", "clock", "moment", "step"), STRING),
    **dict.fromkeys(("references", "some_of", "texts", "month_days"), STRINGS),
    "formula": (lambda value: _is_string(value) or _is_number(value), ("表达式", "an expression")),
    "condition": (lambda value: isinstance(value, str | bool), ("表达式或 true、false", "an expression")),
    "whole": (_is_whole, ("整数", "a whole number")),
    "number": (_is_number, ("数", "a number")),
    "flag": (lambda value: isinstance(value, bool), ("true 或 false", "true or false")),
    "date": (_is_day, ("日期，如 2026-01-31", "a date such as 2026-01-31")),
    "moments": (lambda value: isinstance(value, list | tuple), ("列表 [due-3wd, due]", "a list")),
    "people": (_is_table, ("人员列表 [{role: …, at: …}]", "people [{role: …, at: …}]")),
    "effects": (lambda value: isinstance(value, list | tuple), ("效果列表", "a list of effects")),
    "goal": (
        lambda value: value is None or _is_string(value),
        ("环节，或分支列表 [{when: …, go: …}]", "a stage, or branches"),
    ),
    "reach": (lambda value: isinstance(value, str | Mapping), ("范围", "a reach")),
    "mapping": (_mapping, ("“名称: 字段”的键值表", "a table “name: field”")),
    "keyed_texts": (_is_table, TABLE),
    "count": (_is_table, TABLE),
    "bound": (
        lambda value: _is_string(value) or _is_number(value),
        ("数、日期或 today-30", "a number or date"),
    ),
    "value": (lambda _value: True, TABLE),
}
