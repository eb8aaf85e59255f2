"""The scale of severity 定级标准: the levels of a policy, and the rules that raise a case to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from documents.rules.durations import ONE_DAY, add_months, aware, day_start
from documents.rules.options import walk

Definition = Mapping[str, Any]
Text = Mapping[str, str]

SPANS = ("hours", "natural_days", "months")
DIFFERENT, SAME = "different", "same"
MOST_SPAN = {"hours": 100_000, "natural_days": 36_600, "months": 1_200}


@dataclass(frozen=True)
class Span:
    """A span of time 时长; days and months are over at the end of the local day."""

    amount: int
    counted_in: str

    def __post_init__(self) -> None:
        if self.counted_in not in SPANS:
            raise ValueError(f"cannot count in {self.counted_in!r}")
        if not 1 <= self.amount <= MOST_SPAN[self.counted_in]:
            raise ValueError(f"a span of {self.amount} {self.counted_in} makes no sense")

    @classmethod
    def from_definition(cls, definition: Definition) -> Span:
        """The span as a policy writes it: {amount, counted_in}."""
        amount = definition["amount"]
        if not isinstance(amount, int) or isinstance(amount, bool):
            raise ValueError(f"{amount!r} is not a whole number")
        return cls(amount, str(definition["counted_in"]))

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment at which the span is over: 24:00 of its last day, or the minute."""
        if self.counted_in == "hours":
            return aware(moment) + timedelta(hours=self.amount)
        return day_start(self._day(moment, zone, self.amount) + ONE_DAY, zone)

    def before(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The earliest moment from which this one may lie within the span; never too late."""
        if self.counted_in == "hours":
            return aware(moment) - timedelta(hours=self.amount)
        # A month that is cut to its end reaches further back than forward.
        return day_start(self._day(moment, zone, -self.amount) - 3 * ONE_DAY, zone)

    def _day(self, moment: datetime, zone: ZoneInfo, amount: int) -> date:
        day = aware(moment).astimezone(zone).date()
        return day + amount * ONE_DAY if self.counted_in == "natural_days" else add_months(day, amount)


@dataclass(frozen=True)
class Similar:
    """What a rule asks of other complaints of the same type 同类投诉: how many, whose, within which time."""

    at_least: int
    span: Span
    by: str = DIFFERENT

    def __post_init__(self) -> None:
        if not 2 <= self.at_least <= 1_000:
            raise ValueError(f"at least {self.at_least} of a type makes no sense; this one counts too")
        if self.by not in (DIFFERENT, SAME):
            raise ValueError(f"by {self.by!r} is neither {DIFFERENT} nor {SAME}")

    @classmethod
    def from_definition(cls, definition: Definition) -> Similar:
        """As a policy writes it: {at_least, by, amount, counted_in}."""
        return cls(definition["at_least"], Span.from_definition(definition), definition.get("by", DIFFERENT))


@dataclass(frozen=True)
class Rule:
    """One criterion 定级标准; it holds when everything that it names holds."""

    key: str
    level: str
    label: Text
    when: str | bool | None = None
    unresolved: Span | None = None
    similar: Similar | None = None

    @classmethod
    def from_definition(cls, definition: Definition) -> Rule:
        """The rule as a policy writes it."""
        unresolved, similar = definition.get("unresolved"), definition.get("similar")
        return cls(
            key=definition["key"],
            level=definition["level"],
            label=definition["label"],
            when=definition.get("when"),
            unresolved=Span.from_definition(unresolved) if unresolved else None,
            similar=Similar.from_definition(similar) if similar else None,
        )


@dataclass(frozen=True)
class Scale:
    """The levels of a policy, the lowest first, with the rules that raise a case to them 定级标准."""

    levels: tuple[str, ...]
    labels: Mapping[str, Text]
    rules: tuple[Rule, ...]
    zone: ZoneInfo
    case_types: frozenset[str] = frozenset()
    alike: str | None = None
    complainant: tuple[str, ...] = ()

    @classmethod
    def from_definition(cls, definition: Definition) -> Scale:
        """The section 定级 of a definition."""
        section = definition["severity"]
        options = [path[-1] for path in walk(definition["lists"][section["list"]])]
        levels = [option for option in options if not option.get("retired")]
        return cls(
            levels=tuple(str(option["key"]) for option in levels),
            labels={str(option["key"]): option["label"] for option in options},
            rules=tuple(Rule.from_definition(rule) for rule in section.get("rules", ())),
            zone=ZoneInfo(definition["policy"]["zone"]),
            case_types=frozenset(section.get("case_types", ())),
            alike=section.get("alike"),
            complainant=tuple(section.get("complainant", ())),
        )

    def covers(self, case_type: str) -> bool:
        """Whether cases of this type have a level."""
        return not self.case_types or case_type in self.case_types

    def rank(self, level: str) -> int:
        """How high a level stands; what is no level any more stands lowest."""
        return self.levels.index(level) if level in self.levels else 0

    def label(self, level: str) -> Text:
        """What a level is called."""
        return self.labels.get(level, {"zh": level, "en": level})

    @property
    def counts_others(self) -> bool:
        """Whether a rule asks for other complaints of the same type."""
        return any(rule.similar for rule in self.rules)
