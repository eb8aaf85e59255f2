"""People who are away, and who acts for them 代办."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from documents.actions import absences
from documents.person import Absence, Person
from tests.portal.conftest import NOW

DAY = timedelta(days=1)


def away(person: str, deputy: str | None) -> None:
    absence = Absence(starts=NOW - DAY, ends=NOW + 9 * DAY, deputy=deputy)
    absences.add_absence(person, absence, actor=Person.get(person), now=NOW)


def back(person: str) -> None:
    absences.cancel_absence(person, NOW - DAY, actor=Person.get(person), now=NOW)


@contextmanager
def deputising(absent: str, deputy: str) -> Iterator[None]:
    """Meanwhile one acts for the other."""
    away(absent, deputy)
    yield
    back(absent)
