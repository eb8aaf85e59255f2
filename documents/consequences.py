"""Consequences 后果 of a new version, counted on live data before it is published.

What is held by whom is counted by the database in one pass. What depends on rules – which records would
fail, which deadlines would move – is asked of each open case in one stream that carries only what the
rules read. Beyond `MOST_ASKED` cases the oldest are asked, and the figures say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.case_stream import stream
from documents.failing import Failing, label_of
from documents.forecast import Forecast
from documents.held_names import Held, held
from documents.needed_roles import added, needed
from documents.person import Person
from documents.rules.change_classes import Change, classified, settled
from documents.rules.consequence_words import Consequence
from documents.rules.identity import Name
from documents.rules.impact import Impact
from documents.rules.policy_problems import elements
from documents.standing_cases import Standing, standing
from documents.upload import Draft

Definition = Mapping[str, Any]
Progress = Callable[[int, int], None]
MOST_ASKED = 100_000
HELD_CODES = {
    **dict.fromkeys(("field", "column"), "held"),
    **dict.fromkeys(("option", "list"), "chosen"),
    **dict.fromkeys(("stage", "workflow"), "at_stage"),
    "form": "filled",
    "case_type": "of_type",
    "role": "holders",
    "unit_kind": "units",
}


@dataclass(frozen=True)
class Consequences:
    """Everything that was counted 后果清单, with the classes of the changes settled by it."""

    changes: Sequence[Change]
    lines: Sequence[Consequence]
    standing: Sequence[Standing]
    forecast: Forecast
    asked: int
    unknown: frozenset[Name]

    @property
    def open_cases(self) -> int:
        """How many cases are open, under any version."""
        return sum(one.count for one in self.standing)

    @property
    def is_sampled(self) -> bool:
        """Whether there were too many open cases to ask every one."""
        return 0 < self.asked < self.open_cases


def consequences(
    base: Definition,
    definition: Definition,
    *,
    now: datetime,
    stage_map: Mapping[str, str] | None = None,
    on_progress: Progress = lambda _done, _total: None,
) -> Consequences:
    """Count what a definition means for the cases under the version in force and those before it."""
    policy = str(definition["policy"]["key"])
    impact = Impact(base, definition, classified(base, definition))
    found, where = held(policy, base, impact.counted), standing(policy)
    total = sum(one.count for one in where)
    failing = Failing(policy, impact, sorted({one.version for one in where}), now)
    future = Forecast(policy, definition, now, stage_map or {})
    future.prepare(where)
    asked = stream(
        policy, (failing, future), most=MOST_ASKED, on_progress=lambda done: on_progress(done, total)
    )
    waiting = needed(policy, impact.changes)
    lines = [
        *([Consequence("open", total, lead={"policy": policy, "status": "open"})] if total else []),
        *_of_names(impact, found),
        *(Consequence("needed", count, label_of(impact, role)) for role, count in waiting.items()),
        *failing.lines(),
        *_of_drafts(impact, policy),
        *_of_texts(impact),
        *_of_rights(impact),
        *future.lines(),
    ]
    changes = settled(impact.changes, added(found.counts, waiting))
    return Consequences(changes, lines, where, future, asked, found.unknown)


def _of_names(impact: Impact, found: Held) -> Iterator[Consequence]:
    for name in impact.counted:
        count = found.counts.get(name, 0)
        if count:
            yield Consequence(
                HELD_CODES.get(name.of, "held"),
                count,
                label_of(impact, name),
                found.samples.get(name, ()),
                exact=name not in found.unknown,
            )


def _of_drafts(impact: Impact, policy: str) -> Iterator[Consequence]:
    """Drafts of registrations: drafts of steps belong to a case, and to its own version."""
    types = [
        str(one["key"])
        for one in elements(impact.new, "case_types")
        if one["register"]["form"] in impact.touched_forms
    ]
    if types:
        pattern = f"^/register/{re.escape(policy)}/({'|'.join(map(re.escape, types))})$"
        count = Draft.collection().count_documents({"form": {"$regex": pattern}})
        if count:
            yield Consequence("drafts", count)


def _of_texts(impact: Impact) -> Iterator[Consequence]:
    """Letters and figures that name a field which is gone, renamed or read by other people now."""
    changed = {"field_gone", "renamed", "retyped", "sensitivity", "retired"}
    found = [name for one in impact.changes if one.code in changed for name in one.about]
    keys = frozenset(name.key for name in found if name.of in ("field", "column"))
    if not keys:
        return
    letters = impact.letters_with(keys)
    if letters:
        labels = [label_of(impact, Name("letter", key)) for key in letters]
        what = "、".join(one[0] for one in labels), ", ".join(one[1] for one in labels)
        yield Consequence("letters", len(letters), what)
    figures = impact.figures_with(keys)
    if figures:
        yield Consequence("figures", len(figures), ("、".join(figures), ", ".join(figures)))


def _of_rights(impact: Impact) -> Iterator[Consequence]:
    for role in impact.rights:
        count = Person.objects(active=True, posts__role=role).count()
        if count:
            yield Consequence("rights", count, label_of(impact, Name("role", role)))
