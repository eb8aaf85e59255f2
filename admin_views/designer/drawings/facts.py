"""Facts 要点 of an element: what is set in it, in the words of the grammar."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from admin_views.designer.bench import Bench
from admin_views.designer.told import told
from admin_views.designer.words import spoken
from documents.rules.grammar import SHAPES
from documents.rules.grammar.parts import ORIGIN

Definition = Mapping[str, Any]
HEADS = frozenset({"key", "label", "title", "name", *(one.name for one in ORIGIN)})


def facts(
    bench: Bench, shape: str, element: Definition, place: str, *, without: Collection[str] = ()
) -> list[tuple[str, str]]:
    """(what it is called, its value in words) of every attribute that is set."""
    known = [one for one in SHAPES[shape].attributes if one.name not in HEADS and one.name not in without]
    pairs = ((spoken(one.words), told(bench, one, element.get(one.name), place)) for one in known)
    return [pair for pair in pairs if pair[1]]
