"""Option lists and category trees 选项与分类 of a policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Option = Mapping[str, Any]
OUTCOMES = "outcomes"  # the list of every policy that a case's outcome 处理结果 is chosen from


def walk(options: Sequence[Option], above: tuple[Option, ...] = ()) -> Iterator[tuple[Option, ...]]:
    """Every option as its path from the top; of what is no list of options, none."""
    for option in options if isinstance(options, list | tuple) else ():
        if isinstance(option, Mapping):
            path = (*above, option)
            yield path
            yield from walk(option.get("children", ()), path)


def option_keys(lists: Mapping[str, Any], name: str) -> set[str]:
    """The keys that may be chosen."""
    return {path[-1]["key"] for path in walk(lists.get(name, ()))}


def label_of(lists: Mapping[str, Any], name: str, key: str) -> Mapping[str, str]:
    """The label of an option, with its parents in front; the key itself when it is unknown."""
    for path in walk(lists.get(name, ())):
        if path[-1]["key"] == key:
            return {
                language: " / ".join(part["label"][language] for part in path) for language in ("zh", "en")
            }
    return {"zh": key, "en": key}
