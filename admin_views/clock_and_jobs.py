"""The clock and the jobs 时钟与任务: what is due, what is late, what was set aside, what waits to be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from mongoengine import QuerySet

from admin_views import queue_sight
from admin_views.base import MOST_COUNTED, DayFilter, ListFilter, Page, RecordList
from admin_views.standing import may_do, me, newest_policies, now, said, spoken
from documents.actions import mailing, timers
from documents.complaint import Complaint
from documents.duty import Duty
from documents.heartbeat import SILENT_AFTER, Heartbeat, is_silent, last_beat
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.rules.planning import MISSED
from documents.timer import Timer

SHOWN = 15
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
MAIL_STATES: dict[str, Any] = {
    "waiting": _l("待发送"),
    "sent": _l("已发送"),
    "dead": _l("发送失败"),
    "collected": _l("待汇总"),
    "gathered": _l("已汇总"),
    "cancelled": _l("已撤销"),
}
MAIL_TONES = {"waiting": "grey", "sent": "green", "dead": "red", "collected": "blue"}
CHANNELS: dict[str, Any] = {"mail": _l("邮件"), "sms": _l("短信"), "webhook": _l("机器人与系统")}


def clock_alarm(moment: datetime) -> str:
    """What an administrator must be told on every page while no clock runs 时钟已停; else nothing."""
    if not may_do("administer") or not is_silent("clock", moment):
        return ""
    beat_at = last_beat("clock")
    if beat_at is None:
        return str(_("时钟从未运行，提醒和升级不会触发。"))
    return str(_("时钟自 %(time)s 起没有响应，提醒和升级不会触发。", time=spoken(beat_at)))


class ClockView(Page):
    """Everything that runs without a person, on one page."""

    icon = "clock"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The state of the clock, the queues, the timers and the mail."""
        aside = list(Timer.objects(state="set_aside").order_by("due").limit(SHOWN))
        coming = list(Timer.objects(state="pending").order_by("due").limit(SHOWN))
        return self.render(
            "admin/clock/index.html",
            counts=counts(),
            beats=[
                (one, now() - one.beat_at > SILENT_AFTER)
                for one in Heartbeat.objects.order_by("kind", "-beat_at").limit(40)
            ],
            sight=queue_sight.look(),
            aside=aside,
            coming=coming,
            dead=list(OutboxMessage.objects(state="dead").order_by("-created_at").limit(SHOWN)),
            not_sent=not_sent(),
            channels=CHANNELS,
            subjects=subjects_of([*aside, *coming]),
            words=timer_words,
        )

    @expose("/timers/<path:timer>/release", methods=("POST",))
    def release(self, timer: str) -> ResponseReturnValue:
        """Let a timer that was set aside try again."""
        timers.release(timer, actor=me().id, now=now())
        flash(_("已重新排入，时钟下一次巡查时触发。"), "good")
        return redirect(back_or(self.address()))

    @expose("/mail/resend-all", methods=("POST",))
    def resend_all(self) -> ResponseReturnValue:
        """Send every dead message once more."""
        count = mailing.resend_all(actor=me().id, now=now())
        flash(_("%(count)s 条消息已重新排入发送。", count=count), "good")
        return redirect(back_or(self.address()))

    @expose("/mail/<path:message>/cancel", methods=("POST",))
    def cancel(self, message: str) -> ResponseReturnValue:
        """Take a message off the outbox, with the reason."""
        mailing.cancel(message, request.form.get("reason", ""), actor=me().id, now=now())
        flash(_("已撤销，不再发送。"), "good")
        return redirect(back_or(self.address()))

    @expose("/mail/<path:message>/resend", methods=("POST",))
    def resend(self, message: str) -> ResponseReturnValue:
        """Send a dead message once more."""
        mailing.resend(message, actor=me().id, now=now())
        flash(_("已重新排入发送。"), "good")
        return redirect(back_or(self.address()))


def back_or(address: str) -> str:
    """The page of ours that a button was pressed on."""
    back = request.form.get("back", "")
    return back if back.startswith("/admin/") else address


