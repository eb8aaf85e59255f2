"""Who closed a case 办结, and who therefore compiled its papers 立卷人."""

from __future__ import annotations

from documents import events
from documents.case_parts import Appraisal, Event
from documents.complaint import Complaint
from documents.rules.filing import needs_second
from documents.rules.policy import PolicyView


def closing_event(case: Complaint, view: PolicyView) -> Event | None:
    """The event that took the case out of its last open stage; none while it is open."""
    if case.closed_at is None:
        return None
    is_open = {stage["key"]: stage["status"] == "open" for stage in view.stages(case.case_type)}
    left = [one for one in case.events if one.to_stage and not is_open.get(one.to_stage)]
    return next((one for one in reversed(left) if not one.from_stage or is_open.get(one.from_stage)), None)


def filers_of(
    case: Complaint,
    view: PolicyView,
    appraisal: Appraisal | None = None,
    *,
    taking: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """立卷人, who may not check the file as well: who appraised the case, else who closed it and for whom.

    Nobody when the policy asks for no second person. `taking`: who takes the step that is not written yet; it
    may be the one that closes the case.
    """
    rules = view.definition.get("archive")
    if not rules or not needs_second(rules):
        return frozenset()
    if appraisal is not None:
        return frozenset({str(appraisal.by)})
    closing = closing_event(case, view)
    if taking and case.closed_at and (closing is None or closing.at != case.closed_at):
        return taking
    return frozenset({closing.by, closing.instead_of} - {None, events.SYSTEM}) if closing else frozenset()
