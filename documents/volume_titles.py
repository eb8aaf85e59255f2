"""Titles of volumes 案卷题名, as far as their reader may read of what they are made."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from documents.disposal import plain_title
from documents.policy import view_in_force
from documents.rules.access import PERSONAL, RESTRICTED
from documents.volume import Volume

# What is read of a volume to tell its title.
TITLED = (
    *("id", "title", "open_title", "title_classes", "policy", "case_type", "closed_on", "destroyed_at"),
    *("scope", "recused", "known_to"),
)
ALL = (PERSONAL, RESTRICTED)


def title_for(volume: Volume, classes: Collection[str]) -> str:
    """The title for who reads these classes.

    Of volumes that were sealed before this was written down, who does not read all learns kind and year.
    """
    if volume.destroyed_at:
        return str(volume.title)
    if set(ALL if volume.title_classes is None else volume.title_classes) <= set(classes):
        return str(volume.title)
    return str(volume.open_title or plain_title(volume, view_in_force(volume.policy)))


def titled(numbers: Iterable[str]) -> list[Volume]:
    """These volumes, with what is read to tell their titles."""
    return list(Volume.objects(id__in=sorted(set(numbers))).only(*TITLED))
