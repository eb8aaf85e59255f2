"""The forms of a case as they were filled 已填表单, ready for paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from documents import files
from documents.case_parts import AnswerSet, Attachment, acted_by, plain_value
from documents.complaint import Complaint
from documents.dossier_words import SEALED, Names, Wording
from documents.policy import view_of
from documents.rules.expression_values import at_home
from documents.rules.field_reading import is_empty
from documents.rules.fields import Placed, fields_of, runs
from documents.rules.forms import known_in
from documents.rules.hearing import STATED
from documents.rules.lookups import fact
from documents.rules.papers import FilledForm, FormField, FormSection, PaperTable
from documents.rules.policy import PolicyView
from documents.rules.stamping import SHORT

Definition = Mapping[str, Any]
UNPRINTED = frozenset({"note", "table"})
WIDE = frozenset({"longtext", "address", "files"})
NUMERIC = frozenset({"number", "money", "percent", "duration"})
# The annex tables of some guidelines survive by title only; paper says so wherever it matters.
OWN_LAYOUT = {"inferred": "栏目与版式为本系统自定", "ours": "本表为本系统自定"}


def filled_forms(
    case: Complaint, names: Names | None = None, answers: Sequence[AnswerSet] | None = None
) -> tuple[FilledForm, ...]:
    """Every filled form 已填表单, or these, in the order of filling, each under its own version.

    All field classes are kept: this is the archival master 归档母本; who may read it is decided elsewhere.
    """
    known = names or Names()
    filled = case.answers if answers is None else answers
    return tuple(_filled(case, one, known) for one in filled)


def _filled(case: Complaint, answers: AnswerSet, names: Names) -> FilledForm:
    wording = Wording(view_of(case.policy, answers.policy_version), names)
    return filled_form(case, answers, wording, organisation(case, names))


def filled_form(case: Complaint, answers: AnswerSet, wording: Wording, organisation: str) -> FilledForm:
    """One filled form as a version of the policy prints it."""
    names = wording.names
    definition = wording.view.form(answers.form)
    sheet = _Sheet(case, answers, wording, _facts_then(case, answers, definition))
    parts = [part for section in definition["sections"] for part in runs(section)]
    sections = [sheet.section(title, places) for title, places in parts]
    policy = wording.view.definition["policy"]
    return FilledForm(
        title=(definition.get("paper") or definition["title"])["zh"],
        form_key=answers.form,
        number=_number(case, answers, wording.view),
        sections=tuple(one for one in sections if one.fields or one.tables),
        filled_by=_filler(case, answers, names),
        filled_at=answers.at,
        policy_version=f"{policy.get('short', policy['title'])['zh']} 第 {answers.policy_version} 版",
        unit=names.unit(answers.unit),
        organisation=organisation,
        note=_note(definition),
    )


def _filler(case: Complaint, answers: AnswerSet, names: Names) -> str:
    """填表人: of what was filled in once for a batch, who prepared it; the second person let it through."""
    volume = case.volume
    prepared = volume.appraisal if volume else None
    if prepared and (answers.by, answers.at) == (volume.submitted_by, volume.submitted_at):
        return str(prepared.by_name or names.person(prepared.by))
    return acted_by(answers, answers.by_name or names.person(answers.by))


def organisation(case: Complaint, names: Names) -> str:
    """The house whose papers these are: the unit that keeps the archive 立档单位."""
    return names.unit(owner(case))


def owner(case: Complaint, rules: Mapping[str, Any] | None = None) -> str:
    """The unit that keeps the archive 立档单位, by the archive rules, else the one that received the case."""
    if rules is None:
        rules = view_of(case.policy, case.policy_version).definition.get("archive") or {}
    slots = (*rules.get("fonds_slots", ()), "received")
    return str(next(case.units[slot] for slot in slots if slot in case.units))


def filing_unit(case: Complaint) -> str:
    """The unit under which the file stands on the shelf 机构: who handled it, else who received it."""
    return str(case.units.get("handling") or case.units["received"])


def _facts_then(case: Complaint, answers: AnswerSet, form: Definition) -> dict[str, Any]:
    """What the form's conditions could read when it was filled: of its own fields only what it said then."""
    zone = ZoneInfo(view_of(case.policy, answers.policy_version).zone)
    facts = case.facts()
    for earlier in case.answers:
        if earlier.seq < answers.seq:
            facts.update({key: fact(plain_value(value)) for key, value in earlier.values.items()})
    said = {key: fact(plain_value(value)) for key, value in answers.values.items()}
    known = known_in(form, said, facts=facts, today=answers.at.astimezone(zone).date())
    return {name: at_home(value, zone) for name, value in known.items()}


def _number(case: Complaint, answers: AnswerSet, view: PolicyView) -> str:
    """The case number, beside it the number that this very form was given (督办编号)."""
    beside = answers.transition in ("register", STATED)
    effects = [] if beside else view.transition(case.case_type, answers.transition).get("effects", [])
    given = [case.numbers[one["into"]] for one in effects if "number" in one and one["into"] in case.numbers]
    return "　".join([case.number, *given])


