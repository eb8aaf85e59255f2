"""A report counts its own policy's cases under every version, and says which version lacks a field."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from documents.actions import registration
from documents.person import Person
from documents.policy import Policy, publish
from documents.report import lacking_words
from documents.report_figures import Counting
from documents.rules.edits import apply
from documents.rules.figures import Span
from documents.rules.reading import Reading
from tests.documents.conftest import NOW, Register, intake_values

PLACE = {
    "key": "place_kind",
    "type": "choice",
    "options": "channels",
    "label": {"zh": "场所", "en": "Place"},
}
REPORT: dict[str, Any] = {
    "figures": [
        {"key": "all", "label": {"zh": "全部", "en": "All"}, "count": {}},
        {
            "key": "phone",
            "label": {"zh": "电话", "en": "Phone"},
            "count": {"answer": {"place_kind": ["phone"]}},
        },
    ],
    "tables": [
        {
            "key": "places",
            "of": "all",
            "group": "answer.place_kind",
            "options": "channels",
            "label": {"zh": "场所", "en": "Places"},
        }
    ],
}


@pytest.fixture
def newest(policy: Policy, register: Register) -> Policy:
    """A case of the first version, one of the second that asks for a place, one of another policy."""
    register()
    add = {"do": "add", "path": "forms[intake].sections[matter].fields", "value": PLACE}
    second = publish(apply(copy.deepcopy(policy.definition), [add]).definition, by="x", now=NOW)
    edits = [
        {"do": "set", "path": "policy.key", "value": "p90"},
        {"do": "set", "path": "numbering[case].pattern", "value": "XX-{yyyy}-{mm}{dd}-{seq:4}"},
    ]
    other = apply(copy.deepcopy(policy.definition), edits)
    for number, used in enumerate((second, publish(other.definition, by="x", now=NOW))):
        registration.register(
            used,
            "complaint",
            intake_values(**({"place_kind": "phone"} if used is second else {})),
            actor=Person.get("cd_clerk"),
            now=NOW,
            submission=f"v{number}",
        )
    return second


def counting(policy: Policy) -> Counting:
    first, after = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    view = policy.view()
    return Counting(view, REPORT, Span("QH", first, after, after, Reading.of(view.definition), policy.key))


def test_only_the_cases_of_the_policy_count(newest: Policy) -> None:
    assert [one.value for one in counting(newest).figures()] == ["2", "1"]


def test_a_version_without_the_field_is_told(newest: Policy) -> None:
    found = counting(newest)
    assert [list(one.lacking) for one in found.figures()] == [[], [1]]
    table = found.tables()[0]
    assert list(table.lacking) == [1]
    assert {row.group: row.cells[0] for row in table.rows} == {"": "1", "phone": "1"}


def test_the_words_name_the_versions() -> None:
    assert lacking_words([]) == {}
    assert lacking_words([1, 3])["zh"] == "第1、3版没有此项，其案件未计入"
