"""Time as people write it 书写的时间: a count such as `7 working_days`, a moment, an interval `A..B`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from documents.rules.broken import RuleBroken
from documents.rules.deadlines import FIRST_YEAR, LAST_YEAR
from documents.rules.grammar.times import COUNTED_IN
from documents.rules.limits import FLAGS, NUMBERS, TimeLimit
from documents.rules.pauses import Pause

COUNT: Final = re.compile(r"(?:(\d{1,12})\s*个?\s*)?([a-z_]+|[\u4e00-\u9fff]+)((?:\s+\S+)*)")
CLOCK: Final = re.compile(r"(\d\d:\d\d)((?:\s+\S+)*)")
DAY: Final = re.compile(r"(\d\d-\d\d)((?:\s+\S+)*)")
SHORT: Final = {"日": "natural_days", "天": "natural_days", "月": "months", "个月": "months"}
UNITS: Final = {**{zh: kind for kind, (zh, _) in COUNTED_IN.items()}, **SHORT}


def read_count(text: str) -> TimeLimit:
    """A limit: `7 working_days`, `7个工作日`, `same_day`, `15:30`, `06-15`; its attributes may follow.

    `7 working_days ends=close_of_business rolls_over start_day_counts`. Raises ValueError.
    """
    written = text.strip()
    if found := CLOCK.fullmatch(written):
        return _limit({"counted_in": "clock_time", "at": found[1]}, found[2])
    if found := DAY.fullmatch(written):
        return _limit({"counted_in": "date", "month_day": found[1]}, found[2])
    found = COUNT.fullmatch(written)
    if found is None:
        raise ValueError(f"cannot read the count {text!r}; write 7 working_days, 24 hours, 15:30 or 06-15")
    kind = UNITS.get(found[2], found[2])
    amount = {"amount": int(found[1])} if found[1] else {}
    return _limit({"counted_in": kind, **amount}, found[3])


def _limit(definition: Mapping[str, object], attributes: str) -> TimeLimit:
    more: dict[str, object] = {}
    for written in attributes.split():
        name, equals, value = written.partition("=")
        more[name] = _value(name, value) if equals else True
    return TimeLimit.from_definition({"key": "count", **definition, **more})


def _value(name: str, text: str) -> object:
    if name in NUMBERS and text.isdecimal():
        return int(text)
    return text == "true" if name in FLAGS and text in {"true", "false"} else text


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """An ISO moment, in UTC; without an offset it stands on the clocks of the zone. Raises ValueError.

    A clock time that the zone skips when its clocks go forward is refused; of one that runs twice, the
    first is meant. Raises also RuleBroken("moment_out_of_range").
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is no moment like 2026-02-13T16:40: {error}") from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise RuleBroken("moment_out_of_range", moment=found.isoformat())
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    local = found.replace(tzinfo=zone)
    if _skipped(local):
        raise ValueError(f"{text!r} is skipped by the clocks of {zone.key}")
    return local.astimezone(UTC)


def _skipped(local: datetime) -> bool:
    """Whether the clocks jumped over it: its offset before the change is the smaller one."""
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    return before is not None and after is not None and before < after


def read_pause(text: str, zone: ZoneInfo) -> Pause:
    """`A..B`, or `A..` while it lasts. Raises ValueError, RuleBroken("pause_ends_before_start")."""
    begin, dots, end = text.partition("..")
    if not dots:
        raise ValueError(f"{text!r} is no interval A..B, like 2026-03-04T15:00..2026-03-16T09:00")
    since = read_moment(begin, zone)
    until = read_moment(end, zone) if end.strip() else None
    if until is not None and until < since:
        local = [moment.astimezone(zone).isoformat(timespec="minutes") for moment in (since, until)]
        raise RuleBroken("pause_ends_before_start", begin=local[0], end=local[1])
    return since, until
