"""The reference of the format 格式对照表: tables of attributes, effects and words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from documents.rules.grammar import EFFECTS, SECTIONS, SHAPES, Attribute, Section, Shape, Words
from documents.rules.grammar.forms import FIELD, FIELD_TYPES, NOT_IN_ROWS, SEARCHED
from documents.rules.patterns import PATTERNS

KINDS: Final[Mapping[str, Words]] = {
    "key": ("代码", "key"),
    "text": ("{zh, en}", "{zh, en}"),
    "long_text": ("{zh, en}", "{zh, en}"),
    "letter_text": ("{zh, en}，可并入字段", "{zh, en} with merge fields"),
    "template": ("文字，可并入字段", "text with merge fields"),
    "string": ("文字", "text"),
    "pattern": ("编号格式", "pattern"),
    "whole": ("整数", "whole number"),
    "number": ("数", "number"),
    "flag": ("true / false", "true / false"),
    "one_of": ("选一", "one of"),
    "some_of": ("选若干", "some of"),
    "reference": ("引用", "key of"),
    "references": ("引用若干", "keys of"),
    "condition": ("表达式", "expression"),
    "formula": ("表达式", "expression"),
    "date": ("日期 2026-01-31", "date 2026-01-31"),
    "month_day": ("月日 06-15", "day of the year 06-15"),
    "month_days": ("月日列表", "days of the year"),
    "clock": ("时刻 17:30", "clock time 17:30"),
    "moment": ("提醒时刻", "moment"),
    "moments": ("提醒时刻列表", "moments"),
    "step": ("间隔 5wd", "interval 5wd"),
    "people": ("人员列表", "people"),
    "effects": ("效果列表", "effects"),
    "goal": ("环节，或分支列表", "stage, or branches"),
    "reach": ("范围", "reach"),
    "table": ("键值表", "table"),
    "elements": ("列表", "list"),
    "mapping": ("名称: 字段", "name: field"),
    "keyed_texts": ("代码: {zh, en}", "key: {zh, en}"),
    "count": ("统计条件", "conditions"),
    "texts": ("文字列表", "texts"),
    "value": ("任意值", "any value"),
    "bound": ("数、日期或 today-30", "number, date or today-30"),
}
WRITTEN: Final[Mapping[str, Words]] = {
    "table": ("键值表", "table"),
    "list": ("列表", "list"),
    "named": ("名称: 键值表", "name: table"),
    "named_lists": ("名称: 列表", "name: list"),
    "named_texts": ("名称: {zh, en}", "name: {zh, en}"),
}
HEAD: Final = "| 属性 | 含义 Meaning | 写法 Written as | 必填 |\n| --- | --- | --- | --- |"


def tables() -> dict[str, str]:
    """Every table of the reference by name, in Markdown."""
    return {
        "sections": _sections(),
        "field_types": _field_types(),
        "patterns": _named("格式", {name: one.words for name, one in PATTERNS.items()}),
        "effects": _effects(),
        **{name: _shape(shape) for name, shape in SHAPES.items()},
    }


def _sections() -> str:
    head = "| 部分 | 含义 Meaning | 文件 File | 写法 Written as | 必有 |\n| --- | --- | --- | --- | --- |"
    return "\n".join([head, *(_section(name, one) for name, one in SECTIONS.items())])


def _section(name: str, one: Section) -> str:
    written = " ".join(WRITTEN[one.written])
    return f"| `{name}` | {_words(one.words)} | {one.file}.yaml | {written} | {'✓' if one.needed else ''} |"


def _named(head: str, words: Mapping[str, Words]) -> str:
    rows = [f"| `{name}` | {_words(said)} |" for name, said in words.items()]
    return "\n".join([f"| {head} | 含义 Meaning |\n| --- | --- |", *rows])


def _field_types() -> str:
    """What each type of field is kept as, asks, and is searched by; read off the grammar."""
    heads = "类型", "含义 Meaning", "存为 Stored as", "专有属性 Own attributes"
    head = f"| {' | '.join(heads)} | 检索 Search | 脱敏 Mask | 明细表内 In tables |"
    rows = [
        f"| `{kind}` | {_words(said)} | {_words(STORED[kind])} | {_codes(_own(kind))} "
        f"| {_codes(list(SEARCHED.get(kind, ())))} | {_yes(kind in FIELD.attribute('mask').only)} "
        f"| {_yes(kind not in NOT_IN_ROWS)} |"
        for kind, said in FIELD_TYPES.items()
    ]
    return "\n".join([head, "| --- | --- | --- | --- | --- | --- | --- |", *rows])


def _own(kind: str) -> list[str]:
    """The attributes that few types have, and this one."""
    return [one.name for one in FIELD.attributes if kind in one.only and len(one.only) <= MOST_SHARING]


def _yes(holds: bool) -> str:
    return "✓" if holds else ""


MOST_SHARING: Final = 16  # more than these share the attribute: it is nobody's own
TEXTS: Final = ("文字", "text")
STORED: Final[Mapping[str, Words]] = {
    **dict.fromkeys(("text", "longtext", "phone", "email", "id_number", "case", "series"), TEXTS),
    "number": ("整数或小数", "whole number or decimal"),
    "money": ("两位小数", "decimal of two places"),
    "percent": ("小数 0–100", "decimal 0–100"),
    "date": ("2026-01-31", "2026-01-31"),
    "time": ("17:30", "17:30"),
    "datetime": ("时刻（UTC）", "moment (UTC)"),
    "duration": ("整分钟", "whole minutes"),
    "bool": ("true", "true"),
    "consent": ("{given, language, sha256, at}", ""),
    "choice": ("选项代码", "key of an option"),
    "choices": ("选项代码列表", "keys of options"),
    "tree": ("选项代码", "key of an option"),
    "person": ("人员代码", "key of a person"),
    "unit": ("单位代码", "code of a unit"),
    "address": (
        "文字，或 {province, city, county, street, detail, text}",
        "text, or its parts",
    ),
    "files": ("附件列表", "list of files"),
    "signature": ("{name, by, at, sha256, drawn: {file_id, size, sha256}}", ""),
    "table": ("各行列表", "list of rows"),
    "group": ("–", "–"),
    "computed": ("结果", "the result"),
    "lookup": ("{snapshot, words, of, id, at}", ""),
    "note": ("–", "–"),
}


def _shape(shape: Shape) -> str:
    return "\n".join([HEAD, *(_attribute(one) for one in shape.all_attributes)])


def _effects() -> str:
    head = "| 效果 | 含义 Meaning | 写法 Written as | 附带属性 With |\n| --- | --- | --- | --- |"
    return "\n".join([head, *(_effect(parts) for parts in EFFECTS.values())])


def _effect(parts: tuple[Attribute, ...]) -> str:
    own, *others = parts
    with_ = "；".join(f"`{one.name}` {one.words[0]}（{_kind(one)}）" for one in others)
    return f"| `{own.name}` | {_words(own.words)} | {_kind(own)} | {with_} |"


def _attribute(one: Attribute) -> str:
    said = _words(one.words) + (f"。{one.help[0]} {one.help[1]}" if one.help else "")
    only = f"；仅 only: {_codes(sorted(one.only))}" if one.only and len(one.only) <= 6 else ""
    return f"| `{one.name}` | {said} | {_kind(one)}{only} | {'✓' if one.needed else ''} |"


def _kind(one: Attribute) -> str:
    said = " ".join(dict.fromkeys(KINDS[one.kind]))
    if one.of:
        said += f" `{one.of}`"
    words = [*one.choices, *one.also]
    return f"{said}：{_codes(words)}" if words else said


def _codes(names: list[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


def _words(words: Words) -> str:
    return " ".join(dict.fromkeys(word for word in words if word))


def filled(document: str) -> str:
    """A document with every table between `<!-- table: name -->` and `<!-- end -->` written anew."""
    found = tables()
    return TABLE.sub(lambda match: f"{match[1]}\n{found[match[2]]}\n{match[3]}", document)


TABLE: Final = re.compile(r"(<!-- table: ([a-z_]+) -->)\n.*?(<!-- end -->)", re.DOTALL)
