"""Whom a case is passed to: a new handler, and units that had nothing to do with it before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from documents.rules.passing import Hands, taking_over

CLERK, INTAKE = {"role": "clerk", "at": "received"}, {"role": "intake", "at": "intake"}
STEPS: list[dict[str, Any]] = [
    {"key": "report", "from": ["received"], "who": [CLERK], "primary": True, "to": "at_intake"},
    {"key": "note", "from": ["received"], "who": [INTAKE], "to": "received"},
    {"key": "supervise", "from": ["at_intake"], "who": [INTAKE], "primary": True, "to": "handling"},
    {"key": "reply", "from": ["handling"], "who": [{"is": "handler"}], "to": "done"},
    {"key": "approve", "from": ["handling"], "who": [INTAKE], "when": "extension_waits", "to": None},
    {"key": "withdraw", "from": "any_open", "who": [INTAKE], "to": "done"},
]
UNITS = {"received": "outlet", "intake": "department", "handling": "centre"}
FRESH = Hands(units={"received": "outlet"})
RECEIVED = Hands("received", None, UNITS)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param(FRESH, RECEIVED, [], id="registered where it lies"),
        pytest.param(Hands(), RECEIVED, [CLERK], id="registered for another unit"),
        pytest.param(RECEIVED, replace(RECEIVED, stage="at_intake"), [INTAKE], id="passed to another unit"),
        pytest.param(RECEIVED, replace(RECEIVED, handler="zhao"), [{"is": "handler"}], id="assigned"),
        pytest.param(replace(RECEIVED, handler="zhao"), RECEIVED, [{"is": "handler"}], id="unassigned"),
        pytest.param(RECEIVED, RECEIVED, [], id="nothing changed"),
        pytest.param(
            replace(RECEIVED, stage="handling"),
            replace(RECEIVED, stage="handling", facts={"extension_waits": True}),
            [INTAKE],
            id="asked for a decision",
        ),
        pytest.param(RECEIVED, replace(RECEIVED, stage="at_intake", open=False), [], id="closed"),
        pytest.param(
            replace(RECEIVED, stage="at_intake"),
            replace(RECEIVED, stage="at_intake", units={**UNITS, "intake": "other"}),
            [INTAKE],
            id="another unit in the same place",
        ),
    ],
)
def test_whom_a_case_is_passed_to(before: Hands, after: Hands, told: list[dict[str, str]]) -> None:
    assert taking_over(STEPS, before, after) == told
