"""The canvas of a letter 函件画布: paper whose paragraphs are edited in place, chips for what is merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for

from admin_views.designer.bench import Bench
from admin_views.designer.condition_words import condition_words
from admin_views.designer.papers import example_of_letter
from admin_views.designer.troubles import Trouble
from admin_views.designer.words import spoken
from admin_views.policy_words import CASE_WORDS
from admin_views.standing import now, said
from documents.dossier_letters import letter_conditions
from documents.example_papers import Example, example_facts, example_number
from documents.rules.expressions import holds
from documents.rules.grammar import SHAPES
from documents.rules.merging import FIELD, MISSING
from documents.rules.policy_checking import merge_fields
from documents.rules.policy_fields import all_fields
from documents.rules.policy_problems import elements, table

Definition = Mapping[str, Any]
Operations = list[dict[str, Any]]
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Piece:
    """A piece of a text: words as they stand, or a merge field 并入字段 with its label and its example."""

    text: str
    name: str = ""
    value: str = ""
    fault: str = ""  # "unknown", "restricted"


@dataclass(frozen=True)
class Line:
    """A text of the letter in one language 一种语言的文字."""

    language: str
    path: str
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph on the canvas 段落, with what can be done with it."""

    place: str
    index: int
    lines: tuple[Line, ...]
    heading: bool
    when: str
    skipped: bool  # its condition does not hold in the example
    wrong: tuple[Trouble, ...]
    up: Operations | None
    down: Operations | None


def draw(bench: Bench) -> dict[str, Any]:
    """Everything that the canvas of the letter shows."""
    sheet = _Sheet(bench, table(bench.value))
    if not sheet.letter:
        return {"sheet": None}
    place, view = bench.element, bench.view
    return {
        "sheet": sheet,
        "heading": sheet.lines(f"{place}.title", sheet.letter.get("title")),
        "addressee": Line("", f"{place}.addressee", sheet.addressee, sheet.pieces(sheet.addressee)),
        "paragraphs": list(sheet.paragraphs()),
        "appeal": sheet.lines(f"{place}.appeal_path", sheet.letter.get("appeal_path")),
        "appeal_words": spoken(SHAPES["letter"].attribute("appeal_path").words),
        "sender": sheet.sender,
        "letter_number": example_number(view, sheet.letter.get("number"), now()),
        "paper": url_for("designer.letter_paper", policy=bench.policy, key=sheet.letter.get("key", "")),
        "example_label": said(sheet.example.scenario) if sheet.example else "",
        "own_troubles": sheet.troubles_at(place, ("addressee", "appeal_path", "title", "paragraphs", "")),
    }


@dataclass
class _Sheet:
    bench: Bench
    letter: Definition

    @property
    def addressee(self) -> str:
        return str(self.letter.get("addressee") or "")

    @cached_property
    def example(self) -> Example | None:
        return example_of_letter(self.bench.known, str(self.letter.get("key", "")))

    @cached_property
    def facts(self) -> Mapping[str, str]:
        return example_facts(self.bench.definition, self.example)

    @cached_property
    def sender(self) -> Piece:
        """Who signs: the slot, and the unit in the example."""
        slot = str(self.letter.get("signed_by") or "received")
        label = {one.key: one.label for one in self.bench.known.offers.slots}.get(slot, slot)
        return Piece(label, slot, self.facts.get(f"{slot}_name") or label)

    def lines(self, path: str, text: Any) -> tuple[Line, ...]:
        """A text in both languages."""
        given = {one: str(table(text).get(one) or "") for one in LANGUAGES}
        return tuple(Line(one, f"{path}.{one}", text, self.pieces(text)) for one, text in given.items())

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """The text with its merge fields as chips."""
        parts = FIELD.split(text)
        return tuple(
            self._chip(part) if position % 2 else Piece(part)
            for position, part in enumerate(parts)
            if part or position % 2
        )

    def _chip(self, name: str) -> Piece:
        value = self.facts.get(name) or MISSING
        if name not in self._known:
            return Piece(name, name, value, "unknown")
        fault = "restricted" if name in self._restricted else ""
        return Piece(self._label(name), name, value, fault)

    @cached_property
    def _known(self) -> set[str]:
        return merge_fields(self.bench.definition)

    @cached_property
    def _restricted(self) -> set[str]:
        fields = all_fields(self.bench.definition).items()
        closed = [key for key, one in fields if one.get("class") == "restricted"]
        return {name for key in closed for name in (key, f"{key}_label")}

    @cached_property
    def _labels(self) -> dict[str, str]:
        offers = self.bench.known.offers
        found = {one.key: one.label for one in offers.fields}
        return {**found, **{f"{one.key}_name": one.label for one in offers.slots}}

    def _label(self, name: str) -> str:
        if name in CASE_WORDS:
            return str(CASE_WORDS[name])
        stem = name.rpartition("_")[0]
        return self._labels.get(name) or self._labels.get(stem) or self._labels.get(f"{stem}_at") or name

    def paragraphs(self) -> Iterator[Paragraph]:
        """The paragraphs in order."""
        found, owner = elements(self.letter, "paragraphs"), f"{self.bench.element}.paragraphs"
        for index, one in enumerate(found):
            place = f"{owner}[#{index}]"
            yield Paragraph(
                place=place,
                index=index,
                lines=self.lines(place, one),
                heading=bool(one.get("heading")),
                when=condition_words(self.bench, one.get("when")),
                skipped=not self._holds(one.get("when")),
                wrong=tuple(each for each in self.bench.known.troubles if each.element == place),
                up=_move(place, index - 1) if index else None,
                # A move takes the paragraph out first: the place behind the next one is counted without it.
                down=_move(place, index + 1) if index + 1 < len(found) else None,
            )

    def _holds(self, when: Any) -> bool:
        example = self.example
        if example is None or example.letter is None:
            return True
        return bool(holds(when, letter_conditions(example.case, example.letter, self.bench.view)))

    def troubles_at(self, place: str, names: tuple[str, ...]) -> dict[str, list[Trouble]]:
        """The problems of the letter itself, by what they are about."""
        found = [one for one in self.bench.known.troubles if one.element == place]
        return {name: [one for one in found if one.attribute == name] for name in names}


def _move(place: str, before: int) -> Operations:
    return [{"do": "move", "path": place, "before": before}]
