"""What is known of a draft 草稿的检查结果: its problems and what names what, worked out once a revision."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from typing import Any

from bson import ObjectId

from documents.draft import Draft
from documents.rules.policy_checking import Problem, problems
from documents.rules.where_used import WhereUsed

MOST_KNOWN = 12


class Insight:
    """One revision of a draft as plain tables, with what was found out about it."""

    def __init__(self, definition: dict[str, Any]) -> None:
        self.definition = definition

    @cached_property
    def problems(self) -> list[Problem]:
        """Everything that keeps the draft from being published."""
        return problems(self.definition)

    @cached_property
    def used(self) -> WhereUsed:
        """The index of what names what."""
        return WhereUsed(self.definition)


_known: OrderedDict[tuple[ObjectId, int], Insight] = OrderedDict()


def insight(draft: Draft) -> Insight:
    """What is known of the draft's present revision; a revision never changes."""
    key = (draft.id, draft.revision)
    if key not in _known:
        definition = draft.definition
        # After an undo the draft is what it was before; another draft of the same version is the same.
        alike = next((one for one in reversed(_known.values()) if one.definition == definition), None)
        remember(draft, alike or Insight(definition))
    _known.move_to_end(key)
    return _known[key]


def remember(draft: Draft, found: Insight) -> None:
    """Keep what is known of the draft's present revision; the oldest is forgotten."""
    _known[draft.id, draft.revision] = found
    while len(_known) > MOST_KNOWN:
        _known.popitem(last=False)
