"""Answers in words 填写内容: options, people and units by their names, dates as paper writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from documents.person import Person
from documents.rules.field_reading import is_empty
from documents.rules.policy import PolicyView
from documents.unit import Unit

Definition = Mapping[str, Any]
SYSTEM_NAME = "系统"


@dataclass
class Names:
    """The names of units and people in Chinese, each looked up once."""

    _units: dict[str, str] = field(default_factory=dict)
    _people: dict[str, str] = field(default_factory=dict)

    def unit(self, code: str | None) -> str:
        """The name of a unit; the code itself when the unit is unknown."""
        if not code:
            return ""
        if code not in self._units:
            self._units.update(
                {unit.id: unit.name["zh"] for unit in Unit.objects(id=code).only("id", "name")}
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
    """How values are written: under which policy, in which zone, with long dates in letters."""

    view: PolicyView
    names: Names = field(default_factory=Names)
    long_dates: bool = False

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

    def words(self, definition: Definition, value: Any) -> str:
        """One answer as it is printed; nothing for nothing."""
        if is_empty(value):
            return ""
        kind = definition["type"]
        if kind in ("choice", "tree"):
            return self.view.option_label(definition["options"], value)["zh"]
        if kind == "choices":
            return "、".join(self.view.option_label(definition["options"], one)["zh"] for one in value)
        return self._plain(kind, value)

    def _plain(self, kind: str, value: Any) -> str:
        if kind == "date":
            return self.day(value)
        if kind == "datetime":
            return self.moment(value)
        if kind == "money":
            return f"{Decimal(str(value)):,.2f}"
        if kind == "unit":
            return self.names.unit(value)
        if kind == "person":
            return self.names.person(value)
        return _yes_or_no(value) if isinstance(value, bool) else str(value)


def _yes_or_no(value: bool) -> str:
    return "是" if value else "否"
