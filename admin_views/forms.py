"""The small forms of the administration 管理表单."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DateTimeLocalField,
    EmailField,
    FileField,
    Form,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp, ValidationError

from documents.rules.durations import in_reach, written_day

Choices = Sequence[tuple[str, str]]

NEEDED = DataRequired(_l("请填写此项。"))
# Leaves what is wrong with the text itself to be said; for days and numbers.
TYPED = InputRequired(_l("请填写此项。"))


def up_to(longest: int) -> Length:
    """No longer than so many characters."""
    return Length(max=longest, message=_l("最多 %(max)d 字。"))


class ChosenField(SelectField):
    """A choice whose options are given when the form is opened."""

    data: Any

    def __init__(self, label: Any, choices: Choices = (), **kwargs: Any) -> None:
        super().__init__(label, choices=[SelectChoice(*one) for one in choices], **kwargs)

    def offer(self, choices: Choices) -> None:
        """What may be chosen this time."""
        self.choices = [SelectChoice(*one) for one in choices]

    def pre_validate(self, form: Form) -> None:
        """Say in our words that a choice is gone; one that was not sent is no choice."""
        self.data = self.data or ""
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(str(_l("所选项已不存在，请重新选择。"))) from error


class DayField(DateField):
    """A day; what is none is said in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
            if self.data is not None and written_day(self.data.isoformat()) is None:
                raise ValueError(self.data.isoformat())
        except ValueError as error:
            raise ValueError(str(_l("请填写日期，例如 2026-02-24。"))) from error


class WholeField(IntegerField):
    """A whole number; what is none is said in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(_l("请填写数字，例如 2027。"))) from error


class NewUnitForm(Form):
    """A unit to be created 新设单位."""

    code = StringField(
        _l("单位代码"),
        [NEEDED, up_to(24)],
        description=_l("大写字母、数字、短横，设立后不能更改，例如 QH-CD"),
    )
    kind = ChosenField(_l("单位类型"), validators=[NEEDED])
    name_zh = StringField(_l("名称（中文）"), [NEEDED, up_to(60)])
    name_en = StringField(_l("名称（英文）"), [up_to(80)], description=_l("留空则与中文相同"))
    parent = ChosenField(_l("上级单位"))
    fonds_number = StringField(_l("全宗号"), [up_to(20)], description=_l("归档时写入档号，由档案馆给定"))


class UnitForm(Form):
    """What may be changed of a unit 单位信息."""

    name_zh = StringField(_l("名称（中文）"), [NEEDED, up_to(60)])
    name_en = StringField(_l("名称（英文）"), [up_to(80)])
    head = ChosenField(_l("负责人"))
    deputy = ChosenField(_l("副职（负责人不在岗时代理）"))
    leader = ChosenField(_l("分管领导"), description=_l("升级到分管领导的提醒发给他；留空则用上级单位的"))
    fonds_number = StringField(_l("全宗号"), [up_to(20)])
    archive_code = StringField(
        _l("机构代码（档号用）"),
        [Optional(), Regexp(r"[A-Za-z0-9-]{1,12}$", message=_l("只用字母、数字和短横，最长 12 位。"))],
        description=_l("制度的档号格式写有 {unit} 时用；留空则用单位代码"),
    )
    calendar = ChosenField(
        _l("工作日历"),
        description=_l("由本单位承办的投诉按它计时；已在计时的时限不变"),
    )


class AccountForm(Form):
    """An account 账号."""

    name = StringField(_l("姓名"), [NEEDED, up_to(40)])
    login = StringField(_l("登录名"), [NEEDED, up_to(40)], description=_l("小写字母、数字、点、短横、下划线"))
    email = EmailField(_l("电子邮箱"), [up_to(200)], description=_l("接收提醒邮件"))
    phone = StringField(_l("电话"), [up_to(40)])
    language = ChosenField(_l("界面语言"), [("zh", "中文"), ("en", "English")], default="zh")


class AbsenceForm(Form):
    """A time away 请假."""

    starts = DayField(_l("开始日期"), [TYPED])
    ends = DayField(_l("结束日期"), [TYPED])
    deputy = ChosenField(_l("代办人"))


class DayForm(Form):
    """What one day of the calendar is 单日调整."""

    day = DayField(_l("日期"), [TYPED])
    kind = ChosenField(
        _l("性质"),
        [
            ("off", _l("放假")),
            ("makeup", _l("调休上班")),
            ("hours", _l("另定工作时间（半天等）")),
            ("ordinary", _l("按一般周历")),
        ],
        validators=[NEEDED],
    )
    hours = StringField(
        _l("工作时间"), [up_to(120)], description=_l("只在另定工作时间时填写，例如 08:30-12:00")
    )
    name = StringField(_l("名称"), [up_to(20)], description=_l("例如 春节、台风停业"))


class NewCalendarForm(Form):
    """A calendar to be made 新建工作日历."""

    key = StringField(
        _l("代码"),
        [NEEDED, up_to(40)],
        description=_l("小写字母、数字、短横，设立后不能更改，例如 cn-market"),
    )
    like = ChosenField(
        _l("照哪份日历"), validators=[NEEDED], description=_l("节假日和工作时间先相同，再调整")
    )
    name_zh = StringField(_l("名称（中文）"), [NEEDED, up_to(60)])
    name_en = StringField(_l("名称（英文）"), [up_to(80)], description=_l("留空则与中文相同"))


class NoticeForm(Form):
    """A yearly notice 年度放假安排."""

    year = WholeField(_l("年份"), [TYPED])
    source = StringField(_l("来源"), [NEEDED, up_to(120)], description=_l("例如 国办发明电〔2026〕7号"))
    text = TextAreaField(
        _l("通知内容"),
        [up_to(60_000)],
        description=_l("粘贴国务院办公厅通知全文，或 JSON、iCal 内容；也可上传文件"),
    )
    file = FileField(_l("通知文件"), description=_l("文本、JSON 或 iCal（.ics），不超过 1 MB"))


class WeekForm(Form):
    """The hours of each weekday 每周工作时间."""

    day0 = StringField(_l("周一"), [up_to(120)])
    day1 = StringField(_l("周二"), [up_to(120)])
    day2 = StringField(_l("周三"), [up_to(120)])
    day3 = StringField(_l("周四"), [up_to(120)])
    day4 = StringField(_l("周五"), [up_to(120)])
    day5 = StringField(_l("周六"), [up_to(120)])
    day6 = StringField(_l("周日"), [up_to(120)])
    source = StringField(_l("依据"), [up_to(120)], description=_l("例如 关于调整营业时间的通知"))


class MomentField(DateTimeLocalField):
    """A day and a time; what is none is said in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the moment."""
        try:
            super().process_formdata(valuelist)
            if self.data is not None and not in_reach(self.data.date()):
                raise ValueError(self.data.isoformat())
        except ValueError as error:
            raise ValueError(str(_l("不是有效的日期和时间。"))) from error


class EvidenceForm(Form):
    """What shows that a duty was done, and when 完成凭据."""

    done_at = MomentField(_l("完成时间"), [Optional()], description=_l("实际完成的时间，决定是否逾期。"))
    words = TextAreaField(_l("完成情况"), [up_to(1000)], description=_l("例如 已报当地监管部门，收文号……"))
    paper = FileField(_l("凭据文件"))
