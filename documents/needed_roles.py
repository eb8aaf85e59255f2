"""Roles that cases still need 仍须由其办理: what nobody could do any more if a role were gone.

A case keeps the steps of its version, and a role that the version in force lacks gives nothing (decision
020). So a role may only go when no case that is not filed yet has a step which is its alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from documents.policy import view_of
from documents.rules.change_classes import Change
from documents.rules.identity import Name
from documents.standing_cases import Standing, standing


def needed(policy: str, changes: Iterable[Change]) -> dict[Name, int]:
    """Of each role that these changes take away: how many open or unfiled cases could not do without it."""
    gone = {name.key: name for one in changes if one.code == "role_gone" for name in one.held}
    found = Counter[Name]()
    for status in ("open", "closed") if gone else ():
        for here in standing(policy, status):
            for role in _alone(policy, here, status, gone):
                found[gone[role]] += here.count
    return dict(found)


def added(counts: Mapping[Name, int], more: Mapping[Name, int]) -> dict[Name, int]:
    """Who holds a name together with what needs it."""
    return {**counts, **{name: counts.get(name, 0) + count for name, count in more.items()}}


def _alone(policy: str, here: Standing, status: str, gone: Collection[str]) -> set[str]:
    """The roles that alone may take a step: of an open case any step, of a closed one what begins there."""
    found = set[str]()
    for step in view_of(policy, here.version).transitions(here.case_type):
        named = {str(who.get("role", "")) for who in step["who"]}
        starts = status == "open" or (step["from"] != "any_open" and here.stage in step["from"])
        if starts and named <= set(gone):
            found |= named
    return found
