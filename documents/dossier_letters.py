"""Letters 函件 of a case as plain values: the template's paragraphs with their merge fields filled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.case_parts import Extension, Letter, plain_value
from documents.complaint import Complaint
from documents.dossier_words import Names, Wording
from documents.policy import view_of
from documents.rules.expressions import holds
from documents.rules.field_reading import is_empty
from documents.rules.fields import fields_of
from documents.rules.merging import merged
from documents.rules.moments import moment_facts
from documents.rules.options import OUTCOMES
from documents.rules.papers import LetterPaper
from documents.rules.policy import PolicyView

Definition = Mapping[str, Any]


def letter_paper(case: Complaint, letter: Letter, names: Names | None = None) -> LetterPaper:
    """The letter 函件 from the facts kept when it was planned, so that it reads the same for ever."""
    view = view_of(case.policy, letter.policy_version or case.policy_version)
    return written_letter(case, letter, Wording(view, names or Names(), long_dates=True))


def written_letter(case: Complaint, letter: Letter, wording: Wording) -> LetterPaper:
    """The letter as the template of one version writes it."""
    template = wording.view.letter(letter.key)
    kept = letter_conditions(case, letter, wording.view)
    facts = letter_facts(case, letter, wording)
    sender = wording.names.unit(case.units.get(str(template.get("signed_by")), case.units["received"]))
    appeal = template.get("appeal_path")
    return LetterPaper(
        title=template["title"]["zh"],
        organisation=sender,
        document_number=letter.number or "",
        addressee=merged(template["addressee"], facts),
        paragraphs=tuple(
            merged(one["zh"], facts) for one in template["paragraphs"] if holds(one.get("when"), kept)
        ),
        signed_by=sender,
        signed_on=wording.local(letter.at).date(),
        appeal_path=merged(appeal["zh"], facts) if appeal else "",
        letter_key=letter.key,
    )


def letter_facts(case: Complaint, letter: Letter, wording: Wording) -> dict[str, str]:
    """Every name that a template may merge, formatted for people.

    Beside each answer: `<field>_label` for options, `<stem>_on` for moments, `<slot>_name` for units.
    """
    kept = letter_answers(case, letter)
    facts = {"number": case.number, "title": case.title, "letter_number": letter.number or ""}
    facts["letter_on"] = wording.day(letter.at)
    for definition in _fields(wording.view):
        facts.update(_answer(definition, kept.get(definition["key"]), wording))
    facts["received_on"] = wording.day(case.received_at)
    if kept.get("outcome"):
        facts["outcome_label"] = wording.view.option_label(OUTCOMES, kept["outcome"])["zh"]
    for slot, unit in case.units.items():
        facts[f"{slot}_name"] = wording.names.unit(unit)
    return {**facts, **_extension(case, letter, wording)}


def letter_answers(case: Complaint, letter: Letter) -> dict[str, Any]:
    """The facts of the moment in which the letter was planned."""
    plain = {key: plain_value(value) for key, value in letter.values.items()}
    return {**plain, "number": case.number}


def letter_conditions(case: Complaint, letter: Letter, view: PolicyView) -> dict[str, Any]:
    """What the conditions of its paragraphs know: those facts, and the day of that moment."""
    return {**letter_answers(case, letter), **moment_facts(letter.at, view.zone)}


def _fields(view: PolicyView) -> list[Definition]:
    return [field for form in view.forms() for field in fields_of(form) if field["type"] != "note"]


def _answer(definition: Definition, value: Any, wording: Wording) -> dict[str, str]:
    if is_empty(value) or definition["type"] in ("table", "files"):
        return {}
    key, words = definition["key"], _words(definition, value, wording)
    found = {key: words}
    if definition["type"] in ("choice", "choices", "tree", "unit", "person"):
        found[f"{key}_label"] = words
    if definition["type"] == "datetime":
        found[f"{key.removesuffix('_at')}_on"] = wording.day(value)
    return found


def _words(definition: Definition, value: Any, wording: Wording) -> str:
    """An answer as a letter writes it: of a signature the name alone."""
    if definition["type"] == "signature" and isinstance(value, Mapping):
        return str(value["name"])
    return wording.words(definition, value)


def _extension(case: Complaint, letter: Letter, wording: Wording) -> dict[str, str]:
    """The extension that was decided in the same moment as the letter was planned."""
    decided: list[Extension] = [
        one for one in case.extensions if one.decided_at and one.decided_at <= letter.at
    ]
    if not decided or decided[-1].new_due is None:
        return {}
    newest = decided[-1]
    return {
        "extension_old": wording.day(newest.old_due),
        "extension_new": wording.day(newest.new_due),
        "extension_reason": newest.reason or "",
    }
