"""A form that is filled once for several cases 共用表单, on a page of the archive room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import g, request

from documents.dossier_words import Names, Wording
from documents.filing_answers import SharedAnswers
from portal.forms.answers import Shown
from portal.forms.compile import compile_form, from_draft
from portal.forms.earlier import Earlier
from portal.forms.page import Around, FormPage, defaults_of, filled_page, opened_page
from portal.held import draft_for, forget_draft, keep_draft
from portal.language import language
from portal.reading import LIST, listed
from portal.revealing import revealed, sitting
from portal.signing_in import me

Definition = Mapping[str, Any]


class SharedPages(NamedTuple):
    """What the archive room asks of such a form, and of what was revealed of it in this sitting."""

    page: Callable[[SharedAnswers, str], FormPage]
    forget: Callable[[], None]
    revealed: Callable[[str], Mapping[str, datetime]]
    sitting: Callable[[], str]


def shared_page(answers: SharedAnswers, address: str) -> FormPage:
    """The form of this request: as it was sent, as a draft keeps it, as it was filled before, or blank.

    `address`: where its masked answers are revealed.
    """
    shared = answers.shared
    compiled = compile_form(shared.definition)
    earlier = _earlier(answers, address)
    around = Around(shared.view, shared.place.version, opening=shared.facts, earlier=earlier)
    draft = draft_for(me().id, request.path)
    sent = request.form if request.method == "POST" else from_draft(draft.values) if draft else None
    if sent is None:
        page = opened_page(compiled, around, {**defaults_of(shared.definition), **shared.values})
    else:
        page = filled_page(compiled, around, sent)
    if request.method == "POST" and page.cover.aside:
        keep_draft(me().id, request.path, request.form.to_dict(flat=False))
    if g.get("read_fields"):
        listed(LIST, shared.cases, way="filing_batch")
    return page


def _earlier(answers: SharedAnswers, address: str) -> Earlier:
    shared = answers.shared
    wording = Wording(shared.view, Names(language()), language=language())

    def shown(one: Definition, value: Any) -> Shown:
        return Shown(one, text=answers.told(one, value, wording).text)

    return Earlier(shared.mark, lambda: shared.earlier, answers.opens, shown, lambda _field: address)


def forget_typed() -> None:
    """The form of this request was kept: its draft has done its work."""
    forget_draft(me().id, request.path)


SHARED = SharedPages(shared_page, forget_typed, revealed, sitting)
