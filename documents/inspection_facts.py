"""What the database knows of a volume that is inspected 检测素材: its cases, its number, its trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from documents import events
from documents.archive_number import ArchiveNumber
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.policy import Policy, view_of
from documents.rules import filing, issuing
from documents.rules.volume_facts import CaseFacts, NumberFacts
from documents.volume_papers import held, told

MOST_NAMED = 5
Row = Mapping[str, Any]


def case_facts(row: Row) -> Iterator[CaseFacts]:
    """The cases that are in the volume and still in this system."""
    for number in row["cases"]:
        case = Complaint.objects(number=number).first()
        if case is not None and row["_id"] in {volume.number for volume in case.volumes}:
            yield _case(case, row)


def _case(case: Complaint, row: Row) -> CaseFacts:
    number = row["_id"]
    inside = told(case, number)
    return CaseFacts(
        number=case.number,
        events=len(inside),
        broken_at=events.broken_at(case.events),
        head=inside[-1].hash if inside else "",
        first_verb="register" if row.get("supplement_to") else case.events[0].verb,
        closed=case.closed_at is not None,
        forms=len(held(case, number, "answers")),
        letters=len(held(case, number, "letters")),
        attachments=len(held(case, number, "attachments")),
    )


def number_facts(row: Row) -> NumberFacts:
    """The archive number against its rule and its series."""
    found: ArchiveNumber | None = ArchiveNumber.objects(id=row["_id"]).first()
    if found is None or not found.series or not found.sequence:
        return NumberFacts("")
    twins = ArchiveNumber.objects(series=found.series, sequence=found.sequence, id__ne=found.id).only("id")
    return NumberFacts(
        expected=_expected(found),
        twins=tuple(one.id for one in twins.limit(MOST_NAMED)),
        unaccounted=tuple(_unaccounted(found)),
    )


def _expected(found: ArchiveNumber) -> str:
    """The number as one of the policy's versions makes it; the newest version's when none does."""
    made = [
        issuing.numbered(found.series, found.sequence, definition)
        for definition in (issuing.volume_numbering(rules) for rules in _archive_rules(found.policy))
        if issuing.fits(found.series, definition)
    ]
    return found.id if found.id in made else next(iter(made), "")


def _archive_rules(policy: str) -> list[Row]:
    published = {"key": policy, "state": {"$ne": "draft"}}
    versions = Policy.collection().find(published, {"version": 1}).sort("version", -1)
    definitions = (view_of(policy, row["version"]).definition for row in versions)
    return [one["archive"] for one in definitions if "archive" in one]


def _unaccounted(found: ArchiveNumber) -> Iterator[str]:
    """Earlier numbers of the series that are nowhere."""
    earlier = {"series": found.series, "sequence": {"$lt": found.sequence}}
    collection = ArchiveNumber.collection()
    if collection.count_documents(earlier) >= found.sequence - 1:
        return
    known = set(collection.distinct("sequence", earlier))
    missing = [sequence for sequence in range(1, found.sequence) if sequence not in known]
    yield from (f"{found.series}:{sequence}" for sequence in missing[:MOST_NAMED])


def retention_codes(policy: str) -> tuple[str, ...]:
    """The codes of all periods that any version of the policy knows."""
    codes = (one["code"] for rules in _archive_rules(policy) for one in filing.classes(rules))
    return tuple(dict.fromkeys(map(str, codes)))


def sealed_in_audit(row: Row) -> tuple[str, ...]:
    """The digests under which the audit trail knows the sealing of these cases."""
    found = AuditEntry.objects(verb="seal", subject__in=list(row["cases"])).only("facts")
    return tuple(str(entry.facts.get("sha256", "")) for entry in found)
