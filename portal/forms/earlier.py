"""Earlier answers 先前所填 to a form that opens them again, before the person behind the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request, url_for

from documents.complaint import Complaint
from documents.moved_cases import filled
from documents.policy import view_of
from documents.unread import Answers, MayRead
from portal.forms.answers import Shown, shown_value
from portal.revealing import revealed
from portal.standing import may_on

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Earlier:
    """What was answered before; reveals are remembered under the `mark`."""

    mark: str
    answers: Answers
    may_read: MayRead
    shown: Callable[[Definition, Any], Shown]  # an answer in words, as far as it is open
    address: Callable[[str], str]  # where a field is revealed

    @property
    def revealed(self) -> Mapping[str, datetime]:
        """What is shown in full now, and until when."""
        return revealed(self.mark)


def of_case(case: Complaint, form: str) -> Earlier:
    """The answers of a case to a form."""
    view, number = view_of(case.policy, case.policy_version), str(case.number)

    def address(field: str) -> str:
        return url_for("revealing.ask", number=number, field=field, back=request.path)

    return Earlier(
        number,
        answers=lambda: filled(case, form),
        may_read=lambda field: may_on(case, field=field),
        shown=lambda field, value: shown_value(field, value, view, case),
        address=address,
    )
