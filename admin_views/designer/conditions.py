"""Conditions in the designer 条件编辑: names one may use, the rows, and whether an expression holds up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import get_locale
from flask_babel import gettext as _

from admin_views.base import Page
from admin_views.designer.bench import Bench
from admin_views.designer.condition_words import FACTS, LISTED, condition_words
from admin_views.designer.words import spoken
from admin_views.policy_words import PolicyWords
from admin_views.standing import said
from documents.draft import Draft
from documents.rules.broken import RuleBroken
from documents.rules.condition_rows import COMPARISONS, WITHOUT_VALUE, rows_of
from documents.rules.fields import fields_of
from documents.rules.grammar import SECTIONS
from documents.rules.keyed_paths import look_up, parse
from documents.rules.policy_checking import merge_fields
from documents.rules.policy_forms import known_facts
from documents.rules.policy_problems import Findings, elements

LONGEST = 1_000


class ConditionPages(Page):
    """What the editors of conditions and of letters ask in the background."""

    @expose("/<policy>/names")
    def names(self, policy: str) -> ResponseReturnValue:
        """Every name that a condition, or a letter, may use."""
        bench = Bench(Draft.of(policy), SECTIONS["policy"], "policy")
        if request.args.get("for") == "letter":
            words = PolicyWords(bench.view)
            found = sorted(merge_fields(bench.definition))
            return jsonify({"names": [{"name": one, "label": words.merge_field(one)} for one in found]})
        comparisons = {key: spoken(words) for key, words in COMPARISONS.items()}
        rows = {one["name"]: one for one in reversed(list(names_at(bench, request.args.get("at", ""))))}
        names = list(reversed(rows.values()))
        return jsonify({"names": names, "comparisons": comparisons, "alone": sorted(WITHOUT_VALUE)})

    @expose("/<policy>/condition")
    def condition(self, policy: str) -> ResponseReturnValue:
        """Whether an expression can be read and names only what there is; the same in words and rows."""
        bench = Bench(Draft.of(policy), SECTIONS["policy"], "policy")
        text = request.args.get("text", "")[: LONGEST + 1].strip()
        return jsonify(
            {"problem": problem_of(bench, text), "said": condition_words(bench, text), "rows": as_rows(text)}
        )


def names_at(bench: Bench, at: str) -> Iterator[dict[str, Any]]:
    """The names for a condition of the element at a path: columns of its row, fields, facts of the case."""
    offers = bench.known.offers
    columns = _columns(bench, at)
    for one in columns:
        yield _field_name(bench, one, _("本行栏目"))
    for form in elements(bench.definition, "forms"):
        for one in fields_of(form):
            yield _field_name(bench, one, said(form.get("title")))
    for fact, (label, kind) in FACTS.items():
        options = offers.kind(kind) if kind in LISTED else []
        if fact == "severity" and not options:
            continue
        listed = [{"key": one.key, "label": one.label} for one in options]
        yield {"name": fact, "label": str(label), "kind": kind, "group": str(_("案件")), "options": listed}


def _columns(bench: Bench, at: str) -> list[Mapping[str, Any]]:
    try:
        path = parse(at)
        table = look_up(bench.definition, path[:-2]) if len(path) > 6 and path[-2] == "fields" else {}
    except RuleBroken:
        return []
    return elements(table, "fields") if isinstance(table, Mapping) and table.get("type") == "table" else []


def _field_name(bench: Bench, one: Mapping[str, Any], group: str) -> dict[str, Any]:
    listed = bench.known.offers.options(str(one["options"])) if one.get("options") else []
    options = [{"key": each.key, "label": each.label} for each in listed]
    key = str(one.get("key", ""))
    name = {
        "name": key,
        "label": said(one.get("label")) or key,
        "kind": str(one.get("type", "")),
        "group": group,
    }
    return {**name, "options": options}


def problem_of(bench: Bench, text: str) -> str:
    """What is wrong with an expression, in words; empty when nothing is."""
    if not text:
        return ""
    findings = Findings()
    columns = {str(one.get("key")) for one in _columns(bench, request.args.get("at", ""))}
    findings.condition("", text, known_facts(bench.definition) | columns)
    if not findings.problems:
        return ""
    first = findings.problems[0]
    words = (
        (first.zh, first.remedy_zh) if not str(get_locale()).startswith("en") else (first.en, first.remedy_en)
    )
    return " ".join(one for one in words if one)


def as_rows(text: Any) -> dict[str, Any] | None:
    """The rows of a condition as the page edits them."""
    found = rows_of(text) if isinstance(text, str) and text else None
    return asdict(found) if found else None
