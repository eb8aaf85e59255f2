"""What a definition counts by its work calendar 按工作日历推算的内容: limits, ladders and duties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from documents.rules.policy_problems import elements, table

Definition = Mapping[str, Any]
WORKED: Final = ("wd", "wh", "wmin")  # the units of moments that only a calendar can count
AFTER_HOURS: Final = frozenset({"next_opening", "next_working_day"})


def counted_by_calendar(definition: Definition) -> Iterator[str]:
    """The path of each limit, ladder and duty whose dates the calendar decides."""
    for limit in elements(definition, "limits"):
        if _limit(limit):
            yield f"limits[{limit.get('key')}]"
    for ladder in elements(definition, "ladders"):
        if any(_worked(rung.get("at")) for rung in elements(ladder, "rungs")):
            yield f"ladders[{ladder.get('key')}]"
    for duty in elements(definition, "duties"):
        moved = table(duty.get("recurrence")).get("nonworking") in ("before", "after")
        if moved or any(_worked(one) for one in duty.get("remind") or ()):
            yield f"duties[{duty.get('key')}]"


def _limit(limit: Definition) -> bool:
    return (
        str(limit.get("counted_in", "")).startswith("working_")
        or bool(limit.get("rolls_over") or limit.get("rolls_back"))
        or limit.get("ends") == "close_of_business"
        or limit.get("after_hours") in AFTER_HOURS
    )


def _worked(moment: Any) -> bool:
    text = moment.get("at") if isinstance(moment, Mapping) else moment
    return isinstance(text, str) and text.endswith(WORKED)
