"""Designing 设计制度: an edit of a draft that keeps to the grammar and takes nothing away that is needed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from documents.actions import drafting
from documents.draft import Draft
from documents.draft_insight import Insight, insight, remember
from documents.held_answers import holds
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.rules.edit_guard import lost, sound
from documents.rules.edits import Operation, apply
from documents.rules.mentions import Target
from documents.rules.seeds import completed
from documents.rules.where_used import WhereUsed

_published: dict[str, tuple[int, frozenset[Target]]] = {}


def design(
    policy: str, operations: Any, *, actor: str, now: datetime, about: str = ""
) -> tuple[Draft, list[Operation]]:
    """修改: make new elements whole, refuse what would break something, and edit the draft.

    Raises RuleBroken("bad_operation"), ("bad_path"), ("bad_value"), ("in_use"), ("holds_data") and what
    `documents.actions.drafting.edit` refuses. Returns what was really done: keys are chosen here.
    """
    seen = Draft.of(policy)
    known = insight(seen)
    whole = completed(known.definition, sound(operations))
    after = Insight(apply(known.definition, whole).definition)
    if _may_lose(whole):
        _refuse_loss(policy, known, after)
    draft = drafting.edit(policy, whole, actor=actor, now=now, about=about[:200])
    if (draft.id, draft.revision) == (seen.id, seen.revision + 1):
        remember(draft, after)
    return draft, whole


def _may_lose(operations: Sequence[Operation]) -> bool:
    """Whether something may be gone afterwards: adding and moving take nothing away."""
    return any(one["do"] in ("remove", "set") for one in operations)


def _refuse_loss(policy: str, before: Insight, after: Insight) -> None:
    gone = lost(before.used, after.used)
    known = published_targets(policy) if gone else frozenset()
    for target in gone:
        if target in known and holds(policy, target, before.definition):
            raise RuleBroken("holds_data", key=target[1].rpartition("/")[2], kind=target[0])


def published_targets(policy: str) -> frozenset[Target]:
    """Everything that any published version of the policy has; remembered until the next is published."""
    versions = list(Policy.objects(key=policy).order_by("-version").only("version").scalar("version"))
    newest = versions[0] if versions else 0
    known = _published.get(policy)
    if known is None or known[0] != newest:
        found: set[Target] = set()
        for version in versions:
            found |= set(WhereUsed(Policy.of(policy, version).definition).targets())
        known = _published[policy] = (newest, frozenset(found))
    return known[1]
