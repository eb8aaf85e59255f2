"""Rights 权限 in a definition, and what a change does to them: who reaches, reads, may and acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from documents.rules.edits import Definition
from documents.rules.keyed_paths import Key, Path, Place, written

# Of a role how far it reaches, what it reads and may do; of a field how closed it is; of a step who takes it.
RIGHTS: Final = frozenset(
    {
        "reach",
        "reads",
        "may",
        "class",
        "sealed_to",
        "who",
        "not_same_as",
        "four_eyes",
        "reveal",
        "retaliation",
    }
)
MOST_TOLD: Final = 100
ABSENT: Any = object()


def rights_changes(old: Definition, new: Definition) -> list[dict[str, Any]]:
    """The rights that differ 权限变化, each with its path and both values; what is not there is None."""
    sections = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    before, after = (dict(_rights({name: one.get(name) for name in sections}, ())) for one in (old, new))
    return [
        {"path": path, "old": before.get(path), "new": after.get(path)}
        for path in sorted(before.keys() | after.keys(), key=lambda one: (not one.startswith("roles"), one))
        if before.get(path, ABSENT) != after.get(path, ABSENT)
    ]


def _rights(value: Any, path: Path) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            if name in RIGHTS:
                yield written((*path, name)), one
            else:
                yield from _rights(one, (*path, name))
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            keyed = isinstance(one, Mapping) and "key" in one
            yield from _rights(one, (*path, Key(str(one["key"])) if keyed else Place(index)))


def told(changed: list[dict[str, Any]]) -> dict[str, Any]:
    """What the trail keeps of them: the first, those of roles before all others, and how many there are."""
    return {"rights": changed[:MOST_TOLD], "rights_changed": len(changed)} if changed else {}
