"""What a draft would make of real cases 回放比较: how two runs of a case differ, and in groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from documents.rules.policy import PolicyView
from documents.rules.scenario_results import CaseFound, ClockFound
from documents.rules.scenarios import written_moment

Text = Mapping[str, str]
SAMPLES: Final = 10

# The kinds of difference, in the order in which people want to hear of them.
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "gone": ("已办的步骤在草稿中没有", "steps that were taken and no longer exist"),
    "refused": ("已办的步骤在草稿中会被拒绝", "steps that were taken and would be refused"),
    "form": ("填过的表单在草稿中不合要求", "forms that were filled and would not pass"),
    "overdue": ("会变成逾期", "would be overdue"),
    "due": ("期限会变动", "deadlines that would move"),
    "route": ("会走另一条路径", "would take another route"),
    "outcome": ("结果或状态会不同", "another outcome or status"),
    "severity": ("等级会不同", "another level"),
    "letters": ("函件会不同", "other letters"),
    "notices": ("提醒或接收人会不同", "other reminders or recipients"),
    "archive": ("保管期限会不同", "another retention"),
    "unclear": ("无法回放", "cannot be replayed"),
}


class Finding(NamedTuple):
    """One difference of one case 一处不同; cases with the same `kind` and `about` belong together."""

    kind: str
    about: str
    group_zh: str
    group_en: str
    zh: str = ""
    en: str = ""


@dataclass
class Group:
    """Cases that differ in the same way 同类不同."""

    kind: str
    zh: str
    en: str
    count: int = 0
    samples: list[dict[str, str]] = field(default_factory=list)

    def as_table(self) -> dict[str, Any]:
        """The group as it is kept and sent."""
        return {
            "kind": self.kind,
            "zh": self.zh,
            "en": self.en,
            "count": self.count,
            "samples": self.samples,
        }


@dataclass
class Tally:
    """The differences of all cases 汇总."""

    cases: int = 0
    different: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    groups: dict[tuple[str, str], Group] = field(default_factory=dict)

    def take(self, number: str, found: Sequence[Finding]) -> None:
        """Take one case into account."""
        self.cases += 1
        self.different += any(one.kind != "unclear" for one in found)
        self.kinds.update({one.kind for one in found})
        seen: set[tuple[str, str]] = set()
        for one in found:
            key = one.kind, one.about
            group = self.groups.setdefault(key, Group(one.kind, one.group_zh, one.group_en))
            group.count += key not in seen
            if len(group.samples) < SAMPLES and key not in seen:
                group.samples.append({"number": number, "zh": one.zh, "en": one.en})
            seen.add(key)

    def ordered(self) -> list[Group]:
        """The groups by kind, the largest of each kind first."""
        order = list(KINDS)
        return sorted(self.groups.values(), key=lambda one: (order.index(one.kind), -one.count, one.zh))


@dataclass(frozen=True)
class Beside:
    """A case as it went, and as it would go under the draft 前后对照."""

    view: PolicyView
    before: CaseFound
    after: CaseFound

    def findings(self) -> list[Finding]:
        """Everything that would differ."""
        return [
            *self._route(),
            *self._ends(),
            *self._clocks(),
            *self._severity(),
            *self._lists("letters", self.before.letters, self.after.letters),
            *self._notices(),
            *self._archive(),
        ]

    def _route(self) -> Iterator[Finding]:
        before, after = (self._path(one) for one in (self.before, self.after))
        if before != after:
            zh, en = (f"{before[index]} ⇒ {after[index]}" for index in (0, 1))
            yield Finding("route", f"{self.before.route}{self.after.route}", zh, en, zh, en)

    def _path(self, found: CaseFound) -> tuple[str, str]:
        labels = {one["key"]: one["label"] for one in self.view.stages(self.after.case_type)}
        texts = [labels.get(key, {"zh": key, "en": key}) for key in found.route]
        return " → ".join(one["zh"] for one in texts), " → ".join(one["en"] for one in texts)

    def _ends(self) -> Iterator[Finding]:
        for name, zh, en in (("status", "状态", "status"), ("outcome", "处理结果", "outcome")):
            before, after = getattr(self.before, name) or "–", getattr(self.after, name) or "–"
            if before != after:
                change = f"{before} ⇒ {after}"
                yield Finding("outcome", f"{name}:{change}", f"{zh} {change}", f"{en} {change}")

    def _severity(self) -> Iterator[Finding]:
        before, after = (self._level(one) for one in (self.before, self.after))
        if before != after:
            zh, en = (f"{before[index]} ⇒ {after[index]}" for index in (0, 1))
            yield Finding("severity", f"{self.before.severity}{self.after.severity}", zh, en, zh, en)

    def _level(self, found: CaseFound) -> tuple[str, str]:
        scale = self.view.scale(self.after.case_type)
        if scale is None or found.severity is None:
            return found.severity or "–", found.severity or "–"
        label = scale.label(found.severity)
        return label["zh"], label["en"]

    def _clocks(self) -> Iterator[Finding]:
        before, after = (_by_limit(one.clocks) for one in (self.before, self.after))
        for limit in dict.fromkeys([*before, *after]):
            label = self._limit(limit)
            for old, new in _paired(before.get(limit, []), after.get(limit, [])):
                yield from self._clock(limit, label, old, new)

    def _clock(
        self, limit: str, label: Text, old: ClockFound | None, new: ClockFound | None
    ) -> Iterator[Finding]:
        moments = [written_moment(one.due_at, self.view.zone) if one else "–" for one in (old, new)]
        change = f"{moments[0]} ⇒ {moments[1]}"
        if moments[0] != moments[1]:
            yield Finding("due", limit, f"“{label['zh']}”", f"“{label['en']}”", change, change)
        if new and new.late and not (old and old.late):
            yield Finding("overdue", limit, f"“{label['zh']}”", f"“{label['en']}”", change, change)

    def _limit(self, key: str) -> Text:
        known = (one["label"] for one in self.view.definition["limits"] if one["key"] == key)
        return next(known, {"zh": key, "en": key})

    def _lists(self, kind: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Finding]:
        if list(before) != list(after):
            change = f"{'、'.join(before) or '–'} ⇒ {'、'.join(after) or '–'}"
            yield Finding(kind, change, change, change)

    def _notices(self) -> Iterator[Finding]:
        before, after = (
            Counter((one.limit, one.rung, one.to) for one in found.notices)
            for found in (self.before, self.after)
        )
        rungs = dict.fromkeys((limit, rung) for limit, rung, _ in [*(before - after), *(after - before)])
        for limit, rung in rungs:
            told = [
                "；".join(
                    "、".join(to) or "–"
                    for (one, step, to), times in counted.items()
                    if (one, step) == (limit, rung)
                    for _ in range(times)
                )
                for counted in (before, after)
            ]
            change, label = f"{told[0] or '–'} ⇒ {told[1] or '–'}", self._limit(limit)
            group = f"“{label['zh']}” · {rung}", f"“{label['en']}” · {rung}"
            yield Finding("notices", f"{limit}:{rung}", *group, change, change)

    def _archive(self) -> Iterator[Finding]:
        before, after = self.before.archive or "–", self.after.archive or "–"
        if before != after:
            yield Finding("archive", f"{before}{after}", f"{before} ⇒ {after}", f"{before} ⇒ {after}")


def _by_limit(clocks: Sequence[ClockFound]) -> dict[str, list[ClockFound]]:
    found: dict[str, list[ClockFound]] = {}
    for clock in clocks:
        found.setdefault(clock.limit, []).append(clock)
    return found


def _paired(
    before: Sequence[ClockFound], after: Sequence[ClockFound]
) -> Iterator[tuple[ClockFound | None, ClockFound | None]]:
    for index in range(max(len(before), len(after))):
        yield (
            before[index] if index < len(before) else None,
            after[index] if index < len(after) else None,
        )
