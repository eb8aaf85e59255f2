"""Whose archive and which year the pages of the archive are about 立档单位与年度."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, request

from admin_views.standing import me, my_keys, my_reach, newest_policies, now, said, today
from documents.actions import printing
from documents.complaint import kept_from
from documents.holdings import archives
from documents.policy import Policy
from documents.print_order import PrintOrder
from documents.rules.access import CaseScope, classes_open
from documents.rules.broken import RuleBroken
from documents.rules.policy import PolicyView
from documents.rules.whole_numbers import number_or_none
from documents.unit import Unit

FIRST_YEAR = 2000
RIGHT = "archive"


@dataclass(frozen=True)
class Scope:
    """A policy, a unit that keeps an archive, and a year."""

    view: PolicyView
    unit: Unit
    year: int
    units: tuple[Unit, ...]
    confidential: bool = False  # of the year-end packages, that of the confidential volumes 保密移交包

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return Policy.current(self.view.key)

    @property
    def values(self) -> dict[str, Any]:
        """What an address must say to stay with this unit and year."""
        return {**self.place, **({"confidential": 1} if self.confidential else {})}

    @property
    def place(self) -> dict[str, Any]:
        """The unit and year alone, from one page to another."""
        return {"unit": self.unit.id, "year": self.year}

    @property
    def years(self) -> list[int]:
        """The years that may be chosen, this one first."""
        return list(range(max(today().year, self.year), max(today().year, self.year) - 6, -1))

    def named(self, text: Any) -> str:
        """A bilingual text in the language of the page."""
        return said(text)


def scope(given: Mapping[str, Any] | None = None, operations: tuple[str, ...] = (RIGHT,)) -> Scope | None:
    """What the request is about; None when no post with such a right reaches a unit that keeps an archive."""
    asked = request.values if given is None else given
    units = tuple(archives(my_keys(*operations)))
    policies = [policy for policy in newest_policies() if "archive" in policy.definition]
    if not units or not policies:
        return None
    wanted = asked.get("unit") or units[0].id
    chosen = next((unit for unit in units if unit.id == wanted), None)
    year = number_or_none(str(asked.get("year") or today().year))
    if chosen is None or year is None or not FIRST_YEAR <= year <= today().year + 1:
        abort(404)
    key = asked.get("policy")
    view = next((policy for policy in policies if policy.key == key), policies[0])
    return Scope(view, chosen, year, units, confidential=asked.get("confidential") == "1")


def scope_or_404(given: Mapping[str, Any] | None = None, operations: tuple[str, ...] = (RIGHT,)) -> Scope:
    """What the request is about, for addresses that make no sense without."""
    return scope(given, operations) or abort(404)


def keeps(owner: str) -> bool:
    """Whether the person keeps the archive of this unit."""
    return owner in {unit.id for unit in archives(my_keys(RIGHT))}


def my_reads(unit: Unit, view: PolicyView) -> list[str]:
    """The classes of fields that the posts which reach a unit let the person read under a policy."""
    keys = frozenset({f"u:{unit.id}", *(f"t:{above}" for above in unit.ancestors)})
    return sorted(classes_open(my_reach(), view.definition["roles"], CaseScope(keys, frozenset())))


def ordered(here: Scope, kind: str, form: str, **more: Any) -> PrintOrder:
    """An export that the person asks for, with what the person may read."""
    order = PrintOrder(kind=kind, form=form, policy=here.view.key, **more, **here.place)
    order.by, order.by_name, order.reads, order.at = me().id, me().name, my_reads(here.unit, here.view), now()
    return printing.place(order)


def check_export(order: PrintOrder, here: Scope) -> None:
    """An export is for who may still read what it tells: asked again each time that it is fetched.

    Raises RuleBroken("export_reads"), ("export_withheld"), ("export_outdated") where nobody wrote down of
    which cases it tells.
    """
    if not set(order.reads) <= set(my_reads(here.unit, here.view)):
        raise RuleBroken("export_reads")
    if order.named is None:
        raise RuleBroken("export_outdated")
    count = len(kept_from(me().id, order.named))
    if count:
        raise RuleBroken("export_withheld", count=count)
