"""Drafts: autosaved edits, undo and redo across sessions, two designers at once, a newer base."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from documents.actions import drafting
from documents.audit import AuditEntry
from documents.draft import Draft, DraftEdit
from documents.pack_files import definition
from documents.policy import Policy, publish
from documents.rules.broken import RuleBroken

NOW = datetime(2026, 2, 24, 1, 0, tzinfo=UTC)
P01 = definition("p01")


@pytest.fixture
def draft(database: Any) -> Draft:
    publish(P01, by="setup", now=NOW)
    return drafting.start("p01", actor="admin", now=NOW)


def amount(key: str = "handle") -> int:
    found = Draft.of("p01").definition["limits"]
    return next(int(one["amount"]) for one in found if one["key"] == key)


def set_amount(value: int, *, by: str = "admin", key: str = "handle", **more: Any) -> Draft:
    operation = {"do": "set", "path": f"limits[{key}].amount", "value": value, **more}
    return drafting.edit("p01", [operation], actor=by, now=NOW)


def test_starting_twice_gives_the_same_draft(draft: Draft) -> None:
    assert drafting.start("p01", actor="other", now=NOW).id == draft.id
    assert draft.base_version == 1


def test_an_edit_leaves_the_published_version_alone(draft: Draft) -> None:
    set_amount(5)
    assert amount() == 5
    published = {one["key"]: one for one in Policy.current("p01").definition["limits"]}
    assert published["handle"]["amount"] == 7


def test_undo_and_redo_as_far_as_one_went(draft: Draft) -> None:
    for value in (5, 6, 8):
        set_amount(value)
    seen = []
    for turn in (drafting.undo, drafting.undo, drafting.undo, drafting.redo, drafting.redo, drafting.undo):
        turn("p01", actor="admin", now=NOW)
        seen.append(amount())
    assert seen == [6, 5, 7, 5, 6, 5]
    assert DraftEdit.objects(draft=draft.id).count() == 9, "nothing is struck from the list"


def test_every_edit_is_in_the_trail_and_rights_with_both_values(draft: Draft) -> None:
    wider = ["public", "personal", "restricted"]
    right = {"do": "set", "path": "roles[clerk].reads", "value": wider}
    drafting.edit("p01", [right, {**right, "path": "limits[handle].amount", "value": 5}], actor="li", now=NOW)
    drafting.undo("p01", actor="li", now=NOW)
    set_amount(9)
    edited, undone, plain = [
        one.facts for one in AuditEntry.objects(verb="edit_draft", subject="policy:p01").order_by("id")
    ]
    assert (edited["kind"], edited["operations"]) == ("edit", 2)
    assert edited["paths"] == "roles[clerk].reads; limits[handle].amount"
    told = {"path": "roles[clerk].reads", "old": ["public", "personal"], "new": wider}
    assert edited["rights"] == [told]
    assert (undone["kind"], undone["rights"][0]["new"]) == ("undo", told["old"])
    assert "rights" not in plain


def test_a_new_edit_after_undo_is_what_undo_takes_back_next(draft: Draft) -> None:
    set_amount(5)
    drafting.undo("p01", actor="admin", now=NOW)
    set_amount(9)
    with pytest.raises(RuleBroken, match="nothing_to_redo"):
        drafting.redo("p01", actor="admin", now=NOW)
    drafting.undo("p01", actor="admin", now=NOW)
    assert amount() == 7
    drafting.redo("p01", actor="admin", now=NOW)
    assert amount() == 9


def test_each_designer_takes_back_their_own(draft: Draft) -> None:
    set_amount(5, by="admin")
    set_amount(1, by="other", key="supervise")
    drafting.undo("p01", actor="admin", now=NOW)
    assert (amount(), amount("supervise")) == (7, 1)
    with pytest.raises(RuleBroken, match="nothing_to_undo"):
        drafting.undo("p01", actor="admin", now=NOW)


def test_two_designers_at_once_lose_nothing(draft: Draft) -> None:
    keys = ["supervise", "sign_for", "handle", "review", "report_up", "suggestion"]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda key: set_amount(11, by=key, key=key), keys))
    assert [amount(key) for key in keys] == [11] * 6
    assert Draft.of("p01").revision == 7
    assert sorted(one.revision for one in DraftEdit.objects(draft=draft.id)) == list(range(2, 8))


def test_the_same_thing_changed_by_two_is_refused_with_both_values(draft: Draft) -> None:
    set_amount(5, by="other")
    with pytest.raises(RuleBroken) as broken:
        set_amount(6, was=7)
    assert (broken.value.code, broken.value.facts["theirs"], broken.value.facts["yours"]) == (
        *("edited_meanwhile", 5, 6),
    )
    assert amount() == 5


def test_an_undo_that_would_overwrite_somebody_is_refused(draft: Draft) -> None:
    set_amount(5)
    set_amount(6, by="other")
    with pytest.raises(RuleBroken, match="edited_meanwhile"):
        drafting.undo("p01", actor="admin", now=NOW)
    assert amount() == 6


def test_a_draft_whose_base_was_published_meanwhile_is_rebased(draft: Draft) -> None:
    set_amount(5)
    set_amount(3, key="review")
    other = definition("p01")
    limits = {one["key"]: one for one in other["limits"]}
    limits["handle"]["amount"], limits["sign_for"]["amount"] = 6, 2
    publish(other, by="other", now=NOW)
    assert drafting.behind(Draft.of("p01")) == 2
    changed, clashes = drafting.rebase("p01", actor="admin", now=NOW)
    assert changed.base_version == 2
    assert [(one["path"], code) for one, code in clashes] == [("limits[handle].amount", "edited_meanwhile")]
    assert (amount(), amount("review"), amount("sign_for")) == (6, 3, 2)
    assert drafting.behind(Draft.of("p01")) == 0


def test_a_discarded_draft_comes_back(draft: Draft) -> None:
    set_amount(5)
    drafting.discard("p01", actor="admin", now=NOW)
    assert Draft.open_of("p01") is None
    drafting.restore("p01", actor="admin", now=NOW)
    assert amount() == 5


def test_a_policy_from_nothing(database: Any) -> None:
    title = {"zh": "物业投诉办法", "en": "Property complaints"}
    made = drafting.found("wuye", title, zone="Asia/Shanghai", calendar="cn", actor="admin", now=NOW)
    assert (made.base_version, made.definition["policy"]["title"]) == (0, title)
    with pytest.raises(RuleBroken, match="policy_exists"):
        drafting.found("wuye", title, zone="Asia/Shanghai", calendar="cn", actor="admin", now=NOW)
    with pytest.raises(RuleBroken, match="bad_key"):
        drafting.found("物业", title, zone="Asia/Shanghai", calendar="cn", actor="admin", now=NOW)


def test_the_key_of_a_policy_stays(draft: Draft) -> None:
    with pytest.raises(RuleBroken, match="policy_key_is_fixed"):
        drafting.edit("p01", [{"do": "set", "path": "policy.key", "value": "p99"}], actor="a", now=NOW)
