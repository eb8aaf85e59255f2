"""Files on their way in 上传: checked at once, by the same action with and without scripts."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Request, request
from werkzeug.datastructures import MultiDict

from documents.actions import uploads
from documents.rules.broken import RuleBroken
from portal.clock import now
from portal.signing_in import me

# A page without scripts sends its files with the form. A file too large for us must be refused with the form
# still filled, so the form as a whole may be larger than any one of its files.
ROOM_OF_A_FORM = 300 * 1024 * 1024
# Of these Werkzeug bounds no single field: what holds no files is bounded as a whole.
WITHOUT_FILES = frozenset({"application/x-www-form-urlencoded", "application/json"})
FORMS = frozenset({"intake.register", "steps.perform", "statements.give", "retaliation.send"})


def prepare_room(app: Flask) -> None:
    """Let forms bring files along; everything else stays under the usual limit."""
    app.before_request_funcs.setdefault(None, []).insert(0, make_room)


def make_room() -> None:
    """Raise the limit for this request before anybody reads its body."""
    if request.mimetype in WITHOUT_FILES:
        request.max_content_length = request.max_form_memory_size
    elif request.endpoint in FORMS:
        request.max_content_length = ROOM_OF_A_FORM


@dataclass(frozen=True)
class Sent:
    """A form as it came in, with the files that came along and why some were refused."""

    fields: MultiDict[str, str]
    refused: list[tuple[str, RuleBroken]]


def with_files(sent: Request) -> Sent:
    """The sent fields, each file replaced by its upload; a file that cannot be taken is told at its field."""
    fields = MultiDict(sent.form)
    refused: list[tuple[str, RuleBroken]] = []
    for name, file in sent.files.items(multi=True):
        if not (name.startswith("q_") and file.filename):
            continue
        try:
            accepted = uploads.accept(file.stream, file.filename, actor=me(), now=now())
        except RuleBroken as refusal:
            refused.append((name, refusal))
        else:
            fields.add(name, accepted.id)
    return Sent(fields, refused)
