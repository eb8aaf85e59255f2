"""Uploads 上传: a file is checked while the rest of the form is still being typed."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from documents.actions import uploads
from documents.rules.broken import RuleBroken
from documents.upload import Upload
from portal.clock import now
from portal.messages import upload_warning
from portal.signing_in import me
from portal.views.files import picture

upload_pages = Blueprint("uploads", __name__)


@upload_pages.post("/uploads/drawings")
def accept_drawing() -> ResponseReturnValue:
    """Take a drawn signature."""
    file = request.files.get("file")
    if file is None:
        raise RuleBroken("no_drawing")
    return {"id": uploads.accept_drawing(file.stream, actor=me(), now=now()).id}


@upload_pages.get("/uploads/drawings/<upload>")
def drawing(upload: str) -> ResponseReturnValue:
    """A signature that the person drew and has not sent yet."""
    found = Upload.objects(id=upload, by=me().id, drawn=True).first()
    if found is None:
        abort(404)
    return picture(found.file_id)


@upload_pages.post("/uploads")
def accept() -> ResponseReturnValue:
    """Take one file; the answer says what is wrong with it, or under which id it waits."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise RuleBroken("file_empty", name="")
    taken = uploads.accept(file.stream, file.filename, actor=me(), now=now())
    warning = str(upload_warning(taken.warning)) if taken.warning else ""
    return {"id": taken.id, "name": taken.name, "size": taken.size, "warning": warning}
