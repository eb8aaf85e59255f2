"""Examination 发布前审查: everything that somebody should know before a definition is published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from documents import trial
from documents.bindings import bindings_of
from documents.consequences import Consequences, consequences
from documents.draft import Draft
from documents.held_names import held
from documents.needed_roles import added, needed
from documents.policy import Policy, in_force
from documents.rules.change_classes import Change, classified, settled, undecided
from documents.rules.change_reasons import CLASSES
from documents.rules.identity import Name
from documents.rules.numbers_together import number_conflicts
from documents.rules.policy_checking import problems
from documents.rules.policy_house import Binding
from documents.rules.policy_migrations import check_kept
from documents.rules.policy_problems import Findings, Problem, elements
from documents.rules.policy_warnings import role_conflicts, warnings
from documents.trial_found import ScenarioResult

Definition = Mapping[str, Any]
Progress = Callable[[int, int], None]
EMPTY: Definition = {}


@dataclass(frozen=True)
class Examination:
    """A definition as it is before it is published, beside the version in force."""

    policy: str
    base: int  # the version in force; 0 when there is none
    revision: int  # of the draft; 0 when there is none
    definition: Definition
    changes: Sequence[Change]
    problems: Sequence[Problem]
    warnings: Sequence[Problem] = ()
    scenarios: Sequence[ScenarioResult] = ()
    bindings: Sequence[Binding] = ()
    counted: Consequences | None = None
    behind: int = 0
    unknown: frozenset[Name] = field(default_factory=frozenset)

    @property
    def refused(self) -> list[Change]:
        """The changes that keep it from being published."""
        return [one for one in self.changes if one.kind == "refused"]

    @property
    def failed(self) -> list[ScenarioResult]:
        """The scenarios that came out otherwise than they say."""
        return [one for one in self.scenarios if not one.passed]

    @property
    def obstacle(self) -> str | None:
        """The code of the first thing that keeps it from being published; None when nothing does."""
        if self.behind:
            return "draft_is_behind"
        if self.problems:
            return "policy_has_problems"
        if self.base and not self.changes:
            return "nothing_changed"
        if self.refused:
            return "changes_refused"
        return "scenario_fails" if self.failed else None

    @property
    def by_class(self) -> dict[str, list[Change]]:
        """The changes by class, the gravest first; classes without changes are left out."""
        groups = {kind: [one for one in self.changes if one.kind == kind] for kind in reversed(CLASSES)}
        return {kind: found for kind, found in groups.items() if found}


def examine(
    policy: str, *, now: datetime, stage_map: Mapping[str, str] | None = None, counting: bool = True
) -> Examination:
    """审查草稿: examine the open draft of a policy in full. Raises RuleBroken("no_draft").

    Without `counting` the consequences are left to somebody who has more time.
    """
    draft = Draft.of(policy)
    newest = in_force(policy)
    found = examine_definition(
        draft.definition, now=now, stage_map=stage_map, revision=draft.revision, counting=counting
    )
    behind = newest.version if newest is not None and newest.version > draft.base_version else 0
    return _with(found, behind=behind)


def examine_definition(
    definition: Definition,
    *,
    now: datetime,
    stage_map: Mapping[str, str] | None = None,
    revision: int = 0,
    counting: bool = True,
) -> Examination:
    """Examine any definition in full: what is wrong, what it changes, and what comes of it."""
    base = in_force(str(definition["policy"]["key"]))
    found = judged(definition, base, stage_map=stage_map, revision=revision)
    if found.problems:
        return found
    counted = None
    if base is not None and counting:
        counted = consequences(base.definition, definition, now=now, stage_map=stage_map)
    return _with(
        found,
        warnings=[*warnings(definition), *_untold(found)],
        bindings=bindings_of(definition, now=now),
        scenarios=trial.run(definition),
        counted=counted,
    )


def judged(
    definition: Definition,
    base: Policy | None,
    *,
    stage_map: Mapping[str, str] | None = None,
    revision: int = 0,
) -> Examination:
    """What alone decides whether a definition may be published, without what is only good to know."""
    findings = Findings(problems(definition))
    key = str(definition["policy"]["key"])
    if not findings.problems:
        beside = others(key)
        findings.problems += role_conflicts(definition, beside) + number_conflicts(definition, beside)
    if base is not None:
        check_kept(base.definition, definition, findings)
    old = base.definition if base is not None else EMPTY
    changes = classified(old, definition) if base is not None and not findings.problems else []
    open_names = undecided(changes)
    found = held(key, old, open_names)
    counts = {name: count for name, count in found.counts.items() if not _mapped(old, name, stage_map or {})}
    counts = added(counts, needed(key, changes))
    return Examination(
        policy=key,
        base=base.version if base is not None else 0,
        revision=revision,
        definition=definition,
        changes=settled(changes, counts),
        problems=findings.problems,
        unknown=found.unknown,
    )


def others(key: str) -> dict[str, Definition]:
    """The other policies in force."""
    keys = sorted(Policy.objects(state="published", key__ne=key).distinct("key"))
    return {one: Policy.current(one).definition for one in keys}


def _mapped(old: Definition, name: Name, stage_map: Mapping[str, str]) -> bool:
    """Whether every case at a stage that is gone has a stage to go to."""
    if name.of != "stage":
        return False
    types = [one["key"] for one in elements(old, "case_types") if one.get("workflow") == name.within]
    return bool(types) and all(stage_map.get(f"{one}.{name.key}") for one in types)


def _untold(found: Examination) -> list[Problem]:
    return [
        Problem(
            name.key,
            f"未能在限定时间内数清“{name.key}”的数据，按有数据处理",
            f"could not count what holds “{name.key}” in time: it is taken for held",
            severity="warn",
        )
        for name in sorted(found.unknown)
    ]


def _with(found: Examination, **given: Any) -> Examination:
    return Examination(**{**vars(found), **given})
