"""Surroundings 周边: what an action asks of the world around a case, and where it leaves what it did.

One narrow port. Real cases are acted on amid the stored ones, the database; a trial 试行 acts amid an
invented organisation in memory. The actions, their effects and the rules are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from documents import audit, blind_index, filing_batch
from documents.actions import keeping, neighbours, planned, recalling
from documents.actions.handing import StoredTeller, Teller
from documents.archive_number import ArchiveNumber
from documents.complaint import Complaint
from documents.governing import STORED_HOUSE
from documents.hold import held
from documents.kinship import Kinship
from documents.person import Person
from documents.policy import roles_in_force, roles_of, view_of
from documents.rules.access import READ, Reach, may
from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.forms import Checked
from documents.rules.policy import PolicyView
from documents.rules.recusal import Relative
from documents.rules.severity_counting import Alike
from documents.rules.severity_scale import Scale
from documents.rules.workflow import Viewer
from documents.sequence import Sequence as Series
from documents.unit import Unit, fill_slots
from documents.upload import Upload
from documents.work_calendar import Counted, calendar_of

Row = Mapping[str, Any]


class Surroundings(planned.TimerBook, Teller, Protocol):
    """What an action asks, in its own words."""

    def view(self, policy: str, version: int) -> PolicyView:
        """The version of a policy that a case pins."""

    def roles(self, policy: str) -> Sequence[Row]:
        """What each role of a policy may now, on cases of every version."""

    def calendar(self, view: PolicyView, key: str | None = None, at: Counted | None = None) -> WorkCalendar:
        """The calendar of this key, by default the one that the policy names."""

    def own_calendar(self, unit: str) -> tuple[str, str] | None:
        """The unit at or above this one that has a calendar of its own, and its key."""

    def unit(self, code: str) -> Unit:
        """A unit; raises RuleBroken("unknown_unit")."""

    def has_below(self, unit: str) -> bool:
        """Whether a unit in service lies directly below this one."""

    def slots(self, view: PolicyView, units: Mapping[str, str]) -> dict[str, str]:
        """The unit slots of a case, filled from the policy's rules where they are not given."""

    def person(self, person: str) -> Person:
        """A person; raises RuleBroken("unknown_person")."""

    def staff(self, above: str | None = None) -> Mapping[str, str]:
        """The staff at or below a unit, or of the whole house, with their names."""

    def holders(self, role: str, unit: str) -> Sequence[str]:
        """The people in service who hold a role in a unit."""

    def relatives(self, units: Mapping[str, str]) -> Sequence[Relative]:
        """The declared relatives 亲属 of everybody who works in these units."""

    def workers_on(self, number: str) -> Sequence[str]:
        """Who worked on the case with this number, or is recused from it."""

    def next_in(self, series: str) -> int:
        """The next number of a series, from 1."""

    def reserve(self, number: ArchiveNumber) -> bool:
        """Keep an archive number 档号 that is given out; False when it was given out before."""

    def is_held(self, number: str) -> bool:
        """Whether a hold 冻结 lies on a case."""

    def take_upload(self, upload: str, *, by: str, case: Complaint) -> Upload:
        """An upload of this person, from now on the case's own; raises RuleBroken("upload_gone")."""

    def uploads(self, keys: Sequence[str], by: str) -> Mapping[str, Upload]:
        """The uploads of this person that are there."""

    def case_for(self, number: str, reader: Person, now: datetime) -> Complaint | None:
        """A case that the reader may see, as himself or for whom he acts at the moment."""

    def reach(self, reader: Person, now: datetime) -> Reach:
        """How far the reader's posts reach, with those held for the absent at the moment."""

    def viewer(self, actor: Person, now: datetime) -> Viewer:
        """The actor as the rules see him, with the absent for whom he acts at the moment."""

    def same_type(self, case: Complaint, scale: Scale) -> Sequence[Alike]:
        """The other complaints that count with this one, those nearest in time."""

    def waiting(self, case: Complaint, scale: Scale) -> Sequence[str]:
        """The ids of the other open cases of the type whose level one more could raise."""

    def keep(self, case: Complaint, view: PolicyView, *, is_new: bool) -> None:
        """Keep the changed case; raises RuleBroken("changed_meanwhile")."""

    def settle(self, checked: Checked) -> dict[str, Any]:
        """The values of a checked form; raises RuleBroken("form_incomplete")."""

    def link(self, case: Complaint, link: dict[str, str]) -> None:
        """Link a case that is kept already to another one."""

    def someone(self, digest: str | None) -> str | None:
        """Who complained, as it is kept: so that the same person is known again, and nobody is told who."""

    def note(self, verb: str, subject: str, *, by: str, at: datetime, **facts: Any) -> None:
        """Write an audit entry."""


