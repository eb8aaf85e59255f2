"""Consequences of a new version in words 后果说明: one sentence for each, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Words = tuple[str, str]

SENTENCES: Final[Mapping[str, Words]] = {
    "open": ("{count} 件在办", "{count} open cases"),
    "at_stage": (
        "{count} 件在办停在{zh}，新版本没有这一环节",
        "{count} open cases stand at {en}, which is gone",
    ),
    "held": ("{count} 件案件填有{zh}", "{count} cases hold {en}"),
    "chosen": ("{count} 件案件选用了{zh}", "{count} cases chose {en}"),
    "filled": ("{count} 件案件填过{zh}", "{count} cases have {en} filled in"),
    "of_type": ("{count} 件案件属于{zh}", "{count} cases are of the type {en}"),
    "holders": ("{count} 人担任{zh}", "{count} people hold the role {en}"),
    "needed": (
        "{count} 件未归档案件有步骤只能由{zh}办理",
        "{count} cases that are not filed have steps which {en} alone may take",
    ),
    "rights": ("{count} 人的权限即时改变：{zh}", "the rights of {count} people change at once: {en}"),
    "units": ("{count} 个单位属于{zh}", "{count} units are of the kind {en}"),
    "would_fail": (
        "{count} 条记录不符合新的要求：{zh}",
        "{count} records would fail: {en}",
    ),
    "lacking": (
        "{count} 件没有新的必填项{zh}，到再次填写时才要求",
        "{count} cases lack {en}, asked for when the form is filled in again",
    ),
    "drafts": ("{count} 份未提交的登记草稿将重新检查", "{count} saved drafts will be checked again"),
    "letters": ("{count} 种函件用到改动的字段：{zh}", "{count} letters use a changed field: {en}"),
    "figures": ("{count} 项报告指标用到改动的字段：{zh}", "{count} figures use a changed field: {en}"),
    "shifted": ("移到新版本时，{count} 个期限将变动", "{count} deadlines would move with the cases"),
    "overdue": ("移到新版本时，{count} 件将因此逾期", "{count} cases would become overdue"),
    "replanned": (
        "移到新版本时，{count} 个时限的提醒将重新安排",
        "reminders of {count} limits would be planned again",
    ),
    "unmapped": (
        "{count} 件在办不能移到新版本，将留在原版本",
        "{count} open cases do not fit and would stay",
    ),
}
# Which counts are a warning rather than a plain fact.
GRAVE: Final = frozenset({"would_fail", "overdue", "unmapped", "at_stage", "needed"})


@dataclass(frozen=True)
class Consequence:
    """One thing that a new version means for what is there 后果: how many, and a few of them by number."""

    code: str
    count: int
    what: Words = ("", "")
    samples: tuple[str, ...] = ()
    exact: bool = True
    lead: Mapping[str, Any] = field(default_factory=dict)  # filters of the list of cases

    @property
    def grave(self) -> bool:
        """Whether somebody should look at it before publishing."""
        return self.code in GRAVE

    @property
    def zh(self) -> str:
        """The Chinese sentence."""
        return ("" if self.exact else "至少 ") + SENTENCES[self.code][0].format(
            count=f"{self.count:,}", zh=self.what[0]
        )

    @property
    def en(self) -> str:
        """The English sentence."""
        return ("" if self.exact else "at least ") + SENTENCES[self.code][1].format(
            count=f"{self.count:,}", en=self.what[1]
        )
