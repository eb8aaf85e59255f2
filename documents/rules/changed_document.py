"""What a change of the database made of a document 文档变更, told as its change streams tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = dict[str, Any]
Steps = Sequence[str | int]
Change = Callable[[Any], Any]  # what was there, or NOTHING, to what is there then
NOTHING = object()


class NotFitting(ValueError):
    """A change that was not made to this document 变更与文档不符; the argument is its path."""


def updated(document: Row, description: Mapping[str, Any]) -> Row:
    """The document after an update, from an `updateDescription`: arrays are cut, fields removed, then set.

    Raises NotFitting where a path leads nowhere, or to two places and the description does not say to which.
    """
    exact: Mapping[str, Steps] = description.get("disambiguatedPaths") or {}
    changes: list[tuple[str, Change]] = [
        (cut["field"], _cut_to(cut["newSize"])) for cut in description.get("truncatedArrays") or ()
    ]
    changes += [(path, _gone) for path in description.get("removedFields") or ()]
    changes += [(path, _set_to(value)) for path, value in description["updatedFields"].items()]
    for path, change in changes:
        steps = exact.get(path)
        try:
            document = _changed(document, steps or path.split("."), change, sure=steps is not None)
        except (LookupError, TypeError, ValueError) as error:
            raise NotFitting(path) from error
    return document


def _set_to(value: Any) -> Change:
    return lambda _was: value


def _gone(was: Any) -> Any:
    if was is NOTHING:
        raise LookupError("nothing to remove")
    return NOTHING


def _cut_to(size: int) -> Change:
    def cut(was: Any) -> Any:
        if not isinstance(was, list) or len(was) < size:
            raise TypeError("no list of that length")
        return was[:size]

    return cut


def _changed(node: Any, steps: Steps, change: Change, *, sure: bool) -> Any:
    """A copy of the node, changed where the steps lead; what holds a step says whether it is an index."""
    if isinstance(node, list):
        return _changed_list(node, steps, change, sure=sure)
    if not isinstance(node, dict):
        raise TypeError("nothing holds this path")
    if not sure:
        _one_meaning(node, steps)
    name, rest = str(steps[0]), steps[1:]
    new = _changed(node[name], rest, change, sure=sure) if rest else change(node.get(name, NOTHING))
    if new is NOTHING:
        return {key: value for key, value in node.items() if key != name}
    return {**node, name: new}


def _changed_list(node: list[Any], steps: Steps, change: Change, *, sure: bool) -> list[Any]:
    index, rest = int(steps[0]), steps[1:]
    if index < 0 or (rest and index >= len(node)):
        raise IndexError("beyond the end")
    longer = [*node, *[None] * (index + 1 - len(node))]
    longer[index] = _changed(node[index], rest, change, sure=sure) if rest else change(longer[index])
    return longer


def _one_meaning(node: Row, steps: Steps) -> None:
    """A name that has dots in it could be meant as well."""
    path = ".".join(map(str, steps)) + "."
    if any("." in key and path.startswith(f"{key}.") for key in node):
        raise LookupError("two meanings")
