"""An expression in plain words 表达式的文字: for the designer, for problems and for differences.

    'major' in severity and amount >= 1000
    “严重程度”包含“重大”，且“金额”大于等于 1000

Labels are passed in; nothing here knows a policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import Tree

Text = Mapping[str, str]
LANGUAGES: Final = ("zh", "en")


@dataclass(frozen=True)
class Labels:
    """What fields and facts are called, and the options with which they are compared."""

    name: Callable[[str], Text | None]
    option: Callable[[str, str], Text | None]


Pattern = tuple[str, str]  # Chinese, English

# {0} and {1} are the parts.
OPERATIONS: Final[Mapping[str, Pattern]] = MappingProxyType(
    {
        "==": ("{0}等于{1}", "{0} is {1}"),
        "!=": ("{0}不等于{1}", "{0} is not {1}"),
        "<": ("{0}小于{1}", "{0} is less than {1}"),
        "<=": ("{0}小于等于{1}", "{0} is at most {1}"),
        ">": ("{0}大于{1}", "{0} is more than {1}"),
        ">=": ("{0}大于等于{1}", "{0} is at least {1}"),
        "in": ("{1}包含{0}", "{1} contains {0}"),
        "not in": ("{1}不包含{0}", "{1} does not contain {0}"),
        "among": ("{0}是{1}之一", "{0} is one of {1}"),
        "not among": ("{0}不是{1}中的任何一个", "{0} is none of {1}"),
        "+": ("{0}加{1}", "{0} plus {1}"),
        "-": ("{0}减{1}", "{0} minus {1}"),
        "*": ("{0}乘以{1}", "{0} times {1}"),
        "/": ("{0}除以{1}", "{0} divided by {1}"),
        "negative": ("负{0}", "minus {0}"),
        "if": ("如果{0}，则为{1}，否则为{2}", "{1} if {0}, otherwise {2}"),
        "not": ("并非（{0}）", "not ({0})"),
        "yes": ("{0}为是", "{0} is yes"),
        "no": ("{0}不为是", "{0} is not yes"),
        "empty": ("{0}未填写", "{0} is empty"),
        "filled": ("{0}已填写", "{0} is filled in"),
        "len": ("{0}的长度", "the length of {0}"),
        "sum": ("{0}的合计", "the sum of {0}"),
        "count": ("{0}的项数", "the number of {0}"),
        "min": ("{0}中最小的", "the least of {0}"),
        "max": ("{0}中最大的", "the greatest of {0}"),
        "any_of": ("{0}中任一成立", "any of {0} holds"),
        "all_of": ("{0}全部成立", "all of {0} hold"),
        "round": ("{0}四舍五入到整数", "{0} rounded to a whole number"),
        "round to": ("{0}四舍五入到 {1} 位小数", "{0} rounded to {1} decimal places"),
        "abs": ("{0}的绝对值", "the absolute value of {0}"),
        "days": ("从{0}到{1}的天数", "the days from {0} to {1}"),
    }
)
CONDITIONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "not in", "empty", "any_of", "all_of"})
MANY: Final = frozenset({"sum", "count", "min", "max", "any_of", "all_of"})
BINDING: Final = MappingProxyType({"if": 0, "or": 1, "and": 2, "+": 4, "-": 4, "*": 5, "/": 5})
COMPARING: Final = 3
TIGHT: Final = 9
TODAY: Final = MappingProxyType({"zh": "今天", "en": "today"})
JOINED: Final[Mapping[str, Pattern]] = MappingProxyType({"and": ("，且", " and "), "or": ("，或", " or ")})


def in_words(tree: Tree, labels: Labels) -> dict[str, str]:
    """The expression in Chinese and in English."""
    return {
        language: _Speaker(place, language, labels).condition(tree, 0)
        for place, language in enumerate(LANGUAGES)
    }


# Why a text is no expression, by the code of the refusal.
REFUSALS: Final[Mapping[str, Pattern]] = MappingProxyType(
    {
        "expression_not_readable": ("写得不完整或有误", "it is incomplete or malformed"),
        "expression_not_allowed": ("不支持“{part}”", "“{part}” is not supported"),
        "expression_too_long": ("超过 {max} 个字符", "it is longer than {max} characters"),
        "expression_too_large": (
            "太复杂，最多 {parts} 个部分、{depth} 层",
            "it is too complex: at most {parts} parts and {depth} levels",
        ),
        "expression_number_too_long": ("数字“{part}”位数太多", "the number “{part}” has too many digits"),
        "expression_arguments": (
            "{part}() 的参数应为 {min} 到 {max} 个",
            "{part}() takes {min} to {max} arguments",
        ),
    }
)


def why_refused(refusal: PolicyInvalid) -> Pattern:
    """Why a text is no expression, in Chinese and in English."""
    zh, en = REFUSALS[refusal.code]
    return zh.format(**refusal.facts), en.format(**refusal.facts)


@dataclass(frozen=True)
class _Speaker:
    """One language; `bound` says how tightly the words around hold together: brackets stand accordingly."""

    place: int
    language: str
    labels: Labels

    def condition(self, tree: Tree, bound: int) -> str:
        """A part of which only yes or no is asked."""
        head = tree[0]
        if head == "name":
            return self._say("yes", self._value(tree, TIGHT))
        if head == "not":
            return self._not(tree[1], bound)
        if head in JOINED:
            return self._joined(tree, bound)
        return self._value(tree, bound)

    def _not(self, tree: Tree, bound: int) -> str:
        head = tree[0]
        if head == "name":
            return self._say("no", self._value(tree, TIGHT))
        if head == "empty":
            return self._say("filled", self._value(tree[1], TIGHT))
        if head in ("in", "not in"):
            return self._value(["in" if head == "not in" else "not in", *tree[1:]], bound)
        return self._say("not", self.condition(tree, 0))

    def _joined(self, tree: Tree, bound: int) -> str:
        binding = BINDING[tree[0]]
        words = JOINED[tree[0]][self.place].join(self.condition(part, binding + 1) for part in tree[1:])
        return self._bracketed(words) if binding < bound else words

    def _value(self, tree: Tree, bound: int, about: str = "") -> str:
        """A part whose value counts; `about` is the name whose options its texts are."""
        head = tree[0]
        if head in ("value", "number"):
            return self._literal(tree[1], about) if head == "value" else self._number(tree[1])
        if head == "name":
            return self._name(tree[1])
        if head == "list":
            comma = "、" if self.language == "zh" else ", "
            return comma.join(self._value(part, TIGHT, about) for part in tree[1:])
        if head in ("and", "or", "not"):
            return self._bracketed(self.condition(tree, 0))
        words, binding = self._operation(tree)
        return self._bracketed(words) if binding < bound else words

    def _operation(self, tree: Tree) -> tuple[str, int]:
        head, *parts = tree
        if head == "if":
            return self._say(
                "if", self.condition(parts[0], 1), *(self._value(one, 1) for one in parts[1:])
            ), 0
        if head in ("==", "!=") and ["value", None] in parts:
            known = parts[0] if parts[1] == ["value", None] else parts[1]
            return self._say("empty" if head == "==" else "filled", self._value(known, TIGHT)), COMPARING
        if head == "-" and parts[0] == ["value", 0]:
            return self._say("negative", self._value(parts[1], TIGHT)), BINDING["-"]
        if head in CONDITIONS and len(parts) == 2 and head not in MANY:
            return self._comparison(head, parts), COMPARING
        if head in ("+", "-", "*", "/"):
            binding = BINDING[head]
            return self._say(
                head, self._value(parts[0], binding), self._value(parts[1], binding + 1)
            ), binding
        return self._function(head, parts), TIGHT if head not in CONDITIONS else COMPARING

    def _comparison(self, head: str, parts: list[Tree]) -> str:
        left, right = parts
        about = [part[1] if part[0] == "name" else "" for part in parts]
        if head in ("in", "not in") and right[0] == "list":
            head = "among" if head == "in" else "not among"
        one = self._value(left, COMPARING + 1, about[1])
        return self._say(head, one, self._value(right, COMPARING + 1, about[0]))

    def _function(self, head: str, parts: list[Tree]) -> str:
        if head == "round" and len(parts) == 2:
            head = "round to"
        if head in MANY and len(parts) > 1:
            return self._say(head, self._value(["list", *parts], TIGHT))
        return self._say(head, *(self._value(part, TIGHT) for part in parts))

    def _name(self, name: str) -> str:
        found = TODAY if name == "today" else self.labels.name(name) or {}
        said = str(found.get(self.language) or name)
        return f"“{said}”" if name != "today" else said

    def _literal(self, value: Any, about: str) -> str:
        if isinstance(value, str):
            label = self.labels.option(about, value) if about else None
            return f"“{(label or {}).get(self.language) or value}”"
        if value is None:
            return ("空", "nothing")[self.place]
        if isinstance(value, bool):
            return (("否", "no"), ("是", "yes"))[value][self.place]
        return self._number(str(value))

    def _number(self, digits: str) -> str:
        return f" {digits} " if self.language == "zh" else digits

    def _say(self, pattern: str, *parts: str) -> str:
        words = OPERATIONS[pattern][self.place].format(*(part for part in parts))
        return " ".join(words.split()) if self.language == "zh" else words

    def _bracketed(self, words: str) -> str:
        return f"（{words}）" if self.language == "zh" else f"({words})"
