"""Importing 导入制度: what a definition from outside would change, and putting it into the draft.

A draft may have problems still; publishing does not. Either the whole definition is taken or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from documents import audit
from documents.actions import drafting, publishing
from documents.bindings import house_for
from documents.database import transaction
from documents.draft import Draft
from documents.policy import Policy, canonical, in_force
from documents.rules.broken import RuleBroken
from documents.rules.edits import Definition
from documents.rules.policy_bindings import bindings
from documents.rules.policy_differences import Difference, differences
from documents.rules.policy_house import Binding
from documents.rules.policy_reconciling import Opening, openings


@dataclass(frozen=True)
class Arrival:
    """What an import would do 导入预览: against what, what changes, and what the house lacks."""

    key: str
    version: int  # the newest version, 0 when there is none
    draft: bool  # whether it is compared with an open draft
    differences: tuple[Difference, ...]
    bindings: tuple[Binding, ...]
    openings: tuple[Opening, ...] = ()


def look(definition: Definition, *, now: datetime, mail: bool | None = None) -> Arrival:
    """导入预览: compare a definition with the draft, or else with the newest version, and with the house."""
    key = str(definition["policy"]["key"])
    newest, draft = newest_of(key), Draft.open_of(key)
    house = house_for(definition, now=now, mail=mail)
    there: Definition = draft.definition if draft else newest.definition if newest else {}
    return Arrival(
        key=key,
        version=newest.version if newest else 0,
        draft=draft is not None,
        differences=tuple(differences(there, definition)),
        bindings=tuple(bindings(definition, house)),
        openings=tuple(openings(definition, house)),
    )


def newest_of(key: str) -> Policy | None:
    """The newest version of a policy, if there is one."""
    found: Policy | None = Policy.objects(key=key).order_by("-version").first()
    return found


def into_draft(definition: Definition, *, over: bool = False, actor: str, now: datetime) -> Draft:
    """导入: make the draft of the policy equal to the definition, as one edit that can be taken back.

    Raises RuleBroken("draft_has_changes") when somebody is at work on the draft, unless `over`, and what
    `drafting` refuses.
    """
    key = str(definition["policy"]["key"])

    def run() -> Draft:
        known = Draft.open_of(key)
        audit.note("import_policy", f"policy:{key}", by=actor, at=now, over=over)
        if known is None and newest_of(key) is None:
            return drafting.begin_with(definition, actor=actor, now=now)
        if known is not None and not over and known.definition != definition and _is_worked_on(known):
            raise RuleBroken("draft_has_changes", policy=key, by=known.changed_by or known.started_by)
        drafting.start(key, actor=actor, now=now)
        return drafting.replace(key, definition, actor=actor, now=now, about="import")

    return transaction(run)


def _is_worked_on(draft: Draft) -> bool:
    base = Policy.of(draft.policy, draft.base_version).definition if draft.base_version else None
    return bool(draft.definition != base)


def publish(definition: Definition, *, seen: int | None, actor: str, now: datetime) -> Policy:
    """发布: publish a definition that stands in no draft; a draft that says the same is finished with it.

    Raises RuleBroken("import_needs_second") when the policy asks for two people, and what the gate refuses.
    """
    key = str(definition["policy"]["key"])
    current = in_force(key)
    if current is not None and current.definition["policy"].get("four_eyes"):
        raise RuleBroken("import_needs_second", policy=key)

    def run() -> Policy:
        policy = publishing.publish_definition(definition, seen=seen, actor=actor, now=now)
        draft = Draft.open_of(key)
        if draft is not None and canonical(draft.definition) == canonical(policy.definition):
            done = {"state": "published", "published_version": policy.version}
            Draft.collection().update_one({"_id": draft.id}, {"$set": done})
        return policy

    return transaction(run)


def publish_draft(key: str, *, actor: str, now: datetime) -> Policy:
    """发布草稿: publish the open draft as it stands. Raises what the gate refuses."""
    seen = Draft.of(key).revision
    return publishing.publish_draft(key, actor=actor, now=now, seen=seen)[0]
