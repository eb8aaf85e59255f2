"""Policies 投诉制度: versions of the definition that cases pin. A published version never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mongoengine import DateTimeField, IntField, StringField

from documents.database import Stored
from documents.fast_fields import WholeField
from documents.rules.broken import PolicyInvalid
from documents.rules.identity import Identity, identity, migrations
from documents.rules.inherited import inheriting
from documents.rules.policy import PolicyView
from documents.rules.renaming import with_roles_of

_views: dict[tuple[str, int], tuple[str, PolicyView]] = {}


class Policy(Stored):
    """One version of a policy 制度版本."""

    key = StringField(required=True)
    version = IntField(required=True)
    state = StringField(default="published", choices=("draft", "published", "retired"))
    definition = WholeField(required=True)
    sha256 = StringField(required=True)
    published_at = DateTimeField()
    published_by = StringField()

    meta = {
        "collection": "policies",
        "indexes": [{"fields": ("key", "version"), "unique": True}, ("key", "state", "-version")],
    }

    @classmethod
    def current(cls, key: str) -> Policy:
        """The newest published version; raises PolicyInvalid("no_published_version")."""
        found: Policy | None = cls.objects(key=key, state="published").order_by("-version").first()
        if found is None:
            raise PolicyInvalid("no_published_version", key=key)
        return found

    @classmethod
    def of(cls, key: str, version: int) -> Policy:
        """The version that a case pins."""
        found: Policy | None = cls.objects(key=key, version=version).first()
        if found is None:
            raise PolicyInvalid("no_such_version", key=key, version=version)
        return found

    def view(self) -> PolicyView:
        """Look-ups over this version; what its copies inherit is written out in it."""
        known = _views.get((self.key, self.version))
        if known is not None and known[0] == self.sha256:
            return known[1]
        return PolicyView(inheriting(self.definition))


def in_force(key: str) -> Policy | None:
    """The newest published version, if there is one."""
    found: Policy | None = Policy.objects(key=key, state="published").order_by("-version").first()
    return found


def view_of(key: str, version: int) -> PolicyView:
    """Look-ups over a pinned version, remembered: a published version never changes.

    Its roles have the keys that the version in force gives them, for posts do: see decision 020.
    """
    known = _views.get((key, version))
    if known is None:
        policy = Policy.of(key, version)
        known = _views[(key, version)] = (policy.sha256, PolicyView(inheriting(_in_todays_roles(policy))))
        _forget_older(policy)
    return known[1]


def _in_todays_roles(policy: Policy) -> Mapping[str, Any]:
    newest = in_force(policy.key)
    is_old = newest is not None and newest.version > policy.version
    return with_roles_of(policy.definition, newest.definition) if newest and is_old else policy.definition


def _forget_older(policy: Policy) -> None:
    """What is remembered of older versions of a policy that renamed a role since: it is read anew."""
    if any(one.of == "role" for one in migrations(policy.definition)):
        for key, version in list(_views):
            if key == policy.key and version < policy.version:
                _views.pop((key, version), None)


def view_in_force(key: str) -> PolicyView:
    """Look-ups over the newest published version; raises PolicyInvalid("no_published_version")."""
    asked = {"key": key, "state": "published"}
    newest = Policy.collection().find_one(asked, {"version": 1}, sort=[("version", -1)])
    if newest is None:
        raise PolicyInvalid("no_published_version", key=key)
    return view_of(key, newest["version"])


def identity_between(key: str, there: int, here: int) -> Identity:
    """From the keys of one version of a policy to the keys of another, whichever is the newer."""
    if there == here:
        return Identity()
    return identity(view_of(key, there).definition, view_of(key, here).definition)


def newest_versions() -> list[tuple[str, int]]:
    """Key and version of each policy's newest published version."""
    newest: dict[str, int] = {}
    for row in Policy.collection().find({"state": "published"}, {"key": 1, "version": 1}):
        newest[row["key"]] = max(newest.get(row["key"], 0), row["version"])
    return sorted(newest.items())


def views_in_force() -> list[PolicyView]:
    """The newest published version of each policy."""
    return [view_of(key, version) for key, version in newest_versions()]


def roles_in_force() -> list[Mapping[str, Any]]:
    """The roles of all policies in force; the first policy that defines a role has the say."""
    found: dict[str, Mapping[str, Any]] = {}
    for view in views_in_force():
        for role in view.definition.get("roles", ()):
            found.setdefault(role["key"], role)
    return list(found.values())


def roles_of(policy: str) -> Sequence[Mapping[str, Any]]:
    """What each role of a policy may at this moment 现行岗位权限, on cases of every version.

    A case pins its fields and its steps, not what a role may read and do: see decision 020.
    """
    roles: Sequence[Mapping[str, Any]] = view_in_force(policy).definition.get("roles", ())
    return roles


def forget_views() -> None:
    """Forget remembered versions (another database was connected)."""
    _views.clear()


def canonical(definition: Mapping[str, Any]) -> bytes:
    """The definition as sorted JSON: equal definitions are equal bytes."""
    return json.dumps(definition, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def publish(definition: Mapping[str, Any], *, by: str, now: datetime) -> Policy:
    """Publish the definition as the next version; unchanged content keeps the current version."""
    key = definition["policy"]["key"]
    digest = hashlib.sha256(canonical(definition)).hexdigest()
    newest: Policy | None = Policy.objects(key=key).order_by("-version").first()
    if newest is not None and newest.sha256 == digest:
        return newest
    version = newest.version + 1 if newest else 1
    policy = Policy(
        key=key,
        version=version,
        state="published",
        definition=json.loads(canonical(definition)),
        sha256=digest,
        published_at=now,
        published_by=by,
    )
    policy.save(force_insert=True)
    return policy
