"""Values of a draft in words 取值的说法: tolerant of whatever is still missing in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from admin_views.designer.bench import Bench
from admin_views.designer.words import name_of, spoken
from admin_views.phrases import listed, named, noted, posted
from admin_views.policy_words import PEOPLE, STEPS, PolicyWords, above
from admin_views.standing import said
from documents.rules.grammar import EFFECTS, Attribute
from documents.rules.keyed_paths import parse

MOST_LETTERS = 160


def told(bench: Bench, attribute: Attribute, value: Any, place: str) -> str:
    """The value of an attribute in words; empty for what stands as elements of its own."""
    if value is None or attribute.kind in ("elements", "table"):
        return ""
    tell = _TELLING.get(attribute.kind)
    text = tell(bench, attribute, value, place) if tell else _plain(value)
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, Mapping):
        if set(value) & {"zh", "en"}:
            return said(value)
        return _("；").join(named(str(name), _plain(part)) for name, part in value.items())
    if isinstance(value, list | tuple):
        return listed(_plain(one) for one in value)
    return str(value)


def _choice(_bench: Bench, attribute: Attribute, value: Any, _place: str) -> str:
    many = value if isinstance(value, list) else [value]
    return listed(spoken(attribute.choices.get(str(one))) or str(one) for one in many)


def _reference(bench: Bench, attribute: Attribute, value: Any, place: str) -> str:
    names = {one.key: one.label for one in bench.offered(attribute, place)}
    many = value if isinstance(value, list) else [value]
    return listed(names.get(str(one), str(one)) for one in many)


def _people(bench: Bench, _attribute: Attribute, value: Any, _place: str) -> str:
    return listed(person(bench, who) for who in value if isinstance(who, Mapping)) if _listed(value) else ""


def person(bench: Bench, who: Mapping[str, Any]) -> str:
    """承办单位 单位负责人."""
    offers = bench.known.offers
    slots = {one.key: one.label for one in offers.slots}
    if "contact" in who:
        contacts = {one.key: one.label for one in offers.kind("contacts")}
        return contacts.get(str(who["contact"]), str(who["contact"]))
    roles = {one.key: one.label for one in offers.kind("roles")}
    name = roles.get(str(who.get("role")), str(who.get("role", ""))) or str(
        PEOPLE.get(str(who.get("is")), "")
    )
    slot = above(slots.get(str(who.get("at")), str(who.get("at", ""))), who)
    return posted(slot, name)


def _effects(bench: Bench, _attribute: Attribute, value: Any, place: str) -> str:
    return (
        _("；").join(effect(bench, one, place) for one in value if isinstance(one, Mapping))
        if _listed(value)
        else ""
    )


def effect(bench: Bench, one: Mapping[str, Any], place: str) -> str:
    """开始计时 办理并答复（forwarded）."""
    name = next((each for each in one if each in EFFECTS), "")
    if not name:
        return _plain(one)
    first = EFFECTS[name][0]
    value = "" if first.kind == "flag" else _told_part(bench, first, one[name], place)
    words = f"{spoken(first.words)} {value}".strip()
    return noted(words, str(one.get("when") or ""))


def _told_part(bench: Bench, attribute: Attribute, value: Any, place: str) -> str:
    return told(bench, attribute, value, place)


def _goal(bench: Bench, _attribute: Attribute, value: Any, place: str) -> str:
    stages = {one.key: one.label for one in bench.known.offers.kind("stages", parse(place))}
    if isinstance(value, str):
        return stages.get(value, value)
    if not _listed(value):
        return _plain(value)
    return _("；").join(
        (f"{one['when']} → " if one.get("when") else "")
        + stages.get(str(one.get("go")), str(one.get("go", "")))
        for one in value
        if isinstance(one, Mapping)
    )


def _moment(_bench: Bench, _attribute: Attribute, value: Any, _place: str) -> str:
    words = PolicyWords.moment
    many = value if isinstance(value, list) else [value]
    return listed(words(None, str(one)) for one in many)  # type: ignore[arg-type]  # reads nothing of itself


def _step(_bench: Bench, _attribute: Attribute, value: Any, _place: str) -> str:
    number = str(value).rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = STEPS.get(str(value)[len(number) :])
    return f"{number} {unit}" if unit else str(value)


def _reach(bench: Bench, attribute: Attribute, value: Any, _place: str) -> str:
    if isinstance(value, Mapping):
        kinds = {one.key: one.label for one in bench.known.offers.kind("unit_kinds")}
        return str(_("所属%(kind)s及其下级", kind=kinds.get(str(value.get("tree_of")), "")))
    return spoken(attribute.choices.get(str(value))) or str(value)


def _listed(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


_TELLING = {
    "one_of": _choice,
    "some_of": _choice,
    "reference": _reference,
    "references": _reference,
    "people": _people,
    "effects": _effects,
    "goal": _goal,
    "moment": _moment,
    "moments": _moment,
    "step": _step,
    "reach": _reach,
}
__all__ = ["effect", "name_of", "person", "told"]
