"""Renamed roles 岗位更名: whoever held the role under its old key holds it under the new one.

Posts, and who stands in for a post 代行, name a role by its key; they are rewritten in the transaction that
publishes the rename. What older versions say of roles is read in the keys of today, see
`documents.policy.view_of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.complaint import Complaint
from documents.filing_batch import FilingEntry
from documents.person import Person
from documents.policy import newest_versions, view_of
from documents.rules.renaming import role_moves
from documents.sign_in import SignInRules

Definition = Mapping[str, Any]
UNIQUE = {
    "initialValue": [],
    "in": {
        "$cond": [
            {"$in": ["$$this", "$$value"]},
            "$$value",
            {"$concatArrays": ["$$value", ["$$this"]]},
        ]
    },
}


def follow(policy: str, old: Definition, new: Definition) -> dict[str, Any]:
    """Rewrite who holds a renamed role; what the trail is told: each role with its old and new key.

    Of a role that is gone no post is left: nobody who comes back to the house takes steps by it.
    """
    moves = role_moves(old, new)
    for role in _keys(old) - _keys(new) - {one.old for one in moves}:
        if not _is_named_elsewhere(policy, role):
            Person.collection().update_many({"posts.role": role}, {"$pull": {"posts": {"role": role}}})
    for one in moves:
        _posts(one.old, one.new, is_kept=_is_named_elsewhere(policy, one.old))
        _stand_ins(policy, one.old, one.new)
        _sign_in_rules(one.old, one.new)
    return {"renamed_roles": [[one.old, one.new] for one in moves]} if moves else {}


def _keys(definition: Definition) -> set[str]:
    return {str(one["key"]) for one in definition.get("roles", ())}


def _is_named_elsewhere(policy: str, role: str) -> bool:
    """Whether another policy in force calls a role so: then both are held."""
    others = (view_of(key, version) for key, version in newest_versions() if key != policy)
    return any(role in _keys(view.definition) for view in others)


def _posts(old: str, new: str, *, is_kept: bool) -> None:
    of_old = {"$eq": ["$$post.role", old]}
    called = {"$mergeObjects": ["$$post", {"role": new}]}
    renamed = {"input": "$posts", "as": "post", "in": {"$cond": [of_old, called, "$$post"]}}
    found: list[Any] = [{"$map": renamed}]
    if is_kept:
        found.append({"$filter": {"input": "$posts", "as": "post", "cond": of_old}})
    posts = {"$reduce": {"input": {"$concatArrays": found}, **UNIQUE}}
    Person.collection().update_many({"posts.role": old}, [{"$set": {"posts": posts}}])


def _stand_ins(policy: str, old: str, new: str) -> None:
    """On cases and in open batches; whoever read a case before its post was renamed must read it again."""
    asked = {"policy": policy, "stand_ins.person": {"$exists": True}, "stand_ins.role": old}
    change = {"$set": {"stand_ins.$[one].role": new}}
    only = [{"one.role": old}]
    Complaint.collection().update_many(asked, {**change, "$inc": {"revision": 1}}, array_filters=only)
    FilingEntry.collection().update_many(
        {"policy": policy, "stand_ins.role": old}, change, array_filters=only
    )


def _sign_in_rules(old: str, new: str) -> None:
    """What was asked at the door of who holds the role 登录要求."""
    house = SignInRules.collection()
    said = (house.find_one({"_id": "house"}) or {}).get("roles", {})
    if old in said:
        house.update_one({"_id": "house"}, {"$set": {f"roles.{new}": said[old]}})
