"""What the trail keeps back 留痕遮蔽: what it remembers of a case is not told to whom the case refuses.

Whoever watches the trail sees every entry; what it remembers – a reason, the name of a file – may come out
of a case from which the person is recused, or of which he may not know. The cases of a whole page are asked
for at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bson import ObjectId

from documents.complaint import Complaint, kept_from
from documents.policy import roles_of
from documents.rules.access import READ, Reach, may
from documents.unread import fields_behind
from documents.volume import Volume, volumes_kept_from

Row = Mapping[str, Any]
Facts = Mapping[str, Any]

ABOUT: Final = ("case", "volume", "number")  # the facts that name a case or a volume, beside the subject
FILE: Final = "file"  # in entries of today the id of a file, in earlier ones its name
NAMES: Final = (FILE, "files")  # the facts in which earlier entries name files


def refusing(named: Iterable[str], person: str) -> frozenset[str]:
    """Which of these cases and volumes refuse the person 回避或不在知悉名单."""
    asked = frozenset(named)
    return frozenset(kept_from(person, asked) | volumes_kept_from(person, asked))


def hidden_volumes(volumes: Iterable[str], person: str) -> frozenset[str]:
    """Which of these volumes refuse the person, by themselves or by a case in them; of lost ones none."""
    wanted = {"_id": {"$in": sorted(set(volumes))}}
    found = {row["_id"]: row["cases"] for row in Volume.collection().find(wanted, {"cases": 1})}
    refused = refusing({*found, *(case for cases in found.values() for case in cases)}, person)
    return frozenset(one for one, cases in found.items() if refused & {one, *cases})


def about(row: Row) -> set[str]:
    """The cases and volumes out of which an entry may remember something."""
    facts = row.get("facts") or {}
    told = (facts.get(name) for name in ABOUT)
    return {str(row["subject"]), *(one for one in told if isinstance(one, str))}


@dataclass(frozen=True)
class Telling:
    """What entries may tell one person 可示内容; `names` are the files that he may open, by id and digest."""

    refused: frozenset[str]
    names: Mapping[str, str] = field(default_factory=dict)

    def facts(self, row: Row) -> Facts | None:
        """What the entry remembers, as far as it may be told; None when nothing of it may."""
        if about(row) & self.refused:
            return None
        facts: Facts = row.get("facts") or {}
        return {name: value for name, value in facts.items() if name not in NAMES} | self._file(facts)

    def _file(self, facts: Facts) -> dict[str, str]:
        """The name of a file, for who may open it; for others its id, where the entry has one."""
        if FILE not in facts:
            return {}
        kept = str(facts[FILE])
        name = self.names.get(kept) or self.names.get(str(facts.get("sha256")))
        return {FILE: name or kept} if name or ObjectId.is_valid(kept) else {}


def telling(rows: Sequence[Row], person: str, reach: Reach | None = None) -> Telling:
    """What these entries may tell the person; names of files only to who reaches their cases."""
    refused = refusing((name for row in rows for name in about(row)), person)
    if reach is None:
        return Telling(refused)
    filed = {str(row["subject"]) for row in rows if FILE in (row.get("facts") or {})}
    return Telling(refused, _names(filed - refused, reach))


def _names(numbers: Iterable[str], reach: Reach) -> dict[str, str]:
    asked, found = sorted(numbers), dict[str, str]()
    for case in Complaint.objects(number__in=asked, scope__in=list(reach.keys)) if asked else ():
        for one in case.attachments:
            if _may_open(case, one, reach):
                found |= {one.file_id: one.name, one.sha256: one.name}
    return found


def _may_open(case: Complaint, attachment: Any, reach: Reach) -> bool:
    """As the page of the case asks: a file is as closed as the fields with which it came."""
    roles = roles_of(case.policy)
    fields = fields_behind(case, attachment) if attachment.form else [None]
    told = (may(reach, READ, case.case_scope(), roles=roles, field=one) for one in fields)
    return bool(fields) and all(told)
