"""The grammar of letters, reports, the archive, examples and scenarios 函件、报告、归档与案例."""

from __future__ import annotations

from typing import Final

from documents.rules.grammar.parts import LABEL, TITLE, WHEN, Attribute, Choices, Shape
from documents.rules.retention import COUNTED_FROM

DRAFTS: Final[Choices] = {
    "overview": ("概述", "Overview"),
    "shares": ("占比", "Shares"),
    "texts": ("摘录", "Excerpts"),
    "listed": ("清单", "List"),
}
FLAVOURS: Final[Choices] = {
    "2u": ("PDF/A-2u，原件另存", "PDF/A-2u, originals beside"),
    "3u": ("PDF/A-3u，嵌入原件", "PDF/A-3u with the originals inside"),
}
PERIODS: Final[Choices] = {
    "month": ("月", "Month"),
    "quarter": ("季", "Quarter"),
    "half_year": ("半年", "Half-year"),
    "year": ("年", "Year"),
}

ARRANGEMENTS: Final[Choices] = {
    "single": ("一件一卷", "One case a volume"),
    "joined": ("多件合卷", "Several cases a volume"),
}
GROUPINGS: Final[Choices] = {
    "year": ("办结年度", "Year of closing"),
    "retention": ("保管期限", "Retention"),
    "unit": ("机构", "Unit"),
    "case_type": ("事项类型", "Case type"),
}
YEARS: Final[Choices] = {
    "filed": ("归档年度", "Year of filing"),
    "closed": ("办结年度", "Year of closing"),
}

