"""The parts of a designer's page 页面片段: drawn with the page, and afresh after every change."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from flask import current_app, render_template, url_for

from admin_views.designer.bench import Bench, address, element_path
from admin_views.designer.canvases import canvas_of
from admin_views.designer.condition_words import condition_words
from admin_views.designer.conditions import as_rows
from admin_views.designer.panels import effect_attributes, inner_shape, panel
from admin_views.designer.settings import as_json, pretty_json
from admin_views.designer.told import effect, told
from admin_views.designer.words import name_of, place_words, spoken
from admin_views.history import names
from admin_views.policy_words import STEPS
from admin_views.standing import me, now
from documents.draft import Draft, DraftEdit
from documents.rules.broken import RuleBroken
from documents.rules.grammar import EFFECTS, SECTIONS, SHAPES
from documents.rules.grammar_paths import deepest, steps
from documents.rules.keyed_paths import parse, written
from documents.rules.seeds import OPTIONS, proposed_key

PARTS = ("strip", "outline", "canvas", "panel")
LATELY = timedelta(minutes=10)


def bench_at(draft: Draft, section: str, element: str = "", at: str = "") -> Bench:
    """The bench of an address; raises RuleBroken("no_such_element")."""
    if section not in SECTIONS:
        raise RuleBroken("no_such_element", path=section[:60])
    found = Bench(draft, SECTIONS[section], element_path(SECTIONS[section], element))
    if not found.element:
        first = next(iter(found.members(found.section)), None)
        found.element = first.path if first else ""
    elif found.reach(found.element) is None and found.section.written != "table":
        raise RuleBroken("no_such_element", path=place_words(found.definition, found.element))
    found.at = chosen(found, at)
    return found


def chosen(bench: Bench, at: str) -> str:
    """The place that is asked for, as far as it still exists inside the element that is open."""
    try:
        path = deepest(bench.definition, parse(at)) if at else ()
    except RuleBroken:
        return ""
    place = written(path)
    return place if place.startswith(bench.element) and place != bench.element else ""


def given(bench: Bench) -> dict[str, Any]:
    """Everything that the templates of the designer ask for."""
    canvas = canvas_of(bench.section.name)
    return {
        "bench": bench,
        "draft": bench.draft,
        "panel": panel(bench),
        "canvas": canvas,
        "said_pair": spoken,
        "as_json": as_json,
        "pretty_json": pretty_json,
        "told": told,
        "effect_words": effect,
        "effect_attributes": effect_attributes,
        "effects": EFFECTS,
        "inner_shape": inner_shape,
        "inner_shape_named": SHAPES.__getitem__,
        "condition_rows": as_rows,
        "condition_words": partial(condition_words, bench),
        "new_key": proposed_key,
        "first_options": OPTIONS,
        "steps_of": steps_of,
        "element_name": name_of,
        "units_of_time": STEPS,
        "preview": preview_of(bench),
        **strip(bench.draft),
        **canvas.draw(bench),
    }


def steps_of(value: Any) -> list[tuple[str, Any]]:
    """Each element of a list with what leads to it, written: `[key]`."""
    return [(written(step), one) for step, one in steps(value)]


def strip(draft: Draft) -> dict[str, Any]:
    """What the strip above says: what can be undone, and who else works on the draft."""
    mine = {"draft": draft.id, "by": me().id, "kind": "edit"}
    edits = DraftEdit.collection()
    lately = {"draft": draft.id, "at": {"$gt": now() - LATELY}, "by": {"$ne": me().id}}
    others = edits.distinct("by", lately)
    known = names(others) if others else {}
    return {
        "place_words": place_words,
        "can_undo": edits.find_one({**mine, "undone": 0}, {"_id": 1}) is not None,
        "can_redo": edits.find_one({**mine, "undone": 1}, {"_id": 1}) is not None,
        "others": [known[one] for one in others if one in known],
        "gate": page_if_there("gate.examine", policy=draft.policy),
        "saved_at": draft.changed_at or draft.started_at,
    }


def preview_of(bench: Bench) -> str:
    """Where the form that is open can be tried."""
    if bench.section.name != "forms" or not isinstance(bench.value, dict) or not bench.value.get("key"):
        return ""
    return url_for("designer.preview", policy=bench.policy, form=bench.value["key"])


def page_if_there(endpoint: str, policy: str) -> str:
    """The address of a page that another part of the portal may bring."""
    return url_for(endpoint, policy=policy) if endpoint in current_app.view_functions else ""


def drawn(bench: Bench, wanted: tuple[str, ...] = PARTS) -> dict[str, Any]:
    """The parts of the page as JSON carries them."""
    context = given(bench)
    parts = {
        name: render_template(f"admin/designer/{name}.html", **context) for name in PARTS if name in wanted
    }
    return {
        "revision": bench.draft.revision,
        "at": bench.chosen,
        "address": address(bench.policy, bench.chosen or bench.section.name),
        "parts": parts,
    }
