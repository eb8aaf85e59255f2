"""Papers of a draft 打印预览: a letter or a form with example values, made by the press of real papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, abort
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.base import Page
from admin_views.designer.bench import Known, known_of
from admin_views.downloads import shown
from admin_views.standing import now
from documents.draft import Draft
from documents.example_papers import Example, example_form, example_letter, form_example, letter_example
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.papers import FilledForm, LetterPaper
from documents.rules.policy_problems import elements
from documents.work_calendar import WorkCalendarRecord
from jobs import previews

Definition = Mapping[str, Any]
LETTERS = "letters"


class PaperPages(Page):
    """PDFs of the draft; nothing is stored and no case is read."""

    @expose("/<policy>/paper/letter/<key>")
    def letter_paper(self, policy: str, key: str) -> ResponseReturnValue:
        """A letter as it would be printed."""
        known = known_of(Draft.of(policy))
        letter = one_of(known.definition, LETTERS, key)
        paper = example_letter(known.definition, letter, example_of_letter(known, key), now=now())
        return printed(paper, paper.title or key)

    @expose("/<policy>/paper/form/<key>")
    def form_paper(self, policy: str, key: str) -> ResponseReturnValue:
        """A form as it would be printed."""
        known = known_of(Draft.of(policy))
        form = one_of(known.definition, "forms", key)
        paper = example_form(known.definition, form, example_of_form(known, key), now=now())
        return printed(paper, paper.title or key)


def one_of(definition: Definition, section: str, key: str) -> Definition:
    """An element of the draft, or no such page."""
    found = next((one for one in elements(definition, section) if one.get("key") == key), None)
    if found is None:
        abort(404)
    return found


def printed(paper: LetterPaper | FilledForm, name: str) -> Response:
    """The PDF, opened in the browser and kept nowhere."""
    response = shown(previews.rendered(paper), f"{name}.pdf")
    response.headers["Cache-Control"] = "no-store"
    return response


def example_of_letter(known: Known, key: str) -> Example | None:
    """The letter of a scenario; None while the draft cannot be played or a condition not be read."""
    place = f"{LETTERS}[{key}]"
    if any(one.element.startswith(place) and one.attribute == "when" for one in known.troubles):
        return None
    return _played(known, lambda calendar: letter_example(known.definition, key, calendar))


def example_of_form(known: Known, key: str) -> Example | None:
    """The filled form of a scenario; None while the draft cannot be played."""
    return _played(known, lambda calendar: form_example(known.definition, key, calendar))


def _played(known: Known, find: Any) -> Example | None:
    # What is wrong in a letter alone does not keep a scenario from being played.
    refusing = (one for one in known.troubles if one.problem.severity == "refuse")
    if any(not one.element.startswith(LETTERS) for one in refusing):
        return None
    try:
        calendar = WorkCalendarRecord.get(known.definition["policy"]["calendar"]).calendar()
    except (PolicyInvalid, RuleBroken):
        return None
    found: Example | None = find(calendar)
    return found