PARAGRAPH: Final = Shape(
    "paragraph",
    ("段落", "Paragraph"),
    (
        Attribute("zh", "template", ("中文", "Chinese"), needed=True),
        Attribute("en", "template", ("英文", "English"), needed=True),
        Attribute("heading", "flag", ("小标题", "Heading")),
        WHEN,
    ),
    keyed=False,
)
LETTER: Final = Shape(
    "letter",
    ("函件", "Letter"),
    (
        TITLE,
        Attribute("number", "reference", ("文号", "Number"), of="numbering"),
        Attribute("addressee", "template", ("收件人", "Addressee"), needed=True),
        Attribute("paragraphs", "elements", ("正文", "Text"), of="paragraph", needed=True),
        Attribute("appeal_path", "letter_text", ("救济途径", "Appeal path")),
        Attribute("signed_by", "reference", ("落款单位", "Signed by"), of="slots"),
        Attribute("sign", "string", ("落款方式", "Signature")),
        Attribute("form", "reference", ("附表单", "With the form"), of="forms"),
        Attribute("copies", "text", ("抄送", "Copies")),
    ),
)
PERIOD: Final = Shape(
    "period",
    ("统计期间", "Period"),
    (
        Attribute("from", "month_day", ("起", "From")),
        Attribute("cut_off", "month_day", ("止", "Cut-off")),
        Attribute("kind", "one_of", ("周期", "Kind"), choices=PERIODS),
    ),
    keyed=False,
    sourced=False,
)
FIGURE: Final = Shape(
    "figure",
    ("指标", "Figure"),
    (
        LABEL,
        Attribute("count", "count", ("统计条件", "Counts")),
        Attribute("share_of", "string", ("占比于", "Share of")),
        Attribute("rate", "string", ("比率", "Rate")),
        Attribute("of", "string", ("取自指标", "Of")),
    ),
)
REPORT_TABLE: Final = Shape(
    "report_table",
    ("统计表", "Table"),
    (
        LABEL,
        Attribute("of", "string", ("取自指标", "Of"), needed=True),
        Attribute("group", "string", ("分组", "Grouped by")),
        Attribute("options", "reference", ("选项列表", "Option list"), of="lists"),
        Attribute("chart", "flag", ("图", "Chart")),
        Attribute("limits", "flag", ("时限执行", "Limits")),
        Attribute("list", "flag", ("清单", "List")),
        Attribute("most", "whole", ("至多行数", "Most rows")),
    ),
)
REPORT_SECTION: Final = Shape(
    "report_section",
    ("章节", "Section"),
    (
        LABEL,
        Attribute("draft", "one_of", ("初稿", "Draft"), choices=DRAFTS),
        Attribute("tables", "texts", ("统计表", "Tables")),
        Attribute("of", "string", ("取自指标", "Of")),
        Attribute("texts", "references", ("摘录字段", "Excerpts of"), of="fields"),
    ),
)
REPORT: Final = Shape(
    "report",
    ("报告", "Report"),
    (
        LABEL,
        Attribute("period", "table", ("统计期间", "Period"), of="period", needed=True),
        Attribute("cut_off", "month_day", ("截止", "Cut-off")),
        Attribute("cut_off_note", "text", ("截止说明", "On the cut-off")),
        Attribute("due", "month_day", ("报送日", "Due")),
        Attribute("to", "text", ("报送", "To")),
        Attribute("copies", "text", ("抄报", "Copies")),
        Attribute("figures", "elements", ("指标", "Figures"), of="figure"),
        Attribute("tables", "elements", ("统计表", "Tables"), of="report_table"),
        Attribute("sections", "elements", ("章节", "Sections"), of="report_section"),
    ),
)
RETENTION: Final = Shape(
    "retention",
    ("保管期限", "Retention"),
    (
        WHEN,
        Attribute("code", "string", ("代码", "Code"), needed=True),
        Attribute("label", "text", ("名称", "Name"), needed=True),
        Attribute("years", "whole", ("年数", "Years"), ("不填为永久", "Empty: for ever")),
        Attribute(
            "by_hand",
            "flag",
            ("只供人工选定", "Chosen by hand only"),
            ("鉴定时可以改选，系统不自动提议", "Never proposed, but may be chosen at the appraisal"),
        ),
    ),
    keyed=False,
)
ARRANGEMENT: Final = Shape(
    "arrangement",
    ("组卷", "Arrangement"),
    (
        Attribute("mode", "one_of", ("方式", "Way"), choices=ARRANGEMENTS, needed=True),
        Attribute(
            "by",
            "some_of",
            ("分卷依据", "A volume each"),
            ("全宗、档号年度、保管期限不同的总是分卷", "Fonds, year and retention are never mixed"),
            choices=GROUPINGS,
        ),
        Attribute("most", "whole", ("每卷至多件数", "Most cases a volume"), ("不填为 100", "Empty: 100")),
    ),
    keyed=False,
    sourced=False,
)
UNIT_CODE: Final = Shape(
    "unit_code",
    ("机构（问题）代码", "Unit or subject code"),
    (
        WHEN,
        Attribute("code", "string", ("代码", "Code"), needed=True),
        Attribute("label", "text", ("名称", "Name"), needed=True),
    ),
    keyed=False,
)
STAMP: Final = Shape(
    "stamp",
    ("归档章", "Filing stamp"),
    (
        Attribute("fonds", "string", ("全宗号一格", "Cell of the fonds number")),
        Attribute("year", "string", ("年度一格", "Cell of the year")),
        Attribute("item", "string", ("件号一格", "Cell of the item number")),
        Attribute("unit", "string", ("机构一格", "Cell of the unit")),
        Attribute("retention", "string", ("保管期限一格", "Cell of the retention")),
        Attribute("pages", "string", ("页数一格", "Cell of the number of pages")),
    ),
    keyed=False,
    sourced=False,
)
ARCHIVE: Final = Shape(
    "archive",
    ("归档", "Archive"),
    (
        Attribute("sealed_stage", "reference", ("归档环节", "Archived stage"), of="stages", needed=True),
        Attribute("kinds", "references", ("归档事项", "Case types"), of="case_types"),
        Attribute("fonds_slots", "references", ("立档单位", "Fonds"), of="slots", needed=True),
        Attribute("fonds_default", "string", ("缺省全宗号", "Fonds number"), needed=True),
        Attribute("category_code", "string", ("类别号", "Category code")),
        Attribute(
            "volume_number",
            "pattern",
            ("档号格式", "Volume number"),
            (
                "可用 {fonds} {category} {year} {retention} {unit} {seq:4}",
                "Parts: {fonds} {category} {year} {retention} {unit} {seq:4}",
            ),
            needed=True,
        ),
        Attribute("year", "one_of", ("档号年度", "Year of the number"), choices=YEARS),
        Attribute("retention", "elements", ("保管期限", "Retention"), of="retention", needed=True),
        Attribute(
            "unit_codes",
            "elements",
            ("机构（问题）代码", "Unit or subject codes"),
            (
                "从上到下第一条符合的为准；都不符合时用承办单位的机构代码",
                "The first that holds; else the code of the handling unit",
            ),
            of="unit_code",
        ),
        Attribute("arrangement", "table", ("组卷", "Arrangement"), of="arrangement"),
        Attribute(
            "four_eyes",
            "flag",
            ("须另一人检查", "Needs a second person"),
            (
                "立卷人与检查人不能是同一人；不填为须另一人",
                "Who files may not check; on by default",
            ),
        ),
        Attribute("contents", "texts", ("卷内内容", "Contents")),
        Attribute(
            "flavour",
            "one_of",
            ("案卷文件格式", "File format of volumes"),
            (
                "未填时用 PDF/A-2u；3u 把附件原件嵌入案卷文件。",
                "Unless given PDF/A-2u; 3u carries the originals of attachments inside.",
            ),
            choices=FLAVOURS,
        ),
        Attribute("stamp", "table", ("归档章文字", "Words of the filing stamp"), of="stamp"),
        Attribute(
            "counted_from",
            "one_of",
            ("保管期限起算", "Retention counts from"),
            (
                "缺省自办结年度的次年起算（本系统默认）",
                "By default the year after the case was closed (our default)",
            ),
            choices=COUNTED_FROM,
        ),
        Attribute(
            "cooling_days",
            "whole",
            ("销毁等待天数", "Days before a destruction"),
            (
                "销毁批准后须等待的天数，期间可以中止；缺省 7 天（本系统默认）",
                "How long a released destruction waits and can be stopped; 7 by default (our default)",
            ),
        ),
        Attribute(
            "metadata",
            "texts",
            ("元数据项目", "Metadata items"),
            (
                "案卷元数据写哪些项目、按什么顺序；不填为缺省的全部",
                "Which and in what order; by default all of ours",
            ),
        ),
        Attribute(
            "kept_after_handover",
            "whole",
            ("移交后保存年数", "Years kept after the hand-over"),
            (
                "移交后本单位原件至少保存的年数，缺省 5 年",
                "How long originals stay with the sender; 5 by default",
            ),
        ),
    ),
    keyed=False,
)
EXAMPLE_UNIT: Final = Shape(
    "example_unit",
    ("示例单位", "Example unit"),
    (
        Attribute("kind", "reference", ("单位类型", "Unit kind"), of="unit_kinds", needed=True),
        Attribute("under", "string", ("上级", "Under")),
        Attribute("name", "text", ("名称", "Name")),
        Attribute("head", "string", ("负责人", "Head")),
        Attribute("deputy", "string", ("副职", "Deputy")),
        Attribute("fonds_number", "string", ("全宗号", "Fonds number")),
        Attribute("calendar", "string", ("工作日历", "Work calendar")),
    ),
    sourced=False,
)
EXAMPLE_CONTACT: Final = Shape(
    "example_contact",
    ("示例联系人", "Example contact"),
    (Attribute("person", "string", ("由谁担任", "Person"), needed=True),),
    sourced=False,
)
EXAMPLE: Final = Shape(
    "example",
    ("示例机构", "Example organisation"),
    (
        Attribute("units", "elements", ("单位", "Units"), of="example_unit"),
        Attribute("contacts", "elements", ("指定联系人", "Named contacts"), of="example_contact"),
    ),
    keyed=False,
    sourced=False,
)
STEP: Final = Shape(
    "scenario_step",
    ("步骤", "Step"),
    (
        Attribute("register", "reference", ("登记", "Register"), of="case_types"),
        Attribute("do", "reference", ("办理", "Do"), of="transitions"),
        Attribute("refused", "reference", ("应被拒绝", "Must be refused"), of="transitions"),
        Attribute("statement", "reference", ("被问者说明情况", "Statement of the person asked"), of="forms"),
        Attribute("why", "string", ("拒绝原因", "Why")),
        Attribute("by", "string", ("谁", "By")),
        Attribute("at", "string", ("时间", "At"), needed=True),
        Attribute("values", "value", ("填写", "Values")),
        Attribute("as", "string", ("案件代号", "As")),
        Attribute("case", "string", ("哪一件", "Case")),
    ),
    keyed=False,
    sourced=False,
)
SCENARIO: Final = Shape(
    "scenario",
    ("案例", "Scenario"),
    (
        LABEL,
        Attribute("steps", "elements", ("步骤", "Steps"), of="scenario_step"),
        Attribute("expect", "value", ("应有结果", "Expected"), needed=True),
    ),
)
SHAPES: Final = (
    *(PARAGRAPH, LETTER, PERIOD, FIGURE, REPORT_TABLE, REPORT_SECTION, REPORT, RETENTION),
    *(ARRANGEMENT, UNIT_CODE, STAMP, ARCHIVE),
    *(EXAMPLE_UNIT, EXAMPLE_CONTACT, EXAMPLE, STEP, SCENARIO),
)
