"""Why a change is classed as it is 分级理由, and what to do about it, in words for the administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

# From harmless to impossible.
CLASSES: Final = ("safe", "review", "moves_dates", "moves_data", "refused")


class Reason(NamedTuple):
    """A class with its reason; a refusal with its remedy."""

    kind: str
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""


KEEP = (
    "请改为停用，或在迁移声明中更名、合并",
    "retire it instead, or declare a rename or a merge",
)
MAP = (
    "请声明环节更名或合并，或在发布时给出环节对照",
    "declare a rename or a merge, or map the stage when publishing",
)

REASONS: Final[Mapping[str, Reason]] = {
    "label": Reason("safe", "只改文字", "words only"),
    "order": Reason("safe", "只改顺序", "order only"),
    "look": Reason("safe", "只改显示", "looks only"),
    "optional_field": Reason("safe", "新的选填字段，已有记录不受影响", "a new optional field"),
    "new": Reason("safe", "新增，已有记录不受影响", "new; what is there stays as it is"),
    "looser": Reason("safe", "放宽，已有记录都符合", "looser: everything on file complies"),
    "moved_elsewhere": Reason("safe", "换了位置，代码和数据不变", "stands elsewhere; key and data stay"),
    "asked_elsewhere": Reason(
        "review", "这张表单不再填写它，别的表单仍填写", "no longer asked in this form, still in another"
    ),
    "trial": Reason("safe", "只用于发布前试行", "used for trials only"),
    "declared": Reason("moves_data", "声明了更名或合并", "a rename or a merge is declared"),
    "renamed": Reason("moves_data", "已声明更名，数据随之迁移", "a declared rename: the data follows"),
    "required_field": Reason(
        "review",
        "新的必填字段：已有记录到再次填写时才要求，未发送的草稿会重新检查",
        "a new required field: records on file are exempt until filled in again, drafts are checked again",
    ),
    "stricter": Reason("review", "收紧：已有记录可能不符合", "stricter: records on file may not comply"),
    "condition": Reason("review", "条件改变：显示、必填或办理可能不同", "a condition changes"),
    "sensitivity": Reason(
        "review",
        "敏感级别改变：新版本的案件中，谁能看到这一字段随之改变",
        "the sensitivity changes who may read the field in cases of the new version",
    ),
    "searched": Reason(
        "review",
        "检索方式改变：已有案件下次办理时才按新方式检索",
        "cases are indexed anew when they are next acted on",
    ),
    "retired": Reason("review", "停用：不再供选用，已填的保留", "retired: kept where it was chosen"),
    "rights": Reason(
        "review", "权限即时生效，也适用于旧版本的案件", "rights apply at once, to old cases too"
    ),
    "acting": Reason(
        "review",
        "办理人改变，适用于新版本的案件，旧版本的照旧",
        "other people take the step in cases of the new version; in older ones as before",
    ),
    "routing": Reason(
        "review", "办理方式改变，适用于新版本的案件", "cases of the new version are handled otherwise"
    ),
    "wording": Reason(
        "review", "函件文字改变，适用于新版本的案件", "letters of the new version read otherwise"
    ),
    "numbers": Reason("review", "编号方式改变", "numbers are given otherwise"),
    "telling": Reason("review", "通知的人改变", "other people are told"),
    "severity": Reason(
        "review",
        "定级标准改变：新版本的案件下次办理时按新标准定级",
        "cases of the new version are weighed by it when they are next acted on",
    ),
    "figures": Reason("review", "报告口径改变", "reports count otherwise"),
    "keeping": Reason("review", "归档或保管期限改变", "the archive or the retention changes"),
    "formula": Reason(
        "review", "算式改变：已有的计算结果不变", "computed otherwise; what was computed stays"
    ),
    "consent": Reason(
        "review", "同意书文字改变：已给的同意仍以当时的文字为准", "consents given keep their text"
    ),
    "other": Reason("review", "请核对", "please check"),
    "unused_gone": Reason("review", "没有数据使用它，可以删除", "nothing uses it: it may go"),
    "unused_type": Reason("review", "没有数据使用它，可以改变", "nothing uses it: it may change"),
    "dates": Reason("moves_dates", "期限或提醒时刻改变", "deadlines or reminders change"),
    "clocks": Reason("moves_dates", "计时的起止改变", "clocks start or stop otherwise"),
    "calendar": Reason("moves_dates", "工作日历或时区改变，期限随之改变", "another calendar moves deadlines"),
    "field_gone": Reason("refused", "删除了存有数据的字段", "a field that holds data is gone", *KEEP),
    "column_gone": Reason("refused", "删除了存有数据的栏目", "a column that holds data is gone", *KEEP),
    "form_gone": Reason("refused", "删除了已填写过的表单", "a form that was filled in is gone", *KEEP),
    "list_gone": Reason(
        "refused", "删除了仍被引用的选项列表", "a list whose options are chosen is gone", *KEEP
    ),
    "option_gone": Reason("refused", "删除了已被选用的选项", "an option that was chosen is gone", *KEEP),
    "case_type_gone": Reason(
        "refused", "删除了已有案件的事项类型", "a case type that has cases is gone", *KEEP
    ),
    "workflow_gone": Reason(
        "refused", "删除了仍有在办案件的流程", "a workflow with open cases is gone", *MAP
    ),
    "stage_gone": Reason("refused", "删除了仍有在办案件的环节", "a stage with open cases is gone", *MAP),
    "step_gone": Reason("review", "不再有这一步；旧版本的案件仍可办理", "the step is gone for new cases"),
    "limit_gone": Reason(
        "moves_dates", "不再计这一时限；旧版本的案件照旧", "the limit is gone for new cases"
    ),
    "letter_gone": Reason("review", "不再发这一函件；已发的保留", "the letter is gone for new cases"),
    "role_gone": Reason(
        "refused",
        "删除了仍有人担任、或未归档案件仍须由其办理的岗位角色",
        "a role that people hold, or that alone may take steps of cases not filed yet, is gone",
        "请先发布不再用它的版本并迁移案件，为这些人员另派岗位；或声明更名",
        "publish a version without need of it, move the cases, give its holders other posts; or rename it",
    ),
    "slot_gone": Reason("review", "不再有这一单位角色；旧版本的案件照旧", "the slot is gone for new cases"),
    "unit_kind_gone": Reason(
        "refused",
        "删除了仍有单位的单位类型",
        "a kind that units have is gone",
        "请先停用或改设这些单位，或声明更名",
        "retire or change these units first, or declare a rename",
    ),
    "unit_kind_renamed": Reason(
        "refused",
        "更名了仍有单位的单位类型：这些单位不随之改变，岗位范围和单位角色会落空",
        "a kind that units have is renamed: they keep the old one, and reaches and slots would miss them",
        "请保留代码，只改名称",
        "keep the key and change its label only",
    ),
    "retyped": Reason(
        "refused",
        "改变了存有数据的字段的类型",
        "the type of a field that holds data changes",
        "请停用原字段，另设新字段",
        "retire the field and add a new one",
    ),
    "relisted": Reason(
        "refused",
        "改用另一选项列表，已选的选项在其中没有",
        "another list, without the options that were chosen",
        "请先把原选项加入新列表，或另设新字段",
        "put the old options into the new list, or add another field",
    ),
    "declaration_changed": Reason(
        "refused",
        "已发布的迁移声明不能改动",
        "a published migration never changes",
        "请恢复它；需要改回时另加一条更名",
        "restore it; to go back, add another rename",
    ),
    "policy_key": Reason(
        "refused", "制度代码不能更改", "the key of a policy never changes", "请恢复原代码", "restore the key"
    ),
}
# What a refusal becomes when no data holds the key.
UNDECLARED: Final[Mapping[str, str]] = {
    **{code: "unused_gone" for code, reason in REASONS.items() if code.endswith("_gone")},
    "unit_kind_renamed": "renamed",
    "retyped": "unused_type",
    "relisted": "unused_type",
}
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "safe": ("安全", "Safe"),
    "review": ("需复核", "To be reviewed"),
    "moves_dates": ("影响期限", "Moves dates"),
    "moves_data": ("迁移数据", "Moves data"),
    "refused": ("不可发布", "Refused"),
}
