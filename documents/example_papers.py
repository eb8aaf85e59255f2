"""Example papers 样张: letters and forms of a definition, with the values of a scenario or with made-up ones.

Nothing is stored and no real case is read: the scenario is played in memory, and what it wrote is put on
paper by the code that writes real letters and forms.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.case_parts import AnswerSet, Letter
from documents.complaint import Complaint
from documents.dossier_forms import WIDE, filled_form
from documents.dossier_letters import letter_facts, written_letter
from documents.dossier_words import Names, Wording
from documents.example import contacts_in, people_in, units_of
from documents.example_values import made_up, made_up_rows
from documents.organisation import Organisation
from documents.rules import numbering
from documents.rules.broken import PolicyInvalid
from documents.rules.calendars import WorkCalendar
from documents.rules.fields import runs
from documents.rules.merging import merged
from documents.rules.papers import FilledForm, FormField, FormSection, LetterPaper, PaperTable
from documents.rules.policy import PolicyView
from documents.rules.scenarios import Scenario, scenarios_of
from documents.trial import Game
from documents.trial_world import World

Definition = Mapping[str, Any]
Text = Mapping[str, str]
MOST_KNOWN = 24
UNPRINTED = frozenset({"note", "table"})


@dataclass(frozen=True)
class Example:
    """A case of a scenario that has what is to be shown 示例案件: its letter, or its filled form."""

    case: Complaint
    scenario: Text
    names: Names
    letter: Letter | None = None
    answers: AnswerSet | None = None


_known: OrderedDict[str, Example | None] = OrderedDict()


def letter_example(definition: Definition, key: str, calendar: WorkCalendar) -> Example | None:
    """The first letter of this kind that a scenario plans; None where none does."""

    def planned(case: Complaint) -> Letter | None:
        return next((one for one in case.letters if one.key == key), None)

    texts = [[one.get("key"), one.get("number")] for one in definition.get("letters") or ()]
    played = {**definition, "letters": texts}  # what a letter says changes nothing in the play
    return _once(played, f"letter:{key}", lambda: _found(definition, calendar, planned))


def form_example(definition: Definition, key: str, calendar: WorkCalendar) -> Example | None:
    """The first form of this kind that a scenario fills in; None where none does."""

    def filled(case: Complaint) -> AnswerSet | None:
        return next((one for one in case.answers if one.form == key), None)

    return _once(definition, f"form:{key}", lambda: _found(definition, calendar, filled))


def _once(definition: Definition, what: str, find: Callable[[], Example | None]) -> Example | None:
    """What was found before for the same definition, so that a redrawn page plays nothing again."""
    written = json.dumps([what, definition], default=str, sort_keys=True)
    digest = hashlib.sha256(written.encode()).hexdigest()
    if digest not in _known:
        _known[digest] = find()
        while len(_known) > MOST_KNOWN:
            _known.popitem(last=False)
    return _known[digest]


def _found(
    definition: Definition, calendar: WorkCalendar, wanted: Callable[[Complaint], Letter | AnswerSet | None]
) -> Example | None:
    for scenario, case in _cases(definition, calendar):
        found = wanted(case)
        if found is not None:
            names = _names(definition)
            kind = {"letter": found} if isinstance(found, Letter) else {"answers": found}
            return Example(case, scenario.label, names, **kind)
    return None


def _cases(definition: Definition, calendar: WorkCalendar) -> Iterator[tuple[Scenario, Complaint]]:
    """The cases of the scenarios, one scenario after the other."""
    view = PolicyView(definition)
    house = Organisation(units_of(definition), people_in(definition), contacts_in(definition))
    for scenario in scenarios_of(definition):
        game = Game(view, World(view, calendar, house))
        game.play(scenario.steps)
        yield from ((scenario, case) for case in game.named.values())


def _names(definition: Definition) -> Names:
    units = {key: one.name["zh"] for key, one in units_of(definition).items()}
    return Names("zh", units, {key: one.name for key, one in people_in(definition).items()})


def example_facts(definition: Definition, example: Example | None) -> Mapping[str, str]:
    """What each merge field says in the example; without one, what is made up for it."""
    if example is None or example.letter is None:
        return made_up(PolicyView(definition))
    return letter_facts(example.case, example.letter, _wording(definition, example))


def example_letter(
    definition: Definition, letter: Definition, example: Example | None, *, now: datetime
) -> LetterPaper:
    """The letter as it would be printed; without an example every paragraph, with made-up values."""
    if example is not None and example.letter is not None:
        return written_letter(example.case, example.letter, _wording(definition, example))
    view = PolicyView(definition)
    facts = made_up(view)
    sender = facts.get(f"{letter.get('signed_by')}_name") or view.definition["policy"]["title"].get("zh", "")
    appeal = letter.get("appeal_path") or {}
    return LetterPaper(
        title=letter["title"].get("zh", ""),
        organisation=sender,
        document_number=example_number(view, letter.get("number"), now),
        addressee=merged(letter.get("addressee") or "", facts),
        paragraphs=tuple(merged(one.get("zh") or "", facts) for one in letter.get("paragraphs") or ()),
        signed_by=sender,
        signed_on=Wording(view).local(now).date(),
        appeal_path=merged(appeal.get("zh") or "", facts),
        letter_key=letter["key"],
    )


def example_number(view: PolicyView, series: str | None, now: datetime) -> str:
    """The first number of a series this year 文号示例; empty where the series is not there."""
    found = next((one for one in view.definition.get("numbering") or () if one.get("key") == series), None)
    if found is None:
        return ""
    try:
        return numbering.example(found, Wording(view).local(now).date(), {})
    except PolicyInvalid:
        return ""


def example_form(
    definition: Definition, form: Definition, example: Example | None, *, now: datetime
) -> FilledForm:
    """The form as it would be printed; without an example every field, with made-up values."""
    if example is not None and example.answers is not None:
        wording = _wording(definition, example, long_dates=False)
        house = example.names.unit(_owner(definition, example.case))
        return filled_form(example.case, example.answers, wording, house)
    view = PolicyView(definition)
    policy = definition["policy"]
    parts = [part for section in form.get("sections") or () for part in runs(section)]
    return FilledForm(
        title=(form.get("paper") or form.get("title") or {}).get("zh", ""),
        form_key=form["key"],
        number=example_number(view, "case", now),
        sections=tuple(_section(view, title, [place.field for place in places]) for title, places in parts),
        filled_by="（填写人）",
        filled_at=now,
        policy_version=(policy.get("short") or policy["title"]).get("zh", ""),
        organisation=policy["title"].get("zh", ""),
    )


def _section(view: PolicyView, title: Text, shown: list[Definition]) -> FormSection:
    facts = made_up(view)
    printed = [one for one in shown if not one.get("hidden_on_paper") and not one.get("retired")]
    return FormSection(
        title=title.get("zh", ""),
        fields=tuple(_field(one, facts) for one in printed if one["type"] not in UNPRINTED),
        tables=tuple(_table(view, one) for one in printed if one["type"] == "table" and one.get("fields")),
    )


def _field(one: Definition, facts: Mapping[str, str]) -> FormField:
    label = str((one.get("paper") or one.get("label") or {}).get("zh") or one["key"])
    wide = one["type"] in WIDE or one.get("width") == "full"
    return FormField(label, facts.get(one["key"], ""), wide=wide)


def _table(view: PolicyView, one: Definition) -> PaperTable:
    columns = [column.get("label", {}).get("zh", column["key"]) for column in one["fields"]]
    return PaperTable(
        columns=("序号", *columns),
        rows=tuple((str(number), *row) for number, row in enumerate(made_up_rows(view, one), start=1)),
        title=one.get("label", {}).get("zh", ""),
    )


def _owner(definition: Definition, case: Complaint) -> str:
    slots = (definition.get("archive") or {}).get("fonds_slots") or ()
    return str(next((case.units[slot] for slot in slots if slot in case.units), case.units["received"]))


def _wording(definition: Definition, example: Example, *, long_dates: bool = True) -> Wording:
    return Wording(PolicyView(definition), example.names, long_dates=long_dates)
