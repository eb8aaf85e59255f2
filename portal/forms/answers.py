"""A form as it was filled 已填表单, read-only: labels and values in words, secrets covered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from documents.case_parts import AnswerSet, Attachment, plain_value
from documents.complaint import Complaint
from documents.rules.field_addresses import TEXT
from documents.rules.field_reading import is_empty
from documents.rules.field_words import duration_words, number_words, percent_words, plain_number
from documents.rules.fields import runs
from documents.rules.masks import masked
from documents.rules.policy import PolicyView
from documents.rules.revealing import beneath, in_table, name_in, veiled
from documents.unit import Unit
from portal import words
from portal.language import language, said
from portal.reading import shown_field
from portal.revealing import revealed, veil
from portal.standing import case_name, may_on, person_name

Definition = Mapping[str, Any]
LONG = 40
COVERED = "※"


@dataclass(frozen=True)
class Shown:
    """One answer as it is shown."""

    definition: Definition
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    files: tuple[Attachment, ...] = ()
    secret: bool = False
    stamp: str = ""
    wording: str = ""
    picture: str = ""
    number: str = ""  # of the case, when the answer is masked until it is revealed
    until: datetime | None = None  # revealed so long

    @property
    def label(self) -> str:
        """The field's label."""
        return said(self.definition["label"])

    @property
    def full(self) -> bool:
        """Whether the answer takes the whole width."""
        wide = self.definition["type"] in ("longtext", "table", "files", "address", "consent")
        return wide or len(self.text) > LONG

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.text or self.rows or self.files or self.secret)


@dataclass
class ShownForm:
    """A filled form with its sections."""

    answers: AnswerSet
    title: str
    definition: Definition
    sections: list[tuple[str, list[Shown]]] = field(default_factory=list)


def shown_forms(view: PolicyView, case: Complaint) -> list[ShownForm]:
    """Every filled form of the case, in the order in which they were filled."""
    return [shown_form(view, case, answers) for answers in case.answers]


def shown_form(view: PolicyView, case: Complaint, answers: AnswerSet) -> ShownForm:
    """One filled form as the person behind the request may see it."""
    definition = view.form(answers.form)
    shown = ShownForm(answers, said(definition["title"]), definition)
    for section in definition["sections"]:
        for title, places in runs(section):
            fields = [_filled(place.field, view, case, answers) for place in places]
            kept = [one for one in fields if one is not None and not one.empty]
            if kept:
                shown.sections.append((said(title), kept))
    return shown


def _filled(one: Definition, view: PolicyView, case: Complaint, answers: AnswerSet) -> Shown | None:
    value = plain_value(answers.values.get(one["key"]))
    return None if one["type"] == "note" or is_empty(value) else shown_value(one, value, view, case)


def shown_value(definition: Definition, value: Any, view: PolicyView, case: Complaint) -> Shown:
    """A value in words, or covered when the person may not read it."""
    if not may_on(case, field=definition):
        return Shown(definition, secret=True, text=masked(definition, value))
    under = veil(case.number, definition, value)
    if under:
        return Shown(definition, text=under, number=case.number)
    shown_field(definition)
    if definition["type"] == "table":
        return _table(definition, value, view, case)
    if definition["type"] == "files":
        found = tuple(one for one in case.attachments if one.field == definition["key"])
        return Shown(definition, files=found)
    return _worded(definition, value, view, case)


def _worded(definition: Definition, value: Any, view: PolicyView, case: Complaint) -> Shown:
    text = in_words(definition, value, view)
    if definition["type"] == "consent":
        return Shown(
            definition, text=text, stamp=value["sha256"], wording=definition["text"][value["language"]]
        )
    if definition["type"] == "signature":
        return Shown(definition, text=text, stamp=value.get("sha256", ""), picture=_picture(value, case))
    return Shown(definition, text=text, until=revealed(case.number).get(definition["key"]))


