"""The grammar of migrations 迁移声明: what was renamed or merged since the versions before."""

from __future__ import annotations

from typing import Final

from documents.rules.grammar.parts import Attribute, Choices, Shape

RENAMED: Final[Choices] = {
    "field": ("字段", "Field"),
    "column": ("明细表栏目", "Column of a table"),
    "form": ("表单", "Form"),
    "list": ("选项列表", "Option list"),
    "option": ("选项", "Option"),
    "case_type": ("事项类型", "Case type"),
    "workflow": ("流程", "Workflow"),
    "stage": ("环节", "Stage"),
    "step": ("流转", "Step"),
    "limit": ("时限", "Time limit"),
    "letter": ("函件", "Letter"),
    "role": ("岗位角色", "Role"),
    "slot": ("单位角色", "Unit slot"),
    "unit_kind": ("单位类型", "Unit kind"),
}
MERGED: Final[Choices] = {
    "option": ("选项", "Option"),
    "stage": ("环节", "Stage"),
    "case_type": ("事项类型", "Case type"),
}

MIGRATION: Final = Shape(
    "migration",
    ("迁移声明", "Migration"),
    (
        Attribute("rename", "one_of", ("更名", "Rename"), choices=RENAMED),
        Attribute("merge", "one_of", ("合并", "Merge"), choices=MERGED),
        Attribute(
            "in",
            "string",
            ("所在", "In"),
            (
                "选项所在的列表、环节或流转所在的流程、栏目所在的明细表；字段只在一张表单中更名时写该表单",
                "The list of an option, the workflow of a stage or step, the table of a column; "
                "the form of a field that is renamed in one form only",
            ),
        ),
        Attribute("from", "string", ("原代码", "Old key"), needed=True),
        Attribute("to", "string", ("新代码", "New key"), needed=True),
    ),
)
SHAPES: Final = (MIGRATION,)
