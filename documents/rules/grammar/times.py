"""The grammar of limits, ladders, duties and numbers 时限、阶梯、周期事项与编号."""

from __future__ import annotations

from typing import Final

from documents.rules.grammar.parts import LABEL, WHEN, Attribute, Choices, Shape

COUNTED_IN: Final[Choices] = {
    "working_days": ("工作日", "Working days"),
    "natural_days": ("自然日", "Natural days"),
    "months": ("个月", "Months"),
    "working_hours": ("工作小时", "Working hours"),
    "hours": ("小时", "Hours"),
    "working_minutes": ("工作分钟", "Working minutes"),
    "minutes": ("分钟", "Minutes"),
    "same_day": ("当天", "Same day"),
    "clock_time": ("固定时刻", "Clock time"),
    "date": ("固定日期", "Calendar date"),
    "immediately": ("立即", "Immediately"),
    "agreed": ("与客户约定", "Agreed with the customer"),
    "external": ("上级规定", "Set by a superior"),
}
ENDS: Final[Choices] = {
    "end_of_day": ("当日24时", "End of the day"),
    "close_of_business": ("营业终了", "Close of business"),
    "at": ("指定时刻", "At a clock time"),
    "exact": ("与起算同一时刻", "The exact minute"),
}
AFTER_HOURS: Final[Choices] = {
    "keep": ("照常起算", "Counted as it is"),
    "next_opening": ("自下次营业起算", "From the next opening"),
    "next_day": ("次日该时刻", "The next day"),
    "next_working_day": ("下一工作日该时刻", "The next working day"),
}
EVERY: Final[Choices] = {
    "day": ("每天", "Every day"),
    "working_day": ("每个工作日", "Every working day"),
    "week": ("每周", "Every week"),
    "month": ("每月", "Every month"),
    "quarter": ("每季", "Every quarter"),
    "half_year": ("每半年", "Every half-year"),
    "year": ("每年", "Every year"),
}
NONWORKING: Final[Choices] = {
    "keep": ("照旧", "Keep"),
    "before": ("提前", "Before"),
    "after": ("顺延", "After"),
}
RESETS: Final[Choices] = {
    "day": ("每日", "Every day"),
    "year": ("每年", "Every year"),
    "never": ("不重新起号", "Never"),
}
IF_PAST: Final[Choices] = {"drop": ("不提醒", "Drop it"), "at_once": ("立即提醒", "At once")}
CHANNELS: Final[Choices] = {
    "mail": ("邮件", "Mail"),
    "sms": ("短信", "Short message"),
    "webhook": ("群机器人与系统", "Robots and systems"),
    "none": ("只在站内", "The portal only"),
}
IN_QUIET: Final[Choices] = {
    "wait": ("等到结束再发出", "Wait for their end"),
    "send": ("照常发出", "Send all the same"),
}