def _note(definition: Definition) -> str:
    parts = [f"依据{definition['source']}"] if str(definition.get("source", "")).startswith("第") else []
    own = OWN_LAYOUT.get(definition.get("basis", ""))
    return "，".join([*parts, own] if own else parts)


@dataclass(frozen=True)
class _Sheet:
    """A filled form on its way to paper, with what its conditions could read."""

    case: Complaint
    answers: AnswerSet
    wording: Wording
    facts: Mapping[str, Any]

    def section(self, title: Mapping[str, str], places: list[Placed]) -> FormSection:
        """The printed fields of a section, or of a group in it."""
        shown = [place.field for place in places if self._is_shown(place)]
        return FormSection(
            title=title.get("zh", ""),
            fields=tuple(self._field(one) for one in shown if one["type"] not in UNPRINTED),
            tables=tuple(_tables(shown, self.answers, self.wording)),
        )

    def _value(self, definition: Definition) -> Any:
        return plain_value(self.answers.values.get(definition["key"]))

    def _is_shown(self, place: Placed) -> bool:
        """A hidden field has no value and is not printed; an empty one that was asked for is."""
        if place.field.get("hidden_on_paper"):
            return False
        if not is_empty(self._value(place.field)):
            return True
        retired = any(one.get("retired") for one in (*place.groups, place.field))
        asked = place.field["type"] != "table" and not retired
        return asked and place.shows(self.facts)

    def _field(self, definition: Definition) -> FormField:
        label, value = (definition.get("paper") or definition["label"])["zh"], self._value(definition)
        if definition.get("sealed_to"):  # 密封: paper is for more eyes than may read it
            return FormField(label, "" if is_empty(value) else SEALED)
        if definition["type"] == "files":
            names = _files(definition, self.case, self.answers)
            return FormField(label, self.wording.file_names(definition, names), wide=True)
        if definition["type"] == "consent":
            return FormField(label, _consent(definition, value, self.wording), wide=True)
        if definition["type"] == "signature" and value:
            written = f"{self.wording.words(definition, value)}\n签名时内容摘要 {value['sha256'][:SHORT]}"
            drawn = value.get("drawn")
            return FormField(label, written, picture=files.read(drawn["file_id"]) if drawn else b"")
        wide = definition["type"] in WIDE or definition.get("width") == "full"
        return FormField(label, self.wording.words(definition, value), wide=wide)


def _consent(definition: Definition, value: Any, wording: Wording) -> str:
    """The text that was shown, and that it was agreed to; the hash proves that it is that text."""
    text = definition["text"][value["language"] if value else "zh"]
    if not value:
        return f"{text}\n未同意"
    language = "" if value["language"] == "zh" else "　所示为英文文本"
    return f"{text}\n{wording.words(definition, value)}{language}　原文摘要 {value['sha256'][:SHORT]}"


def _files(definition: Definition, case: Complaint, answers: AnswerSet) -> str:
    named = [
        f"附件 {number}　{one.name}"
        for number, one in enumerate(case.attachments, start=1)
        if _came_with(one, definition, answers)
    ]
    return "\n".join(named) or "无"


def _came_with(attachment: Attachment, definition: Definition, answers: AnswerSet) -> bool:
    place = (attachment.form, attachment.field, attachment.at)
    return place == (answers.form, definition["key"], answers.at)


def _tables(shown: list[Definition], answers: AnswerSet, wording: Wording) -> Iterator[PaperTable]:
    for definition in shown:
        rows = plain_value(answers.values.get(definition["key"]))
        if definition["type"] == "table" and rows:
            yield _table(definition, rows, wording)


def _table(definition: Definition, rows: list[Mapping[str, Any]], wording: Wording) -> PaperTable:
    columns = definition["fields"]
    lines = [
        (str(number), *(wording.cell(definition, column, row.get(column["key"])) for column in columns))
        for number, row in enumerate(rows, start=1)
    ]
    numeric = (position for position, column in enumerate(columns, start=1) if column["type"] in NUMERIC)
    return PaperTable(
        columns=("序号", *(column["label"]["zh"] for column in columns)),
        rows=tuple(lines),
        title=definition["label"]["zh"],
        widths=(8, *(_width(column) for column in columns)),
        numeric=tuple(numeric),
    )


def _width(column: Definition) -> int:
    return 18 if column["type"] in NUMERIC | {"date", "time", "bool"} else 40


def restricted_labels(case: Complaint) -> list[str]:
    """The labels of filled fields that are not public 个人信息及限制栏目, for the closing note."""
    found: dict[str, None] = {}
    for answers in case.answers:
        view = view_of(case.policy, answers.policy_version)
        for definition in fields_of(view.form(answers.form)):
            filled = not is_empty(plain_value(answers.values.get(definition["key"])))
            if filled and definition.get("class", "public") != "public":
                found[definition["label"]["zh"]] = None
    return list(found)
