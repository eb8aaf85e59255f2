"""Drafting 起草制度: start, edit, undo, redo, rebase and discard the draft of a policy.

Two designers work on one draft. An edit names what it touches by key, so edits of different things
merge; an edit of something that somebody else changed meanwhile is refused and shows both values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from documents import audit
from documents.database import transaction
from documents.draft import Draft, DraftEdit, skeleton
from documents.house_parts import house_parts
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.rules.definition_changes import changes, rebased
from documents.rules.edits import Definition, Operation, apply
from documents.rules.policy_problems import KEY
from documents.rules.rights_changes import rights_changes, told

Conflict = tuple[Operation, str]
PATHS_TOLD = 20


def start(policy: str, *, actor: str, now: datetime) -> Draft:
    """起草: the open draft of a published policy, begun from its newest version when there is none."""

    def run() -> Draft:
        known = Draft.open_of(policy)
        if known is not None:
            return known
        current = Policy.current(policy)
        return _begin(policy, current.definition, base=current.version, actor=actor, now=now)

    return transaction(run)


def found(
    key: str, title: Mapping[str, str], *, zone: str, calendar: str, actor: str, now: datetime
) -> Draft:
    """新建制度: a policy from nothing, with the roles of the house.

    Raises RuleBroken("bad_key"), ("policy_exists"), ("label_missing").
    """
    empty = skeleton(key, dict(title), zone=zone, calendar=calendar)
    return begin_with({**empty, **house_parts(key)}, actor=actor, now=now)


def begin_with(definition: Definition, *, actor: str, now: datetime) -> Draft:
    """新建制度: a policy that was never published, from a definition (an empty one, a pack, an import)."""
    key, title = str(definition["policy"].get("key", "")), definition["policy"].get("title", {})
    if not KEY.match(key):
        raise RuleBroken("bad_key", key=key[:60])
    if not all(str(title.get(language, "")).strip() for language in ("zh", "en")):
        raise RuleBroken("label_missing")

    def run() -> Draft:
        if Draft.open_of(key) is not None or Policy.objects(key=key).first() is not None:
            raise RuleBroken("policy_exists", key=key)
        return _begin(key, definition, base=0, actor=actor, now=now)

    return transaction(run)


def _begin(policy: str, definition: Definition, *, base: int, actor: str, now: datetime) -> Draft:
    draft = Draft(
        policy=policy, base_version=base, definition=dict(definition), started_by=actor, started_at=now
    )
    draft.save(force_insert=True)
    audit.note("start_draft", f"policy:{policy}", by=actor, at=now, base=base)
    return draft


def edit(
    policy: str, operations: Sequence[Operation], *, actor: str, now: datetime, about: str = ""
) -> Draft:
    """修改: apply the operations to the open draft, all or none.

    Raises RuleBroken("no_draft") and what `documents.rules.edits.apply` refuses.
    """

    def run() -> Draft:
        draft = Draft.of(policy)
        done = apply(draft.definition, operations)
        _refuse_other_key(draft, done.definition)
        entry = DraftEdit(operations=list(operations), inverse=list(done.inverse), about=about)
        # Whoever goes on after an undo has left what was taken back behind.
        left = {"draft": draft.id, "by": actor, "undone": 1}
        DraftEdit.collection().update_many(left, {"$set": {"undone": 2}})
        return _keep(draft, done.definition, entry, actor=actor, now=now)

    return transaction(run)


def replace(policy: str, definition: Definition, *, actor: str, now: datetime, about: str = "") -> Draft:
    """整体替换: make the draft equal to a definition (an import, an old version), as one edit."""
    draft = Draft.of(policy)
    operations = changes(draft.definition, definition)
    return edit(policy, operations, actor=actor, now=now, about=about) if operations else draft


def undo(policy: str, *, actor: str, now: datetime) -> Draft:
    """撤销: take back this person's newest edit that still stands. Raises RuleBroken("nothing_to_undo")."""
    return _turn(policy, undone=0, actor=actor, now=now)


def redo(policy: str, *, actor: str, now: datetime) -> Draft:
    """重做: make this person's edit that was taken back last again. Raises RuleBroken("nothing_to_redo")."""
    return _turn(policy, undone=1, actor=actor, now=now)


