"""Operations on a whole unit 单位事项: reports and archives belong to no case, so the unit decides."""

from __future__ import annotations

from documents.person import Person
from documents.policy import roles_of
from documents.rules.access import demands
from documents.rules.broken import RuleBroken
from documents.rules.policy import PolicyView


def check_right(actor: Person, operation: str, view: PolicyView, unit: str) -> None:
    """Only who holds the operation, for units within the reach of a post that grants it.

    Raises RuleBroken("operation_not_granted"), ("outside_scope").
    """
    roles = roles_of(view.key)
    if not actor.may_do(operation, roles):
        raise RuleBroken("operation_not_granted", operation=operation)
    (opened,) = demands(actor.reach(roles), roles, operation)
    if unit not in {key[2:] for key in opened}:
        raise RuleBroken("outside_scope", unit=unit)
