"""What a condition knows of the moment 当前日期 in which it is asked: the day on the policy's clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

TODAY: Final = "today"
MOMENT_FACTS: Final = frozenset({TODAY})


def moment_facts(now: datetime, zone: str) -> dict[str, str]:
    """The facts of a moment: `today()`, the day that it is then in the policy's zone."""
    return {TODAY: now.astimezone(ZoneInfo(zone)).date().isoformat()}
