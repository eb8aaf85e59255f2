"""Attachments 附件: uploads that a form takes along become part of the case."""

from __future__ import annotations

from collections.abc import Iterable

from documents.actions.change import Change
from documents.complaint import Attachment
from documents.rules.fields import fields_of


def attach(change: Change, form_key: str | None, extra: Iterable[str] = ()) -> None:
    """Move the uploads named in the form's file fields, and `extra` ones, onto the case."""
    for field, uploads in [*_named(change, form_key), (None, list(extra))]:
        for upload in uploads:
            _attach(change, upload, form_key, field)


def _named(change: Change, form_key: str | None) -> list[tuple[str | None, list[str]]]:
    if form_key is None:
        return []
    keys = [field["key"] for field in fields_of(change.view.form(form_key)) if field["type"] == "files"]
    return [(key, list(change.values.get(key, []))) for key in keys]


def _attach(change: Change, upload_id: str, form_key: str | None, field: str | None) -> None:
    upload = change.surroundings.take_upload(upload_id, by=change.actor.id, case=change.case)
    if any(known.file_id == upload.file_id for known in change.case.attachments):
        return
    change.case.attachments.append(
        Attachment(
            file_id=upload.file_id,
            name=upload.name,
            size=upload.size,
            sha256=upload.sha256,
            media_type=upload.media_type,
            form=form_key,
            field=field,
            by=change.actor.id,
            at=change.now,
        )
    )
