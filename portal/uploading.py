"""Files on their way in 上传: checked at once, by the same action with and without scripts."""

from __future__ import annotations

from flask import Request
from werkzeug.datastructures import MultiDict

from documents.actions import uploads
from portal.clock import now
from portal.signing_in import me


def with_files(sent: Request) -> MultiDict[str, str]:
    """The sent fields, with each file that came along replaced by its upload: the page without scripts."""
    fields = MultiDict(sent.form)
    for name, file in sent.files.items(multi=True):
        if name.startswith("q_") and file.filename:
            accepted = uploads.accept(file.stream, file.filename, actor=me(), now=now())
            fields.add(name, accepted.id)
    return fields
