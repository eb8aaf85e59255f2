"""The order in which the fields of a form are settled 求值次序: what is read before what it decides.

So it does not matter whether a condition reads a field above it or below it, and one pass settles chains of
hidden fields. A circle has no such order: the policy check refuses it. The page sorts by the same rule
(portal/static/js/conditions.js).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import names_in
from documents.rules.fields import Definition, Placed, members

Needs = dict[str, frozenset[str]]
MOST_CIRCLES = 20  # more of them need not be named


def in_order(places: Sequence[Placed]) -> list[Placed]:
    """The fields so that each comes after those that it reads; the members of a circle in reading order."""
    waiting, by_key = _Waiting(needs(places)), {str(place.field["key"]): place for place in places}
    order: list[Placed] = []
    while waiting.needs:
        ready = waiting.ready() or [next(iter(waiting.needs))]
        waiting.settle(ready)
        order += [by_key[key] for key in ready]
    return order


def circles(places: Sequence[Placed]) -> list[tuple[str, ...]]:
    """The fields that wait for one another, each circle in the order in which it reads; some of very many."""
    waiting = _Waiting(needs(places))
    found: list[tuple[str, ...]] = []
    while waiting.needs and len(found) < MOST_CIRCLES:
        ready = waiting.ready()
        if not ready:
            found.append(_circle(waiting.needs))
            ready = [found[-1][0]]
        waiting.settle(ready)
    return found


class _Waiting:
    """The fields that are not settled yet; each is looked at once for every field that it reads."""

    def __init__(self, needs: Needs) -> None:
        self.needs = dict(needs)
        self._place = {key: number for number, key in enumerate(needs)}
        self._left = {key: len(before) for key, before in needs.items()}
        self._ready = [key for key, before in needs.items() if not before]
        self._readers: dict[str, list[str]] = {}
        for key, before in needs.items():
            for one in before:
                self._readers.setdefault(one, []).append(key)

    def ready(self) -> list[str]:
        """Those that wait for nothing any more, in reading order."""
        return self._ready

    def settle(self, keys: Iterable[str]) -> None:
        """These are settled; who waited for the last of them is ready."""
        freed = []
        for key in keys:
            del self.needs[key]
            for reader in self._readers.get(key, ()):
                self._left[reader] -= 1
                if not self._left[reader] and reader in self.needs:
                    freed.append(reader)
        self._ready = sorted(freed, key=self._place.__getitem__)


def needs(places: Sequence[Placed]) -> Needs:
    """For each field, in reading order, which of the others must be settled before it."""
    keys = {str(place.field.get("key")) for place in places}
    return {str(place.field.get("key")): frozenset(_reads(*place)) & keys for place in places}


def columns_of(table: Definition) -> list[Placed]:
    """The columns of a repeating table 明细表, to be put in order among themselves."""
    return [Placed(column, ()) for column in members(table, "fields") if not column.get("retired")]


def _circle(waiting: Needs) -> tuple[str, ...]:
    path: dict[str, None] = {}
    key = next(iter(waiting))
    while key not in path:
        path[key] = None
        key = min(waiting[key] & waiting.keys())
    return tuple(path)[list(path).index(key) :]


def _reads(field: Definition, groups: Iterable[Definition]) -> set[str]:
    """What decides whether the field has a value, and which one when it is computed."""
    conditions = [box.get("visible") for box in (*groups, field)]
    if field.get("type") == "computed":
        conditions.append(field.get("value"))
    found = {_own(name) for condition in conditions for name in _names(condition)}
    if field.get("type") == "table":
        columns = members(field, "fields")
        inside = {name for column in columns for name in _reads(column, ())}
        found |= inside - {str(column.get("key")) for column in columns}
    return found


def _own(name: str) -> str:
    """The field behind a name: `row.amount` is the column, `items.amount` the table."""
    first, _, rest = name.partition(".")
    return rest.partition(".")[0] if first == "row" else first


def _names(condition: Any) -> frozenset[str]:
    try:
        return names_in(condition)
    except PolicyInvalid:  # the policy check names it where it stands
        return frozenset()


def row_facts(known: Mapping[str, Any], columns: Iterable[Placed], row: Mapping[str, Any]) -> dict[str, Any]:
    """What the conditions of a row read: its own columns, before the names of the form."""
    return {**known, **{str(place.field["key"]): None for place in columns}, **row, "row": row}
