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
from flask_babel import lazy_gettext as _l

from admin_views.base import Page
from admin_views.designer.bench import Bench
from admin_views.designer.words import spoken
from admin_views.policy_words import PolicyWords
from admin_views.standing import said
from documents.draft import Draft
from documents.rules.broken import RuleBroken
from documents.rules.condition_rows import COMPARISONS, WITHOUT_VALUE, Row, rows_of
from documents.rules.fields import fields_of
from documents.rules.grammar import SECTIONS
from documents.rules.keyed_paths import look_up, parse
from documents.rules.policy_checking import merge_fields
from documents.rules.policy_fields import all_fields
from documents.rules.policy_forms import FORM_FACTS, known_facts
from documents.rules.policy_problems import Findings, elements

LONGEST = 1_000
FACTS: Mapping[str, tuple[Any, str]] = {
    "number": (_l("投诉编号"), "text"),
    "case_type": (_l("事项类型"), "case_types"),
    "stage": (_l("当前环节"), "stages"),
    "outcome": (_l("处理结果"), "outcomes"),
    "flags": (_l("标记"), "choices"),
    "attachments": (_l("附件数"), "number"),
    "extension_waits": (_l("有待批的延期"), "bool"),
    "extensions": (_l("已延期次数"), "number"),
    "has_handler": (_l("已有承办人"), "bool"),
    "received_kind": (_l("首接单位的类型"), "unit_kinds"),
    "today": (_l("填写当天"), "date"),
}


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
            {"problem": problem_of(bench, text), "said": in_words(bench, text), "rows": as_rows(text)}
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
        options = offers.kind(kind) if kind in ("case_types", "stages", "outcomes", "unit_kinds") else []
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
    findings.condition("", text, known_facts(bench.definition) | FORM_FACTS | columns)
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


def in_words(bench: Bench, text: Any) -> str:
    """A condition as a sentence; empty when it is more than rows."""
    found = rows_of(text) if isinstance(text, str) and text else None
    if found is None:
        return ""
    joint = _("，并且") if found.joint == "and" else _("，或者")
    return joint.join(_row_words(bench, row) for row in found.rows)


def _row_words(bench: Bench, row: Row) -> str:
    field = all_fields(bench.definition).get(row.name.partition(".")[0])
    label = said(field.get("label")) if field else str(FACTS.get(row.name, (row.name, ""))[0])
    if row.comparison in WITHOUT_VALUE:
        return f"{label} {spoken(COMPARISONS[row.comparison])}"
    values = row.value if isinstance(row.value, list) else [row.value]
    told = "、".join(_value_words(bench, row.name, field, one) for one in values)
    return f"{label} {spoken(COMPARISONS[row.comparison])} {told}"


def _value_words(bench: Bench, name: str, field: Mapping[str, Any] | None, value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("number", ""))
    offers = bench.known.offers
    kind = FACTS.get(name, ("", ""))[1]
    listed = offers.options(str(field["options"])) if field and field.get("options") else []
    if not listed and kind in ("case_types", "stages", "outcomes", "unit_kinds"):
        listed = offers.kind(kind)
    words = {one.key: one.label for one in listed}.get(str(value), str(value))
    return f"“{words}”"
