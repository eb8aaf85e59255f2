"""Encryption at rest 静态加密: which values of a collection never reach the database as they are.

A document class names them in its `meta`: `"encrypted": {"title": (), "answers.values.*": ()}`. A path ends
at a value that is encrypted whole, or at a table, `.*`, each of whose values is; the names beside a table
stay readable; of a table without such names the document itself lists them under `readable`.
`documents.database` applies it to whatever is written and read, so that nobody else needs to know.

A value that stands readable where it must be encrypted is refused: who put it there has no key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from bson import ObjectId

from documents import envelopes

Row = Mapping[str, Any]
Act = Callable[[Any, str, Any], Any]
OPEN = "readable"
WRITING = frozenset({"$set", "$setOnInsert", "$push", "$addToSet"})


class NotSearchable(Exception):
    """A query asks for an encrypted value, which the database cannot compare 密文不可检索."""


@dataclass(frozen=True)
class Whole:
    """A value that is encrypted as one."""

    place: str


@dataclass(frozen=True)
class Table:
    """A table whose values are encrypted one by one, but for those of some names."""

    place: str
    clear: frozenset[str]


Tree = dict[str, "Tree | Whole | Table"]


@dataclass(frozen=True)
class Encryption:
    """What is encrypted of the documents of one collection."""

    collection: str
    tree: Tree = field(default_factory=dict)

    @classmethod
    def of(cls, collection: str, paths: Mapping[str, Sequence[str]]) -> Self:
        """As the `meta` of a document class tells it."""
        tree: Tree = {}
        for path, clear in paths.items():
            *above, name = path.removesuffix(".*").split(".")
            below: Any = tree
            for part in above:
                below = below.setdefault(part, {})
            place = f"{collection}.{path.removesuffix('.*')}"
            below[name] = Table(place, frozenset(clear)) if path.endswith(".*") else Whole(place)
        return cls(collection, tree)

    def row(self, row: Row) -> Row:
        """A document as it is stored."""
        return walked(row, self.tree, envelopes.encrypted, row["_id"])

    def opened(self, row: Any) -> Any:
        """A document, or what of it was asked for, as it is read. Raises NotAuthentic."""
        return walked(row, self.tree, self.value, row.get("_id")) if row else row

    def value(self, value: Any, place: str, owner: Any) -> Any:
        """A value that stands at this place, as it is read; raises NotAuthentic."""
        plain = not (envelopes.says_nothing(value) or envelopes.is_envelope(value))
        if plain and not any(place.startswith(one) for one in self.listed):
            raise envelopes.NotAuthentic(f"{place} of {owner} is not encrypted")
        return envelopes.decrypted(value, place, owner)

    @cached_property
    def listed(self) -> tuple[str, ...]:
        """How the places of tables begin of whose values the documents say which are readable."""
        return tuple(f"{one.place}." for one in _tables(self.tree) if not one.clear)

    def update(self, change: Any, condition: Row) -> Any:
        """A change of documents as it is stored; of one whose id is named, bound to it."""
        owner = condition.get("_id")
        owner = None if isinstance(owner, Mapping) else owner
        if isinstance(change, Mapping):
            return {
                name: dict(self._written(told, owner)) if name in WRITING else told
                for name, told in change.items()
            }
        return change

    def _written(self, told: Row, owner: Any) -> Iterator[tuple[str, Any]]:
        for path, value in told.items():
            names = [part for part in path.split(".") if not (part.startswith("$") or part.isdigit())]
            yield path, self._at(names, value, owner)

    def _at(self, names: Sequence[str], value: Any, owner: Any) -> Any:
        """A value on its way to this place."""
        below: Any = self.tree
        for index, name in enumerate(names):
            if isinstance(below, Table):
                rest = ".".join(names[index:])
                return value if name in below.clear else _cell(value, f"{below.place}.{rest}", owner)
            if isinstance(below, Whole):
                raise NotSearchable(f"{self.collection}.{'.'.join(names)}")
            below = below.get(name)
            if below is None:
                return value
        each = isinstance(value, Mapping) and "$each" in value
        several = [self._put(one, below, owner) for one in value["$each"]] if each else []
        return {**value, "$each": several} if each else self._put(value, below, owner)

    def _put(self, value: Any, below: Any, owner: Any) -> Any:
        found = walked({"": value}, {"": below}, envelopes.encrypted, owner)
        return found[""]

    def check(self, condition: Any) -> None:
        """Refuse a query that could only find nothing; raises NotSearchable."""
        for path, wanted in _asked(condition, ""):
            below: Any = self.tree
            for name in path.split("."):
                below = below.get(name) if isinstance(below, dict) else below
            closed = isinstance(below, Table) and below.clear and path.split(".")[1] not in below.clear
            if (closed or isinstance(below, Whole)) and not _asks_whether_there(wanted):
                raise NotSearchable(f"{self.collection}.{path}")


def _tables(tree: Tree) -> Iterator[Table]:
    for below in tree.values():
        if isinstance(below, Table):
            yield below
        elif isinstance(below, dict):
            yield from _tables(below)


def walked(row: Any, tree: Tree, act: Act, owner: Any) -> Any:
    """The row with something done to each of its encrypted values; the row itself where there is none."""
    changed: dict[str, Any] = {}
    for name, below in tree.items():
        value = row.get(name)
        if value is None:
            continue
        if isinstance(below, Whole):
            changed[name] = act(value, below.place, owner)
        elif isinstance(below, Table):
            changed[name] = _table(value, below, row.get(OPEN) or (), (act, owner))
        elif isinstance(value, list | tuple):
            changed[name] = [
                walked(one, below, act, owner) if isinstance(one, Mapping) else one for one in value
            ]
        elif isinstance(value, Mapping):
            changed[name] = walked(value, below, act, owner)
    return {**row, **changed} if changed else row


def _table(value: Any, table: Table, open_: Sequence[str], how: tuple[Act, Any]) -> Any:
    if not isinstance(value, Mapping):
        return value
    clear = table.clear.union(open_) if open_ else table.clear
    act, owner = how
    return {
        name: one if name in clear else _each(one, (table.place, name), clear, act, owner)
        for name, one in value.items()
    }


def _each(value: Any, place: tuple[str, str], clear: frozenset[str], act: Act, owner: Any) -> Any:
    """A value of a table; of rows 明细, each cell by itself, so that its columns can be told apart."""
    where = ".".join(place)
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        return [
            {
                name: cell if f"{place[1]}.{name}" in clear else act(cell, f"{where}.{name}", owner)
                for name, cell in one.items()
            }
            for one in value
        ]
    return act(value, where, owner)


def _cell(value: Any, place: str, owner: Any) -> Any:
    head, _, name = place.rpartition(".")
    return _each(value, (head, name), frozenset(), envelopes.encrypted, owner)


def _asked(condition: Any, above: str) -> Iterator[tuple[str, Any]]:
    """Every path of a query with what is wanted there."""
    for name, wanted in condition.items() if isinstance(condition, Mapping) else ():
        if name.startswith("$"):
            for part in wanted if isinstance(wanted, list) else [wanted]:
                yield from _asked(part, above)
            continue
        path = f"{above}.{name}" if above else name
        yield path, wanted
        if isinstance(wanted, Mapping) and "$elemMatch" in wanted:
            yield from _asked(wanted["$elemMatch"], path)


def _asks_whether_there(wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        asked = {name: one for name, one in wanted.items() if name != "$exists"}
        return all(one in (None, "", []) or one == [None] for one in asked.values())
    return wanted in (None, "", [], {}) or envelopes.is_envelope(wanted)


def with_id(row: Any) -> Any:
    """The row, which has an id of its own from now on, as the driver would give it one."""
    if "_id" not in row:
        row["_id"] = ObjectId()
    return row
