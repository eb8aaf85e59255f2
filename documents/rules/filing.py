"""Filing 归档 decisions: how long a case is kept, who may hand it over, what shares a volume."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from documents.rules.broken import RuleBroken
from documents.rules.expressions import holds

Definition = Mapping[str, Any]
MOST_IN_A_VOLUME = 100  # all files of a volume are open at once while it is made
GROUPINGS = ("year", "retention", "unit")


def proposed(rules: Definition, facts: Mapping[str, Any]) -> Definition:
    """How long a case is kept 保管期限: the first period whose condition holds."""
    offered = (one for one in rules["retention"] if not one.get("by_hand"))
    found: Definition = next(one for one in offered if holds(one.get("when"), facts))
    return found


def classes(rules: Definition) -> list[Definition]:
    """The class table 保管期限表 from which a person may choose, each code once, the longest first."""
    found: dict[str, Definition] = {}
    for one in rules["retention"]:
        found.setdefault(str(one["code"]), one)
    return sorted(found.values(), key=years_of, reverse=True)


def class_of(rules: Definition, code: str) -> Definition:
    """One class; raises RuleBroken("unknown_retention")."""
    for one in rules["retention"]:
        if one["code"] == code:
            return dict(one)
    raise RuleBroken("unknown_retention", retention=code)


def years_of(period: Definition) -> float:
    """For how many years; without a number for ever 永久."""
    years = period.get("years")
    return math.inf if years is None else float(years)


def kept_as(period: Definition) -> dict[str, Any]:
    """A period as it lies in volumes and numbers."""
    label = period["label"]
    return {"zh": label["zh"], "en": label["en"], "code": period["code"], "years": period.get("years")}


def change_of(proposal: Definition, chosen: Definition) -> str:
    """What choosing another class means: "" when it is the proposal, else "longer", "shorter", "other"."""
    if proposal["code"] == chosen["code"]:
        return ""
    before, after = years_of(proposal), years_of(chosen)
    return "other" if before == after else "longer" if after > before else "shorter"


def check_reason(proposal: Definition, chosen: Definition, reason: str) -> None:
    """Whoever departs from the proposal says why; raises RuleBroken("retention_without_reason")."""
    if change_of(proposal, chosen) and not reason.strip():
        raise RuleBroken("retention_without_reason", proposed=proposal["label"], chosen=chosen["label"])


def needs_second(rules: Definition) -> bool:
    """Whether the one who checks 检查人 must be another than the one who filed 立卷人."""
    return bool(rules.get("four_eyes", True))


def unit_code(rules: Definition, facts: Mapping[str, Any], own: str) -> str:
    """机构（问题）代码 of a case: the first row of the table that holds, else the unit's own code."""
    rows = rules.get("unit_codes", ())
    return next((str(one["code"]) for one in rows if holds(one.get("when"), facts)), own)


@dataclass(frozen=True)
class Arrangement:
    """How cases are put into volumes 组卷方式."""

    joined: bool = False
    by: tuple[str, ...] = GROUPINGS
    most: int = MOST_IN_A_VOLUME

    @classmethod
    def of(cls, rules: Definition) -> Arrangement:
        """What the archive rules say; by default one case a volume."""
        written = rules.get("arrangement") or {}
        return cls(
            joined=written.get("mode") == "joined",
            by=tuple(written.get("by") or GROUPINGS),
            most=max(1, int(written.get("most") or MOST_IN_A_VOLUME)),
        )


@dataclass(frozen=True)
class Member:
    """A case on its way into a volume 待组卷案件, with everything that may keep it apart from others."""

    number: str
    house: tuple[str, ...]  # policy, unit that keeps the archive, fonds and year of the number
    retention: str
    unit: str
    unit_code: str
    closed_year: int
    case_type: str
    supplement: bool = False

    def apart(self, arrangement: Arrangement) -> tuple[str, ...]:
        """Cases of the same key may share a volume; a supplement 补充卷 stands alone."""
        if self.supplement or not arrangement.joined:
            return (*self.house, self.retention, self.unit_code, self.number)
        written = {
            "year": str(self.closed_year),
            "unit": self.unit,
            "case_type": self.case_type,
        }
        return (
            *(*self.house, self.retention, self.unit_code),
            *(written[name] for name in GROUPED if name in arrangement.by),
        )


GROUPED = ("year", "unit", "case_type")


def arranged(
    members: Iterable[Member], arrangements: Mapping[str, Arrangement]
) -> Iterator[tuple[Member, ...]]:
    """组卷: the volumes of a batch, each bounded; `arrangements` by policy. The order says nothing new."""

    def key(member: Member) -> tuple[tuple[str, ...], str]:
        return member.apart(arrangements[member.house[0]]), member.number

    for _apart, together in groupby(sorted(members, key=key), key=lambda one: key(one)[0]):
        yield from _bounded(list(together), arrangements)


def _bounded(
    together: Sequence[Member], arrangements: Mapping[str, Arrangement]
) -> Iterator[tuple[Member, ...]]:
    most = arrangements[together[0].house[0]].most
    for start in range(0, len(together), most):
        yield tuple(together[start : start + most])
