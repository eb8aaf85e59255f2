"""The grammar covers what the shipped policies write, and what the checks know."""

from collections.abc import Mapping
from typing import Any

import pytest

from documents.pack_files import definition, packs
from documents.rules import policy_checking, policy_effects, policy_forms, policy_time
from documents.rules.grammar import EFFECTS, SECTIONS, SHAPES
from documents.rules.limits import KINDS, KNOWN


def unknown(value: Any, shape: str, path: str) -> list[str]:
    """Every attribute below that the grammar does not know."""
    found = []
    if not isinstance(value, Mapping):
        return [f"{path}: {value!r}"]
    for name, part in value.items():
        if name not in SHAPES[shape].names:
            found.append(f"{path}.{name}")
            continue
        attribute = SHAPES[shape].attribute(name)
        if attribute.kind == "table":
            found += unknown(part, attribute.of, f"{path}.{name}")
        if attribute.kind == "elements":
            for index, one in enumerate(part):
                found += unknown(one, attribute.of, f"{path}.{name}[{index}]")
        if attribute.kind == "people":
            for one in part:
                found += unknown(one, "who", f"{path}.{name}")
    return found


@pytest.mark.parametrize("pack", packs())
def test_every_attribute_of_a_pack_is_in_the_grammar(pack: str) -> None:
    for name, part in definition(pack).items():
        section = SECTIONS[name]
        if section.written == "table":
            assert unknown(part, section.shape, name) == []
        elif section.written == "list":
            assert [line for one in part for line in unknown(one, section.shape, name)] == []
        elif section.written == "named_lists":
            assert [
                line for ones in part.values() for one in ones for line in unknown(one, "option", name)
            ] == []


def test_every_reference_and_every_shape_leads_somewhere() -> None:
    places = {*SECTIONS, "fields", "stages", "transitions", "options", "outcomes", "levels"}
    for shape in SHAPES.values():
        for one in shape.all_attributes:
            if one.kind in ("reference", "references"):
                assert one.of in places, f"{shape.name}.{one.name}"
            if one.kind in ("table", "elements"):
                assert one.of in SHAPES, f"{shape.name}.{one.name}"


def test_the_grammar_offers_what_the_rules_know() -> None:
    limit = SHAPES["limit"]
    assert set(limit.attribute("counted_in").choices) == KINDS
    assert limit.names >= KNOWN
    assert set(EFFECTS) == set(policy_effects.EFFECTS)
    assert set(SHAPES["field"].attribute("class").choices) == policy_forms.CLASSES
    assert set(SHAPES["field"].attribute("search").choices) == policy_forms.SEARCHES
    assert set(SHAPES["role"].attribute("reach").choices) == policy_checking.REACHES
    assert set(SHAPES["field"].attribute("type").choices) >= policy_forms.TYPES
    assert set(SHAPES["field"].attribute("type").choices) >= policy_time.DATES
