"""Edits 修改 of a definition: small operations on keyed paths, each with its inverse.

One way to change a policy: the designer, undo and redo, two designers at once, supplements, imports and
the rebase onto a newer version all apply these. An operation is a table that travels as JSON:

- `{do: set, path, value, was}` sets an attribute; without a value it takes it away. `was` is what the
  person saw: another value there means that somebody was faster.
- `{do: add, path, value, before}` adds an element to the list (or the named element to the table).
- `{do: remove, path}` takes an element away; `{do: move, path, to, before}` moves it.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.rules.broken import RuleBroken
from documents.rules.keyed_paths import Key, Path, Place, Step, index_of, look_up, parse, written

Definition = Mapping[str, Any]
Operation = Mapping[str, Any]
MOST_OPERATIONS = 2_000
UNSEEN: Any = object()


@dataclass(frozen=True)
class Edited:
    """A definition after an edit, and the operations that take the edit back."""

    definition: dict[str, Any]
    inverse: tuple[Operation, ...]


def apply(definition: Definition, operations: Sequence[Operation]) -> Edited:
    """The definition with all operations applied, or none: raises RuleBroken and leaves no trace.

    Codes: bad_path, bad_operation, no_such_element, key_taken, edited_meanwhile.
    """
    if len(operations) > MOST_OPERATIONS:
        raise RuleBroken("bad_operation", reason="too_many")
    changed = copy.deepcopy(dict(definition))
    inverse: list[Operation] = []
    for operation in operations:
        done = _DOING.get(str(operation.get("do")))
        if done is None or not isinstance(operation.get("path"), str):
            raise RuleBroken("bad_operation", reason=str(operation.get("do"))[:40])
        inverse.insert(0, done(changed, operation))
    return Edited(changed, tuple(inverse))


def _set(changed: dict[str, Any], operation: Operation) -> Operation:
    path = _path(operation)
    owner, name = look_up(changed, path[:-1]), path[-1]
    if isinstance(owner, list) and isinstance(name, Key | Place):
        return _replace(owner, name, operation)
    if not isinstance(owner, dict) or not isinstance(name, str):
        raise RuleBroken("no_such_element", path=operation["path"])
    before = owner.get(name)
    _refuse_unseen(operation, before)
    if operation.get("value") is None:
        owner.pop(name, None)
    else:
        owner[name] = copy.deepcopy(operation["value"])
    return {"do": "set", "path": operation["path"], "value": before, "was": operation.get("value")}


def _replace(owner: list[Any], name: Key | Place, operation: Operation) -> Operation:
    index = _index(owner, name, operation)
    before = owner[index]
    _refuse_unseen(operation, before)
    owner[index] = copy.deepcopy(operation["value"])
    return {"do": "set", "path": operation["path"], "value": before, "was": operation["value"]}


def _refuse_unseen(operation: Operation, before: Any) -> None:
    was = operation.get("was", UNSEEN)
    if was is not UNSEEN and was != before and operation.get("value") != before:
        raise RuleBroken(
            "edited_meanwhile", path=operation["path"], theirs=before, yours=operation.get("value")
        )


def _add(changed: dict[str, Any], operation: Operation) -> Operation:
    path, value = _path(operation), copy.deepcopy(operation.get("value"))
    fresh = _is_missing(changed, path)
    owner = _list_at(changed, path)
    if isinstance(value, Mapping) and "key" in value:
        if any(isinstance(one, Mapping) and one.get("key") == value["key"] for one in owner):
            raise RuleBroken("key_taken", key=value["key"], path=operation["path"])
        step: Step = Key(str(value["key"]))
    else:
        step = Place(_before(owner, operation))
    owner.insert(_before(owner, operation), value)
    if fresh:
        return {"do": "set", "path": operation["path"]}
    return {"do": "remove", "path": written((*path, step))}


def _is_missing(changed: dict[str, Any], path: Path) -> bool:
    """Whether the list is yet to be made: taking the addition back takes the list back too."""
    owner = look_up(changed, path[:-1])
    return isinstance(owner, dict) and path[-1] not in owner


def _list_at(changed: dict[str, Any], path: Path) -> list[Any]:
    """The list at the path, made when its owner has none yet."""
    owner = look_up(changed, path[:-1])
    if isinstance(owner, dict) and isinstance(path[-1], str):
        found = owner.setdefault(path[-1], [])
    else:
        found = look_up(changed, path)
    if not isinstance(found, list):
        raise RuleBroken("no_such_element", path=written(path))
    return found


def _before(owner: list[Any], operation: Operation) -> int:
    before = operation.get("before")
    if before is None:
        return len(owner)
    step = Place(before) if isinstance(before, int) else Key(str(before))
    try:
        return index_of(owner, step)
    except LookupError:
        return len(owner)


def _remove(changed: dict[str, Any], operation: Operation) -> Operation:
    path = _path(operation)
    owner, name = look_up(changed, path[:-1]), path[-1]
    if isinstance(owner, dict):
        return _set(changed, {"do": "set", "path": operation["path"]})
    if not isinstance(owner, list) or isinstance(name, str):
        raise RuleBroken("no_such_element", path=operation["path"])
    index = _index(owner, name, operation)
    value = owner.pop(index)
    return {"do": "add", "path": written(path[:-1]), "value": value, "before": _mark(owner, index)}


def _move(changed: dict[str, Any], operation: Operation) -> Operation:
    path = _path(operation)
    goal = parse(operation["to"]) if operation.get("to") else path[:-1]
    if goal[: len(path)] == path:
        raise RuleBroken("bad_operation", reason="into_itself")
    back = _remove(changed, {"do": "remove", "path": operation["path"]})
    added = _add(
        changed,
        {"do": "add", "path": written(goal), "value": back["value"], "before": operation.get("before")},
    )
    return {"do": "move", "path": added["path"], "to": back["path"], "before": back["before"]}


def _mark(owner: list[Any], index: int) -> str | int | None:
    """How the place before an element is named, so that it stays right when others move."""
    if index >= len(owner):
        return None
    one = owner[index]
    return str(one["key"]) if isinstance(one, Mapping) and "key" in one else index


def _index(owner: list[Any], name: Key | Place, operation: Operation) -> int:
    try:
        return index_of(owner, name)
    except LookupError as error:
        raise RuleBroken("no_such_element", path=operation["path"]) from error


def _path(operation: Operation) -> Path:
    path = parse(operation["path"])
    if not path:
        raise RuleBroken("bad_path", path="")
    return path


_DOING = {"set": _set, "add": _add, "remove": _remove, "move": _move}
