"""The policy of the tests has every type of field, and nothing to put right."""

from __future__ import annotations

from documents.rules.fields import fields_of, groups_of
from documents.rules.grammar import SHAPES
from documents.rules.policy_checking import problems
from tests import everything


def test_the_policy_with_everything_can_be_published() -> None:
    assert problems(everything.definition()) == []


def test_it_has_every_type() -> None:
    found = {one["type"] for one in [*fields_of(everything.FORM), *groups_of(everything.FORM)]}
    assert found == set(SHAPES["field"].attribute("type").choices)