LIMIT: Final = Shape(
    "limit",
    ("时限", "Time limit"),
    (
        LABEL,
        Attribute("counted_in", "one_of", ("计算单位", "Counted in"), choices=COUNTED_IN, needed=True),
        Attribute("amount", "whole", ("数量", "Amount")),
        Attribute("earliest", "whole", ("不早于", "Not before")),
        Attribute("at", "clock", ("时刻", "Clock time")),
        Attribute("month_day", "month_day", ("月日", "Day of the year")),
        Attribute("start_day_counts", "flag", ("当日计入", "Start day counts")),
        Attribute("ends", "one_of", ("止于", "Ends"), choices=ENDS),
        Attribute("rolls_over", "flag", ("遇非工作日顺延", "Rolls over")),
        Attribute("rolls_back", "flag", ("遇非工作日提前", "Rolls back")),
        Attribute("after_hours", "one_of", ("非营业时间收到", "After hours"), choices=AFTER_HOURS),
        Attribute("agreed_field", "reference", ("约定日期取自", "Agreed in"), of="fields"),
        Attribute("agreed_may_exceed", "flag", ("约定可超过本时限", "An agreement may exceed it")),
        Attribute("soft", "flag", ("软性时限", "Soft")),
        Attribute("cap", "reference", ("延期不得超过", "Extensions end at"), of="limits"),
        Attribute(
            "overrides",
            "references",
            ("优先于", "Overrides"),
            (
                "本时限在计时的时候，这些时限不再单独计时；本时限不再计时，它们继续",
                "While this limit runs these are not counted; when it is called off they run on",
            ),
            of="limits",
        ),
        Attribute("max_extensions", "whole", ("延期次数上限", "Most extensions")),
        Attribute("ladder", "reference", ("提醒阶梯", "Ladder"), of="ladders"),
        Attribute(
            "missed",
            "effects",
            ("逾期时", "When missed"),
            ("逾期的那一刻由系统办理，只办一次", "Done once by the system, the moment it is overdue"),
        ),
        Attribute("calendar_of", "reference", ("按其日历计算", "Counted in the calendar of"), of="slots"),
    ),
)
REPEAT: Final = Shape(
    "repeat",
    ("重复", "Repeat"),
    (
        Attribute("every", "step", ("每隔", "Every"), needed=True),
        Attribute("max", "whole", ("最多次数", "Most times"), needed=True),
    ),
    keyed=False,
    sourced=False,
)
RUNG: Final = Shape(
    "rung",
    ("级", "Rung"),
    (
        LABEL,
        Attribute("at", "moment", ("时刻", "Moment"), needed=True),
        Attribute("level", "whole", ("升级层级", "Level")),
        WHEN,
        Attribute("tell", "people", ("通知", "Tells"), needed=True),
        Attribute("repeat", "table", ("重复", "Repeat"), of="repeat"),
        Attribute("if_past", "one_of", ("时刻已过时", "If past"), choices=IF_PAST),
        Attribute(
            "channels",
            "some_of",
            ("途径", "Channels"),
            (
                "站内通知总会送达；不填写时用制度的默认途径",
                "The portal always tells; where empty, the channels of the policy",
            ),
            choices=CHANNELS,
        ),
        Attribute(
            "letter",
            "reference",
            ("以函件为正文", "Says the letter"),
            (
                "站内与邮件的正文取自这一函件；短信和机器人只发简短文字",
                "The text in the portal and in mail; short messages and robots carry the brief text only",
            ),
            of="letters",
        ),
        Attribute(
            "digest",
            "flag",
            ("并入每日汇总", "Goes into the daily digest"),
            (
                "不填写时按接收人的设置；升级从不等待汇总",
                "Where empty, as each person has it; escalations never wait",
            ),
        ),
        Attribute("quiet", "one_of", ("免打扰时段内", "In quiet hours"), choices=IN_QUIET),
    ),
)
QUIET: Final = Shape(
    "quiet_hours",
    ("免打扰时段", "Quiet hours"),
    (
        Attribute("from", "clock", ("自", "From"), needed=True),
        Attribute("to", "clock", ("至", "To"), needed=True),
    ),
    keyed=False,
    sourced=False,
)
TELLING: Final = Shape(
    "telling",
    ("通知方式", "How people are told"),
    (
        Attribute(
            "channels",
            "some_of",
            ("默认途径", "Channels"),
            ("不填写时为邮件；站内通知总会送达", "Mail where empty; the portal always tells"),
            choices=CHANNELS,
        ),
        Attribute("quiet", "table", ("免打扰时段", "Quiet hours"), of="quiet_hours"),
        Attribute("digest_at", "clock", ("每日汇总时刻", "Daily digest at")),
        Attribute("digest_roles", "references", ("按汇总接收的岗位", "Roles told by digest"), of="roles"),
        Attribute(
            "unannounced",
            "flag",
            ("分派时不通知", "Tells nobody at assignment"),
            (
                "不勾选时，案件一分派或转到单位就通知接手的人",
                "Otherwise whoever is given a case hears of it at once",
            ),
        ),
        Attribute(
            "watching",
            "references",
            ("未分派时由谁看护", "Watches what is unassigned"),
            (
                "依次取第一个已确定的单位；默认 handling、intake、received",
                "The first of these slots that is filled; handling, intake, received where empty",
            ),
            of="slots",
        ),
        Attribute(
            "otherwise",
            "people",
            ("无人可通知时", "Otherwise tells"),
            ("默认为受理部门（intake）负责人", "The head of intake where empty"),
        ),
        Attribute(
            "brief",
            "text",
            ("简短文字", "Brief text"),
            (
                "短信与群机器人的全部内容，可用 {{ number }} {{ limit }} {{ due }} {{ left }} {{ rung }}",
                "All that leaves by them: {{ number }} {{ limit }} {{ due }} {{ left }} {{ rung }}",
            ),
        ),
    ),
    keyed=False,
)
LADDER: Final = Shape(
    "ladder",
    ("提醒阶梯", "Ladder"),
    (
        LABEL,
        Attribute("rungs", "elements", ("各级", "Rungs"), of="rung", needed=True),
        Attribute("otherwise", "people", ("无人可通知时", "Otherwise tells")),
    ),
)
NUMBERING: Final = Shape(
    "numbering",
    ("编号规则", "Number series"),
    (
        LABEL,
        Attribute(
            "pattern",
            "pattern",
            ("格式", "Pattern"),
            (
                "{yyyy} {mm} {dd} 日期，{seq:4} 四位流水号",
                "{yyyy} {mm} {dd} the date, {seq:4} a running number",
            ),
            needed=True,
        ),
        Attribute("reset", "one_of", ("重新起号", "Starts anew"), choices=RESETS),
        Attribute("scope", "references", ("分别编号", "Counted for each"), of="slots"),
    ),
)
RECURRENCE: Final = Shape(
    "recurrence",
    ("周期", "Recurrence"),
    (
        Attribute("every", "one_of", ("每", "Every"), choices=EVERY, needed=True),
        Attribute("on", "month_days", ("固定日期", "On")),
        Attribute("day", "whole", ("每月几日", "Day of the month")),
        Attribute("weekday", "whole", ("星期几", "Weekday")),
        Attribute("times", "whole", ("每期次数", "Times")),
        Attribute("at", "clock", ("时刻", "Clock time"), also=("close",)),
        Attribute("nonworking", "one_of", ("遇非工作日", "On a day off"), choices=NONWORKING),
    ),
    keyed=False,
    sourced=False,
)
OWNER: Final = Shape(
    "owner",
    ("承担", "Owner"),
    (
        Attribute("role", "reference", ("岗位角色", "Role"), of="roles", needed=True),
        Attribute("kind", "reference", ("单位类型", "Unit kind"), of="unit_kinds", needed=True),
    ),
    keyed=False,
    sourced=False,
)
DUTY: Final = Shape(
    "duty",
    ("周期事项", "Duty"),
    (
        LABEL,
        Attribute("recurrence", "table", ("周期", "Recurrence"), of="recurrence", needed=True),
        Attribute("owner", "table", ("承担", "Owner"), of="owner", needed=True),
        Attribute("who", "people", ("还可完成", "Who else may")),
        Attribute("report", "reference", ("报告", "Report"), of="reports"),
        Attribute("package", "flag", ("年终移交包", "Year-end package")),
        Attribute("remind", "moments", ("提醒", "Reminders"), needed=True),
    ),
)
SHAPES: Final = (LIMIT, REPEAT, RUNG, QUIET, TELLING, LADDER, NUMBERING, RECURRENCE, OWNER, DUTY)
