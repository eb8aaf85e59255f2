"""Where a calendar is used, as its page and the designer list it 工作日历的使用清单."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from admin_views.designer.bench import address
from admin_views.designer.words import place_words
from admin_views.standing import said
from documents.calendar_uses import CalendarUses, PolicyUse, uses_of
from documents.rules.keyed_paths import parse

Linked = tuple[str, str]  # words, and where they lead


@dataclass(frozen=True)
class ShownUse:
    """A policy or a unit that uses the calendar 一处使用, and what in it is counted by the calendar."""

    name: Linked
    note: str
    parts: tuple[Linked, ...] = ()


def shown_uses(calendar: str) -> list[ShownUse]:
    """Every use in words, with links."""
    found: CalendarUses = uses_of(calendar)
    units = [
        ShownUse((said(one.name), url_for("units.show", code=one.id)), str(_("单位"))) for one in found.units
    ]
    return [*(_shown(one) for one in found.policies), *units]


def _shown(use: PolicyUse) -> ShownUse:
    title = said(use.definition["policy"].get("title")) or use.policy
    if use.is_draft:
        where = url_for("designer.section", policy=use.policy, section="policy")
        note = str(_("草稿"))
    else:
        where = url_for("policies.overview", key=use.policy, version=use.versions[-1])
        versions = str(_("、")).join(str(one) for one in use.versions)
        note = str(_("第 %(versions)s 版 · 在办 %(cases)s 件", versions=versions, cases=use.cases))
    parts = ((place_words(use.definition, one), _address(use, one)) for one in use.parts)
    return ShownUse((title, where), note, tuple(parts))


def _address(use: PolicyUse, place: str) -> str:
    """The page of a limit, a ladder or a duty: of the designer for a draft, else of the published version."""
    if use.is_draft:
        return address(use.policy, place)
    section, key, version = parse(place)[0], getattr(parse(place)[1], "key", ""), use.versions[-1]
    if section == "limits":
        return url_for("policies.limits", key=use.policy, version=version, limit=key)
    page = "policies.limits" if section == "ladders" else "policies.more"
    return url_for(page, key=use.policy, version=version)
