"""One YAML file as plain values with their places 读取: from the events of the parser, without recursion.

The values are built here and not by the library: so a key that stands twice, an alias that swallows
itself, a type tag or a bomb of aliases is refused where it stands, and every part knows its line.
"""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from documents.bundles import remembered
from documents.bundles.found import BundleRefused, Found, refusal
from documents.bundles.places import Place
from documents.bundles.scalars import NumberTooLong, Scalar, plain_value

MAX_DEPTH = 40
MAX_PARTS = 100_000
MAX_CHARACTERS = 2_000_000
MAX_SECONDS = 30.0
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]|\r(?!\n)")


class _Stop(Exception):
    """Nothing sensible can be read after this."""


@dataclass
class Budget:
    """How much may still be read, in all files together."""

    parts: int = MAX_PARTS
    characters: int = MAX_CHARACTERS
    until: float = field(default_factory=lambda: time.monotonic() + MAX_SECONDS)


@dataclass
class Part:
    """A value with its place, its weight with aliases written out, and its height."""

    value: Any
    place: Place
    parts: int = 1
    characters: int = 0
    height: int = 0


@dataclass
class _Open:
    """A table or list that is being read."""

    part: Part
    anchor: str | None
    key: str | None = None
    keys: dict[str, int] = field(default_factory=dict)


