"""Files 文件 of a case: attachments, letters, the sealed volume; the permission function is asked first."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue
from werkzeug.http import dump_options_header

from documents import files
from documents.case_parts import plain_value
from documents.complaint import Complaint
from documents.policy import view_of
from documents.rules.fields import Definition, fields_of
from pdf.naming import safe
from portal import reading
from portal.case_page import CasePage
from portal.standing import case_for_me, may_on

file_pages = Blueprint("files", __name__)


@file_pages.get("/cases/<number>/files/<file_id>")
def attachment(number: str, file_id: str) -> ResponseReturnValue:
    """Download an attachment; never opened inside the portal."""
    page = CasePage(case_for_me(number))
    found = next((one for one in page.attachments() if one.file_id == file_id), None)
    if found is None:
        abort(404)
    note_reading(page.case, file=found.file_id, sha256=found.sha256)
    return streamed(found.file_id, found.name, size=found.size)


@file_pages.get("/cases/<number>/letters/<int:seq>")
def letter(number: str, seq: int) -> ResponseReturnValue:
    """Show a letter's PDF."""
    page = CasePage(case_for_me(number))
    case = page.case
    found = next((one for one in case.letters if one.seq == seq and one.file_id), None)
    if found is None or not page.may_open_letter(found):
        abort(404)
    note_reading(case, letter=found.number, sha256=found.sha256)
    return pdf(found.file_id, f"{case.number} {found.title['zh']}.pdf")


@file_pages.get("/cases/<number>/volumes/<path:volume_number>")
def volume(number: str, volume_number: str) -> ResponseReturnValue:
    """Show the sealed case file, or a supplement to it."""
    page = CasePage(case_for_me(number))
    found = next((one for one in page.case.volumes if one.number == volume_number), None)
    if found is None or not page.may_open_volume(found):
        abort(404)
    note_reading(page.case, volume=found.number, sha256=found.sha256)
    return pdf(found.file_id, f"{found.number}.pdf")


@file_pages.get("/cases/<number>/drawings/<file_id>")
def drawing(number: str, file_id: str) -> ResponseReturnValue:
    """A drawn signature 手写签名, as far as the person may read the field."""
    case = case_for_me(number)
    if not any(may_on(case, field=one) for one in _signatures(case, file_id)):
        abort(404)
    note_reading(case, drawing=file_id)
    return picture(file_id)


def _signatures(case: Complaint, file_id: str) -> Iterator[Definition]:
    """The fields in which this picture stands as a signature."""
    for answers in case.answers:
        for one in fields_of(view_of(case.policy, answers.policy_version).form(answers.form)):
            value = plain_value(answers.values.get(one["key"])) if one["type"] == "signature" else None
            if value and (value.get("drawn") or {}).get("file_id") == file_id:
                yield one


def note_reading(case: Complaint, **facts: object) -> None:
    """Opening a file is audited like changing one."""
    reading.shown(reading.READ_FILE, case.number, **facts)


def streamed(file_id: str, name: str, *, size: int | None = None) -> Response:
    """The file as a download: no browser may guess at its type or run it."""
    response = Response(files.blocks(file_id), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = disposition("attachment", name)
    if size is not None:
        response.content_length = size
    return response


def picture(file_id: str) -> Response:
    """A picture that was looked through before it was kept."""
    return Response(files.read(file_id), mimetype="image/png")


def pdf(file_id: str, name: str) -> Response:
    """A PDF of our own making, opened in the browser."""
    response = Response(files.blocks(file_id), mimetype="application/pdf")
    response.headers["Content-Disposition"] = disposition("inline", name)
    return response


def disposition(how: str, name: str) -> str:
    """The header with the name in every script's letters, and without anything that is no name."""
    name = safe(name)
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    # Werkzeug writes a starred option as it is: the encoding is ours to do.
    return dump_options_header(how, {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"})
