"""Earlier cases 原投诉 of which the history speaks, for the person behind the request."""

from __future__ import annotations

from documents.case_parts import Event
from documents.complaint import Complaint, among
from documents.earlier_cases import earlier_cases
from documents.sight import Sight
from portal.signing_in import me
from portal.standing import my_keys, my_reach


def sees_earlier(case: Complaint, event: Event) -> bool:
    """Whether the viewer may see every case that the event speaks of: else it names nobody to him."""
    numbers = earlier_cases(case, event)
    return not numbers or among(numbers, Sight(my_keys(), me().id, my_reach()).condition()) == numbers
