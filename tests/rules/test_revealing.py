"""What lies under a mask for who may read it too, how long it is shown, when a second person is needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents.rules.broken import RuleBroken
from documents.rules.revealing import RevealRules, veil_of, veiled, waits, why

NOW = datetime(2026, 2, 24, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        pytest.param({"type": "phone", "class": "personal", "mask": "phone"}, "phone", id="a telephone"),
        pytest.param({"type": "phone", "class": "personal"}, "phone", id="by its type"),
        pytest.param({"type": "id_number", "class": "restricted"}, "id_number", id="an identity number"),
        pytest.param({"type": "text", "class": "personal", "mask": "account"}, "account", id="an account"),
        pytest.param({"type": "phone"}, None, id="public"),
        pytest.param({"type": "phone", "class": "personal", "reveal": "open"}, None, id="always open"),
        pytest.param({"type": "text", "class": "personal", "mask": "name"}, None, id="a name"),
        pytest.param({"type": "email", "class": "personal", "mask": "email"}, None, id="an address of mail"),
    ],
)
def test_numbers_by_which_people_are_found_lie_under_a_mask(field: dict[str, Any], kind: str | None) -> None:
    assert veil_of(field) == kind
    assert bool(veiled(field, "13800001234")) == bool(kind)


def test_it_is_shown_for_the_time_that_the_policy_says() -> None:
    assert RevealRules.of({}).until(NOW) - NOW == timedelta(minutes=15)
    assert RevealRules.of({"policy": {"reveal": {"minutes": 60}}}).until(NOW) - NOW == timedelta(hours=1)
    assert RevealRules.of({"policy": {"reveal": {"minutes": 99_999}}}).minutes == 480


def test_a_second_person_is_needed_for_a_class_or_for_one_field() -> None:
    rules = RevealRules.of({"policy": {"reveal": {"release": ["restricted"]}}})
    closed, personal = {"class": "restricted"}, {"class": "personal"}
    assert rules.needs_release(closed)
    assert not rules.needs_release(personal)
    assert not rules.needs_release({**closed, "reveal": "reason"})
    assert rules.needs_release({**personal, "reveal": "release"})
    assert waits(rules, [personal, closed])
    assert not waits(RevealRules(), [personal, closed])


def test_a_reason_is_chosen_or_written() -> None:
    assert why("联系投诉人", " ") == "联系投诉人"
    assert why("联系投诉人", "核对回单") == "核对回单"
    with pytest.raises(RuleBroken, match="reason_missing"):
        why("", "  ")
