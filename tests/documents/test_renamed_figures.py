"""A report of a policy in which things were renamed counts the cases that were filled before."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

from documents import report_figures
from documents.complaint import Complaint
from documents.pack_files import definition as pack_definition
from documents.rules.edits import apply
from documents.rules.figures import Span
from documents.rules.identity import Name
from documents.rules.reading import Reading
from documents.rules.renaming import merge_options, rename
from tests.conftest import DEMONSTRATED

NOW = DEMONSTRATED


def renamed() -> dict[str, Any]:
    """The policy with a field, an option and a step renamed, and an option merged."""
    found = copy.deepcopy(pack_definition("p01"))
    for name, new in (
        (Name("field", "cause"), "root_cause"),
        (Name("option", "visit", "channels"), "in_person"),
        (Name("step", "supervise", "complaint"), "oversee"),
    ):
        found = apply(found, rename(found, name, new)).definition
    return apply(
        found, merge_options(found, Name("option", "fax", "channels"), "phone", today=date(2026, 7, 1))
    ).definition


def span(definition: dict[str, Any]) -> Span:
    unit = Complaint.objects.first().units["union"]
    first = NOW - timedelta(days=900)
    return Span(unit, first, NOW + timedelta(days=900), NOW + timedelta(days=900), Reading.of(definition))


def test_figures_by_new_names_count_what_was_filled_under_old_ones(played: int) -> None:
    before, after = span(pack_definition("p01")), span(renamed())
    for old, new in (
        ({"channel": ["visit"]}, {"channel": ["in_person"]}),
        ({"answer": {"cause": ["attitude", "pricing"]}}, {"answer": {"root_cause": ["attitude", "pricing"]}}),
        ({"event": ["supervise"]}, {"event": ["oversee"]}),
        ({"channel": ["phone", "fax"]}, {"channel": ["phone"]}),
    ):
        expected = report_figures.count(old, before)
        assert expected, old
        assert report_figures.count(new, after) == expected, new


def test_groups_and_texts_do_too(played: int) -> None:
    before, after = span(pack_definition("p01")), span(renamed())
    expected = report_figures.groups({}, "answer.cause", before)
    assert report_figures.groups({}, "answer.root_cause", after) == expected
    assert any(expected)


def test_without_renames_nothing_is_read_otherwise() -> None:
    reading = Reading.of(pack_definition("p01"))
    assert reading.fields("cause") == ["cause"]
    assert reading.column("channel", ["visit"]) == ["visit"]
    assert reading.steps(["supervise"]) == ["supervise"]
