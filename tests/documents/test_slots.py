"""The unit slots of a case are filled whatever order the policy lists them in."""

from __future__ import annotations

from itertools import permutations

from documents.policy import Policy
from documents.unit import fill_slots


def test_a_slot_may_hang_on_one_that_is_listed_later(policy: Policy) -> None:
    slots = policy.definition["slots"]
    expected = {
        "received": "QH-CD",
        "union": "QH",
        "intake": "QH-SL",
        "senior": "QH-GC",
        "archive": "QH-DA",
        "relief": "GD-BS",
    }
    for order in permutations(slots, len(slots)):
        assert fill_slots({name: slots[name] for name in order}, {"received": "QH-CD"}) == expected


def test_a_slot_without_such_a_unit_stays_empty(policy: Policy) -> None:
    assert fill_slots(policy.definition["slots"], {"received": "GD"}) == {"received": "GD"}
