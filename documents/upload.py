"""Uploads 已上传、尚未归入投诉的文件, and drafts 草稿: nothing typed is lost."""

from __future__ import annotations

from datetime import datetime

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from documents.database import Stored


class Upload(Stored):
    """A file that waits for the form it belongs to."""

    id = StringField(primary_key=True)
    file_id = StringField(required=True)
    name = StringField(required=True)
    size = IntField(required=True)
    sha256 = StringField(required=True)
    media_type = StringField(required=True)
    by = StringField(required=True)
    at = DateTimeField(required=True)
    case = StringField()
    warning = StringField()
    drawn = BooleanField()  # a signature drawn on a page, looked through to its last byte

    meta = {
        "collection": "uploads",
        "encrypted": {"name": (), "warning": ()},
        "indexes": [("by", "at"), "at"],
    }


class Draft(Stored):
    """What somebody has typed into a form and not sent yet."""

    id = StringField(primary_key=True)
    by = StringField(required=True)
    form = StringField(required=True)
    case = StringField()
    values = DictField()
    version = IntField()  # of the policy, under which the form was shown
    submission = StringField()  # the form's own key: sent again from the draft, it is still the same form
    earlier = ListField(DictField())  # {version, values}: what was typed before the form changed
    saved_at = DateTimeField(required=True)

    meta = {
        "collection": "drafts",
        "encrypted": {"values": (), "earlier.values": ()},
        "indexes": [("by", "-saved_at")],
    }

    @classmethod
    def keep(  # noqa: PLR0913 - one keyword for each thing that is kept
        cls,
        draft: str,
        *,
        by: str,
        form: str,
        values: dict[str, object],
        now: datetime,
        version: int | None = None,
        submission: str | None = None,
    ) -> None:
        """Save the draft under its id for its owner; what stood in an older form is kept beside it."""
        kept = {"form": form, "values": values, "version": version, "submission": submission, "saved_at": now}
        change: dict[str, object] = {"$set": kept}
        known = cls.collection().find_one({"_id": draft, "by": by}, {"version": 1, "values": 1})
        if known and known.get("version") and version and known["version"] != version:
            change["$push"] = {"earlier": {"version": known["version"], "values": known["values"]}}
        cls.collection().update_one({"_id": draft, "by": by}, change, upsert=True)

    def move(self, draft: str, form: str) -> None:
        """The page of the form has another address now."""
        row = {**self.to_mongo(), "_id": draft, "form": form}
        self.collection().replace_one({"_id": draft}, row, upsert=True)
        self.delete()
        self.id, self.form = draft, form
