"""What changed between two versions of a policy 制度差异, in words that a person reads before publishing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from documents.rules.broken import RuleBroken
from documents.rules.definition_changes import changes
from documents.rules.edits import Operation
from documents.rules.grammar import SECTIONS, SHAPES, Attribute, Shape, Words
from documents.rules.keyed_paths import Key, Path, look_up, parse, written
from documents.rules.value_words import value_words

Definition = Mapping[str, Any]
Text = Mapping[str, str]


class Difference(NamedTuple):
    """One change 一处变更: added, removed, changed or moved, with its place in words."""

    kind: str
    place: Text
    old: Words = ("", "")
    new: Words = ("", "")
    path: str = ""

    @property
    def zh(self) -> str:
        """The change as a Chinese sentence."""
        return _SENTENCES[self.kind][0].format(place=self.place["zh"], old=self.old[0], new=self.new[0])

    @property
    def en(self) -> str:
        """The change as an English sentence."""
        return _SENTENCES[self.kind][1].format(place=self.place["en"], old=self.old[1], new=self.new[1])


_SENTENCES = {
    "added": ("新增 {place}{new}", "Added {place}{new}"),
    "removed": ("删除 {place}{old}", "Removed {place}{old}"),
    "changed": ("{place}：由“{old}”改为“{new}”", "{place}: “{old}” becomes “{new}”"),
    "moved": ("{place}：顺序调整", "{place}: moved"),
}


def differences(old: Definition, new: Definition) -> list[Difference]:
    """Every difference, in the order of the sections."""
    return [told(operation, old, new) for operation in changes(old, new)]


def told(operation: Operation, old: Definition, new: Definition) -> Difference:
    """One operation in words."""
    path, value, was = parse(operation["path"]), operation.get("value"), operation.get("was")
    if operation["do"] == "add":
        place = [*_named(path, old, new), _element(value)]
        return Difference("added", _joined(place), path=written((*path, Key(str(_key(value))))))
    place, kind = _named(path, old, new), operation["do"]
    if kind == "remove":
        return Difference("removed", _joined(place), path=operation["path"])
    if kind == "move":
        return Difference("moved", _joined(place), path=operation["path"])
    if was is None or value is None:
        kind = "added" if was is None else "removed"
        return Difference(
            kind, _joined(place), _after(was, path, old), _after(value, path, new), operation["path"]
        )
    attribute = _attribute(path)
    was_words, new_words = value_words(was, attribute, old), value_words(value, attribute, new)
    return Difference("changed", _joined(place), was_words, new_words, operation["path"])


def _key(value: Any) -> Any:
    return value.get("key") if isinstance(value, Mapping) else value


def _named(path: Path, old: Definition, new: Definition) -> list[tuple[str, str]]:
    """The place in words: each step by its name in the grammar, each element by its label."""
    words: list[tuple[str, str]] = []
    shape: Shape | None = None
    for depth, step in enumerate(path):
        if isinstance(step, str):
            # One element of a list is called by the noun of its kind, the list by its own.
            one = depth + 1 < len(path) and not isinstance(path[depth + 1], str)
            name, shape, known = _word(step, depth, shape)
            words.append(shape.words if one and known and shape else name)
        else:
            words.append(_element(_at(path[: depth + 1], new, old)))
    return words


def _at(path: Path, *definitions: Definition) -> Any:
    for definition in definitions:
        try:
            return look_up(definition, path)
        except RuleBroken:
            continue
    return None


def _word(step: str, depth: int, shape: Shape | None) -> tuple[Words, Shape | None, bool]:
    """What an attribute is called in its shape, the shape behind it, and whether the grammar knows it."""
    if depth == 0:
        section = SECTIONS.get(step)
        return (section.words, SHAPES.get(section.shape), True) if section else ((step, step), None, False)
    if step in LANGUAGES:
        return LANGUAGES[step], shape, False
    if shape is None or step not in shape.names:
        return (step, step), shape, False
    attribute = shape.attribute(step)
    return attribute.words, SHAPES.get(attribute.of or NESTED.get(attribute.kind, "")), True


def _attribute(path: Path) -> Attribute | None:
    """The attribute that a path ends at, when the grammar knows it."""
    shape: Shape | None = None
    found: Attribute | None = None
    for depth, step in enumerate(path):
        if not isinstance(step, str):
            continue
        known = depth > 0 and shape is not None and step in shape.names
        found = shape.attribute(step) if known and shape else None
        _, shape, _ = _word(step, depth, shape)
    return found


LANGUAGES: Mapping[str, Words] = {"zh": ("中文", "Chinese"), "en": ("英文", "English")}
NESTED = {"people": "who", "goal": "branch"}


def _element(one: Any) -> tuple[str, str]:
    if not isinstance(one, Mapping):
        return value_words(one, None, {})
    key = str(one.get("key", ""))
    text = one.get("label") or one.get("title")
    if not isinstance(text, Mapping):
        return key, key
    return f"“{text.get('zh', key)}”", f"“{text.get('en', key)}”"


def _joined(place: list[tuple[str, str]]) -> Text:
    return {"zh": " · ".join(zh for zh, _ in place), "en": " · ".join(en for _, en in place)}


def _after(value: Any, path: Path, definition: Definition) -> Words:
    if value is None or isinstance(value, Mapping | list | tuple):
        return "", ""
    zh, en = value_words(value, _attribute(path), definition)
    return f"（{zh}）", f" ({en})"
