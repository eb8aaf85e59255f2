"""Numbers of several policies in one house 编号冲突: no two of them may give out the same one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from documents.rules.fields import fields_of
from documents.rules.issuing import volume_numbering
from documents.rules.policy_portable import tables
from documents.rules.policy_problems import Findings, Problem, elements, table

Definition = Mapping[str, Any]
Atom = tuple[str, bool]  # a character, or DIGIT, WORD or CODE; whether it may come any number of times

Noun = tuple[str, str]

CASE: Final = ("编号", "number")
LETTER: Final = ("文号", "letter number")
SHEET: Final = ("单据号", "sheet number")
VOLUME: Final = ("档号", "archive number")
DIGIT, WORD, CODE = "digit", "word", "code"  # CODE: the code of a unit, with dashes
WIDTHS: Final = {"yyyy": 4, "year": 4, "mm": 2, "dd": 2}
WORDS: Final = ("fonds", "retention", "category")
PART = re.compile(r"\{(\w+)(?::(\d+))?\}")
REMEDY = ("请在格式中加入区别的前缀", "put a prefix of its own into the pattern")


def number_conflicts(definition: Definition, others: Mapping[str, Definition]) -> list[Problem]:
    """The case numbers, letter numbers 文号, sheet numbers and archive numbers 档号 that another policy in
    force could give out too."""
    findings = Findings()
    for path, noun, pattern in _patterns(definition):
        for policy, other in others.items():
            same = [theirs for _, kind, theirs in _patterns(other) if kind == noun and meet(pattern, theirs)]
            if same:
                findings.say(
                    path,
                    f"制度 {policy} 的{noun[0]}格式“{same[0]}”可能给出同样的{noun[0]}",
                    f"the policy {policy} could give the same {noun[1]} by its pattern “{same[0]}”",
                    REMEDY,
                )
    return findings.problems


def _patterns(definition: Definition) -> Iterator[tuple[str, Noun, str]]:
    """Where each pattern stands, what its numbers are, and the pattern."""
    uses = list(_uses(definition))
    for one in elements(definition, "numbering"):
        if isinstance(one.get("pattern"), str):
            for noun in (noun for noun, used in uses if str(one.get("key")) in used):
                yield f"numbering[{one['key']}].pattern", noun, one["pattern"]
    archive = table(definition.get("archive"))
    if isinstance(archive.get("volume_number"), str):
        yield "archive.volume_number", VOLUME, volume_numbering(archive)["pattern"]


def _uses(definition: Definition) -> Iterator[tuple[Noun, set[str]]]:
    """What takes numbers, and from which series: cases, letters, and sheets by a field or by a step."""
    yield CASE, {str(one.get("number")) for one in elements(definition, "case_types")}
    yield LETTER, {str(one["number"]) for one in elements(definition, "letters") if one.get("number")}
    steps = {name: definition.get(name) for name in ("workflows", "case_types")}
    taken = {str(one["number"]) for _, one in tables(steps) if "into" in one and "number" in one}
    fields = (field for form in elements(definition, "forms") for field in fields_of(form))
    yield SHEET, taken | {str(one["numbering"]) for one in fields if one.get("type") == "series"}


def meet(one: str, other: str) -> bool:
    """Whether some number fits both patterns."""
    left, right = tuple(_atoms(one)), tuple(_atoms(other))
    waiting, seen = [(0, 0)], set()
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        if place == (len(left), len(right)):
            return True
        waiting.extend(_steps(left, right, *place))
    return False


def _steps(left: tuple[Atom, ...], right: tuple[Atom, ...], i: int, j: int) -> Iterator[tuple[int, int]]:
    """Where both can be after one more character, or after leaving a repeated one."""
    if i < len(left) and left[i][1]:
        yield i + 1, j
    if j < len(right) and right[j][1]:
        yield i, j + 1
    if i < len(left) and j < len(right) and _alike(left[i][0], right[j][0]):
        yield (i if left[i][1] else i + 1), (j if right[j][1] else j + 1)


def _alike(one: str, other: str) -> bool:
    return one == other or _covers(one, other) or _covers(other, one)


def _covers(kind: str, other: str) -> bool:
    """Whether the kind can be the other, a character or a kind."""
    if other in (DIGIT, WORD, CODE):
        return kind in (DIGIT, WORD, CODE)
    if kind == DIGIT:
        return other.isdigit()
    return kind in (WORD, CODE) and other.isascii() and (other.isalnum() or (kind == CODE and other == "-"))


def _atoms(pattern: str) -> Iterator[Atom]:
    """The pattern as characters, digits, words and codes."""
    end = 0
    for match in PART.finditer(pattern):
        yield from ((letter, False) for letter in pattern[end : match.start()])
        end = match.end()
        name, width = match.group(1), match.group(2)
        kind = DIGIT if name == "seq" or name in WIDTHS else WORD if name in WORDS else CODE
        yield from [(kind, False)] * WIDTHS.get(name, int(width or 1))
        if name not in WIDTHS:
            yield kind, True
    yield from ((letter, False) for letter in pattern[end:])
