"""Time limits 时限: the rule from which a deadline 期限 is computed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time

from documents.rules.durations import parse_clock, parse_month_day, refuse_unknown

# Ten years of each unit; a longer limit is a slip of the pen.
MOST = {
    "minutes": 5_256_000,
    "hours": 87_600,
    "working_minutes": 1_200_000,
    "working_hours": 20_000,
    "working_days": 2_500,
    "natural_days": 3_660,
    "months": 120,
    "immediately": 5_256_000,
}
COUNTED_TO_THE_MINUTE = frozenset({"minutes", "hours", "working_minutes", "working_hours", "immediately"})
COUNTED_IN_DAYS = frozenset({"working_days", "natural_days", "months"})
ENDING_ON_A_DAY = COUNTED_IN_DAYS | {"same_day", "date"}
FIXED = frozenset({"same_day", "clock_time", "date"})  # a pause does not move these
SET_BY_SOMEBODY = frozenset({"agreed", "external"})
KINDS = COUNTED_TO_THE_MINUTE | ENDING_ON_A_DAY | SET_BY_SOMEBODY | {"clock_time"}
NEEDS_AMOUNT = (COUNTED_TO_THE_MINUTE | COUNTED_IN_DAYS) - {"immediately"}
ENDS = frozenset({"end_of_day", "close_of_business", "at", "exact"})
AFTER_HOURS = frozenset({"keep", "next_opening", "next_day", "next_working_day"})


@dataclass(frozen=True)
class TimeLimit:
    """时限: how long something may take.

    `amount` of `counted_in` after the start; the day of the start is day zero unless `start_day_counts`
    (民法典 Art. 201). A last day that is not worked moves on with `rolls_over` (Art. 203), back with
    `rolls_back`, and stays by default, because a limit must not grow unless somebody chose it. It ends at
    24:00 of the last day, at close of business, `at` a clock time, or at the clock time of the start.
    `after_hours` says what a start outside working hours means; for a clock time, one that is past.
    `earliest` opens a window, in the same unit. `agreed_may_exceed` is False when this limit is the
    upper bound of whatever is promised or agreed; with `soft` going beyond it is noted, not refused.
    """

    key: str
    counted_in: str
    amount: int | None = None
    start_day_counts: bool = False
    ends: str = "end_of_day"
    rolls_over: bool = False
    rolls_back: bool = False
    soft: bool = False
    at: time | None = None
    month_day: tuple[int, int] | None = None
    after_hours: str = "keep"
    earliest: int | None = None
    agreed_may_exceed: bool = True

    def __post_init__(self) -> None:
        for problem in (*_amount_problems(self), *_clock_problems(self), *_day_problems(self)):
            raise ValueError(f"limit {self.key!r}: {problem}")

    @classmethod
    def from_definition(cls, definition: Mapping[str, object]) -> "TimeLimit":
        """The limit as a policy writes it; what it does not understand it refuses by name."""
        refuse_unknown(definition, KNOWN, f"limit {definition.get('key')!r}")
        values = {name: value for name, value in definition.items() if value is not None}
        _check_types(values)
        if "at" in values:
            values["at"] = parse_clock(values["at"])
        if "month_day" in values:
            values["month_day"] = parse_month_day(values["month_day"])
        if values.get("counted_in") == "clock_time":
            values.setdefault("after_hours", "next_working_day")
        return cls(**values)  # type: ignore[arg-type]  # _check_types has looked at each


KNOWN = frozenset(field.name for field in fields(TimeLimit))
FLAGS = frozenset({"start_day_counts", "rolls_over", "rolls_back", "soft", "agreed_may_exceed"})
NUMBERS = frozenset({"amount", "earliest"})
WORDS = frozenset({"key", "counted_in", "ends", "after_hours"})


def _check_types(values: Mapping[str, object]) -> None:
    key = values.get("key")
    for name in ("key", "counted_in"):
        if name not in values:
            raise ValueError(f"limit {key!r}: {name} is missing")
    for name, value in values.items():
        right = (
            isinstance(value, bool)
            if name in FLAGS
            else isinstance(value, int) and not isinstance(value, bool)
            if name in NUMBERS
            else isinstance(value, str) or name not in WORDS
        )
        if not right:
            raise ValueError(f"limit {key!r}: {name} cannot be {value!r}")


def _amount_problems(limit: TimeLimit) -> list[str]:
    kind, amount, earliest = limit.counted_in, limit.amount, limit.earliest
    if kind not in KINDS:
        return [f"cannot count in {kind!r}; known are {', '.join(sorted(KINDS))}"]
    problems = []
    if amount is None and kind in NEEDS_AMOUNT:
        problems.append(f"{kind} without an amount")
    if amount is not None and not 0 <= amount <= MOST.get(kind, -1):
        problems.append(f"amount {amount} of {kind}: {_allowed(kind)}")
    if earliest is not None and (kind not in NEEDS_AMOUNT or not 0 <= earliest <= (amount or 0)):
        problems.append(f"earliest {earliest} does not open a window of {amount} {kind}")
    return problems


def _allowed(kind: str) -> str:
    return f"allowed are 0 to {MOST[kind]}" if kind in MOST else "this kind has no amount"


def _clock_problems(limit: TimeLimit) -> list[str]:
    kind, problems = limit.counted_in, []
    if limit.ends not in ENDS:
        problems.append(f"cannot end {limit.ends!r}; known are {', '.join(sorted(ENDS))}")
    if limit.ends != "end_of_day" and kind not in ENDING_ON_A_DAY:
        allowed = limit.ends == "exact" and kind in COUNTED_TO_THE_MINUTE
        problems += [] if allowed else [f"{kind} cannot end {limit.ends!r}"]
    if (limit.at is not None) != (kind == "clock_time" or limit.ends == "at"):
        problems.append("`at` goes with the kind clock_time, or with ends: at")
    if limit.ends == "exact" and kind in {"same_day", "date"}:
        problems.append(f"{kind} has no clock time of its own to end at exactly")
    return problems


def _day_problems(limit: TimeLimit) -> list[str]:
    kind, problems = limit.counted_in, []
    if (limit.month_day is not None) != (kind == "date"):
        problems.append("month_day goes with the kind date, and date needs it")
    if limit.rolls_over and limit.rolls_back:
        problems.append("a last day cannot roll over and roll back")
    if (limit.rolls_over or limit.rolls_back) and kind not in ENDING_ON_A_DAY:
        problems.append(f"{kind} has no last day to roll")
    if limit.start_day_counts and kind not in COUNTED_IN_DAYS:
        problems.append(f"{kind} does not count days, so no start day counts")
    if kind in SET_BY_SOMEBODY and not limit.agreed_may_exceed:
        problems.append(f"{kind} has no bound of its own; state the bound as a limit in days")
    return problems + _after_hours_problems(limit)


def _after_hours_problems(limit: TimeLimit) -> list[str]:
    chosen, kind = limit.after_hours, limit.counted_in
    if chosen not in AFTER_HOURS:
        return [f"after_hours {chosen!r} is unknown; known are {', '.join(sorted(AFTER_HOURS))}"]
    for_clock = chosen in {"next_day", "next_working_day"}
    if for_clock != (kind == "clock_time"):
        return [f"after_hours {chosen!r} does not fit {kind}"]
    if chosen == "next_opening" and kind in SET_BY_SOMEBODY | {"date"}:
        return [f"after_hours {chosen!r} does not fit {kind}"]
    return []
