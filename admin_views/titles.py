"""Titles of volumes 题名 on pages, as far as the person may know of the volume and read its classes."""

from __future__ import annotations

from collections.abc import Iterable

from flask import g

from admin_views.standing import me, my_reach, newest_policies, said
from documents.filing_batch import FilingEntry
from documents.rules.access import PERSONAL, RESTRICTED, CaseScope, classes_open
from documents.volume import HIDDEN, Volume
from documents.volume_titles import title_for, titled


def reads_of(volume: Volume | FilingEntry) -> frozenset[str]:
    """The classes of fields that the person may read in a volume, or in a case that is to become one."""
    if "roles_of_policies" not in g:
        g.roles_of_policies = {policy.key: policy.definition["roles"] for policy in newest_policies()}
    scope = CaseScope(frozenset(volume.scope), frozenset(volume.recused), frozenset(volume.known_to))
    # Another policy may let a role read more.
    return classes_open(my_reach(), g.roles_of_policies[volume.policy], scope)


def reads_all(volume: Volume | FilingEntry) -> bool:
    """Whether the person may read all that stands on its paper."""
    return {PERSONAL, RESTRICTED} <= reads_of(volume)


def shown_title(volume: Volume) -> str:
    """The title of a volume; of one that is kept from the person, that it is."""
    return said(HIDDEN) if volume.is_hidden_from(me().id) else title_for(volume, reads_of(volume))


def shown_titles(numbers: Iterable[str]) -> dict[str, str]:
    """The titles of these volumes."""
    return {volume.id: shown_title(volume) for volume in titled(numbers)}
