"""Statements 申辩: the page of somebody complained about who was asked, and of nobody else.

It shows the question and what the policy opens; the case itself stays out of sight.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from documents.actions import hearing
from documents.case_parts import AnswerSet, Attachment, Hearing, plain_value
from documents.complaint import Complaint
from documents.policy import view_of
from documents.rules.access import STATEMENT, Decision, may
from documents.rules.broken import RuleBroken
from documents.rules.field_reading import is_empty
from documents.rules.fields import Definition, runs
from documents.rules.hearing import ANSWERED, ASKED
from documents.rules.policy import PolicyView
from documents.rules.policy_fields import all_fields
from documents.upload import Draft
from portal import reading
from portal.clock import now
from portal.forms.answers import Shown, in_words
from portal.forms.early import early_words
from portal.forms.page import Around, FormPage, blank_page, sent_page
from portal.held import draft_for, forget_draft, typed_in
from portal.language import said
from portal.messages import what_happened
from portal.signing_in import me
from portal.standing import my_reach
from portal.uploading import with_files
from portal.views.files import note_reading, streamed

statement_pages = Blueprint("statements", __name__)


@dataclass(frozen=True)
class Part:
    """A titled part of one's own answer, as the macro of filled forms reads it."""

    sections: list[tuple[str, list[Shown]]]


@dataclass
class StatementPage:
    """What one person was asked, as far as the permission function opens it."""

    case: Complaint
    asked: Hearing
    form: FormPage | None = None
    draft: Draft | None = None
    problem: str = ""

    def may(self, field: Definition | None = None) -> Decision:
        """The one permission function, asked for the narrow door."""
        return may(my_reach(), STATEMENT, self.case.case_scope(), roles=(), field=field)

    @property
    def question(self) -> str:
        """What is asked, as long as it stands."""
        return str(self.asked.question) if self.may() and self.asked.state in (ASKED, ANSWERED) else ""

    @property
    def waits(self) -> bool:
        """Whether the answer is still wanted."""
        return bool(self.asked.state == ASKED)

    @property
    def is_late(self) -> bool:
        """Whether the time to answer is over; the answer is taken all the same."""
        return self.waits and self.asked.due_at is not None and self.asked.due_at < now()

    @cached_property
    def opened(self) -> list[Shown]:
        """The fields that the policy opens, while the answer is wanted."""
        view = self._view(self.asked.policy_version)
        fields = all_fields(view.definition)
        known = [(fields[key], value) for key, value in self.asked.shown.items() if key in fields]
        return [
            Shown(one, text=in_words(one, plain_value(value), view)) for one, value in known if self.may(one)
        ]

    @property
    def answer(self) -> AnswerSet | None:
        """One's own answer."""
        given = (one for one in self.case.answers if one.seq == self.asked.answer and one.by == me().id)
        return next(given, None)

    @property
    def answered(self) -> Part | None:
        """One's own answer in words."""
        given = self.answer
        if given is None:
            return None
        view = self._view(given.policy_version)
        parts = [run for section in view.form(given.form)["sections"] for run in runs(section)]
        shown = [
            (said(title), list(self._own(given, view, [place.field for place in places])))
            for title, places in parts
        ]
        return Part([(title, fields) for title, fields in shown if fields])

    def _own(self, given: AnswerSet, view: PolicyView, fields: list[Definition]) -> Iterator[Shown]:
        for one in fields:
            value = plain_value(given.values.get(one["key"]))
            if one["type"] == "note" or is_empty(value):
                continue
            if one["type"] == "files":
                yield Shown(one, files=tuple(file for file in self.files if file.field == one["key"]))
            elif one["type"] == "table":
                yield Shown(one, rows=_rows(one, value, view))
            else:
                yield Shown(one, text=in_words(one, value, view))

    @property
    def files(self) -> list[Attachment]:
        """The files that came with one's own answer."""
        given = self.answer
        if given is None:
            return []
        of_it = (one for one in self.case.attachments if one.form == given.form and one.at == given.at)
        return [one for one in of_it if one.by == me().id]

    def _view(self, version: int) -> PolicyView:
        return view_of(self.case.policy, version)

    def around(self) -> Around:
        """What the form stands in: the policy alone, no fact of the case."""
        return Around(self._view(self.case.policy_version), self.case.policy_version)

    def show(self, status: int = 200) -> ResponseReturnValue:
        """The page."""
        return self._drawn(), status

    def _drawn(self) -> str:
        shown = sorted(self.asked.shown) if self.waits else []
        reading.shown(reading.READ, self.case.number, way=STATEMENT, opened=shown)
        return render_template("statement.html", page=self, form=self.form)

    def shown_again(self, error: RuleBroken) -> str:
        """The page after a refusal, with everything typed still in its place."""
        fresh = _page(self.asked.id)
        fresh.form, fresh.problem = self.form if fresh.waits else None, str(what_happened(error))
        return fresh._drawn()


def _rows(one: Definition, rows: list[dict[str, Any]], view: PolicyView) -> tuple[tuple[str, ...], ...]:
    columns = one["fields"]
    body = (tuple(in_words(each, row.get(each["key"]), view) for each in columns) for row in rows)
    return (tuple(said(each["label"]) for each in columns), *body)


def _page(key: str) -> StatementPage:
    """What I was asked; 404 for everybody else, whoever that is."""
    try:
        return StatementPage(*hearing.found(key, me()))
    except RuleBroken:
        abort(404)


@statement_pages.get("/statements/<statement>")
def show(statement: str) -> ResponseReturnValue:
    """The question with the form, or with the draft; later what I answered."""
    page = _page(statement)
    draft = draft_for(me().id, request.path)
    if draft and not page.waits:
        forget_draft(me().id, request.path)
        if draft.submission and draft.submission == page.asked.submission:
            flash(_("您上次填写的情况说明已经提交。"), "good")
    elif draft:
        page.draft = draft
        page.form = sent_page(page.around(), page.asked.form, typed_in(draft, draft.values))
    elif page.waits:
        page.form = blank_page(page.around(), page.asked.form, values={})
    return page.show()


@statement_pages.post("/statements/<statement>")
def give(statement: str) -> ResponseReturnValue:
    """Give the statement."""
    page, sent = _page(statement), with_files(request)
    page.form = sent_page(page.around(), page.asked.form, sent.fields)
    g.unfinished = page
    if page.waits and not page.form.is_complete(sent.refused):
        return page.show(422)
    submission = request.form.get("submission", "")[:64] or secrets.token_urlsafe(12)
    hearing.give(statement, page.form.form.submitted(), actor=me(), now=now(), submission=submission)
    forget_draft(me().id, request.path)
    flash(_("情况说明已提交。"), "good")
    return redirect(url_for("statements.show", statement=statement))


@statement_pages.post("/statements/<statement>/check")
def check(statement: str) -> ResponseReturnValue:
    """What is wrong with what is filled so far; nothing is sent."""
    page = _page(statement)
    return early_words(sent_page(page.around(), page.asked.form, request.form)) if page.waits else {}


@statement_pages.get("/statements/<statement>/files/<file_id>")
def attachment(statement: str, file_id: str) -> ResponseReturnValue:
    """Download a file of one's own answer."""
    page = _page(statement)
    found = next((one for one in page.files if one.file_id == file_id), None)
    if found is None:
        abort(404)
    note_reading(page.case, file=found.file_id, sha256=found.sha256)
    return streamed(found.file_id, found.name, size=found.size)
