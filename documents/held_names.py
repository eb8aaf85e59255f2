"""Who holds a key 键的持有: how many cases, people or units hold a field, an option, a role … of a policy.

All names are counted in one pass over the cases of the policy; only what the names need leaves the disk
cache. A pass that takes too long is given up, and what it was to count is taken for held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo.errors import ExecutionTimeout

from documents.case_stream import apart
from documents.complaint import Complaint
from documents.person import Person
from documents.rules.access import is_public
from documents.rules.fields import fields_of, members
from documents.rules.identity import Name, identity
from documents.rules.options import OUTCOMES
from documents.rules.policy_problems import elements
from documents.unit import Unit

Definition = Mapping[str, Any]
Condition = dict[str, Any]
MOST_SECONDS = 20
AT_ONCE = 40
SAMPLES = 10
OF_CASES = frozenset({"field", "column", "form", "list", "option", "case_type", "workflow", "stage"})


@dataclass
class Held:
    """How many hold each name; `unknown` are those that could not be counted in time."""

    counts: dict[Name, int] = field(default_factory=dict)
    open_counts: dict[Name, int] = field(default_factory=dict)
    samples: dict[Name, tuple[str, ...]] = field(default_factory=dict)
    unknown: frozenset[Name] = frozenset()


def held(policy: str, definition: Definition, names: Iterable[Name]) -> Held:
    """Count the holders of these names of a version, under every key they ever had."""
    wanted = list(dict.fromkeys(names))
    found = Held()
    conditions = {name: condition_of(definition, name) for name in wanted if name.of in OF_CASES}
    known = list(conditions)
    for first in range(0, len(known), AT_ONCE):
        _count_cases(policy, {name: conditions[name] for name in known[first : first + AT_ONCE]}, found)
    found.samples = {
        name: () if is_closed(definition, name) else told for name, told in found.samples.items()
    }
    for name in wanted:
        if name.of == "role":
            found.counts[name] = Person.objects(active=True, posts__role=name.key).count()
        elif name.of == "unit_kind":
            found.counts[name] = Unit.objects(kind=name.key, retired_on=None).count()
    return found


def _count_cases(policy: str, conditions: Mapping[Name, Condition], found: Held) -> None:
    names = list(conditions)
    facets = {f"n{index}": _facet(conditions[name]) for index, name in enumerate(names)}
    kept = {"status": 1, "number": 1, "stage": 1, "case_type": 1, "answers.form": 1}
    for condition in conditions.values():
        kept.update(dict.fromkeys(_paths(condition), 1))
    pipeline = [{"$match": {"policy": policy}}, {"$project": apart(kept)}, {"$facet": facets}]
    try:
        row = next(iter(Complaint.collection().aggregate(pipeline, maxTimeMS=MOST_SECONDS * 1000)))
    except ExecutionTimeout:
        found.unknown |= set(names)
        found.counts.update(dict.fromkeys(names, 1))
        return
    for index, name in enumerate(names):
        groups = {one["_id"]: one for one in row[f"n{index}"]}
        found.counts[name] = sum(one["count"] for one in groups.values())
        found.open_counts[name] = groups.get("open", {}).get("count", 0)
        numbers = [number for one in groups.values() for number in one["samples"]]
        found.samples[name] = tuple(sorted(numbers)[:SAMPLES])


def _facet(condition: Condition) -> list[dict[str, Any]]:
    samples = {"$firstN": {"input": "$number", "n": SAMPLES}}
    return [
        {"$match": condition},
        {"$group": {"_id": "$status", "count": {"$sum": 1}, "samples": samples}},
    ]


def _paths(condition: Any) -> list[str]:
    """The columns that a condition reads."""
    if isinstance(condition, list):
        return [path for part in condition for path in _paths(part)]
    found: list[str] = []
    for name, part in condition.items() if isinstance(condition, Mapping) else ():
        found += _paths(part) if name.startswith("$") else [name]
    return found


def condition_of(definition: Definition, name: Name) -> Condition:
    """The cases that hold a name of this version, or a name that became it."""
    keys = sorted(identity({}, definition).former(name.of, name.key, name.within))
    if name.of == "field":
        return _any([{f"answers.values.{key}": {"$exists": True}} for key in keys])
    if name.of == "column":
        tables = sorted(identity({}, definition).former("field", name.within))
        return _any(
            [{f"answers.values.{table}.{key}": {"$exists": True}} for table in tables for key in keys]
        )
    if name.of == "form":
        return {"answers.form": {"$in": keys}}
    if name.of in ("option", "list"):
        return _chosen(definition, name, keys)
    if name.of == "case_type":
        return {"case_type": {"$in": keys}}
    types = case_types_of(definition, name.within if name.of == "stage" else name.key)
    standing: Condition = {"status": "open", "case_type": {"$in": types}}
    return {**standing, "stage": {"$in": keys}} if name.of == "stage" else standing


def _chosen(definition: Definition, name: Name, keys: Sequence[str]) -> Condition:
    listed = name.within if name.of == "option" else name.key
    paths = [f"answers.values.{path}" for path in fields_offering(definition, listed)]
    test: Any = {"$in": list(keys)} if name.of == "option" else {"$exists": True}
    also = [{"outcome": test}] if listed == OUTCOMES else []  # set by effects, not by a field alone
    return _any([*({path: test} for path in paths), *also])


def is_closed(definition: Definition, name: Name) -> bool:
    """Whether who holds it would tell of an answer that is not public: a field, a column, a choice."""
    fields = [one for form in elements(definition, "forms") for one in fields_of(form)]
    pairs = [(one, one) for one in fields]
    pairs += [(one, column) for one in fields for column in members(one, "fields")]
    if name.of in ("option", "list"):
        listed = name.within if name.of == "option" else name.key
        about = [pair for pair in pairs if pair[1].get("options") == listed]
    elif name.of in ("field", "column"):
        box = name.within if name.of == "column" else ""
        about = [
            pair
            for pair in pairs
            if pair[1].get("key") == name.key and (not box or pair[0].get("key") == box)
        ]
    else:
        return False
    return not all(is_public(one) for pair in about for one in pair)


def fields_offering(definition: Definition, listed: str) -> list[str]:
    """The fields, and the columns of tables, that offer a list, under every key they ever had."""
    way, found = identity({}, definition), set[str]()
    for form in elements(definition, "forms"):
        for one in fields_of(form):
            names = way.former("field", str(one.get("key")), str(form.get("key")))
            if one.get("options") == listed:
                found |= names
            for column in members(one, "fields"):
                if column.get("options") == listed:
                    found |= {f"{name}.{column.get('key')}" for name in names}
    return sorted(found)


def case_types_of(definition: Definition, workflow: str) -> list[str]:
    """The case types that run through a workflow, under every key they ever had."""
    way = identity({}, definition)
    found: set[str] = set()
    for one in elements(definition, "case_types"):
        if one.get("workflow") == workflow:
            found |= way.former("case_type", str(one.get("key")))
    return sorted(found)


def _any(parts: list[Condition]) -> Condition:
    if not parts:
        return {"_id": None}
    return parts[0] if len(parts) == 1 else {"$or": parts}
