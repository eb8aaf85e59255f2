"""Drafts 制度草稿: the definition that is being changed, while the published version stays in force."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from documents.database import Stored
from documents.fast_fields import WholeField
from documents.rules.broken import RuleBroken
from documents.rules.policy import PolicyView

STATES = ("open", "published", "discarded")


class Draft(Stored):
    """The one open draft 草稿 of a policy; every change of it is a `DraftEdit`."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    policy = StringField(required=True)
    state = StringField(default="open", choices=STATES)
    base_version = IntField(default=0)  # 0: the policy was never published
    definition = WholeField(required=True)
    revision = IntField(default=1)
    started_by = StringField(required=True)
    started_at = DateTimeField(required=True)
    changed_by = StringField()
    changed_at = DateTimeField()
    published_version = IntField()

    meta = {
        "collection": "policy_drafts",
        "indexes": [
            {"fields": ("policy",), "unique": True, "partialFilterExpression": {"state": "open"}},
            ("policy", "-started_at"),
        ],
    }

    @classmethod
    def open_of(cls, policy: str) -> Draft | None:
        """The open draft of a policy, if there is one."""
        found: Draft | None = cls.objects(policy=policy, state="open").first()
        return found

    @classmethod
    def of(cls, policy: str) -> Draft:
        """The open draft of a policy; raises RuleBroken("no_draft")."""
        found = cls.open_of(policy)
        if found is None:
            raise RuleBroken("no_draft", policy=policy)
        return found

    def view(self) -> PolicyView:
        """Look-ups over the draft, which may have problems still."""
        return PolicyView(self.definition)


class DraftEdit(Stored):
    """One edit 修改 of a draft, with what takes it back; nothing is ever struck from this list."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    draft = ObjectIdField(required=True)
    revision = IntField(required=True)  # of the draft, once the edit was made
    kind = StringField(default="edit", choices=("edit", "undo", "redo"))
    of = IntField()  # the revision of the edit that an undo or a redo is about
    undone = IntField(default=0)  # 1 while it is taken back, 2 once it can no longer be made again
    by = StringField(required=True)
    at = DateTimeField(required=True)
    about = StringField(default="")
    operations = ListField(DictField())
    inverse = ListField(DictField())

    meta = {
        "collection": "policy_draft_edits",
        "indexes": [
            {"fields": ("draft", "revision"), "unique": True},
            ("draft", "by", "undone", "-revision"),
        ],
    }


def skeleton(key: str, title: dict[str, str], *, zone: str, calendar: str) -> dict[str, Any]:
    """The smallest definition to begin with 空白制度: what every policy has, all still to be filled."""
    return {
        "policy": {"key": key, "title": title, "zone": zone, "calendar": calendar},
        "unit_kinds": [],
        "slots": {},
        "slot_labels": {"received": {"zh": "首接单位", "en": "Receiving unit"}},
        "roles": [],
        "lists": {},
        "forms": [],
        "case_types": [],
        "workflows": [],
        "limits": [],
        "ladders": [],
        "numbering": [],
        "letters": [],
        "duties": [],
        "reports": [],
    }


def edits_of(draft: Draft, *, since: int = 0, most: int = 200) -> list[DraftEdit]:
    """The newest edits of a draft, newest first."""
    found = DraftEdit.objects(draft=draft.id, revision__gt=since).order_by("-revision")
    return list(found.limit(most))
