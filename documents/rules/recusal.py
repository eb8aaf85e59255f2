"""Recusal found 自动回避: kin of somebody in the case, and who stands in where everybody must step aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from documents.rules.fields import fields_of
from documents.rules.naming import plain, spelled
from documents.rules.workflow import CaseState, other_half

Definition = Mapping[str, Any]
Text = Mapping[str, str]

REASONS: Final[Mapping[str, Text]] = {
    "named": {"zh": "投诉中被点名", "en": "named in the complaint"},
    "head": {"zh": "被投诉单位负责人", "en": "head of the unit complained about"},
    "worker": {"zh": "办理过同一事项的原投诉", "en": "worked on the earlier case of the same matter"},
    "kin": {"zh": "与亲属名单相符", "en": "matches the list of relatives"},
}
EARLIER: Final = "earlier"  # in the facts of an event: the case on which somebody worked
SOMEBODY: Final = {"zh": "一人须回避", "en": "one person is recused"}
NAMES, PHONES, IDENTITIES = "name", "phone", "id_number"
MOST_UP: Final = 20


@dataclass(frozen=True)
class Relative:
    """A relative 亲属 whom somebody declared: how related, and by what the relative is known."""

    person: str
    name: str
    phone: str = ""
    id_number: str = ""


@dataclass(frozen=True)
class Mentioned:
    """Who stands in a case 案中人: every name, telephone and identity number of its answers."""

    names: frozenset[str]
    phones: frozenset[str]
    identities: frozenset[str]


def mentioned(forms: Iterable[Definition], facts: Mapping[str, Any]) -> Mentioned:
    """Everybody whom the answers name. A name is a plain text that is not for everybody, and short."""
    found: dict[str, set[str]] = {NAMES: set(), PHONES: set(), IDENTITIES: set()}
    for form in forms:
        for one in fields_of(form):
            kind = one["type"] if one["type"] in (PHONES, IDENTITIES) else NAMES
            if one["type"] in (PHONES, IDENTITIES) or (one["type"] == "text" and "class" in one):
                found[kind] |= _said(kind, facts.get(one["key"]))
    return Mentioned(frozenset(found[NAMES]), frozenset(found[PHONES]), frozenset(found[IDENTITIES]))


def is_related(relative: Relative, people: Mentioned) -> bool:
    """Whether a declared relative stands in the case.

    The identity number decides where both have one; else the telephone or the very name is enough: who is
    recused without need loses nothing, who is not recused in need harms the case.
    """
    identity = _plain(relative.id_number)
    if identity and identity in people.identities:
        return True
    if _plain(relative.phone) and _plain(relative.phone) in people.phones:
        return True
    is_another = bool(identity and people.identities)
    return not is_another and plain(relative.name) in people.names


def where_related(relative: Relative, forms: Iterable[Definition], facts: Mapping[str, Any]) -> list[str]:
    """The fields whose answers name the relative."""
    numbers = {_plain(one) for one in (relative.phone, relative.id_number)} - {""}
    every = {one["key"]: facts.get(one["key"]) for form in forms for one in fields_of(form)}
    told = {key: {_plain(value)} & numbers for key, value in every.items()}
    named = {key: plain(relative.name) in _said(NAMES, value) for key, value in every.items()}
    return sorted(key for key in every if told[key] or named[key])


def _said(kind: str, value: Any) -> set[str]:
    """What an answer says: a number, or every name that it may mean."""
    if kind == NAMES:
        return spelled(value) if isinstance(value, str) else set()
    return {_plain(value)} - {""}


def _plain(value: Any) -> str:
    text = "".join(str(value).split()).upper() if isinstance(value, str) else ""
    return text.removeprefix("+86").replace("-", "")


@dataclass(frozen=True)
class StandIn:
    """Who takes a step of a post whose holders must all step aside 代行: one higher; None where nobody is."""

    role: str
    unit: str
    person: str | None


Post = tuple[str, str, frozenset[str]]  # role, unit, and who did the other half of the step 四眼原则
Seat = tuple[str | None, str | None, str | None]  # head, leader in charge, unit above


def stand_ins(
    posts: Iterable[Post],
    recused: Sequence[str],
    holders: Callable[[str, str], Sequence[str]],
    seat: Callable[[str], Seat],
) -> list[StandIn]:
    """For each post on the case that is held only by people who must step aside, the first one higher.

    Four eyes keep who did one half of a step from the other: for that step it is the next one higher.
    """
    found, held, above = dict[StandIn, None](), cache(holders), cache(seat)
    for role, unit, did_half in dict.fromkeys(posts):
        if held(role, unit) and all(person in recused for person in held(role, unit)):
            able = (one for one in _upwards(unit, above) if one not in recused and one not in did_half)
            found[StandIn(role, unit, next(able, None))] = None
    return list(found)


def _upwards(unit: str, seat: Callable[[str], Seat]) -> Iterator[str]:
    """The head and the leader of a unit, and of the units above it."""
    at: str | None = unit
    for _step in range(MOST_UP):
        if not at:
            return
        head, leader, above = seat(at)
        yield from (one for one in (head, leader) if one)
        at = above


def posts_of(transitions: Iterable[Definition], case: CaseState) -> Iterator[Post]:
    """Every post that has a step of the case, with its unit, and who may not take that step as well."""
    for step in transitions:
        for who in step.get("who", ()):
            unit = case.units.get(str(who.get("at", "")))
            if "role" in who and unit:
                yield who["role"], unit, other_half(step, case)