class StoredSurroundings(planned.StoredTimers, StoredTeller):
    """The database, inside the running transaction."""

    view = staticmethod(view_of)
    roles = staticmethod(roles_of)
    calendar = staticmethod(calendar_of)
    own_calendar = staticmethod(STORED_HOUSE.own_calendar)
    unit = staticmethod(Unit.get)
    person = staticmethod(Person.get)
    next_in = staticmethod(Series.take)

    same_type = staticmethod(neighbours.same_type)
    waiting = staticmethod(neighbours.waiting)
    note = staticmethod(audit.note)
    settle = staticmethod(Checked.or_raise)

    def slots(self, view: PolicyView, units: Mapping[str, str]) -> dict[str, str]:
        return fill_slots(view.definition["slots"], units)

    def has_below(self, unit: str) -> bool:
        return Unit.objects(parent=unit, retired_on=None).first() is not None

    def reserve(self, number: ArchiveNumber) -> bool:
        if ArchiveNumber.collection().find_one({"_id": number.id}, {"_id": 1}) is not None:
            return False
        number.validate()
        ArchiveNumber.collection().insert_one(number.to_mongo())
        return True

    def is_held(self, number: str) -> bool:
        return bool(held([number]))

    def staff(self, above: str | None = None) -> Mapping[str, str]:
        below = Unit.collection().distinct("_id", {"ancestors": above}) if above else []
        posted = {"posts.unit": {"$in": below}} if above else {}
        return {row["_id"]: row["name"] for row in Person.collection().find(posted, {"name": 1})}

    def holders(self, role: str, unit: str) -> Sequence[str]:
        return [one.id for one in Person.holding(role, unit)]

    def relatives(self, units: Mapping[str, str]) -> Sequence[Relative]:
        return Kinship.near(set(units.values()))

    def workers_on(self, number: str) -> Sequence[str]:
        found: Complaint | None = Complaint.objects(number=number).first()
        return found.workers() if found else ()

    def take_upload(self, upload: str, *, by: str, case: Complaint) -> Upload:
        found: Upload | None = Upload.objects(id=upload, by=by).first()
        if found is None:
            raise RuleBroken("upload_gone", upload=upload)
        found.case = str(case.id)
        found.save()
        return found

    def uploads(self, keys: Sequence[str], by: str) -> Mapping[str, Upload]:
        return {one.id: one for one in Upload.objects(id__in=list(keys), by=by)}

    def case_for(self, number: str, reader: Person, now: datetime) -> Complaint | None:
        found: Complaint | None = Complaint.objects(number=number).first()
        if found is None:
            return None
        return found if may(self.reach(reader, now), READ, found.case_scope(), roles=()) else None

    def reach(self, reader: Person, now: datetime) -> Reach:
        return reader.reach(roles_in_force(), now)

    def viewer(self, actor: Person, now: datetime) -> Viewer:
        return actor.viewer(now)

    def keep(self, case: Complaint, view: PolicyView, *, is_new: bool) -> None:
        keeping.refresh(case, view)
        if case.volume is not None:
            recalling.follow(case, now=case.events[-1].at)
        if case.status != "open":
            filing_batch.follow(case)
        keeping.insert(case) if is_new else keeping.replace(case)

    def someone(self, digest: str | None) -> str | None:
        return blind_index.someone(digest)

    def link(self, case: Complaint, link: dict[str, str]) -> None:
        Complaint.collection().update_one({"_id": case.id}, {"$push": {"links": link}})


STORED = StoredSurroundings()