def _turn(policy: str, *, undone: int, actor: str, now: datetime) -> Draft:
    def run() -> Draft:
        draft = Draft.of(policy)
        target = _newest(draft, actor, undone)
        if target is None:
            raise RuleBroken("nothing_to_redo" if undone else "nothing_to_undo")
        operations = target.operations if undone else target.inverse
        done = apply(draft.definition, operations)
        entry = DraftEdit(
            kind="redo" if undone else "undo",
            of=target.revision,
            operations=operations,
            inverse=list(done.inverse),
            about=target.about,
        )
        changed = {"undone": 0 if undone else 1, "inverse": list(done.inverse) if undone else target.inverse}
        DraftEdit.collection().update_one({"_id": target.id}, {"$set": changed})
        return _keep(draft, done.definition, entry, actor=actor, now=now)

    return transaction(run)


def _newest(draft: Draft, actor: str, undone: int) -> DraftEdit | None:
    """To undo: the newest edit that stands; to redo: the one that was taken back last."""
    mine = DraftEdit.objects(draft=draft.id, by=actor, kind="edit", undone=undone)
    found: DraftEdit | None = mine.order_by("revision" if undone else "-revision").first()
    return found


def _keep(
    draft: Draft, definition: Mapping[str, Any], entry: DraftEdit, *, actor: str, now: datetime
) -> Draft:
    """Write the draft and its edit; a designer who was faster makes the transaction run again."""
    entry.draft, entry.revision, entry.by, entry.at = draft.id, draft.revision + 1, actor, now
    changed = {
        "definition": dict(definition),
        "revision": draft.revision + 1,
        "changed_by": actor,
        "changed_at": now,
    }
    Draft.collection().update_one({"_id": draft.id, "revision": draft.revision}, {"$set": changed})
    entry.save(force_insert=True)
    audit.note("edit_draft", f"policy:{draft.policy}", by=actor, at=now, **_told(draft, definition, entry))
    draft.definition, draft.revision = dict(definition), draft.revision + 1
    draft.changed_by, draft.changed_at = actor, now
    return draft


def _told(draft: Draft, definition: Mapping[str, Any], entry: DraftEdit) -> dict[str, Any]:
    """What the trail remembers of an edit: where, how much, and of rights both values."""
    paths = list(dict.fromkeys(one["path"] for one in entry.operations))
    told_of = {"kind": entry.kind, "revision": entry.revision, "operations": len(entry.operations)}
    rights = told(rights_changes(draft.definition, definition))
    return {**told_of, "paths": "; ".join(paths[:PATHS_TOLD]), **rights}


def _refuse_other_key(draft: Draft, definition: Mapping[str, Any]) -> None:
    if definition.get("policy", {}).get("key") != draft.policy:
        raise RuleBroken("policy_key_is_fixed", key=draft.policy)


def behind(draft: Draft) -> int:
    """The newest published version when it is newer than the draft's base, else 0."""
    newest: Policy | None = Policy.objects(key=draft.policy, state="published").order_by("-version").first()
    return newest.version if newest is not None and newest.version > draft.base_version else 0


def rebase(policy: str, *, actor: str, now: datetime) -> tuple[Draft, list[Conflict]]:
    """更新草稿: put the draft's changes onto the version that was published meanwhile.

    What clashes keeps the published value and is listed with its code.
    """
    draft = Draft.of(policy)
    newest = behind(draft)
    if not newest:
        return draft, []
    base = Policy.of(policy, draft.base_version).definition if draft.base_version else {}
    merged, clashes = rebased(base, draft.definition, Policy.of(policy, newest).definition)

    def run() -> Draft:
        changed = edit(policy, changes(draft.definition, merged), actor=actor, now=now, about="rebase")
        Draft.collection().update_one({"_id": changed.id}, {"$set": {"base_version": newest}})
        changed.base_version = newest
        return changed

    return transaction(run), clashes


def discard(policy: str, *, actor: str, now: datetime) -> Draft:
    """放弃草稿: put it aside; `restore` brings it back."""

    def run() -> Draft:
        draft = Draft.of(policy)
        return _state(draft, "discarded", actor=actor, now=now)

    return transaction(run)


def restore(policy: str, *, actor: str, now: datetime) -> Draft:
    """恢复草稿: bring the newest discarded draft back. Raises RuleBroken("no_draft"), ("draft_exists")."""

    def run() -> Draft:
        if Draft.open_of(policy) is not None:
            raise RuleBroken("draft_exists", policy=policy)
        last: Draft | None = Draft.objects(policy=policy, state="discarded").order_by("-started_at").first()
        if last is None:
            raise RuleBroken("no_draft", policy=policy)
        return _state(last, "open", actor=actor, now=now)

    return transaction(run)


def _state(draft: Draft, state: str, *, actor: str, now: datetime) -> Draft:
    Draft.collection().update_one({"_id": draft.id}, {"$set": {"state": state}})
    draft.state = state
    audit.note(f"draft_{state}", f"policy:{draft.policy}", by=actor, at=now, revision=draft.revision)
    return draft