def read_text(raw: bytes, file: str) -> str:
    """The bytes of a file as text; raises BundleRefused for another encoding and for control characters."""
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise BundleRefused([refusal("bom", file, 1)])
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BundleRefused([refusal("not_utf8", file, line)]) from error
    bad = CONTROL.search(text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        raise BundleRefused([refusal("control_character", file, line, character=_code(bad.group()))])
    return text


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"


def read_yaml(text: str, file: str, budget: Budget | None = None) -> Part:
    """The one document of a file; an empty file is nothing. Raises BundleRefused with all that is wrong."""
    budget = budget or Budget()
    known: Part | None = remembered.recall(file, text)
    if known is not None and known.parts <= budget.parts and known.characters <= budget.characters:
        budget.parts -= known.parts
        budget.characters -= known.characters
        return known
    root = _parsed(text, file, budget)
    remembered.keep(file, text, root)
    return root


def _parsed(text: str, file: str, budget: Budget) -> Part:
    builder = _Builder(file, budget)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        builder.found.append(_malformed(error, file))
    except (YAMLError, ValueError, OverflowError, AssertionError, RecursionError) as error:
        # The library reads `%YAML 9.x` and odd escapes with int() and chr(), and asserts `%YAML 1.8` away.
        builder.found.append(refusal("yaml", file, builder.line, problem=_first_line(error)))
    except _Stop:
        pass
    if builder.found:
        raise BundleRefused(builder.found)
    return builder.root or Part(None, Place(file, 1))


def _malformed(error: MarkedYAMLError, file: str) -> Found:
    mark = error.problem_mark or error.context_mark
    problem = "; ".join(str(part) for part in (error.context, error.problem) if part)
    return refusal("yaml", file, mark.line + 1 if mark else 0, problem=problem)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


class _Builder:
    """Takes the events of one file in order and builds values."""

    def __init__(self, file: str, budget: Budget) -> None:
        self.file, self.budget = file, budget
        self.found: list[Found] = []
        self.root: Part | None = None
        self.open: list[_Open] = []
        self.anchors: dict[str, Part | None] = {}  # None: still open
        self.documents = 0
        self.line = 1

    def take(self, event: Any) -> None:
        """One event of the parser."""
        self.line = event.start_mark.line + 1 if event.start_mark else self.line
        if isinstance(event, DocumentStartEvent):
            self._document(event)
        elif isinstance(event, AliasEvent):
            self._alias(str(event.anchor))
        elif isinstance(event, NodeEvent):
            self._node(event)
        elif type(event).__name__ in ("MappingEndEvent", "SequenceEndEvent"):
            self._close()

    def _say(self, code: str, **facts: object) -> None:
        self.found.append(refusal(code, self.file, self.line, self._path(), **facts))

    def _fatal(self, code: str, **facts: object) -> None:
        self._say(code, **facts)
        raise _Stop

    def _path(self) -> str:
        return "".join(self._steps()).lstrip(".")

    def _steps(self) -> Iterator[str]:
        for number, one in enumerate(self.open):
            if isinstance(one.part.value, list):
                inner = self.open[number + 1] if number + 1 < len(self.open) else None
                yield f"[{(inner and inner.part.place.key) or len(one.part.value)}]"
            elif one.key is not None:
                yield f".{one.key}"

    def _document(self, event: DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            self._fatal("several_documents")
        if event.version is not None and tuple(event.version) != (1, 2):
            self._fatal("yaml_version", version=".".join(map(str, event.version)))

    def _node(self, event: NodeEvent) -> None:
        tag = getattr(event, "ctag", None)
        if tag is not None and str(tag):
            self._say("tag", tag=str(tag))
        anchor = str(event.anchor) if event.anchor is not None else None
        if isinstance(event, ScalarEvent):
            part = self._scalar(event)
            if anchor is not None:
                self.anchors[anchor] = part
            self._add(part, part.characters)
            return
        if len(self.open) >= MAX_DEPTH:
            self._fatal("too_deep", limit=MAX_DEPTH)
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            empty: Any = {} if isinstance(event, MappingStartEvent) else []
            self.open.append(_Open(Part(empty, Place(self.file, self.line), height=1), anchor))
            if anchor is not None:
                self.anchors[anchor] = None

    def _scalar(self, event: ScalarEvent) -> Part:
        text = str(event.value)
        bad = CONTROL.search(text)
        if bad:  # written as an escape
            self._say("control_character", character=_code(bad.group()))
        value: Scalar = text
        if event.style is None and not self._wants_key():
            try:
                value = plain_value(text)
            except NumberTooLong:
                self._say("number_too_long", text=text[:40])
        return Part(value, Place(self.file, self.line), characters=len(text))

    def _wants_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].part.value, dict) and self.open[-1].key is None

    def _alias(self, name: str) -> None:
        if name not in self.anchors:
            self._fatal("alias_unknown", name=name)
        target = self.anchors[name]
        if target is None:
            self._fatal("alias_cycle", name=name)
            return
        if len(self.open) + target.height > MAX_DEPTH:
            self._fatal("too_deep", limit=MAX_DEPTH)
        self._spend(target.parts, target.characters)
        # Written out: two places that share one value would change together when one is edited.
        self._attach(Part(copy.deepcopy(target.value), target.place, *_weight(target)))

    def _spend(self, parts: int, characters: int) -> None:
        self.budget.parts -= parts
        self.budget.characters -= characters
        if self.budget.parts < 0:
            self._fatal("too_many", limit=MAX_PARTS, unit_zh="项", unit_en="parts")
        if self.budget.characters < 0:
            self._fatal("too_many", limit=MAX_CHARACTERS, unit_zh="字", unit_en="characters")
        if time.monotonic() > self.budget.until:
            self._fatal("too_slow", limit=int(MAX_SECONDS))

    def _add(self, part: Part, characters: int = 0) -> None:
        self._spend(1, characters)
        self._attach(part)

    def _close(self) -> None:
        done = self.open.pop()
        if done.anchor is not None:
            self.anchors[done.anchor] = done.part
        self._add(done.part)

    def _attach(self, part: Part) -> None:
        if not self.open:
            self.root = part
            return
        holder = self.open[-1]
        whole = holder.part
        whole.parts += part.parts
        whole.characters += part.characters
        whole.height = max(whole.height, part.height + 1)
        if isinstance(whole.value, list):
            whole.value.append(part.value)
            whole.place.elements.append(part.place)
        elif holder.key is None:
            self._key(holder, part)
        else:
            self._member(holder, part)

    def _key(self, holder: _Open, part: Part) -> None:
        key = part.value
        if key == "<<":
            self._say("merge_key")
        elif not isinstance(key, str) or not key or "." in key or key.startswith("$"):
            self._say("bad_key", key=str(key)[:40])
        elif key in holder.keys:
            self._say("duplicate_key", key=key, first=holder.keys[key])
        holder.key = key if isinstance(key, str) else str(key)[:40]
        holder.keys.setdefault(holder.key, self.line)

    def _member(self, holder: _Open, part: Part) -> None:
        key, holder.key = str(holder.key), None
        holder.part.value[key] = part.value
        if key == "key" and isinstance(part.value, str):
            holder.part.place.key = part.value
        # A part stands where its name stands; below an alias, where the repeated text stands.
        holder.part.place.members[key] = replace(part.place, line=holder.keys.get(key, self.line))


def _weight(part: Part) -> tuple[int, int, int]:
    return part.parts, part.characters, part.height
