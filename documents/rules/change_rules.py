"""The table of change classes 分级规则: for each attribute of each shape, what changing it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from documents.rules.change_places import Located
from documents.rules.policy_problems import as_list

Rule = str | Callable[[Any, Any], str]

# Attributes that mean the same wherever they stand.
EVERYWHERE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("label", "title", "help", "hint", "note", "source", "basis", "paper", "short"), "label"),
    **dict.fromkeys(("example", "message", "confirm", "when_not", "yes_label", "unit_label"), "label"),
    **dict.fromkeys(("width", "tone", "rows_shown", "folded", "hidden_on_paper", "sequence"), "look"),
    **dict.fromkeys(("path", "next", "primary", "chart", "most"), "look"),
    **dict.fromkeys(("when", "visible"), "condition"),
}
WIDENING: Final = frozenset({("text", "longtext"), ("choice", "tree")})


def _tighter(towards: int) -> Rule:
    """A bound: `towards` is +1 where a larger number is stricter."""

    def rule(was: Any, value: Any) -> str:
        if value is None:
            return "looser"
        if was is None or not (_is_number(was) and _is_number(value)):
            return "stricter"
        step = Decimal(str(value)) - Decimal(str(was))
        return "stricter" if step * towards > 0 else "looser"

    return rule


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _new_check(was: Any, value: Any) -> str:
    kept = [one for one in as_list(value) if one not in as_list(was)]
    return "stricter" if kept else "looser"


def _required(was: Any, value: Any) -> str:
    if not value:
        return "looser"
    return "looser" if was is True else "stricter"


def _retired(_was: Any, value: Any) -> str:
    return "retired" if value else "looser"


def _type(was: Any, value: Any) -> str:
    return "looser" if (was, value) in WIDENING else "retyped"


def _effects(was: Any, value: Any) -> str:
    moved = [one for one in as_list(was) if one not in as_list(value)]
    moved += [one for one in as_list(value) if one not in as_list(was)]
    timed = {"start", "stop", "call_off", "resume", "request_extension", "decide_extension", "hear"}
    return "clocks" if any(isinstance(one, Mapping) and timed & set(one) for one in moved) else "routing"


def _new_field(_was: Any, value: Any) -> str:
    needed = isinstance(value, Mapping) and value.get("required") and not value.get("retired")
    return "required_field" if needed else "optional_field"


def _fewer(was: Any, value: Any) -> str:
    """A list of what is allowed."""
    if value is None or (was is not None and set(as_list(was)) <= set(as_list(value))):
        return "looser"
    return "stricter"


RULES: Final[Mapping[tuple[str, str], Rule]] = {
    ("policy", "key"): "policy_key",
    ("policy", "zone"): "calendar",
    ("policy", "calendar"): "calendar",
    **{("policy", name): "label" for name in ("document_number", "issued_by", "effective_on", "basis_note")},
    **{("policy", name): "label" for name in ("prepared_by", "reviewed_by", "approved_by")},
    ("unit_kind", ""): "new",
    ("slot", ""): "new",
    ("role", ""): "new",
    ("contact", ""): "new",
    **{("role", name): "rights" for name in ("reach", "reads", "may")},
    ("option", ""): "new",
    ("option", "retired"): _retired,
    ("option", "merged_into"): "label",
    ("form", ""): "new",
    ("section", ""): "new",
    ("field", ""): _new_field,
    ("field", "type"): _type,
    ("field", "required"): _required,
    ("field", "min"): _tighter(+1),
    ("field", "max"): _tighter(-1),
    ("field", "max_mb"): _tighter(-1),
    ("field", "total_mb"): _tighter(-1),
    ("field", "places"): _tighter(-1),
    ("field", "pattern"): lambda _was, value: "stricter" if value else "looser",
    ("field", "check"): _new_check,
    ("field", "step"): lambda _was, value: "stricter" if value else "looser",
    ("field", "class"): "sensitivity",
    ("field", "mask"): "sensitivity",
    ("field", "search"): "searched",
    ("field", "retired"): _retired,
    ("field", "default"): "look",
    ("field", "value"): "formula",
    ("field", "text"): "consent",
    ("field", "as"): "retyped",
    ("field", "counted_in"): "retyped",
    ("field", "options"): "relisted",
    ("field", "unique"): lambda _was, value: "stricter" if value else "looser",
    ("field", "exclusive"): lambda _was, value: "stricter" if value else "looser",
    **{
        ("field", name): lambda _was, value: "stricter" if value else "looser"
        for name in ("parts", "parts_needed")
    },
    **{("field", name): _fewer for name in ("accept", "kinds", "roles")},
    **{("field", name): "stricter" for name in ("at", "of")},
    ("rows", "min"): _tighter(+1),
    ("rows", "max"): _tighter(-1),
    ("case_type", ""): "new",
    ("case_type", "number"): "numbers",
    ("case_type", "workflow"): "routing",
    ("case_type", "linked_only"): "routing",
    **{("register", name): "routing" for name in ("form", "columns", "to")},
    ("register", "who"): "acting",
    ("register", "effects"): _effects,
    ("workflow", ""): "new",
    ("stage", ""): "new",
    ("stage", "status"): "routing",
    ("transition", ""): "routing",
    ("transition", "who"): "acting",
    ("transition", "effects"): _effects,
    ("transition", "keeps_running"): "clocks",
    **{("transition", name): "routing" for name in ("from", "to", "form", "not_same_as", "note_from")},
    ("limit", ""): "dates",
    ("ladder", ""): "dates",
    ("ladder", "otherwise"): "telling",
    ("ladder", "rungs"): "dates",
    ("rung", ""): "dates",
    ("rung", "tell"): "telling",
    **{("rung", name): "telling" for name in ("level", "channels", "letter", "digest", "quiet")},
    ("telling", ""): "telling",
    **{(name, ""): "severity" for name in ("severity_rule", "severity_level", "span", "similar")},
    ("severity_rule", "when"): "severity",
    ("numbering", ""): "new",
    ("letter", ""): "new",
    ("duty", ""): "dates",
    ("duty", "remind"): "dates",
    ("duty", "owner"): "telling",
    ("duty", "who"): "rights",
    ("report", ""): "new",
    ("migration", ""): "declared",
}
# Where a shape has no rule of its own for an attribute.
OTHERWISE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("limit", "rung", "repeat", "recurrence"), "dates"),
    **dict.fromkeys(("severity", "severity_level", "severity_rule", "span", "similar"), "severity"),
    **dict.fromkeys(
        ("slot", "branch", "transition", "register", "case_type", "stage", "workflow"), "routing"
    ),
    **dict.fromkeys(("letter", "paragraph"), "wording"),
    **dict.fromkeys(("numbering",), "numbers"),
    **dict.fromkeys(("owner", "ladder", "telling", "quiet_hours"), "telling"),
    **dict.fromkeys(("report", "period", "figure", "report_table", "report_section"), "figures"),
    **dict.fromkeys(("archive", "retention"), "keeping"),
    **dict.fromkeys(("example", "example_unit", "example_contact", "scenario", "scenario_step"), "trial"),
    "migration": "declaration_changed",
    "who": "rights",
    "check": "stricter",
}
# What it means that an element is gone which nothing holds by its key.
GONE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("rung", "ladder", "duty"), "dates"),
    **dict.fromkeys(("severity_rule", "severity_level"), "severity"),
    **dict.fromkeys(("report", "figure", "report_table", "report_section"), "figures"),
    **dict.fromkeys(("field", "section"), "look"),  # a box: what it held is elsewhere, or named itself
    **dict.fromkeys(("scenario", "example_unit", "example_contact"), "trial"),
    "contact": "telling",
    "numbering": "numbers",
    "migration": "declaration_changed",
}
# Sections that are changed as a whole.
SECTIONS: Final[Mapping[str, str]] = {
    "slot_labels": "label",
    "severity": "severity",
    "example": "trial",
    "scenarios": "trial",
    "archive": "keeping",
    "reports": "figures",
    "duties": "dates",
    "limits": "dates",
    "ladders": "dates",
    "migrate": "declared",
}


def rule_for(place: Located, was: Any, value: Any, relisted: bool = False) -> str:
    """The code of the reason for a change at a place."""
    key = place.shape, place.attribute
    if key == ("field", "options") and (relisted or was is None):
        return "looser"
    if not place.shape:
        return SECTIONS.get(str(place.element[0]), "new")
    if place.attribute in EVERYWHERE and key not in RULES:
        return EVERYWHERE[place.attribute]
    if not place.attribute and value is None:
        return GONE.get(place.shape, "other")
    rule = RULES.get(key) or OTHERWISE.get(place.shape, "other")
    return rule if isinstance(rule, str) else rule(was, value)
