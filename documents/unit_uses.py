"""Where a unit is used 单位何处用到: cases by the part it plays in them, duties, packages, and policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from documents.complaint import Complaint, not_hidden_from
from documents.duty import Duty
from documents.rules.policy import PolicyView
from documents.transfer import TransferPackage
from documents.unit import Unit

MOST_COUNTED = 1000  # counting stops here: whoever has more knows enough
STATUSES = ("open", "closed", "archived")


@dataclass(frozen=True)
class UnitUse:
    """One place in which a unit is used: what, how often (no further than counted), under which policy."""

    kind: str
    count: int
    key: str = ""
    label: Mapping[str, str] | None = None
    policy: Mapping[str, str] | None = None


def uses(unit: Unit, views: Iterable[PolicyView], person: str) -> list[UnitUse]:
    """Everything that names this unit, or its kind in a policy; what there is none of is left out.

    Cases that are kept from the person do not count: one more tomorrow would tell of a case of today.
    """
    found = [*_cases(unit, person), *_obligations(unit)]
    for view in views:
        found += _of_its_kind(unit, view.definition)
    return [one for one in found if one.count]


def _cases(unit: Unit, person: str) -> Iterator[UnitUse]:
    for status in STATUSES:
        condition = {"scope": f"u:{unit.id}", "status": status, **not_hidden_from(person)}
        count = Complaint.collection().count_documents(condition, limit=MOST_COUNTED)
        yield UnitUse("cases", int(count), key=status)


def _obligations(unit: Unit) -> Iterator[UnitUse]:
    yield UnitUse("duties", int(Duty.objects(unit=unit.id, state="open").count()))
    yield UnitUse("packages", int(TransferPackage.objects(unit=unit.id).count()))


def _of_its_kind(unit: Unit, definition: Mapping[str, Any]) -> Iterator[UnitUse]:
    title = definition["policy"]["title"]
    for key, rule in definition.get("slots", {}).items():
        if isinstance(rule, Mapping) and rule.get("kind") == unit.kind:
            label = definition.get("slot_labels", {}).get(key)
            yield UnitUse("slot", 1, key=key, label=label, policy=title)
    for duty in definition.get("duties", ()):
        if duty["owner"]["kind"] == unit.kind:
            yield UnitUse("duty", 1, key=duty["key"], label=duty["label"], policy=title)
