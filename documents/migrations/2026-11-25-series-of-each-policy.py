"""Give each policy its own series 流水: those that shared a key (`case`, `volume`) shared their numbers.

Then the register of each had gaps that it could not explain. A series that one policy used gets its
name; a shared one becomes one for each policy that took numbers from it. All go on after the last
number, so none is given out twice, and each remembers what the others took.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pymongo.database import Database

from documents.database import transaction
from documents.policy import Policy
from documents.rules.issuing import issued
from documents.rules.numbering import series_head
from documents.sequence import Sequence
from documents.transfer_plan import numberings_of, numbers_on_cases

Definition = Mapping[str, Any]
NOT_OURS = {"_id": {"$not": {"$regex": r"^[a-z0-9_]+\."}}}


def migrate(_db: Database[dict[str, Any]]) -> None:
    """Name every series after its policy. Safe to run twice: a named series is left alone."""
    users = _users()
    on_cases: dict[str, set[str]] = {}

    def run() -> None:
        for row in list(Sequence.collection().find(NOT_OURS)):
            key = row["_id"].partition(":")[0]
            if key in users:
                _part(row, users[key], on_cases)

    if Sequence.collection().find_one(NOT_OURS) is not None:
        transaction(run)


def _users() -> dict[str, dict[str, list[Definition]]]:
    """Series key → policy → how the policy's versions write the numbers."""
    found: dict[str, dict[str, list[Definition]]] = {}
    for policy in sorted(Policy.objects(state__ne="draft").distinct("key")):
        for definitions in numberings_of(policy):
            found.setdefault(definitions[0]["key"], {})[policy] = definitions
    return found


def _part(
    row: Mapping[str, Any], users: Mapping[str, list[Definition]], on_cases: dict[str, set[str]]
) -> None:
    """One shared row becomes a row for each policy that took a number from it."""
    key, colon, rest = row["_id"].partition(":")
    if len(users) == 1:
        taken = {policy: set(range(1, row["value"] + 1)) for policy in users}
    else:
        taken = {policy: _taken(row, policy, users[policy], on_cases) for policy in users}
    for policy, own in taken.items():
        if not own:
            continue
        others = set().union(*(found for other, found in taken.items() if other != policy)) - own
        values = {"value": row["value"], **({"elsewhere": sorted(others)} if others else {})}
        name = f"{series_head(policy, key)}{colon}{rest}"
        Sequence.collection().update_one({"_id": name}, {"$setOnInsert": values}, upsert=True)
    if any(taken.values()):
        Sequence.collection().delete_one({"_id": row["_id"]})


def _taken(
    row: Mapping[str, Any], policy: str, definitions: list[Definition], on_cases: dict[str, set[str]]
) -> set[int]:
    """Which numbers of the row stand on this policy's cases."""
    if policy not in on_cases:
        on_cases[policy] = set(numbers_on_cases(policy))
    written = zip(*_written(row, definitions), strict=True)
    return {
        sequence for sequence, names in enumerate(written, start=1) if not on_cases[policy].isdisjoint(names)
    }


def _written(row: Mapping[str, Any], definitions: list[Definition]) -> Iterator[list[str]]:
    """The row's numbers, once for each way of writing them; a way that does not fit the row is left out."""
    for definition in definitions:
        if definition.get("reset", "year") != "never":
            yield list(issued(row["_id"], row["value"], definition))