def not_sent() -> list[Notice]:
    """The newest notices of a day that were not given to those they were for, with the reason kept."""
    since = now() - timedelta(days=1)
    return list(Notice.objects(sent=False, at__gte=since).order_by("-at").limit(SHOWN))


def counts() -> dict[str, int]:
    """How much is due, late, set aside, waiting and dead; each counted no further than a list goes."""
    moment, lately = now(), now() - timedelta(days=1)
    wanted: dict[str, tuple[Any, Mapping[str, Any]]] = {
        "late": (
            Timer,
            {"state": {"$in": ["pending", "claimed"]}, "due": {"$lt": moment - timedelta(minutes=1)}},
        ),
        "hour": (Timer, {"state": "pending", "due": {"$gte": moment, "$lt": moment + timedelta(hours=1)}}),
        "aside": (Timer, {"state": "set_aside"}),
        "fired": (Timer, {"state": "done", "due": {"$gte": lately}}),
        "waiting": (OutboxMessage, {"state": "waiting"}),
        "dead": (OutboxMessage, {"state": "dead"}),
    }
    return {
        name: int(kind.collection().count_documents(dict(condition), limit=MOST_COUNTED))
        for name, (kind, condition) in wanted.items()
    }


def subjects_of(found: Iterable[Timer]) -> dict[str, tuple[str, str]]:
    """What each timer is about: (words, case number); a duty has no number."""
    rows = list(found)
    ids = [ObjectId(one.case) for one in rows if one.subject != "duty" and ObjectId.is_valid(one.case)]
    cases = Complaint.collection().find({"_id": {"$in": ids}}, {"number": 1, "title": 1})
    duties = Duty.objects(id__in=[one.case for one in rows if one.subject == "duty"]).only("id", "label")
    known = {str(row["_id"]): (row["title"], row["number"]) for row in cases}
    return known | {one.id: (said(one.label), "") for one in duties}


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


class OutboxView(RecordList):
    """Everything that leaves."""

    icon = "letter"
    details_template = "admin/clock/message.html"
    column_list = ("subject", "channel", "to", "state", "attempts", "created_at", "sent_at")
    column_labels = {
        "subject": _l("主题"),
        "channel": _l("途径"),
        "to": _l("收件人"),
        "reason": _l("撤销原因"),
        "into": _l("汇总于"),
        "state": _l("状态"),
        "attempts": _l("尝试次数"),
        "created_at": _l("生成于"),
        "sent_at": _l("发出于"),
        "next_at": _l("下次尝试"),
        "last_error": _l("最近错误"),
        "number": _l("投诉编号"),
        "id": _l("标识"),
    }
    column_details_list = (
        "channel",
        "to",
        "state",
        "reason",
        "into",
        "attempts",
        "created_at",
        "next_at",
        "sent_at",
        "last_error",
        "number",
        "id",
    )
    column_sortable_list = ()
    column_default_sort = ("created_at", True)
    column_filters = (
        ListFilter("state", _l("状态"), tuple(MAIL_STATES.items())),
        ListFilter("channel", _l("途径"), tuple(CHANNELS.items())),
        ListFilter("to", _l("收件人")),
    )
    column_formatters = column_formatters_detail = {
        "state": lambda _view, _context, one, _name: chip(
            MAIL_STATES[one.state], MAIL_TONES.get(one.state, "outline")
        ),
        "channel": lambda _view, _context, one, _name: CHANNELS[one.channel],
        "created_at": lambda _view, _context, one, _name: spoken(one.created_at),
        "next_at": lambda _view, _context, one, _name: (
            spoken(one.next_at) if one.state in ("waiting", "collected") else ""
        ),
        "sent_at": lambda _view, _context, one, _name: spoken(one.sent_at),
    }

    def details_title(self, record: Any) -> str:
        """The subject of the message."""
        return str(record.subject)

    def row_tone(self, record: Any) -> str:
        """What could not be sent stands out."""
        return "late" if record.state == "dead" else ""
