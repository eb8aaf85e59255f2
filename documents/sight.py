"""Sight 视野: through whose eyes cases are listed, counted, searched and exported.

What the permission function grants case by case is asked of the database at once, so that nobody finds
or counts by an answer that he may not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from documents import blind_index
from documents.complaint import Complaint, not_hidden_from
from documents.person import Person
from documents.policy import newest_versions, roles_in_force, roles_of
from documents.rules.access import READ, SCOPE_COLUMNS, CaseScope, Reach, demands, may
from documents.rules.policy import PolicyView
from documents.rules.searching import mark_of, searched_classes
from documents.standing_cases import governing

MOST_COUNTED = 1_000
# How numbers of cases are usually made: LK-TS-2026-0213-0001, WYTS-20260213-001; a telephone has no letter.
NUMBER = re.compile(r"^(?=[0-9-]{0,20}[A-Z])[A-Z0-9]{1,10}(?:-[A-Z0-9]{1,10}){0,3}-\d{2}")
DIGITS = re.compile(r"^[0-9+\-]{5,}[0-9X]?$")

Condition = dict[str, Any]
Classes = frozenset[str]
Demands = tuple[tuple[str, ...], ...]
Versions = Sequence[tuple[int, PolicyView]]
NOTHING: Mapping[str, Any] = {"_id": None}


def _no_versions() -> Versions:
    return ()


def number_in(words: str) -> str:
    """The number of a case, or the beginning of one, that is asked for; empty where it is other words."""
    text = words.strip()
    if text and Complaint.collection().find_one({"number": text}, {"_id": 1}):
        return text
    return text.upper() if NUMBER.match(text.upper()) else ""


@dataclass(frozen=True)
class Opening:
    """What may be searched 可检索范围: the fields of some classes, and of which cases."""

    names: tuple[str, ...]
    mark: str
    cases: tuple[Condition, ...]

    def within(self, condition: Condition) -> Condition:
        """The condition, in these cases only."""
        return {"$and": [condition, *self.cases]} if self.cases else condition


@dataclass(frozen=True)
class Sight:
    """Through whose eyes a list is read: the scope keys of a person, and the person.

    Without `reach` and `versions` (those under which there are cases) no answer is searched.
    """

    keys: Sequence[str]
    person: str
    reach: Reach | None = None
    versions: Callable[[], Versions] = _no_versions
    operation: str = READ

    def condition(self) -> Condition:
        """The cases that this person may see; or may export, or whatever the operation is."""
        seen: Condition = {"scope": {"$in": list(self.keys)}, **not_hidden_from(self.person)}
        if self._others:
            return self._seen_with_others(seen)
        if self.operation == READ:
            return seen
        found = [{"$and": list(parts)} for parts in self._cases(frozenset())]
        return {"$and": [seen, {"$or": found} if found else dict(NOTHING)]}

    def reading(self, classes: Collection[str]) -> Condition:
        """The cases of which this person reads the fields of all these classes."""
        found = [{"$and": list(parts)} if parts else {} for parts in self._cases(frozenset(classes))]
        return {"$and": [self.condition(), {"$or": found} if found else dict(NOTHING)]}

    def _seen_with_others(self, seen: Condition) -> Condition:
        """With what the absent see whose deputy the person is 代办: one index still leads to all of it."""
        keys = sorted({*self.keys, *(key for one in self._others for key in one.keys)})
        either = [{"scope": seen["scope"]}, *(one.condition() for one in self._others)]
        return {**seen, "scope": {"$in": keys}, "$or": either}

    @cached_property
    def _others(self) -> list[Sight]:
        """The eyes of those whose deputy the person is; they read, and nothing more."""
        found = self.reach.instead if self.reach and self.operation == READ else ()
        return [Sight(one.keys, one.person, one, self.versions) for one in found]

    @property
    def columns(self) -> tuple[str, ...]:
        """What must be read of a row for `seen_for`, beside what is shown of it: mostly nothing."""
        return SCOPE_COLUMNS if self._others else ()

    def seen_for(self, rows: Iterable[Mapping[str, Any]]) -> set[str]:
        """The absent through whose eyes alone some of these rows are seen 代办."""
        if self.reach is None or not self._others:
            return set()
        decided = (may(self.reach, READ, CaseScope.of(row), roles=()) for row in rows)
        return {one.instead_of for one in decided} - {""}

    def holding(self, value: Any, among: Collection[str] | None = None) -> Condition:
        """The cases with this very answer in a searched field (of these) that the person may read in them."""
        found = []
        for one in self._openings("exact", "range"):
            names = [name for name in one.names if among is None or name in among]
            if names:
                asked = {"k": {"$in": names}, "v": _either(blind_index.answers(value))}
                found.append(one.within({"attrs": {"$elemMatch": asked}}))
        return {"$or": found} if found else dict(NOTHING)

    def words_condition(self, words: str) -> Condition:
        """Cases whose number, subject, summary, or readable searched answer holds the words.

        Of the words the database has digests only, of each three characters: see decision 017.
        """
        words = words.replace("\x00", " ").strip()
        number = number_in(words)
        if number:
            return {"number": {"$regex": f"^{re.escape(number)}"}}
        if DIGITS.match(words):
            return self.holding(words)
        pieces = blind_index.pieces_of(words)
        if not pieces:
            return dict(NOTHING)
        found = [_holding_words(pieces, ())]
        for marks, one in self._marked():
            found.append(one.within(_holding_words(pieces, marks)))
        if len(pieces) == 1 and len(pieces[0]) == 1:
            return {"$or": found}
        # A name is an answer of its own; each way leads through an index in the order of the list. Side by
        # side, not one inside the other: the database takes several times as long to plan that.
        return {"$or": [*found, *self.holding(words).get("$or", ())]}

    def _marked(self) -> Iterator[tuple[tuple[str, ...], Opening]]:
        """The words of fields that are not for everybody, class by class and those of all classes."""
        closed = [one for one in self._openings("text") if one.mark]
        for one in closed:
            yield (one.mark,), one
        if len({one.mark for one in closed}) > 1:
            marks = tuple(sorted({one.mark for one in closed}))
            classes = frozenset(name for mark in marks for name in mark.strip("\x01\x02").split("+"))
            for parts in self._cases(classes):
                yield marks, Opening((), "", parts)

    def _openings(self, *ways: str) -> list[Opening]:
        """Every class of searched fields with the cases in which it is open, each as few times as may be."""
        grouped: dict[tuple[tuple[str, ...], Classes, Demands], list[tuple[str, int]]] = {}
        for number, view in self._versions:
            by_class: dict[Classes, list[str]] = {}
            for name, classes in searched_classes(view, *ways).items():
                by_class.setdefault(classes, []).append(name)
            for classes, names in by_class.items():
                asked = self._demands(view, classes)
                grouped.setdefault((tuple(names), classes, asked), []).append((view.key, number))
        own = [
            Opening(names, mark_of(classes), (*self._of(versions), *self._asked(asked)))
            for (names, classes, asked), versions in grouped.items()
            if all(asked)
        ]
        others = [(one.condition(), found) for one in self._others for found in one._openings(*ways)]
        return own + [replace(found, cases=(seen, *found.cases)) for seen, found in others]

    def _cases(self, classes: Classes) -> list[tuple[Condition, ...]]:
        """In which cases the operation, and fields of all these classes, are open."""
        grouped: dict[Demands, list[tuple[str, int]]] = {}
        for number, view in self._versions:
            grouped.setdefault(self._demands(view, classes), []).append((view.key, number))
        own = [
            (*self._of(versions), *self._asked(asked)) for asked, versions in grouped.items() if all(asked)
        ]
        return own + [(one.condition(), *parts) for one in self._others for parts in one._cases(classes)]

    def _demands(self, view: PolicyView, classes: Classes) -> Demands:
        """What is asked of the cases of a version; what a role may is that of the version in force."""
        if self.reach is None:
            return ((),)
        if view.key not in self._roles:
            self._roles[view.key] = roles_of(view.key)
        return demands(self.reach, self._roles[view.key], self.operation, classes)

    def _asked(self, asked: Demands) -> list[Condition]:
        everything = () if self._others else tuple(self.keys)
        return [{"scope": {"$in": list(keys)}} for keys in asked if keys != everything]

    def _of(self, versions: Sequence[tuple[str, int]]) -> list[Condition]:
        """The cases of these versions; nothing needs to be said of all."""
        if len(versions) == len(self._versions):
            return []
        policies: dict[str, list[int]] = {}
        for policy, number in versions:
            policies.setdefault(policy, []).append(number)
        some = [
            {"policy": policy, "policy_version": {"$in": numbers}} for policy, numbers in policies.items()
        ]
        return [{"$or": some}]

    @cached_property
    def _roles(self) -> dict[str, Sequence[Mapping[str, Any]]]:
        return {}

    @cached_property
    def _versions(self) -> Versions:
        return self.versions()


def _holding_words(pieces: Sequence[str], marks: Sequence[str]) -> Condition:
    """The words in subjects, summaries and texts for everybody, and in those with one of the marks."""
    if not marks:
        return {"$and": [{"grams": _either(blind_index.word(piece))} for piece in _rarest_first(pieces)]}
    found = [[word for mark in ("", *marks) for word in blind_index.word(mark + piece)] for piece in pieces]
    return {"$and": [{"grams": _either(words)} for words in found]}


def _rarest_first(pieces: Sequence[str]) -> list[str]:
    """The database starts from the first piece, so the rarest stands first."""
    if len(pieces) < 2:
        return list(pieces)
    collection = Complaint.collection()
    asked = {piece: {"grams": _either(blind_index.word(piece))} for piece in pieces[:12]}
    frequency = {
        piece: collection.count_documents(condition, limit=MOST_COUNTED) for piece, condition in asked.items()
    }
    return sorted(frequency, key=lambda piece: (frequency[piece], piece))


def _either(values: Sequence[Any]) -> Any:
    """One of these values; mostly there is but one."""
    return values[0] if len(values) == 1 else {"$in": list(values)}


def sight_of(person: Person, operation: str = READ, now: datetime | None = None) -> Sight:
    """The eyes of a person, with the rights of this moment; with it also those of whom he represents."""
    reach = person.reach(roles_in_force(), now)
    return Sight(reach.keys, person.id, reach, _all_versions, operation)


def _all_versions() -> Versions:
    found = (governing(key, version, status=None) for key, version in newest_versions())
    return [pair for versions in found for pair in versions]
