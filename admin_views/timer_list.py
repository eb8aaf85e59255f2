"""All timers 提醒清单, and what each of them is about, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from bson import ObjectId
from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from mongoengine import QuerySet

from admin_views.base import DayFilter, ListFilter, RecordList
from admin_views.standing import newest_policies, note_listed, numbers_in_sight, said, spoken
from admin_views.veils import veil
from documents.complaint import Complaint
from documents.duty import Duty
from documents.rules.planning import MISSED
from documents.timer import Timer

TIMER_STATES: dict[str, Any] = {
    "pending": _l("待触发"),
    "claimed": _l("触发中"),
    "done": _l("已触发"),
    "cancelled": _l("已取消"),
    "set_aside": _l("已搁置"),
}
TIMER_TONES = {
    "pending": "grey",
    "claimed": "blue",
    "done": "green",
    "cancelled": "outline",
    "set_aside": "red",
}


TOLD = {"number": 1, "title": 1}


def subjects_of(found: Iterable[Timer]) -> dict[str, tuple[str, str]]:
    """What each timer is about: (words, case number); a duty has no number."""
    rows = list(found)
    ids = [ObjectId(one.case) for one in rows if one.subject != "duty" and ObjectId.is_valid(one.case)]
    cases = list(Complaint.collection().find({"_id": {"$in": ids}}, TOLD))
    seen = numbers_in_sight(row["number"] for row in cases)
    duties = Duty.objects(id__in=[one.case for one in rows if one.subject == "duty"]).only("id", "label")
    known = {str(row["_id"]): (_title(row, seen), veil(row["number"])) for row in cases}
    return known | {one.id: (said(one.label), "") for one in duties}


def _title(row: Mapping[str, Any], seen: Set[str]) -> str:
    """What a case is about; of one that the person may not see, nothing."""
    return str(row["title"]) if row["number"] in seen else ""


def titled(subjects: Mapping[str, tuple[str, str]]) -> list[str]:
    """The numbers of the cases whose subjects are shown."""
    return [number for words, number in subjects.values() if words and number]


# Why a timer of severity weighs its case anew.
WEIGHED = {
    "time": _l("满时升级"),
    "registered": _l("同类投诉计数"),
    "neighbour": _l("有同类投诉登记"),
}


def timer_words(timer: Timer) -> str:
    """办理并答复 · 临期提醒."""
    if timer.subject == "severity":
        return f"{_('定级')} · {WEIGHED.get(timer.rung, timer.rung)}"
    limits, rungs = _labels()
    limit = limits.get(timer.limit) or (_("周期事项") if timer.subject == "duty" else timer.limit)
    what = _("逾期后果") if timer.rung == MISSED else rungs.get((timer.ladder, timer.rung), timer.rung)
    return f"{limit} · {what}"


def _labels() -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """What limits and rungs are called, read once for a page."""
    if "timer_labels" not in g:
        views = newest_policies()
        limits = {
            one["key"]: said(one["label"]) for view in views for one in view.definition.get("limits", ())
        }
        ladders = [ladder for view in views for ladder in view.definition.get("ladders", ())]
        rungs = {(one["key"], rung["key"]): said(rung["label"]) for one in ladders for rung in one["rungs"]}
        g.timer_labels = limits, rungs
    found: tuple[dict[str, str], dict[tuple[str, str], str]] = g.timer_labels
    return found


def chip(words: Any, tone: str) -> Markup:
    """A status chip."""
    return Markup('<span class="chip {}">{}</span>').format(tone, words)


class TimersView(RecordList):
    """All timers."""

    icon = "bell"
    can_view_details = True
    column_list = ("rung", "case", "due", "state", "attempts", "fired_at")
    column_labels = {
        "rung": _l("提醒"),
        "case": _l("对象"),
        "due": _l("应触发时间"),
        "state": _l("状态"),
        "attempts": _l("尝试次数"),
        "fired_at": _l("实际触发"),
        "planned_at": _l("计划于"),
        "error": _l("错误"),
        "reason": _l("取消原因"),
        "id": _l("标识"),
    }
    column_details_list = (
        "rung",
        "case",
        "due",
        "state",
        "attempts",
        "planned_at",
        "fired_at",
        "reason",
        "error",
        "id",
    )
    column_sortable_list = ("due",)
    column_default_sort = ("due", True)
    column_filters = (
        ListFilter("state", _l("状态"), tuple(TIMER_STATES.items())),
        DayFilter("due__gte", _l("自")),
        DayFilter("due__lt", _l("至")),
    )
    column_formatters = column_formatters_detail = {
        "rung": lambda _view, _context, one, _name: timer_words(one),
        "case": lambda _view, _context, one, _name: subject_link(one),
        "due": lambda _view, _context, one, _name: spoken(one.due),
        "fired_at": lambda _view, _context, one, _name: spoken(one.fired_at),
        "planned_at": lambda _view, _context, one, _name: spoken(one.planned_at),
        "state": lambda _view, _context, one, _name: chip(TIMER_STATES[one.state], TIMER_TONES[one.state]),
        "reason": lambda _view, _context, one, _name: said(one.reason),
    }

    def get_list(self, *args: Any, **kwargs: Any) -> tuple[int, QuerySet]:
        """One page, with what its timers are about read at once."""
        count, found = super().get_list(*args, **kwargs)
        rows = list(found)
        g.timer_subjects = subjects_of(rows)
        return count, rows

    def note_list(self, records: Sequence[Timer]) -> None:
        """Subjects of cases stand there."""
        note_listed("timers", titled(g.get("timer_subjects") or subjects_of(records)))

    def note_details(self, record: Timer) -> None:
        """The same of one timer."""
        note_listed("timers", titled(subjects_of([record])))

    def details_title(self, record: Any) -> str:
        """What the timer says."""
        return timer_words(record)

    def row_tone(self, record: Any) -> str:
        """What is set aside stands out."""
        return "late" if record.state == "set_aside" else ""


def subject_link(timer: Timer) -> Markup:
    """The case or the duty of a timer."""
    known = g.get("timer_subjects") or subjects_of([timer])
    words, number = known.get(timer.case, (timer.case, ""))
    return Markup("<code>{}</code> {}").format(number, words) if number else Markup("{}").format(words)
