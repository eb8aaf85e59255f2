"""The grammar of lists and forms 选项与表单."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from documents.rules.grammar.parts import LABEL, TITLE, Attribute, Choices, Shape
from documents.rules.patterns import PATTERNS

FIELD_TYPES: Final[Choices] = {
    "text": ("单行文字", "Text"),
    "longtext": ("多行文字", "Long text"),
    "number": ("数字", "Number"),
    "money": ("金额", "Money"),
    "percent": ("百分比", "Percent"),
    "date": ("日期", "Date"),
    "time": ("时刻", "Time"),
    "datetime": ("日期时间", "Date and time"),
    "duration": ("时长", "Duration"),
    "bool": ("是否", "Yes or no"),
    "consent": ("同意", "Consent"),
    "choice": ("单选", "Choice"),
    "choices": ("多选", "Choices"),
    "tree": ("分类", "Category"),
    "person": ("人员", "Person"),
    "unit": ("单位", "Unit"),
    "case": ("关联投诉", "Link to a case"),
    "phone": ("电话", "Phone"),
    "email": ("电子邮箱", "E-mail"),
    "id_number": ("证件号码", "Identity number"),
    "address": ("地址", "Address"),
    "files": ("附件", "Files"),
    "signature": ("签字签收", "Signature"),
    "table": ("明细表", "Table"),
    "group": ("字段组", "Group"),
    "computed": ("计算", "Computed"),
    "lookup": ("引用", "Lookup"),
    "series": ("编号", "Number series"),
    "note": ("说明文字", "Note"),
}
REVEALS: Final[Choices] = {
    "reason": ("写明理由后查看", "For a written reason"),
    "release": ("须他人批准", "Released by a second person"),
    "open": ("直接显示", "Shown at once"),
}
CLASSES: Final[Choices] = {
    "public": ("一般", "Public"),
    "personal": ("个人信息", "Personal"),
    "restricted": ("限制知悉", "Restricted"),
}
MASKS: Final[Choices] = {
    "phone": ("电话 138****5678", "Telephone 138****5678"),
    "id_number": ("证件号码 110****002X", "Identity number 110****002X"),
    "account": ("账号 **** 1111", "Account **** 1111"),
    "email": ("邮箱 l****@example.cn", "E-mail l****@example.cn"),
    "name": ("姓名 张**", "Name 张**"),
    "address": ("地址 福建省福州市鼓楼区****", "Address 福建省福州市鼓楼区****"),
    "none": ("全部遮盖", "Nothing at all"),
}
SEARCHES: Final[Choices] = {
    "text": ("按词检索", "By words"),
    "exact": ("精确检索", "Exact"),
    "range": ("按范围检索", "By range"),
}
WIDTHS: Final[Choices] = {"full": ("整行", "Full width"), "half": ("半行", "Half width")}
ADDRESS_PARTS: Final[Choices] = {
    "province": ("省", "Province"),
    "city": ("市", "City"),
    "county": ("县区", "County or district"),
    "street": ("街道", "Street or town"),
    "detail": ("详址", "House and room"),
}
COUNTED: Final[Choices] = {
    "minutes": ("自然分钟", "Minutes"),
    "working_minutes": ("工作分钟", "Working minutes"),
}
FORMATS: Final[Choices] = {name: one.words for name, one in PATTERNS.items()}
TYPED: Final = frozenset(FIELD_TYPES) - {"note", "computed", "group", "lookup", "series"}
WRITTEN: Final = frozenset({"text", "longtext", "address", "phone", "email", "id_number", "case"})
CHOSEN: Final = frozenset({"choice", "choices", "tree"})
ANSWERED: Final = TYPED | {"computed", "lookup", "series"}  # what has a value of its own
NOT_IN_ROWS: Final = frozenset(
    {"table", "files", "note", "consent", "signature", "lookup", "series", "group"}
)
IN_ROWS: Final = TYPED - NOT_IN_ROWS
MEASURED: Final = frozenset({"number", "money", "percent", "date", "datetime", "time", "duration"})

# By which ways a field of each type can be searched; what is not named here cannot be.
SEARCHED: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("text", "longtext", "address", "signature"), ("text", "exact")),
    **dict.fromkeys(("phone", "email", "id_number", "case", "series"), ("exact",)),
    **dict.fromkeys(MEASURED, ("exact", "range")),
    **dict.fromkeys(CHOSEN, ("text", "exact")),
    **dict.fromkeys(("bool", "consent", "person", "unit"), ("exact",)),
    **dict.fromkeys(("computed", "lookup"), ("text", "exact", "range")),
}

OPTION: Final = Shape(
    "option",
    ("选项", "Option"),
    (
        LABEL,
        Attribute(
            "retired",
            "date",
            ("停用日期", "Retired on"),
            ("停用后不再供选用，已填的照常显示", "Kept where it was chosen"),
        ),
        Attribute("merged_into", "reference", ("并入", "Merged into"), of="options"),
        Attribute("children", "elements", ("下级选项", "Sub-options"), of="option"),
    ),
)
ROWS: Final = Shape(
    "rows",
    ("行数", "Rows"),
    (Attribute("min", "whole", ("至少", "At least")), Attribute("max", "whole", ("至多", "At most"))),
    keyed=False,
    sourced=False,
)
CHECK: Final = Shape(
    "check",
    ("校验", "Check"),
    (
        Attribute("that", "condition", ("须满足", "Must hold"), needed=True),
        Attribute("message", "text", ("不满足时提示", "Message"), needed=True),
    ),
    keyed=False,
    sourced=False,
)
LOOKUP: Final = Shape(
    "lookup",
    ("引用来源", "Looked up from"),
    (
        Attribute("of", "reference", ("取自字段", "Of the field"), of="fields", needed=True),
        Attribute("field", "string", ("取哪一项", "Which value"), needed=True),
    ),
    keyed=False,
    sourced=False,
)
FIELD: Final = Shape(
    "field",
    ("字段", "Field"),
    (
        Attribute("type", "one_of", ("类型", "Type"), choices=FIELD_TYPES, needed=True),
        LABEL,
        Attribute("help", "text", ("填写说明", "Help")),
        Attribute("hint", "text", ("输入提示", "Hint"), only=TYPED),
        Attribute("required", "condition", ("必填", "Required"), only=TYPED),
        Attribute(
            "visible",
            "condition",
            ("显示条件", "Shown when"),
            ("不显示的字段没有值", "A hidden field has no value"),
        ),
        Attribute("options", "reference", ("选项列表", "Option list"), of="lists", only=CHOSEN),
        Attribute("min", "bound", ("下限", "Least"), only=WRITTEN | MEASURED | {"choices", "files"}),
        Attribute("max", "bound", ("上限", "Most"), only=WRITTEN | MEASURED | {"choices", "files"}),
        Attribute("pattern", "one_of", ("格式", "Format"), choices=FORMATS, only=frozenset({"text"})),
        Attribute("places", "whole", ("小数位", "Decimal places"), only=frozenset({"number", "percent"})),
        Attribute("step", "number", ("步长", "Step"), only=frozenset({"number", "money", "percent"})),
        Attribute(
            "counted_in", "one_of", ("计量", "Counted in"), choices=COUNTED, only=frozenset({"duration"})
        ),
        Attribute("unit_label", "text", ("计量单位", "Unit"), only=frozenset({"number"})),
        Attribute("yes_label", "text", ("勾选框文字", "Box label"), only=frozenset({"bool"})),
        Attribute("text", "long_text", ("同意书全文", "Full text"), only=frozenset({"consent"})),
        Attribute(
            "exclusive",
            "reference",
            ("互斥选项", "Exclusive option"),
            of="options",
            only=frozenset({"choices"}),
        ),
        Attribute(
            "kinds", "references", ("单位类型", "Unit kinds"), of="unit_kinds", only=frozenset({"unit"})
        ),
        Attribute("at", "reference", ("所在单位", "At"), of="slots", only=frozenset({"person"})),
        Attribute(
            "of",
            "reference",
            ("取自", "Of"),
            of="slots",
            also=("actor",),
            only=frozenset({"person", "signature"}),
        ),
        Attribute("roles", "references", ("岗位角色", "Roles"), of="roles", only=frozenset({"person"})),
        Attribute(
            "with_recused",
            "flag",
            ("含须回避的人", "Recused people too"),
            ("要求被投诉人说明情况时用", "To ask the person complained about for a statement"),
            only=frozenset({"person"}),
        ),
        Attribute("accept", "texts", ("允许的扩展名", "File types"), only=frozenset({"files"})),
        Attribute("max_mb", "whole", ("单个上限（MB）", "Most MB each"), only=frozenset({"files"})),
        Attribute("total_mb", "whole", ("合计上限（MB）", "Most MB in all"), only=frozenset({"files"})),
        Attribute("rows", "table", ("行数", "Rows"), of="rows", only=frozenset({"table", "files"})),
        Attribute("fields", "elements", ("栏目", "Columns"), of="field", only=frozenset({"table", "group"})),
        Attribute("folded", "flag", ("先收起", "Folded at first"), only=frozenset({"group"})),
        Attribute("unique", "flag", ("各行不得重复", "Unique in the table"), only=IN_ROWS),
        Attribute("value", "formula", ("算式", "Expression"), only=frozenset({"computed"})),
        Attribute(
            "as", "one_of", ("结果类型", "Result type"), choices=FIELD_TYPES, only=frozenset({"computed"})
        ),
        Attribute("lookup", "table", ("引用来源", "Looked up from"), of="lookup", only=frozenset({"lookup"})),
        Attribute(
            "numbering",
            "reference",
            ("编号规则", "Number series"),
            of="numbering",
            only=frozenset({"series"}),
        ),
        Attribute("default", "value", ("默认值", "Default"), only=TYPED),
        Attribute("check", "elements", ("校验", "Checks"), of="check", only=ANSWERED),
        Attribute("class", "one_of", ("敏感级别", "Sensitivity"), choices=CLASSES, only=ANSWERED),
        Attribute(
            "mask",
            "one_of",
            ("脱敏显示", "Shown masked"),
            (
                "无权查看的人看到的样子；不选则全部遮盖",
                "What those see who may not read it; else nothing",
            ),
            choices=MASKS,
            only=frozenset({"text", "phone", "email", "id_number", "address", "lookup", "signature"}),
        ),
        Attribute(
            "reveal",
            "one_of",
            ("完整内容", "In full"),
            (
                "电话、证件号码、账号对有权的人也先遮盖；不选则写明理由后查看",
                "Telephone, identity and account numbers are masked at first for who may read them too",
            ),
            choices=REVEALS,
            only=frozenset({"text", "phone", "id_number", "lookup"}),
        ),
        Attribute(
            "sealed_to",
            "references",
            ("密封，只供岗位", "Sealed to roles"),
            (
                "除这些岗位外任何人都看不到，含管理员、档案人员和填写人；须为限制知悉级别，不能检索、不进函件",
                "Nobody else reads it, be it who filled it in; restricted, not searched, in no letter",
            ),
            of="roles",
            only=frozenset({"text", "longtext", "phone", "email", "id_number", "address", "person"}),
        ),
        Attribute(
            "search",
            "one_of",
            ("可检索", "Searchable"),
            choices=SEARCHES,
            only=frozenset(SEARCHED),
        ),
        Attribute("similar", "string", ("相似提示", "Similar cases"), only=frozenset({"text"})),
        Attribute("rows_shown", "whole", ("显示行数", "Lines shown"), only=frozenset({"longtext"})),
        Attribute(
            "parts",
            "some_of",
            ("分项填写", "In parts"),
            ("不选则整行填写一项", "One line when none is chosen"),
            choices=ADDRESS_PARTS,
            only=frozenset({"address"}),
        ),
        Attribute(
            "parts_needed",
            "some_of",
            ("必填分项", "Parts that are required"),
            choices=ADDRESS_PARTS,
            only=frozenset({"address"}),
        ),
        Attribute("width", "one_of", ("宽度", "Width"), choices=WIDTHS, only=ANSWERED | {"note"}),
        Attribute("example", "string", ("填写示例", "Example"), only=TYPED),
        Attribute("paper", "text", ("纸面名称", "Name on paper"), only=ANSWERED),
        Attribute("hidden_on_paper", "flag", ("不打印", "Not printed"), only=ANSWERED),
        Attribute("retired", "date", ("停用日期", "Retired on")),
    ),
)
SECTION: Final = Shape(
    "section",
    ("分组", "Section"),
    (
        Attribute("title", "text", ("标题", "Title")),
        Attribute("fields", "elements", ("字段", "Fields"), of="field"),
    ),
)
FORM: Final = Shape(
    "form",
    ("表单", "Form"),
    (
        TITLE,
        Attribute("paper", "text", ("纸面标题", "Title on paper")),
        Attribute("sections", "elements", ("分组", "Sections"), of="section"),
    ),
)
SHAPES: Final = (OPTION, ROWS, CHECK, LOOKUP, FIELD, SECTION, FORM)
