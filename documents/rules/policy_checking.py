"""Checking a policy before it is published 制度检查: everything that would go wrong with a case later.

`problems` is pure: a definition in, a list of problems out, none when it may be published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from documents.rules.grammar import SHAPES
from documents.rules.merging import fields_in
from documents.rules.options import OUTCOMES, option_keys
from documents.rules.policy_archive import check_archive
from documents.rules.policy_fields import all_fields
from documents.rules.policy_flows import check_case_types, check_workflows
from documents.rules.policy_forms import WITH_OPTIONS, check_condition, check_forms
from documents.rules.policy_kinds import of_right_kind
from documents.rules.policy_migrations import check_migrations
from documents.rules.policy_portable import check_portable
from documents.rules.policy_problems import (
    Definition,
    Findings,
    Problem,
    as_list,
    elements,
    keys,
    named,
    table,
)
from documents.rules.policy_reports import check_columns_open, check_reports_quote
from documents.rules.policy_retaliation import check_retaliation
from documents.rules.policy_retelling import check_retelling
from documents.rules.policy_scenarios import check_scenarios
from documents.rules.policy_sealed import check_sealed
from documents.rules.policy_severity import check_severity
from documents.rules.policy_shapes import all_slots, check_elements, check_policy, check_shape
from documents.rules.policy_telling import check_telling
from documents.rules.policy_time import (
    check_duties,
    check_ladders,
    check_limits,
    check_numbering,
    check_reports,
)

__all__ = ["Problem", "merge_fields", "problems"]

REACHES = frozenset({"unit", "tree", "all", "none"})
# What the dossier adds to the answers when it writes a letter.
LETTER_FACTS = frozenset(
    {"number", "title", "letter_number", "letter_on", "received_on", "outcome_label"}
    | {"extension_old", "extension_new", "extension_reason"}
)


def problems(definition: Mapping[str, Any]) -> list[Problem]:
    """Everything that keeps a definition from being published, in the order of its sections."""
    findings = Findings()
    if check_shape(definition, findings):
        sound = of_right_kind(definition, findings)
        for check in CHECKS:
            check(sound, findings)
    return findings.problems


def check_roles(definition: Definition, findings: Findings) -> None:
    """Every role says how far it reaches, what it reads and what it may do."""
    kinds = keys(elements(definition, "unit_kinds"))
    for path, role in named(elements(definition, "roles"), "roles"):
        reach = role.get("reach", "unit")
        if isinstance(reach, Mapping):
            findings.wants(f"{path}.reach", reach.get("tree_of"), kinds, ("单位类型", "unit kind"))
        else:
            findings.wants(f"{path}.reach", reach, REACHES, ("范围", "reach"))
        for value in as_list(role.get("reads")):
            findings.wants(
                f"{path}.reads",
                value,
                SHAPES["role"].attribute("reads").choices,
                ("敏感级别", "sensitivity class"),
            )
        for value in as_list(role.get("may")):
            findings.wants(
                f"{path}.may", value, SHAPES["role"].attribute("may").choices, ("操作", "operation")
            )


def merge_fields(definition: Definition) -> set[str]:
    """Every name that a letter may merge."""
    found = set(LETTER_FACTS) | {f"{slot}_name" for slot in all_slots(definition)}
    for key, one in all_fields(definition).items():
        found.add(key)
        if one.get("type") in WITH_OPTIONS | {"unit", "person"}:
            found.add(f"{key}_label")
        if one.get("type") == "datetime":
            found.add(f"{key.removesuffix('_at')}_on")
    return found


def check_letters(definition: Definition, findings: Findings) -> None:
    """Every letter has an addressee, text in both languages and fields that are there."""
    numbers, known = keys(elements(definition, "numbering")), merge_fields(definition)
    for path, letter in named(elements(definition, "letters"), "letters"):
        findings.text(f"{path}.title", letter.get("title"))
        if letter.get("number") is not None:
            findings.wants(f"{path}.number", letter["number"], numbers, ("编号规则", "number series"))
        if letter.get("signed_by") is not None:
            findings.wants(
                f"{path}.signed_by", letter["signed_by"], all_slots(definition), ("单位角色", "unit slot")
            )
        if not letter.get("addressee"):
            findings.say(path, "没有收件人", "has no addressee")
        if letter.get("appeal_path") is not None:
            findings.text(f"{path}.appeal_path", letter["appeal_path"])
        if not as_list(letter.get("paragraphs")):
            findings.say(path, "没有正文", "has no text")
        for place, text in _texts(letter, path):
            for name in sorted(fields_in(text) - known):
                findings.say(place, f"并入的字段“{name}”不存在", f"merges “{name}”, which is no field")
            _check_readers(place, text, definition, findings)
        for index, one in enumerate(elements(letter, "paragraphs")):
            findings.attributes(f"{path}.paragraphs[{index}]", one, SHAPES["paragraph"].names)
            check_condition(f"{path}.paragraphs[{index}].when", one.get("when"), definition, findings)


def _check_readers(path: str, text: str, definition: Definition, findings: Findings) -> None:
    """A letter leaves the house: what is restricted is not for whoever receives it."""
    merged = fields_in(text)
    for key, one in findings.once("fields", lambda: all_fields(definition)).items():
        if one.get("class") == "restricted" and {key, f"{key}_label"} & merged:
            findings.say(
                path,
                f"并入了限制知悉的字段“{key}”，收函人不得知悉",
                f"merges the restricted field “{key}”, which its reader may not see",
                ("请删去它，或改变字段的敏感级别", "take it out, or change the field's sensitivity"),
            )


def _texts(letter: Definition, path: str) -> list[tuple[str, str]]:
    """Every text of a letter with its place."""
    found = [(f"{path}.addressee", str(letter.get("addressee", "")))]
    parts = [(f"paragraphs[{index}]", one) for index, one in enumerate(elements(letter, "paragraphs"))]
    parts.append(("appeal_path", table(letter.get("appeal_path"))))
    for place, text in parts:
        found += [(f"{path}.{place}.{language}", str(text.get(language, ""))) for language in ("zh", "en")]
    return found


def check_outcomes(definition: Definition, findings: Findings) -> None:
    """Whatever a form can set as the outcome has a name among the outcomes."""
    outcomes = option_keys(definition["lists"], OUTCOMES)
    used = {
        str(effect["outcome"])
        for workflow in elements(definition, "workflows")
        for one in elements(workflow, "transitions")
        for effect in as_list(one.get("effects"))
        if isinstance(effect, Mapping) and "outcome" in effect
    }
    for key, one in all_fields(definition).items():
        if key in used and one.get("options") in definition["lists"]:
            for option in sorted(option_keys(definition["lists"], one["options"]) - outcomes):
                findings.say(
                    f"lists[{one['options']}][{option}]",
                    "可作为处理结果，却不在处理结果列表（outcomes）中",
                    "can become the outcome, but is missing from the list “outcomes”",
                )


Check = Callable[[Definition, Findings], None]
CHECKS: tuple[Check, ...] = (
    *(check_policy, check_elements, check_roles, check_forms, check_sealed, check_retaliation),
    *(check_case_types, check_workflows, check_retelling),
    *(check_severity, check_limits, check_ladders, check_telling, check_letters, check_numbering),
    *(check_duties, check_reports, check_reports_quote, check_columns_open, check_archive),
    *(check_outcomes, check_migrations, check_portable),
    check_scenarios,
)
