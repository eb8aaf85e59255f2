"""The grammar of severity 定级."""

from __future__ import annotations

from typing import Final

from documents.rules.grammar.parts import LABEL, WHEN, Attribute, Choices, Shape

SPANS: Final[Choices] = {
    "natural_days": ("自然日", "Natural days"),
    "months": ("个月", "Months"),
    "hours": ("小时", "Hours"),
}
WHOSE: Final[Choices] = {
    "different": ("不同投诉人", "Different complainants"),
    "same": ("同一投诉人，前案办结后", "The same complainant, after a closed one"),
}
LEVEL_TONES: Final[Choices] = {
    "grey": ("灰", "Grey"),
    "blue": ("蓝", "Blue"),
    "teal": ("青", "Teal"),
    "amber": ("橙", "Amber"),
    "red": ("红", "Red"),
}
AMOUNT: Final = Attribute("amount", "whole", ("数量", "Amount"), needed=True)
COUNTED_IN: Final = Attribute("counted_in", "one_of", ("计算单位", "Counted in"), choices=SPANS, needed=True)

SPAN: Final = Shape("span", ("时长", "Span"), (AMOUNT, COUNTED_IN), keyed=False, sourced=False)
SIMILAR: Final = Shape(
    "similar",
    ("同类投诉", "Complaints of the same type"),
    (
        Attribute(
            "at_least", "whole", ("满几件", "At least"), ("含本件", "This one counts too"), needed=True
        ),
        AMOUNT,
        COUNTED_IN,
        Attribute("by", "one_of", ("何人", "Whose"), choices=WHOSE),
    ),
    keyed=False,
    sourced=False,
)
SEVERITY_LEVEL: Final = Shape(
    "severity_level",
    ("等级", "Level"),
    (
        Attribute("level", "reference", ("等级", "Level"), of="levels", needed=True),
        Attribute("tone", "one_of", ("颜色", "Tone"), choices=LEVEL_TONES),
        Attribute(
            "on_raise",
            "effects",
            ("升至该级时", "When raised to it"),
            (
                "开始、终止或另计时限，加标记，发函；对人工定级同样适用",
                "Start or call off limits, mark, write; a person who raises the level causes the same",
            ),
        ),
    ),
    keyed=False,
)
SEVERITY_RULE: Final = Shape(
    "severity_rule",
    ("定级标准", "Rule of severity"),
    (
        LABEL,
        Attribute("level", "reference", ("升至等级", "Raises to"), of="levels", needed=True),
        WHEN,
        Attribute(
            "unresolved",
            "table",
            ("收到后满此时长仍在办", "Still open so long after receipt"),
            ("满数日、数月至当日24时", "Days and months are over at 24:00"),
            of="span",
        ),
        Attribute("similar", "table", ("此时长内同类投诉", "Others of the type within"), of="similar"),
    ),
)
SEVERITY: Final = Shape(
    "severity",
    ("定级", "Severity"),
    (
        Attribute(
            "list",
            "reference",
            ("等级取自列表", "Levels"),
            ("选项由低到高排列", "An option list, the lowest level first"),
            of="lists",
            needed=True,
        ),
        Attribute("case_types", "references", ("适用事项", "Case types"), of="case_types"),
        Attribute("alike", "reference", ("按此字段认定同类", "Of the same type by"), of="fields"),
        Attribute(
            "complainant",
            "references",
            ("按这些字段区分投诉人", "Complainants are told apart by"),
            ("取第一个已填写的字段", "The first of them that is filled in"),
            of="fields",
        ),
        Attribute("levels", "elements", ("各级", "Levels"), of="severity_level"),
        Attribute("rules", "elements", ("标准", "Rules"), of="severity_rule", needed=True),
    ),
    keyed=False,
)
SHAPES: Final = (SPAN, SIMILAR, SEVERITY_LEVEL, SEVERITY_RULE, SEVERITY)
