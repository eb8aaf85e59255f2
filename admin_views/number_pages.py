"""Archive numbers 档号: every one that was given out, reserved, used or void – and what is missing."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.archive_pages import ArchivePage
from admin_views.archive_scope import scope
from admin_views.standing import me
from admin_views.veils import veil
from documents.archive_number import STATES, cases_of
from documents.complaint import kept_from
from documents.number_register import MOST_NAMED, MOST_SHOWN, numbers, series_of
from documents.person import Person
from documents.volume import HIDDEN


class NumbersView(ArchivePage):
    """档号."""

    icon = "type-number"
    tab = "numbers"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The series of a unit and year, and their numbers."""
        here = scope()
        if here is None:
            return self.render("admin/archive/none.html")
        state = request.args.get("state", "")
        words = request.args.get("words", "").replace("\0", "").strip()[:60]
        # Nobody finds a volume by the number of a case of which he may not know.
        known = veil(words) == words
        rows = numbers(here.unit.id, here.year, state=state, words=words, by_case=known)
        hidden = kept_from(me().id, (case for row in rows for case in cases_of(row)))
        return self.render(
            "admin/archive/numbers.html",
            here=here,
            lines=series_of(here.unit.id, here.unit.fonds_number or "", here.year),
            rows=rows[:MOST_SHOWN],
            unsaid={row.id for row in rows if hidden & set(cases_of(row))},
            hidden_words=HIDDEN,
            more=len(rows) > MOST_SHOWN,
            people=Person.many(row.reserved_by for row in rows),
            states=STATES,
            state=state,
            words=words,
            most=MOST_SHOWN,
            most_named=MOST_NAMED,
        )
