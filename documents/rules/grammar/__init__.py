"""The grammar of a definition 制度语法: every element kind and attribute, told once.

The shape checks, the JSON Schema, the panels of the designer and the words of differences are read off
this one table. `SHAPES` holds every shape by name, `SECTIONS` says how each section is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from documents.rules.grammar import flows, forms, migrations, papers, people, severity, times
from documents.rules.grammar.flows import EFFECTS
from documents.rules.grammar.parts import BASES, Attribute, Choices, Shape, Words

__all__ = ["BASES", "EFFECTS", "SECTIONS", "SHAPES", "Attribute", "Choices", "Section", "Shape", "Words"]

SHAPES: Final[Mapping[str, Shape]] = {
    shape.name: shape
    for module in (forms, people, flows, severity, times, papers, migrations)
    for shape in module.SHAPES
}


@dataclass(frozen=True)
class Section:
    """A section 部分 of a definition: a table, a list of elements, or elements by name."""

    name: str
    words: Words
    shape: str
    written: str  # "table", "list", "named" (name → element), "named_lists" (name → list), "named_texts"
    file: str  # the file of a bundle that holds it
    needed: bool = False


SECTIONS: Final[Mapping[str, Section]] = {
    one.name: one
    for one in (
        Section("policy", ("制度", "Policy"), "policy", "table", "policy", needed=True),
        Section("unit_kinds", ("单位类型", "Unit kinds"), "unit_kind", "list", "policy"),
        Section("slots", ("单位角色", "Unit slots"), "slot", "named", "policy"),
        Section("slot_labels", ("单位角色名称", "Slot names"), "", "named_texts", "policy"),
        Section("roles", ("岗位角色", "Roles"), "role", "list", "policy", needed=True),
        Section("contacts", ("指定联系人", "Named contacts"), "contact", "list", "policy"),
        Section("lists", ("选项列表", "Option lists"), "option", "named_lists", "lists", needed=True),
        Section("forms", ("表单", "Forms"), "form", "list", "forms", needed=True),
        Section("case_types", ("事项类型", "Case types"), "case_type", "list", "workflow", needed=True),
        Section("workflows", ("流程", "Workflows"), "workflow", "list", "workflow", needed=True),
        Section("severity", ("定级", "Severity"), "severity", "table", "severity"),
        Section("limits", ("时限", "Time limits"), "limit", "list", "limits", needed=True),
        Section("ladders", ("提醒阶梯", "Ladders"), "ladder", "list", "limits"),
        Section("numbering", ("编号规则", "Number series"), "numbering", "list", "letters", needed=True),
        Section("letters", ("函件", "Letters"), "letter", "list", "letters"),
        Section("duties", ("周期事项", "Duties"), "duty", "list", "yearly"),
        Section("reports", ("报告", "Reports"), "report", "list", "yearly"),
        Section("archive", ("归档", "Archive"), "archive", "table", "yearly"),
        Section("migrate", ("迁移声明", "Migrations"), "migration", "list", "migrate"),
        Section("example", ("示例机构", "Example organisation"), "example", "table", "scenarios"),
        Section("scenarios", ("案例", "Scenarios"), "scenario", "list", "scenarios"),
        # Only in a supplement, which has no sections that it needs.
        Section("hooks", ("挂接点", "Hooks"), "hook", "list", "hooks"),
        Section("attach", ("附加内容", "Additions"), "addition", "list", "hooks"),
    )
}
