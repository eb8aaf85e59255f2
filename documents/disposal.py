"""What keeps a volume from being destroyed 不得销毁的情形: asked for lists, and again at the very moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from documents import due_volumes
from documents.complaint import Complaint
from documents.handed import HandedVolume, kept_until
from documents.hold import held
from documents.rules.policy import PolicyView
from documents.rules.retention import is_due
from documents.transfer import TransferPackage, package_id
from documents.volume import Volume

COLUMNS = (
    *("number", "status", "links", "papers", "later", "clocks.state", "clocks.limit", "attachments.at"),
    *("answers.at", "letters.at", "events.verb", "events.at", "events.by"),
)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Blocker:
    """One reason why a volume must stay 不得销毁的原因; `what` is the number or day it is about."""

    code: str
    what: str = ""


@dataclass
class Standing:
    """A volume with its supplements, and all that keeps it."""

    volume: Volume
    supplements: list[Volume] = field(default_factory=list)
    due_year: int | None = None
    blockers: list[Blocker] = field(default_factory=list)

    @property
    def free(self) -> bool:
        """Whether it may be put on a list of what is to be destroyed."""
        return not self.blockers

    @property
    def all_volumes(self) -> list[Volume]:
        """What goes together: the volume and its supplements 补充卷."""
        return [self.volume, *self.supplements]

    @property
    def cases(self) -> list[str]:
        """Every case inside."""
        return list(dict.fromkeys(number for one in self.all_volumes for number in one.cases))


def standings(volumes: Sequence[Volume], *, today: date) -> list[Standing]:
    """Each of the volumes with what keeps it; joins the running transaction."""
    known = due_volumes.rules()
    supplements = _supplements(volumes)
    found = [Standing(one, supplements.get(one.id, []), due_volumes.due_year(one, known)) for one in volumes]
    numbers = [number for one in found for number in one.cases]
    house = _House(
        today=today,
        cases={row["number"]: row for row in _rows(numbers)},
        held=held(numbers),
        open_links=_open_links(numbers),
        kept_until=kept_until(numbers),
        packages=_packages([one for standing in found for one in standing.all_volumes]),
    )
    for one in found:
        late = [due_volumes.due_year(each, known) for each in one.supplements]
        one.blockers = list(dict.fromkeys([*_not_due(one, late, today), *house.blockers(one)]))
    return found


def standing(volume: Volume, *, today: date) -> Standing:
    """One volume with what keeps it."""
    return standings([volume], today=today)[0]


def _not_due(one: Standing, supplements: Iterable[int | None], today: date) -> Iterator[Blocker]:
    if not is_due(one.due_year, today):
        yield Blocker("permanent" if one.due_year is None else "not_due", str(one.due_year or ""))
    for year in supplements:
        if not is_due(year, today):
            yield Blocker("supplement_not_due", str(year or ""))


def _supplements(volumes: Sequence[Volume]) -> dict[str, list[Volume]]:
    found: dict[str, list[Volume]] = defaultdict(list)
    main = [one.id for one in volumes]
    for one in Volume.objects(supplement_to__in=main, destroyed_at=None).order_by("id"):
        found[one.supplement_to].append(one)
    return found


def _rows(numbers: Sequence[str]) -> list[Row]:
    return list(Complaint.collection().find({"number": {"$in": list(numbers)}}, list(COLUMNS)))


def _open_links(numbers: Sequence[str]) -> dict[str, list[str]]:
    """The open cases that are linked with each case: an appeal 申诉, a repeat, whatever the policy links."""
    cases = Complaint.collection()
    some = {"number": {"$in": list(numbers)}, "links.number": {"$exists": True}}
    rows = cases.find(some, ["number", "links"])
    linked = {row["number"]: [one["number"] for one in row["links"]] for row in rows}
    others = sorted({other for ones in linked.values() for other in ones})
    still = cases.find({"number": {"$in": others}, "status": {"$ne": "archived"}}, ["number"])
    unfinished = {row["number"] for row in still}
    return {number: [one for one in ones if one in unfinished] for number, ones in linked.items()}


def _packages(volumes: Sequence[Volume]) -> dict[str, Blocker]:
    """What a package says of each volume: it is being made, or was handed over and is not confirmed yet."""
    handed = {"volume": {"$in": [one.id for one in volumes]}, "handed_on": {"$ne": None}}
    rows = list(HandedVolume.collection().find(handed, ["volume", "package"]))
    own = {
        one.id: package_id(one.policy, one.owner, one.year, confidential=bool(one.known_to))
        for one in volumes
    }
    known = {*own.values(), *(row["package"] for row in rows)}
    packages = {
        one.id: one for one in TransferPackage.objects(id__in=sorted(known)).only("id", "state", "problem")
    }
    found = {
        row["volume"]: Blocker("handover_not_confirmed", row["package"])
        for row in rows
        if row["package"] in packages and packages[row["package"]].state != "confirmed"
    }
    working = {volume: key for volume, key in own.items() if key in packages and packages[key].works}
    return found | {volume: Blocker("package_in_work", key) for volume, key in working.items()}


@dataclass(frozen=True)
class _House:
    today: date
    cases: Mapping[str, Row]
    held: set[str]
    open_links: Mapping[str, list[str]]
    kept_until: Mapping[str, date]
    packages: Mapping[str, Blocker]

    def blockers(self, one: Standing) -> Iterator[Blocker]:
        """Everything that keeps the volume, the gravest first."""
        sealed = max(each.sealed_at for each in one.all_volumes)
        for number in one.cases:
            yield from self._of_case(number, sealed)
        for each in one.all_volumes:
            if each.id in self.packages:
                yield self.packages[each.id]

    def _of_case(self, number: str, sealed: datetime) -> Iterator[Blocker]:
        row = self.cases.get(number)
        if row is None:
            yield Blocker("case_missing", number)
            return
        if number in self.held:
            yield Blocker("held", number)
        if row["status"] != "archived":
            yield Blocker("case_open", number)
        if any(clock.get("state") in ("running", "paused") for clock in row.get("clocks", ())):
            yield Blocker("clock_runs", number)
        for other in self.open_links.get(number, ()):
            yield Blocker("linked_open", other)
        if _has_new_papers(row, sealed):
            yield Blocker("new_papers", number)
        until = self.kept_until.get(number)
        if until is not None and until >= self.today:
            yield Blocker("kept_after_handover", until.isoformat())


def _has_new_papers(row: Row, sealed: datetime) -> bool:
    """Whether something came to the case after its last volume was sealed, or waits to be put on paper."""
    moments = [one["at"] for name in ("attachments", "answers", "letters") for one in row.get(name, ())]
    return bool(row.get("papers") or row.get("later")) or any(at > sealed for at in moments)


def plain_title(volume: Volume, view: PolicyView) -> str:
    """What a list calls a volume for good 清册题名: kind and year, nobody's name, whatever becomes of it.

    The kind is called as the policy in force calls it, which is the `view`.
    """
    kind = view.case_type(volume.case_type)["label"]["zh"]
    return f"{volume.closed_on[:4]}年办结的{kind}材料"
