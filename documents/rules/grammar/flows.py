"""The grammar of a policy and its workflows 制度与流程."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from documents.rules.grammar.forms import CLASSES
from documents.rules.grammar.parts import LABEL, TITLE, WHEN, Attribute, Choices, Shape

STATUSES: Final[Choices] = {
    "open": ("在办", "Open"),
    "closed": ("已办结", "Closed"),
    "archived": ("已归档", "Archived"),
}
TONES: Final[Choices] = {
    "grey": ("灰", "Grey"),
    "blue": ("蓝", "Blue"),
    "teal": ("青", "Teal"),
    "green": ("绿", "Green"),
    "outline": ("线框", "Outline"),
}
HOOKABLE: Final[Choices] = {
    "forms": ("表单", "Form"),
    "case_types": ("事项类型", "Case type"),
    "workflows": ("流程", "Workflow"),
    "stages": ("环节", "Stage"),
    "transitions": ("流转", "Step"),
    "letters": ("函件", "Letter"),
    "roles": ("岗位角色", "Role"),
    "slots": ("单位角色", "Unit slot"),
    "unit_kinds": ("单位类型", "Unit kind"),
    "numbering": ("编号规则", "Number series"),
    "limits": ("时限", "Time limit"),
    "ladders": ("提醒阶梯", "Ladder"),
    "fields": ("字段", "Field"),
    "lists": ("选项列表", "Option list"),
}

POLICY: Final = Shape(
    "policy",
    ("制度", "Policy"),
    (
        TITLE,
        Attribute("short", "text", ("简称", "Short name")),
        Attribute("document_number", "string", ("文号", "Document number")),
        Attribute("issued_by", "text", ("发文单位", "Issued by")),
        Attribute("effective_on", "date", ("施行日期", "In force from")),
        Attribute("prepared_by", "string", ("编制", "Prepared by")),
        Attribute("reviewed_by", "string", ("审核", "Reviewed by")),
        Attribute("approved_by", "string", ("批准", "Approved by")),
        Attribute("zone", "string", ("时区", "Time zone"), needed=True),
        Attribute("calendar", "string", ("工作日历", "Work calendar"), needed=True),
        Attribute(
            "four_eyes",
            "flag",
            ("发布须双人复核", "Published by a second person"),
            ("最后修改草稿的人不能自己发布", "Who edited the draft last may not publish it"),
        ),
        Attribute("telling", "table", ("通知方式", "How people are told"), of="telling"),
        Attribute("reveal", "table", ("查看完整内容", "Reading in full"), of="reveal_rules"),
        Attribute("retaliation", "table", ("打击报复举报", "Reports of retaliation"), of="retaliation"),
        Attribute("basis_note", "long_text", ("依据说明", "On its basis")),
        Attribute(
            "host",
            "string",
            ("示范附加于", "Shown on"),
            ("附加制度的案例在这项制度上运行", "Where its scenarios run"),
        ),
        Attribute("supplements", "elements", ("已附加", "Attached"), of="attached"),
    ),
)
REVEAL_RULES: Final = Shape(
    "reveal_rules",
    ("查看完整内容", "Reading in full"),
    (
        Attribute(
            "minutes",
            "whole",
            ("一次可看多少分钟", "Minutes each time"),
            ("不填写时为 15 分钟", "15 where empty"),
        ),
        Attribute("reasons", "reference", ("常用理由", "Usual reasons"), of="lists"),
        Attribute(
            "release",
            "some_of",
            ("须他人批准的级别", "Classes that a second person releases"),
            choices=CLASSES,
        ),
    ),
    keyed=False,
)
RETALIATION: Final = Shape(
    "retaliation",
    ("打击报复举报", "Reports of retaliation"),
    (
        Attribute("case_type", "reference", ("登记为", "Becomes"), of="case_types", needed=True),
        Attribute(
            "at",
            "reference",
            ("交给单位", "Goes to"),
            (
                "从举报人的单位算起；不填写时为最上级单位。被举报的单位及其负责人一律避开",
                "Seen from the reporter; the topmost unit where empty. Never the unit reported nor its head",
            ),
            of="slots",
        ),
        Attribute("to", "reference", ("交给岗位", "Known to"), of="roles"),
        Attribute(
            "columns",
            "mapping",
            ("写入字段", "Fields"),
            (
                "title、facts、name、original 各写入登记表单的哪个字段",
                "Into which field of the form title, facts, name and original go",
            ),
            of="fields",
            needed=True,
        ),
    ),
    keyed=False,
)
ATTACHED: Final = Shape(
    "attached",
    ("附加制度", "Supplement"),
    (TITLE, Attribute("sha256", "string", ("内容摘要", "Digest"))),
    sourced=False,
)
HOOK: Final = Shape(
    "hook",
    ("挂接点", "Hook"),
    (
        LABEL,
        Attribute("of", "one_of", ("选择", "Chosen from"), choices=HOOKABLE, needed=True),
        Attribute("help", "text", ("说明", "Help")),
        Attribute("suggest", "value", ("建议", "Suggested")),
    ),
    sourced=False,
)
ADDITION: Final = Shape(
    "addition",
    ("附加内容", "Addition"),
    (
        Attribute("to", "string", ("挂接点", "Hook")),
        Attribute("part", "string", ("部分", "Part")),
        Attribute("add", "value", ("加入", "Adds")),
        Attribute("set", "string", ("改", "Sets")),
        Attribute("value", "value", ("为", "To")),
    ),
    keyed=False,
)
BRANCH: Final = Shape(
    "branch",
    ("分支", "Branch"),
    (WHEN, Attribute("go", "reference", ("去往环节", "Goes to"), of="stages", needed=True)),
    keyed=False,
    sourced=False,
)
REGISTER: Final = Shape(
    "register",
    ("登记", "Registration"),
    (
        Attribute("label", "text", ("名称", "Name")),
        Attribute("form", "reference", ("登记表单", "Form"), of="forms", needed=True),
        Attribute("who", "people", ("谁可登记", "Who may"), needed=True),
        Attribute("columns", "mapping", ("登记栏目", "Columns"), of="fields", needed=True),
        Attribute("to", "goal", ("进入环节", "Goes to"), needed=True),
        Attribute("effects", "effects", ("同时", "Effects")),
    ),
    keyed=False,
)
CASE_TYPE: Final = Shape(
    "case_type",
    ("事项类型", "Case type"),
    (
        LABEL,
        Attribute("workflow", "reference", ("流程", "Workflow"), of="workflows", needed=True),
        Attribute("number", "reference", ("编号规则", "Number series"), of="numbering", needed=True),
        Attribute("linked_only", "flag", ("只由其他案件产生", "Only linked")),
        Attribute("register", "table", ("登记", "Registration"), of="register", needed=True),
    ),
)
STAGE: Final = Shape(
    "stage",
    ("环节", "Stage"),
    (
        LABEL,
        Attribute("status", "one_of", ("状态", "Status"), choices=STATUSES, needed=True),
        Attribute("tone", "one_of", ("颜色", "Tone"), choices=TONES),
        Attribute("sequence", "whole", ("顺序", "Sequence")),
        Attribute("next", "string", ("下一步", "Next step")),
    ),
)
TRANSITION: Final = Shape(
    "transition",
    ("流转", "Step"),
    (
        LABEL,
        Attribute("from", "references", ("从环节", "From"), of="stages", also=("any_open",), needed=True),
        Attribute("to", "goal", ("到环节", "To")),
        Attribute("who", "people", ("谁可办理", "Who may"), needed=True),
        Attribute("form", "reference", ("填写表单", "Form"), of="forms"),
        Attribute("when", "condition", ("办理条件", "Allowed when")),
        Attribute("when_not", "text", ("不满足时说明", "Why not")),
        Attribute(
            "not_same_as", "references", ("不得与其同一人", "Not the same person as"), of="transitions"
        ),
        Attribute("primary", "flag", ("主要步骤", "Main step")),
        Attribute("confirm", "text", ("确认提示", "Confirmation")),
        Attribute("note_from", "reference", ("经过摘自字段", "Note from"), of="fields"),
        Attribute("keeps_running", "references", ("结束后继续计时", "Keeps running"), of="limits"),
        Attribute(
            "on_missed",
            "references",
            ("逾期时由系统办理", "Taken when missed"),
            (
                "这些时限逾期而案件在起始环节时，系统自动办理这一步；不能有表单，不能办结案件",
                "Taken by the system when one of these is missed here; it has no form and ends no case",
            ),
            of="limits",
        ),
        Attribute("effects", "effects", ("同时", "Effects")),
    ),
)
WORKFLOW: Final = Shape(
    "workflow",
    ("流程", "Workflow"),
    (
        Attribute("label", "text", ("名称", "Name")),
        Attribute("stages", "elements", ("环节", "Stages"), of="stage"),
        Attribute("path", "references", ("主线", "Main path"), of="stages"),
        Attribute("transitions", "elements", ("流转", "Steps"), of="transition"),
    ),
)

BREAKS: Final[Choices] = {"counts": ("照计", "Counts"), "left_out": ("不计", "Is left out")}

# What a step does beside moving the case: the first attribute is the effect, the others go with it.
ANCHOR: Final = Attribute("anchor", "reference", ("起算时间", "Counted from"), of="fields", also=("now",))
EFFECTS: Final[Mapping[str, tuple[Attribute, ...]]] = {
    one[0].name: one
    for one in (
        (Attribute("start", "reference", ("开始计时", "Start the limit"), of="limits"), ANCHOR),
        (Attribute("stop", "reference", ("按时限完成", "Meet the limit"), of="limits"),),
        (Attribute("call_off", "reference", ("不再计时", "Call the limit off"), of="limits"),),
        (
            Attribute("resume", "reference", ("继续计时", "Let the limit run on"), of="limits"),
            Attribute(
                "break",
                "one_of",
                ("停止期间", "The time in between"),
                (
                    "重开已办结的案件时，可把办结至重开之间的时间不计入",
                    "When a closed case is reopened, the time in between may be left out",
                ),
                choices=BREAKS,
            ),
        ),
        (
            Attribute("pause", "reference", ("暂停计时", "Pause the limit"), of="limits", also=("all",)),
            Attribute(
                "reason",
                "reference",
                ("暂停原因取自", "Reason from"),
                of="fields",
                needed=True,
            ),
        ),
        (
            Attribute(
                "unpause", "reference", ("恢复计时", "Let a paused limit run on"), of="limits", also=("all",)
            ),
        ),
        (Attribute("request_extension", "reference", ("申请延期", "Ask for an extension of"), of="limits"),),
        (
            Attribute(
                "decide_extension",
                "one_of",
                ("决定延期", "Decide the extension"),
                choices={"approved": ("批准", "Approve"), "refused": ("不同意", "Refuse")},
            ),
        ),
        (
            Attribute("slot", "reference", ("确定单位", "Fill the unit slot"), of="slots"),
            Attribute("from", "reference", ("取自字段", "From the field"), of="fields"),
        ),
        (Attribute("handler", "reference", ("指定承办人", "Make handler"), of="fields", also=("actor",)),),
        (Attribute("unassign", "flag", ("撤下承办人", "Take the handler off")),),
        (Attribute("recuse", "reference", ("回避", "Recuse"), of="fields"),),
        (Attribute("recuse_named", "reference", ("按姓名回避", "Recuse by name"), of="fields"),),
        (Attribute("recuse_head", "reference", ("单位负责人回避", "Recuse the head of"), of="fields"),),
        (Attribute("recuse_workers", "reference", ("原办人员回避", "Recuse who worked on"), of="fields"),),
        (
            Attribute("hear", "reference", ("请被投诉人说明", "Ask for a statement of"), of="fields"),
            Attribute(
                "question",
                "reference",
                ("所问取自字段", "Question from"),
                ("被问的人会看到，不得写入投诉人信息", "Shown to who is asked; never about the complainant"),
                of="fields",
                needed=True,
            ),
            Attribute("form", "reference", ("由其填写", "To be filled by them"), of="forms", needed=True),
            Attribute(
                "opens",
                "references",
                ("向其展示字段", "Shows them"),
                (
                    "只能是一般级别、不在投诉人部分的字段",
                    "Public fields only, none of the complainant's part of a form",
                ),
                of="fields",
            ),
            Attribute("within", "reference", ("说明时限", "Time to answer"), of="limits"),
        ),
        (
            Attribute(
                "unhear",
                "reference",
                ("不再要求说明", "Ask no more"),
                ("按字段所选的人，或全部未答复的", "Whom the field names, or everybody who has not answered"),
                of="fields",
                also=("all",),
            ),
        ),
        (
            Attribute("number", "reference", ("取编号", "Take a number"), of="numbering"),
            Attribute("into", "string", ("存为", "Kept as")),
        ),
        (Attribute("outcome", "reference", ("处理结果", "Set the outcome"), of="outcomes"),),
        (Attribute("escalate", "whole", ("升级至层级", "Raise to level")),),
        (
            Attribute(
                "mark",
                "string",
                ("加标记", "Mark"),
            ),
        ),
        (Attribute("letter", "reference", ("发函", "Write the letter"), of="letters"),),
        (
            Attribute("open_case", "reference", ("另立案件", "Open a linked case"), of="case_types"),
            Attribute("link", "string", ("关系", "Link")),
            Attribute("at", "reference", ("受理单位", "At"), of="slots"),
            Attribute("carry", "references", ("带去字段", "Carries"), of="fields"),
            Attribute("from", "mapping", ("对应字段", "Filled from"), of="fields"),
        ),
        (
            Attribute("set_severity", "reference", ("人工定级", "Set the level"), of="fields"),
            Attribute("reason", "reference", ("理由取自", "Its reason"), of="fields"),
        ),
        (Attribute("archive", "flag", ("归档", "Archive")),),
    )
}
SHAPES: Final = (
    *(POLICY, REVEAL_RULES, RETALIATION, ATTACHED, HOOK, ADDITION, BRANCH, REGISTER),
    *(CASE_TYPE, STAGE, TRANSITION, WORKFLOW),
)