def _picture(value: Mapping[str, Any], case: Complaint) -> str:
    """Where a drawn signature is seen: that of a filled form, or one that is not sent yet."""
    drawn = value.get("drawn")
    if isinstance(drawn, Mapping):
        return url_for("files.drawing", number=case.number, file_id=drawn["file_id"])
    return url_for("uploads.drawing", upload=drawn) if drawn else ""


def _table(definition: Definition, rows: list[Mapping[str, Any]], view: PolicyView, case: Complaint) -> Shown:
    """A table, whose closed columns are covered and whose masked ones are shown once they are revealed."""
    columns = [in_table(one, definition) for one in definition["fields"]]
    closed = {one["key"] for one in definition["fields"] if not may_on(case, field=one)}
    known, masked_ones = revealed(case.number), beneath(definition)
    shut = {one["key"] for name, one in masked_ones.items() if name not in known} - closed
    for column in columns:
        if column["key"] not in closed | shut:
            shown_field(column, name_in(definition, column))

    def cell(one: Definition, value: Any) -> str:
        if one["key"] in closed:
            return covered(one, value)
        return veiled(one, value) if one["key"] in shut else in_words(one, value, view)

    head = tuple(said(one["label"]) for one in columns)
    body = (tuple(cell(one, row.get(one["key"])) for one in columns) for row in rows)
    asks = any(not is_empty(row.get(key)) for row in rows for key in shut)
    until = min((known[name] for name in masked_ones if name in known), default=None)
    return Shown(definition, rows=(head, *body), number=case.number if asks else "", until=until)


def covered(definition: Definition, value: Any) -> str:
    """An answer that the person may not read: masked 脱敏, or a mark that there is one."""
    return "" if is_empty(value) else masked(definition, value) or COVERED


def in_words(definition: Definition, value: Any, view: PolicyView) -> str:
    """A single value as people read it."""
    if is_empty(value):
        return ""
    kind = definition.get("as") if definition["type"] == "computed" else definition["type"]
    if kind in ("choice", "tree"):
        return said(view.option_label(definition["options"], value))
    if kind == "choices":
        return "、".join(said(view.option_label(definition["options"], one)) for one in value)
    if kind == "number":
        return number_words(definition, value, language())
    if isinstance(value, Mapping):
        return _stamped(kind, value)
    return str(IN_WORDS.get(kind or "", _plainly)(value))


def _stamped(kind: str | None, value: Mapping[str, Any]) -> str:
    """A value with parts: a snapshot, an address, a consent, a signature."""
    if "words" in value:
        return said(value["words"])
    if TEXT in value:
        return str(value[TEXT])
    moment = _moment(value["at"])
    if kind == "consent":
        return str(_("已同意 · %(moment)s", moment=moment))
    return f"{value['name']} · {moment}"


def _plainly(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    return plain_number(value) if isinstance(value, Decimal) else str(value)


def _moment(value: Any) -> str:
    return words.moment(value if isinstance(value, datetime) else datetime.fromisoformat(value))


def _day(value: Any) -> str:
    return words.day(value if isinstance(value, date) else date.fromisoformat(str(value)[:10]))


def _money(value: Any) -> str:
    return str(_("%(amount)s 元", amount=f"{Decimal(str(value)):,.2f}"))


def unit_name(code: str | None) -> str:
    """The name of a unit, remembered for this request."""
    if not code:
        return ""
    names = g.setdefault("unit_names", {})
    if code not in names:
        names.update({one.id: one.name for one in Unit.objects(id=code).only("id", "name")})
    return said(names.get(code, code))


IN_WORDS: dict[str, Any] = {
    "datetime": _moment,
    "date": _day,
    "money": _money,
    "percent": percent_words,
    "duration": lambda value: duration_words(value, language()),
    "bool": lambda value: str(_("是") if value else _("否")),
    "unit": unit_name,
    "person": person_name,
    "case": case_name,
}
