"""Answers in words 填写内容: options, people and units by their names, dates as paper writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from documents.person import Person
from documents.rules.field_addresses import TEXT
from documents.rules.field_reading import is_empty
from documents.rules.field_words import duration_words, number_words, percent_words, plain_number
from documents.rules.policy import PolicyView
from documents.unit import Unit

Definition = Mapping[str, Any]
SYSTEM_NAME = "系统"
SEALED = "（密封，不印出）"


@dataclass
class Names:
    """The names of units and people, each looked up once; on paper in Chinese."""

    language: str = "zh"
    _units: dict[str, str] = field(default_factory=dict)
    _people: dict[str, str] = field(default_factory=dict)

    def unit(self, code: str | None) -> str:
        """The name of a unit; the code itself when the unit is unknown."""
        if not code:
            return ""
        if code not in self._units:
            self._units.update(
                {
                    unit.id: unit.name.get(self.language, unit.name["zh"])
                    for unit in Unit.objects(id=code).only("id", "name")
                }
            )
        return self._units.get(code, code)

    def person(self, person: str | None) -> str:
        """The name of a person; the id itself when the person is unknown."""
        if not person:
            return ""
        if person == "system":
            return SYSTEM_NAME
        if person not in self._people:
            found = Person.objects(id=person).only("id", "name")
            self._people.update({one.id: one.name for one in found})
        return self._people.get(person, person)


@dataclass(frozen=True)
class Wording:
    """How values are written: under which policy, in which zone and language, with long dates in letters."""

    view: PolicyView
    names: Names = field(default_factory=Names)
    long_dates: bool = False
    language: str = "zh"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days begin."""
        return ZoneInfo(self.view.zone)

    def local(self, moment: datetime) -> datetime:
        """The moment on the organisation's clocks."""
        return moment.astimezone(self.zone)

    def day(self, value: Any) -> str:
        """2026-02-24, in letters 2026年2月24日."""
        if isinstance(value, datetime):
            value = self.local(value).date()
        one = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
        return f"{one.year}年{one.month}月{one.day}日" if self.long_dates else one.isoformat()

    def moment(self, value: Any) -> str:
        """2026-02-24 16:40, in letters 2026年2月24日16时40分."""
        one = self.local(value if isinstance(value, datetime) else datetime.fromisoformat(str(value)))
        return f"{self.day(one)}{one.hour}时{one.minute:02}分" if self.long_dates else f"{one:%Y-%m-%d %H:%M}"

    def cell(self, _table: Definition, column: Definition, value: Any) -> str:
        """One cell of a table as it is printed."""
        return self.words(column, value)

    def file_names(self, _definition: Definition, names: str) -> str:
        """The names of the files of a field as they are printed."""
        return names

    def words(self, definition: Definition, value: Any) -> str:
        """One answer as it is printed; nothing for nothing."""
        if is_empty(value):
            return ""
        kind = definition.get("as") if definition["type"] == "computed" else definition["type"]
        if kind in ("choice", "tree"):
            return self._option(definition, value)
        if kind == "choices":
            return ("、" if self.language == "zh" else ", ").join(
                self._option(definition, one) for one in value
            )
        if isinstance(value, Mapping):
            return self._stamped(kind, value)
        return self._plain(definition, kind, value)

    def _option(self, definition: Definition, value: Any) -> str:
        return self.view.option_label(definition["options"], value)[self.language]

    def _stamped(self, kind: str | None, value: Mapping[str, Any]) -> str:
        """A value with parts: a snapshot, an address, a consent, a signature."""
        if "words" in value:
            return str(value["words"][self.language])
        if TEXT in value:
            return str(value[TEXT])
        if kind == "consent":
            return f"{'已同意' if self.language == 'zh' else 'Agreed'}　{self.moment(value['at'])}"
        return f"{value.get('name', '')}　{self.moment(value['at'])}" if value.get("at") else ""

    def _plain(self, definition: Definition, kind: str | None, value: Any) -> str:
        if isinstance(value, bool):
            return YES_NO[self.language][value]
        if kind in WRITTEN:
            return str(WRITTEN[kind](self, definition, value))
        if isinstance(value, datetime):
            return self.moment(value)
        return plain_number(value) if isinstance(value, Decimal) else str(value)


YES_NO = {"zh": ("否", "是"), "en": ("No", "Yes")}
WRITTEN: dict[str, Callable[[Wording, Definition, Any], str]] = {
    "date": lambda wording, _one, value: wording.day(value),
    "datetime": lambda wording, _one, value: wording.moment(value),
    "money": lambda _wording, _one, value: f"{Decimal(str(value)):,.2f}",
    "percent": lambda _wording, _one, value: percent_words(value),
    "number": lambda wording, one, value: number_words(one, value, wording.language),
    "duration": lambda wording, _one, value: duration_words(value, wording.language),
    "unit": lambda wording, _one, value: wording.names.unit(value),
    "person": lambda wording, _one, value: wording.names.person(value),
}
