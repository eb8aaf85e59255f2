"""The grammar of units and people 单位、岗位与人员: kinds of unit, slots, roles, named contacts."""

from __future__ import annotations

from typing import Final

from documents.rules.grammar.forms import CLASSES
from documents.rules.grammar.parts import LABEL, Attribute, Choices, Shape

OPERATIONS: Final[Choices] = {
    "register": ("登记", "Register"),
    "export": ("导出", "Export"),
    "reports": ("报告", "Reports"),
    "duties": ("周期事项", "Duties"),
    "archive": ("归档", "Archive"),
    "confide": ("设为保密", "Make confidential"),
    "unmask": ("批准查看完整内容", "Release masked content"),
    "administer": ("系统管理", "Administer"),
}
REACHES: Final[Choices] = {
    "unit": ("本单位", "Own unit"),
    "tree": ("本单位及下级", "Unit and below"),
    "all": ("全部单位", "All units"),
    "none": ("不看案件", "No cases"),
}
PARTS_OF_CASE: Final[Choices] = {
    "handler": ("承办人", "Handler"),
    "registrar": ("登记人", "Registrar"),
    "head": ("单位负责人", "Head of unit"),
    "deputy": ("单位副职", "Deputy head"),
    "leader": ("分管领导", "Leader in charge"),
}

UNIT_KIND: Final = Shape("unit_kind", ("单位类型", "Unit kind"), (LABEL,))
SLOT: Final = Shape(
    "slot",
    ("单位角色", "Unit slot"),
    (
        Attribute("above", "reference", ("向上取自", "Nearest above"), of="slots"),
        Attribute("within", "reference", ("直属下级取自", "Directly below"), of="slots"),
        Attribute("kind", "reference", ("单位类型", "Unit kind"), of="unit_kinds", needed=True),
    ),
    keyed=False,
    sourced=False,
)
ROLE: Final = Shape(
    "role",
    ("岗位角色", "Role"),
    (
        LABEL,
        Attribute("reach", "reach", ("可见范围", "Reach"), choices=REACHES),
        Attribute("reads", "some_of", ("可读级别", "Reads"), choices=CLASSES),
        Attribute("may", "some_of", ("可办操作", "May"), choices=OPERATIONS),
    ),
)
CONTACT: Final = Shape(
    "contact",
    ("指定联系人", "Named contact"),
    (
        LABEL,
        Attribute(
            "help",
            "text",
            ("说明", "Help"),
            (
                "选人时显示；具体由谁担任，在“本单位对照”中选定，不写进制度",
                "Shown where somebody is chosen: under “Bindings of this house”, never in the policy",
            ),
        ),
    ),
)
WHO: Final = Shape(
    "who",
    ("人员", "Who"),
    (
        Attribute("role", "reference", ("岗位角色", "Role"), of="roles"),
        Attribute("is", "one_of", ("本案人员", "Person of the case"), choices=PARTS_OF_CASE),
        Attribute(
            "contact",
            "reference",
            ("指定联系人", "Named contact"),
            ("只接收通知，不办理", "Is told; takes no steps"),
            of="contacts",
        ),
        Attribute("at", "reference", ("所在单位", "At"), of="slots"),
        Attribute(
            "up",
            "whole",
            ("上几级", "Levels up"),
            ("1 为上一级单位", "1 is the unit above"),
        ),
    ),
    keyed=False,
    sourced=False,
)
SHAPES: Final = (UNIT_KIND, SLOT, ROLE, CONTACT, WHO)
