"""Listening 监听: which parameters a view reads, and which filters reach the database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Request, has_request_context, request
from pymongo import monitoring
from werkzeug.datastructures import ImmutableMultiDict

MARK = "zinj"
# Parts of commands in which the database looks for operators.
FILTERS = ("filter", "query", "q", "pipeline")
KNOWN = frozenset(
    (
        *(
            "$eq",
            "$ne",
            "$in",
            "$nin",
            "$gt",
            "$gte",
            "$lt",
            "$lte",
            "$and",
            "$or",
            "$nor",
            "$not",
            "$exists",
        ),
        *(
            "$elemMatch",
            "$regex",
            "$options",
            "$size",
            "$all",
            "$type",
            "$match",
            "$group",
            "$sort",
            "$limit",
        ),
        *("$skip", "$project", "$unwind", "$sum", "$max", "$min", "$first", "$last", "$push", "$addToSet"),
        *("$count", "$cond", "$ifNull", "$dateToString", "$unionWith", "$lookup", "$set", "$filter", "$map"),
        *(
            "$slice",
            "$arrayElemAt",
            "$indexOfArray",
            "$literal",
            "$concat",
            "$toString",
            "$substrCP",
            "$const",
        ),
        *(
            "$facet",
            "$replaceRoot",
            "$mergeObjects",
            "$objectToArray",
            "$split",
            "$dateTrunc",
            "$expr",
            "$month",
            "$switch",
            "$let",
        ),
    )
)
# What runs text as a program; our own code uses none of it.
PROGRAMS = frozenset({"$where", "$function", "$accumulator"})
BARE = re.compile(r"(?<!\\)[.*+?()\[\]{}|^$]")


class Recording(ImmutableMultiDict[str, Any]):
    """Parameters that note under which names they are asked for."""

    read: dict[str, set[str]] = {}
    bodies: set[str] = set()  # who reads JSON

    def _note(self, name: object) -> None:
        if isinstance(name, str) and has_request_context() and request.endpoint:
            self.read.setdefault(f"{request.method} {request.endpoint}", set()).add(name)

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]
        """One value."""
        self._note(key)
        return super().get(key, default, type)

    def getlist(self, key: str, type: Any = None) -> list[Any]:
        """All values."""
        self._note(key)
        return super().getlist(key, type)


class RecordingRequest(Request):
    """A request whose parameters note who reads them."""

    parameter_storage_class = Recording

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        """The body as JSON."""
        Recording.bodies.add(f"{self.method} {self.endpoint}")
        return super().get_json(*args, **kwargs)


class Listener(monitoring.CommandListener):
    """Holds every filter that is sent against what may be in it."""

    def __init__(self) -> None:
        self.on = False
        self.heard = 0
        self.marked = 0  # filters in which the input stood, as a plain value
        self.wrong: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """A command goes out."""
        if not self.on:
            return
        for place, part in _filters(event.command):
            self.heard += 1
            self.marked += MARK in repr(part)
            self.wrong += [f"{event.command_name} {place}: {one}" for one in _wrong(part)]

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to hear."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to hear."""


LISTENER = Listener()


def _filters(command: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in FILTERS:
        if name in command:
            yield name, command[name]
    for name in ("updates", "deletes"):
        for one in command.get(name, ()):
            yield name, one.get("q", {})


def _wrong(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            if MARK in str(key) or (key.startswith("$") and key not in KNOWN) or key in PROGRAMS:
                yield f"{key!r} is no operator of ours"
            if key == "$regex" and MARK in str(value) and BARE.search(_typed(str(value))):
                yield f"{value!r} is not escaped"
            yield from _wrong(value)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from _wrong(one)


def _typed(pattern: str) -> str:
    """The part of a pattern that was typed: the mark with what follows it."""
    return pattern[pattern.find(MARK) :]
