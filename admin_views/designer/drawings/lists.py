"""The canvas of an option list 选项画布: an indented tree to write into, to move about and to paste into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from admin_views.designer.bench import Bench
from admin_views.designer.words import name_of, place_words
from admin_views.standing import now
from documents.held_answers import held_options
from documents.rules.policy_problems import elements
from documents.rules.where_used import is_within

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """An option of the tree 选项, with the lists a move of it may go to."""

    place: str
    owner: str  # the list in which it stands
    key: str
    label: Mapping[str, Any]
    name: str
    depth: int
    below: int
    retired: str
    merged: str
    held: int
    used: int
    wrong: int
    ways: Mapping[str, Mapping[str, Any]]  # up, down, in, out → the move


def draw(bench: Bench) -> dict[str, Any]:
    """The tree, who offers it, and how many cases hold what."""
    listed = bench.value if isinstance(bench.value, list) else []
    name = bench.element.partition(".")[2]
    held, seen = held_options(bench.policy, name, bench.definition, now=now())
    tree = _Tree(bench, held)
    return {
        "lines": list(tree.lines(listed, bench.element, 0, None)),
        "offered_by": _offered_by(bench, name),
        "seen": seen,
        "list_name": name,
        "list_label": bench.known.offers.list_label(name),
    }


def _offered_by(bench: Bench, name: str) -> list[tuple[str, str]]:
    """Each place that offers the list, but its own options: (whole words, address)."""
    found = bench.known.used.named(("lists", name))
    pairs = dict.fromkeys((place_words(bench.definition, one.path), one.path) for one in found)
    return [(words, bench.address(path)) for words, path in pairs if not is_within(path, f"lists.{name}")]


class _Tree:
    """Walks the options of one list."""

    def __init__(self, bench: Bench, held: Mapping[str, int]) -> None:
        self.bench, self.held = bench, held
        listed = bench.element.partition(".")[2]
        self.names = {one.key: one.label for one in bench.known.offers.options(listed)}

    def lines(
        self, options: Sequence[Any], owner: str, depth: int, parent: tuple[str, str | None] | None
    ) -> Iterator[Line]:
        """Each option, then what is below it; `parent` is its list, and what follows it."""
        known = [one for one in options if isinstance(one, Mapping) and one.get("key")]
        for index, one in enumerate(known):
            place = f"{owner}[{one['key']}]"
            yield self._line(one, owner, depth, _ways(known, index, owner, parent))
            follows = str(known[index + 1]["key"]) if index + 1 < len(known) else None
            below = elements(one, "children")
            yield from self.lines(below, f"{place}.children", depth + 1, (owner, follows))

    def _line(self, one: Definition, owner: str, depth: int, ways: Mapping[str, Mapping[str, Any]]) -> Line:
        key, place = str(one["key"]), f"{owner}[{one['key']}]"
        label = one.get("label")
        merged = one.get("merged_into")
        return Line(
            place=place,
            owner=owner,
            key=key,
            label=label if isinstance(label, Mapping) else {},
            name=name_of(one),
            depth=depth,
            below=len(elements(one, "children")),
            retired=str(one.get("retired") or ""),
            merged=self.names.get(str(merged), str(merged)) if merged else "",
            held=self.held.get(key, 0),
            used=len(self.bench.known.used.of(place)),
            wrong=len([each for each in self.bench.known.troubles if each.element == place]),
            ways=ways,
        )


def _ways(
    known: Sequence[Definition], index: int, owner: str, parent: tuple[str, str | None] | None
) -> dict[str, dict[str, Any]]:
    """Where the keys move an option: among its neighbours, under the one before it, or beside its parent."""
    place = f"{owner}[{known[index]['key']}]"
    ways: dict[str, dict[str, Any]] = {}
    if index:
        before = str(known[index - 1]["key"])
        ways["up"] = {"do": "move", "path": place, "before": before}
        ways["in"] = {"do": "move", "path": place, "to": f"{owner}[{before}].children"}
    if index + 1 < len(known):
        after = str(known[index + 2]["key"]) if index + 2 < len(known) else None
        ways["down"] = {"do": "move", "path": place, "before": after}
    if parent is not None:
        ways["out"] = {"do": "move", "path": place, "to": parent[0], "before": parent[1]}
    return ways
