"""Remarks 归档时情况: what stood against a case when it was filed all the same, for its 备考表."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from documents.archive_number import ArchiveNumber
from documents.complaint import Complaint
from documents.rules.policy import PolicyView

HELD = "本件归档时处于冻结（诉讼保全）中，解除冻结以前不得销毁。"
NOTED = {
    "linked_open": "由本件引出的投诉（如申诉）归档时尚未办结。",
    "fonds_missing": "立档单位归档时没有填写全宗号，档号用默认的 {fonds}。",
    "year_given_away": "{year} 年度移交包在本卷归档以前已经移交，本卷不在其内，另行补交。",
}


def remarks(
    case: Complaint, view: PolicyView, number: ArchiveNumber, *, held: bool, noted: Collection[str] = ()
) -> Iterator[str]:
    """What the 备考表 says of it; `noted` are the codes of what the pre-check 预检 found."""
    if held:
        yield HELD
    running = [clock for clock in case.clocks if clock.state in ("running", "paused")]
    if running:
        names = "、".join(dict.fromkeys(f"“{view.limit(clock.limit)['label']['zh']}”" for clock in running))
        yield f"归档时还有 {len(running)} 个时限未结束（{names}），归档以后不再提醒。"
    for code, words in NOTED.items():
        if code in noted:
            yield words.format(fonds=number.fonds, year=number.year)
