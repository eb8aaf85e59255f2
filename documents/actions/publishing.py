"""Publishing 发布制度: the one gate through which a definition becomes a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from documents import audit
from documents.actions import drafting, entering, renamed_roles
from documents.case_move import CaseMove, running_move
from documents.database import transaction
from documents.draft import Draft
from documents.examination import Examination, judged
from documents.policy import Policy, in_force, publish
from documents.rules.broken import RuleBroken
from documents.rules.identity import returned
from documents.rules.rights_changes import rights_changes, told
from documents.sign_in import rules_of_roles
from documents.trial import run as try_scenarios

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class OpenCases:
    """What becomes of the cases that are open 在办案件的处理: they stay with their version, or move."""

    move: bool = False
    stage_map: Mapping[str, str] = field(default_factory=dict)
    received_from: datetime | None = None  # only those received since


STAY = OpenCases()


def publish_draft(
    policy: str, *, actor: str, now: datetime, seen: int, open_cases: OpenCases = STAY
) -> tuple[Policy, CaseMove | None]:
    """发布草稿: publish the open draft as the next version; `seen` is the revision that was examined.

    Raises RuleBroken("no_draft"), ("draft_changed_meanwhile"), ("draft_is_behind"),
    ("publisher_edited_last") and what the gate refuses, see `refuse`.
    """
    draft = Draft.of(policy)
    _refuse_draft(draft, seen, actor)
    found = judged(draft.definition, in_force(policy), stage_map=_map(open_cases), revision=draft.revision)
    refuse(found)

    def run() -> tuple[Policy, CaseMove | None]:
        fresh = Draft.of(policy)
        _refuse_draft(fresh, seen, actor)
        published = _write(fresh.definition, seen=found.base, actor=actor, now=now)
        closed = {"state": "published", "published_version": published.version}
        Draft.collection().update_one({"_id": fresh.id, "revision": seen}, {"$set": closed})
        return published, _move(published, open_cases, actor=actor, now=now)

    return transaction(run)


def publish_definition(
    definition: Definition, *, seen: int | None, actor: str, now: datetime, open_cases: OpenCases = STAY
) -> Policy:
    """发布: publish a definition that stands in no draft (a pack, an import) through the same gate.

    `seen` is the version that was looked at, None for the first. Raises
    RuleBroken("policy_changed_meanwhile") and what the gate refuses, see `refuse`.
    """
    refuse_outdated(str(definition["policy"]["key"]), seen)
    found = judged(definition, in_force(str(definition["policy"]["key"])), stage_map=_map(open_cases))
    refuse(found)

    def run() -> Policy:
        published = _write(definition, seen=seen or 0, actor=actor, now=now)
        _move(published, open_cases, actor=actor, now=now)
        return published

    return transaction(run)


def refuse(found: Examination) -> None:
    """拒绝发布: raise what keeps a definition from being published.

    RuleBroken("policy_has_problems"), ("nothing_changed"), ("changes_refused"), ("scenario_fails").
    """
    if found.problems:
        raise RuleBroken("policy_has_problems", count=len(found.problems), problems=tuple(found.problems))
    if found.base and not found.changes:
        raise RuleBroken("nothing_changed")
    if found.refused:
        first = found.refused[0]
        raise RuleBroken(
            "changes_refused",
            count=len(found.refused),
            what=first.difference.zh,
            why=first.reason.zh,
        )
    failed = [one for one in try_scenarios(found.definition) if not one.passed]
    if failed:
        raise RuleBroken("scenario_fails", count=len(failed), scenario=failed[0].label["zh"])


def refuse_outdated(policy: str, seen: int | None) -> None:
    """Refuse when another version was published since `seen`."""
    newest = in_force(policy)
    if (newest.version if newest else None) != seen:
        raise RuleBroken("policy_changed_meanwhile", version=newest.version if newest else 0)


def _refuse_draft(draft: Draft, seen: int, actor: str) -> None:
    if draft.revision != seen:
        raise RuleBroken("draft_changed_meanwhile", by=draft.changed_by)
    newer = drafting.behind(draft)
    if newer:
        raise RuleBroken("draft_is_behind", version=newer)
    if needs_second(draft) and (draft.changed_by or draft.started_by) == actor:
        raise RuleBroken("publisher_edited_last")


def needs_second(draft: Draft) -> bool:
    """Whether the policy asks for a second person 双人复核; switching it off needs one too."""
    base = in_force(draft.policy)
    either = (draft.definition, base.definition if base else {})
    return any(one.get("policy", {}).get("four_eyes") for one in either)


def _map(open_cases: OpenCases) -> Mapping[str, str]:
    return open_cases.stage_map if open_cases.move else {}


def _write(definition: Definition, *, seen: int, actor: str, now: datetime) -> Policy:
    """The new version with its audit entry; joins the running transaction.

    Whom it asks for more at the sign-in 登录要求 is asked for it at once, also who is signed in.
    """
    before, key = rules_of_roles(), str(definition["policy"]["key"])
    newest: Policy | None = Policy.objects(key=key).order_by("-version").first()
    if (newest.version if newest else 0) != seen:
        raise RuleBroken("policy_changed_meanwhile", version=newest.version if newest else 0)
    policy = publish(definition, by=actor, now=now)
    if newest is not None and policy.version == newest.version:
        raise RuleBroken("nothing_changed")
    followed = renamed_roles.follow(key, newest.definition, definition) if newest else {}
    entering.measure_roles_anew(before)
    rights = told(rights_changes(newest.definition if newest else {}, definition))
    which = {"version": policy.version, "sha256": policy.sha256}
    audit.note("publish_policy", f"policy:{key}", by=actor, at=now, **which, **rights, **followed)
    return policy


def _move(policy: Policy, open_cases: OpenCases, *, actor: str, now: datetime) -> CaseMove | None:
    if not open_cases.move or policy.version == 1:
        return None
    if running_move(policy.key) is not None:
        raise RuleBroken("move_is_running")
    since = open_cases.received_from
    return CaseMove.begin(
        policy.key, policy.version, open_cases.stage_map, actor=actor, now=now, received_from=since
    )


def go_back(policy: str, version: int, *, actor: str, now: datetime) -> Draft:
    """回退: make the draft equal to an old version; it is published through the same gate.

    What was renamed since is renamed back. Raises PolicyInvalid("no_such_version"),
    RuleBroken("nothing_changed").
    """
    old, current = Policy.of(policy, version), Policy.current(policy)
    if old.version == current.version:
        raise RuleBroken("nothing_changed")

    def run() -> Draft:
        drafting.start(policy, actor=actor, now=now)
        wanted = returned(old.definition, current.definition)
        return drafting.replace(policy, wanted, actor=actor, now=now, about=f"version {version}")

    return transaction(run)
