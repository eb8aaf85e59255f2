"""A form that is filled once for several cases 共用表单, on a page of the archive room."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask import request

from documents.filing_forms import SharedForm
from portal.forms.compile import compile_form, from_draft, from_values
from portal.forms.page import Around, FormPage, defaults_of
from portal.held import draft_for, forget_draft
from portal.signing_in import me


class SharedPages(NamedTuple):
    """What the archive room asks of such a form."""

    page: Callable[[SharedForm], FormPage]
    forget: Callable[[], None]


def shared_page(shared: SharedForm) -> FormPage:
    """The form of this request: as it was sent, as a draft keeps it, as it was filled before, or blank."""
    definition, around = shared.definition, Around(shared.view, shared.place.version, opening=shared.facts)
    compiled = compile_form(definition)
    draft = draft_for(me().id, request.path)
    sent = request.form if request.method == "POST" else from_draft(draft.values) if draft else None
    if sent is None:
        known = {**defaults_of(definition), **shared.values}
        form = compiled(data=from_values(definition, known))
    else:
        form = compiled(formdata=sent)
    page = FormPage(definition, form, around)
    page.refresh()
    return page


def forget_typed() -> None:
    """The form of this request was kept: its draft has done its work."""
    forget_draft(me().id, request.path)


SHARED = SharedPages(shared_page, forget_typed)
