"""Filling in a form as a person would (填表): whatever the form of whatever policy requires."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from documents.complaint import Complaint
from documents.person import Person
from documents.rules.calendars import WorkCalendar
from documents.rules.fields import fields_of
from documents.rules.options import walk
from documents.rules.policy import PolicyView
from documents.unit import Unit

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Pen:
    """Who fills in what, and when (填表人)."""

    view: PolicyView
    calendar: WorkCalendar
    words: Mapping[str, Sequence[str]]
    luck: Random
    actor: Person
    now: datetime
    case: Complaint | None = None

    @property
    def today(self) -> date:
        """The local day."""
        return self.calendar.local(self.now).date()


def filled(pen: Pen, form: str | None, given: Definition) -> dict[str, Any]:
    """Everything a form requires, the given values first."""
    if form is None:
        return {}
    values = {key: _given(pen, value) for key, value in given.items()}
    for field in fields_of(pen.view.form(form)):
        wanted = field.get("required") or field["key"] in pen.words
        if field["key"] not in values and wanted and field["type"] in WRITERS:
            values[field["key"]] = WRITERS[field["type"]](pen, field)
    return {key: value for key, value in values.items() if value is not None}


def _given(pen: Pen, value: Any) -> Any:
    """`{working_days: [low, high]}` is a day ahead, `{is: actor}` the person who fills in."""
    if isinstance(value, Mapping) and "working_days" in value:
        ahead = pen.luck.randint(*value["working_days"])
        return pen.calendar.add_working_days(pen.today, ahead).isoformat()
    if isinstance(value, Mapping) and value.get("is") == "actor":
        return pen.actor.id
    return value


def _text(pen: Pen, field: Definition) -> str:
    known = pen.words.get(field["key"])
    return pen.luck.choice(known) if known else f"{field['label']['zh']}（模拟）"


def _option(pen: Pen, field: Definition) -> str:
    leaves = [path[-1] for path in walk(pen.view.lists[field["options"]]) if not path[-1].get("children")]
    return str(pen.luck.choice(leaves)["key"])


def _unit(pen: Pen, field: Definition) -> str | None:
    kinds, above = field.get("kinds", ()), pen.case.units.get("union") if pen.case else None
    found = Unit.objects(kind__in=kinds, retired_on=None)
    codes = [unit.id for unit in (found.filter(ancestors=above) if above else found).order_by("id")]
    return pen.luck.choice(codes) if codes else None


def _person(pen: Pen, field: Definition) -> str | None:
    unit = pen.case.units.get(field.get("at", "")) if pen.case else None
    barred = pen.case.recused if pen.case else []
    found = Person.objects(active=True, posts__unit=unit, id__nin=list(barred)).order_by("id")
    return pen.luck.choice([person.id for person in found] or [pen.actor.id])


def _case(pen: Pen, _field: Definition) -> str | None:
    own = pen.case.number if pen.case else None
    earlier = Complaint.objects(number__ne=own, received_at__lt=pen.now).order_by("received_at", "number")
    numbers = [case.number for case in earlier.only("number").limit(20)]
    return pen.luck.choice(numbers) if numbers else own


def _day(pen: Pen, _field: Definition) -> str:
    return pen.today.isoformat()


def _moment(pen: Pen, _field: Definition) -> str:
    return pen.now.isoformat()


def _amount(pen: Pen, _field: Definition) -> str:
    return f"{pen.luck.randint(1, 50_000) / 100:.2f}"


def _several(pen: Pen, field: Definition) -> list[str]:
    return [_option(pen, field)]


WRITERS: dict[str, Callable[[Pen, Definition], Any]] = {
    "text": _text,
    "longtext": _text,
    "address": _text,
    "phone": _text,
    "email": lambda pen, _field: f"customer{pen.luck.randint(1, 999)}@example.cn",
    "choice": _option,
    "tree": _option,
    "choices": _several,
    "percent": lambda pen, _field: str(pen.luck.randint(1, 99)),
    "time": lambda pen, _field: f"{pen.luck.randint(9, 16):02}:{pen.luck.randint(0, 59):02}",
    "duration": lambda pen, _field: str(pen.luck.randint(5, 240)),
    "consent": lambda _pen, _field: "zh",
    "signature": lambda pen, _field: pen.actor.name,
    "bool": lambda _pen, _field: "yes",
    "number": lambda pen, _field: str(pen.luck.randint(1, 9)),
    "money": _amount,
    "date": _day,
    "datetime": _moment,
    "unit": _unit,
    "person": _person,
    "case": _case,
}
