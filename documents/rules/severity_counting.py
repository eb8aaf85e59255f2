"""How many complaints of the same type stand together 同类投诉计数, for the rules of severity."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from documents.rules.severity_scale import SAME, Rule, Scale, Similar

# So many of one type are looked at on either side of a case, or ten times what a rule asks for.
LEAST_LOOKED_AT = 200


@dataclass(frozen=True)
class Alike:
    """A complaint among those of its type 同类投诉: when it was received and closed, and whose it is."""

    received_at: datetime
    who: str
    closed_at: datetime | None = None


def type_of(scale: Scale, facts: Mapping[str, Any]) -> str | None:
    """The type under which a case is counted; None while it has none."""
    value = facts.get(scale.alike) if scale.alike else None
    return str(value) if isinstance(value, str) and value else None


def complainant_of(scale: Scale, facts: Mapping[str, Any]) -> str | None:
    """Who complains, as a digest: the first of the named fields that says something."""
    for name in scale.complainant:
        text = "".join(str(facts.get(name) or "").split()).casefold()
        if text:
            return hashlib.sha256(f"{name}:{text}".encode()).hexdigest()[:32]
    return None


def counted(scale: Scale, own: Alike, others: Iterable[Alike]) -> dict[str, int]:
    """For each rule that asks for others of the type: how many stand with this one, it included."""
    found = list(others)
    return {rule.key: _count(rule, scale, own, found) for rule in scale.rules if rule.similar}


def _count(rule: Rule, scale: Scale, own: Alike, others: Sequence[Alike]) -> int:
    similar = rule.similar
    if similar is None:
        return 1
    if similar.by == SAME:
        return min(similar.at_least, 1 + sum(_repeats(one, own, similar, scale) for one in others))
    return _most_together(similar, scale, own, others)


def _repeats(one: Alike, own: Alike, similar: Similar, scale: Scale) -> bool:
    """Whether an earlier complaint was closed when its complainant came again 处理后再次投诉."""
    if one.who != own.who or one.closed_at is None or one.closed_at > own.received_at:
        return False
    return own.received_at < similar.span.after(one.closed_at, scale.zone)


def _most_together(similar: Similar, scale: Scale, own: Alike, others: Iterable[Alike]) -> int:
    """The most complainants in a span that holds this complaint; no further than the rule asks for."""
    line = sorted(others, key=lambda one: one.received_at)
    earlier = [one for one in line if one.received_at <= own.received_at]
    later = [one for one in line if one.received_at > own.received_at]
    within = Counter(one.who for one in (own, *later))
    best = 1
    for first in (own, *reversed(earlier)):
        end = similar.span.after(first.received_at, scale.zone)
        if own.received_at >= end:
            break
        if first is not own:
            within[first.who] += 1
        while later and later[-1].received_at >= end:
            within -= Counter([later.pop().who])
        best = max(best, len(within))
        if best >= similar.at_least:
            return similar.at_least
    return best


def reach(scale: Scale, received_at: datetime) -> tuple[datetime, datetime]:
    """The first and the last moment at which a complaint of the type may matter to this one."""
    spans = [rule.similar.span for rule in scale.rules if rule.similar]
    first = min((span.before(received_at, scale.zone) for span in spans), default=received_at)
    last = max((span.after(received_at, scale.zone) for span in spans), default=received_at)
    return first, last + timedelta(microseconds=1)


def looked_at(scale: Scale) -> int:
    """How many of the type on either side of a case decide every rule, those nearest in time."""
    most = max((rule.similar.at_least for rule in scale.rules if rule.similar), default=0)
    return max(LEAST_LOOKED_AT, 10 * most)
