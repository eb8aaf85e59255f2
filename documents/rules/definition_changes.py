"""From one definition to another 版本间的变化: the operations that lead there, smallest first, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from documents.rules.broken import RuleBroken
from documents.rules.edits import Definition, Operation, apply
from documents.rules.keyed_paths import Key, Path, written


def changes(old: Definition, new: Definition) -> list[Operation]:
    """The operations that turn the old definition into the new one; `was` is what stood there before."""
    return list(_between(old, new, ()))


def _between(old: Any, new: Any, path: Path) -> Iterator[Operation]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys([*old, *new]):
            yield from _between(old.get(name), new.get(name), (*path, name))
    elif _keyed(old) and _keyed(new):
        yield from _lists(old, new, path)
    else:
        yield {"do": "set", "path": written(path), "value": new, "was": old}


def _lists(old: Sequence[Definition], new: Sequence[Definition], path: Path) -> Iterator[Operation]:
    before, after = ({str(one["key"]): one for one in rows} for rows in (old, new))
    for key in before:
        if key not in after:
            yield {"do": "remove", "path": written((*path, Key(key))), "was": before[key]}
    order = [key for key in before if key in after]
    for position, key in enumerate(after):
        following = next((one for one in list(after)[position + 1 :] if one in before), None)
        if key not in before:
            order.insert(order.index(following) if following else len(order), key)
            yield {"do": "add", "path": written(path), "value": after[key], "before": following}
        else:
            yield from _between(before[key], after[key], (*path, Key(key)))
    yield from _moves(order, list(after), path)


def _moves(order: list[str], wanted: list[str], path: Path) -> Iterator[Operation]:
    """Put what is out of order where it belongs, from the end, so that each goal stands already."""
    following: str | None = None
    for key in reversed(wanted):
        at = order.index(key)
        right = order[at + 1] if at + 1 < len(order) else None
        if right != following:
            order.remove(key)
            order.insert(order.index(following) if following else len(order), key)
            yield {"do": "move", "path": written((*path, Key(key))), "before": following}
        following = key


def _keyed(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) and "key" in one for one in value)


def rebased(
    base: Definition, mine: Definition, theirs: Definition
) -> tuple[dict[str, Any], list[tuple[Operation, str]]]:
    """My changes since the base put onto theirs; what does not fit is left out and listed with its code."""
    result: dict[str, Any] = dict(theirs)
    refused: list[tuple[Operation, str]] = []
    for operation in changes(base, mine):
        try:
            result = apply(result, [operation]).definition
        except RuleBroken as broken:
            refused.append((operation, broken.code))
    return result, refused
