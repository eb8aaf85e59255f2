"""Uploads 已上传、尚未归入投诉的文件, and drafts 草稿: nothing typed is lost."""

from __future__ import annotations

from datetime import datetime

from mongoengine import BooleanField, DateTimeField, DictField, IntField, StringField

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

    meta = {"collection": "uploads", "indexes": [("by", "at"), "at"]}


class Draft(Stored):
    """What somebody has typed into a form and not sent yet."""

    id = StringField(primary_key=True)
    by = StringField(required=True)
    form = StringField(required=True)
    case = StringField()
    values = DictField()
    version = IntField()  # of the policy, under which the form was shown
    saved_at = DateTimeField(required=True)

    meta = {"collection": "drafts", "indexes": [("by", "-saved_at")]}

    @classmethod
    def keep(
        cls,
        draft: str,
        *,
        by: str,
        form: str,
        values: dict[str, object],
        now: datetime,
        version: int | None = None,
    ) -> None:
        """Save the draft under its id for its owner."""
        kept = {"form": form, "values": values, "version": version, "saved_at": now}
        cls.collection().update_one({"_id": draft, "by": by}, {"$set": kept}, upsert=True)
