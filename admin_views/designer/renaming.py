"""Renaming and merging 更名与合并: first what it would touch, then one edit that can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import keep_form
from admin_views.designer.bench import Bench, address
from admin_views.designer.edits import EditPages
from admin_views.designer.words import place_words
from admin_views.standing import me, now, today
from documents.actions import drafting
from documents.draft import Draft
from documents.draft_insight import Insight, insight
from documents.rename_samples import Sample, holders, samples
from documents.rules.broken import RuleBroken
from documents.rules.edits import Operation
from documents.rules.grammar import SECTIONS
from documents.rules.identity import Name, names
from documents.rules.renaming import TARGETS, merge_options, rename

MOST_PLACES = 40


@dataclass(frozen=True)
class Plan:
    """What a rename would touch 预演: places of the definition, cases, and samples of them."""

    operations: Sequence[Operation]
    places: Sequence[str]
    cases: int | None  # None: too many to count in time
    found: Sequence[Sample]


def name_at(known: Insight, place: str) -> Name:
    """The thing at a place of the draft; raises RuleBroken("unknown_element")."""
    target = known.used.target(place)
    within, _mark, key = (target[1] if target else "").rpartition("/")
    kinds = {of for of, kind in TARGETS.items() if target and kind == target[0]}
    for one in names(known.definition) if target else ():
        if one.of in kinds and one.key == key and within in ("", one.within):
            return one if one.of != "field" else Name("field", key)
    raise RuleBroken("unknown_element", key=place[:80])


def planned(draft: Draft, name: Name, new: str, *, merge: bool) -> Plan:
    """The operations, and what they would touch."""
    known = insight(draft)
    if merge:
        operations = merge_options(known.definition, name, new, today=today())
    else:
        operations = rename(known.definition, name, new)
    box = f"{name.within}/{name.key}" if name.of in ("option", "stage", "step") else name.key
    mentions = known.used.named((TARGETS[name.of], box))
    said = dict.fromkeys(place_words(known.definition, one.path, one.attribute) for one in mentions)
    return Plan(
        operations,
        list(said)[:MOST_PLACES],
        holders(draft.policy, known.definition, name, me().id),
        samples(draft.policy, known.definition, name),
    )


class RenamingPages(EditPages):
    """A page that asks for the new key, shows the dry run, and does it."""

    @expose("/<policy>/rename", methods=("GET", "POST"))
    def rename(self, policy: str) -> ResponseReturnValue:
        """Rename a thing, or merge an option into another of its list."""
        draft, place = Draft.of(policy), request.values.get("place", "")
        known = insight(draft)
        name = name_at(known, place)
        new, verb = request.form.get("new", "").strip(), request.form.get("verb", "rename")
        shown: dict[str, Any] = {
            "bench": Bench(draft, SECTIONS["policy"], "policy"),
            "draft": draft,
            "place": place,
            "name": name,
            "words": place_words(known.definition, place),
            "siblings": _siblings(known, name),
            "back": address(policy, place),
            "new": new,
            "verb": verb,
            "plan": None,
        }
        keep_form(self, "admin/designer/tools/rename.html", **shown)
        if request.method == "GET":
            return self.render("admin/designer/tools/rename.html", **shown)
        plan = planned(draft, name, new, merge=verb == "merge")
        if request.form.get("confirmed") != "yes":
            return self.render("admin/designer/tools/rename.html", **{**shown, "plan": plan})
        drafting.edit(policy, plan.operations, actor=me().id, now=now(), about=verb)
        done = (
            _("已合并，草稿中的引用都已跟着改，可以撤销。")
            if verb == "merge"
            else _("已更名，草稿中的引用都已跟着改，可以撤销。")
        )
        flash(done, "good")
        return redirect(
            self.get_url(".section", policy=policy, section=place.partition("[")[0].partition(".")[0])
        )


def _siblings(known: Insight, name: Name) -> list[tuple[str, Any]]:
    """The options into which an option may be merged."""
    if name.of != "option":
        return []
    found = names(known.definition).items()
    return [
        (one.key, option.get("label"))
        for one, option in found
        if one.of == "option"
        and one.within == name.within
        and one.key != name.key
        and not option.get("retired")
    ]
