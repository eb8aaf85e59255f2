"""Attachments 附件: uploads that a form takes along become part of the case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from documents.actions.change import Change
from documents.case_parts import Attachment
from documents.rules.fields import Definition, fields_of
from documents.rules.stamping import drawn_in
from documents.upload import Upload


def attach(change: Change, form_key: str | None, extra: Iterable[str] = ()) -> None:
    """Move the uploads named in the form's file fields, and `extra` ones, onto the case."""
    for field, uploads in _named(change, form_key):
        for upload in uploads:
            _attach(change, upload, form_key, field)
    for upload in extra:  # it came with no answer: it is as open as the case
        _attach(change, upload, None, None)
    if form_key is not None:
        attach_drawings(change, change.view.form(form_key))


def attach_drawings(change: Change, form: Definition) -> None:
    """The drawn signatures 手写签名 of the form become files of the case, named in the signatures alone."""
    for key, drawn in drawn_in(form, change.values).items():
        upload = change.surroundings.take_upload(drawn, by=change.actor.id, case=change.case)
        kept = {"file_id": upload.file_id, "size": upload.size, "sha256": upload.sha256}
        change.values[key] = {**change.values[key], "drawn": kept}


def _named(change: Change, form_key: str | None) -> list[tuple[str | None, list[str]]]:
    if form_key is None:
        return []
    keys = [field["key"] for field in fields_of(change.view.form(form_key)) if field["type"] == "files"]
    return [(key, list(change.values.get(key, []))) for key in keys]


def _attach(change: Change, upload_id: str, form_key: str | None, field: str | None) -> None:
    upload = change.surroundings.take_upload(upload_id, by=change.actor.id, case=change.case)
    if any(known.file_id == upload.file_id for known in change.case.attachments):
        return
    added = attachment_of(upload, by=change.actor.id, at=change.now)
    added.form, added.field = form_key, field
    change.case.attachments.append(added)


def attachment_of(upload: Upload, *, by: str, at: datetime) -> Attachment:
    """An upload as a file of a case 附件."""
    kept = ("file_id", "name", "size", "sha256", "media_type")
    return Attachment(**{name: getattr(upload, name) for name in kept}, by=by, at=at)
