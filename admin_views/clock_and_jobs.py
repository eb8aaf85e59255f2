"""The clock and the jobs 时钟与任务: what is due, what is late, what was set aside, what waits to be sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views import queue_sight
from admin_views.audit import people_choices
from admin_views.base import MOST_COUNTED, ListFilter, Page, RecordList
from admin_views.standing import may_do, me, note_anew, note_listed, note_opened, now, spoken, zone
from admin_views.timer_list import chip, subjects_of, timer_words, titled
from admin_views.veils import kept, mark_of, veil
from documents import audit
from documents.actions import mailing, rehearsal, timers
from documents.heartbeat import SILENT_AFTER, Heartbeat, is_silent, last_beat
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.rules.own_addresses import is_own
from documents.rules.recipients import is_barred
from documents.timer import Timer
from jobs import queues

SHOWN, REHEARSED = 15, 200
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
        return self.render("admin/clock/index.html", **self._now(note_listed))

    @expose("/live")
    def live(self) -> ResponseReturnValue:
        """The same as a piece of the page, which asks for it again and again."""
        return self.render("admin/clock/live.html", **self._now(note_anew))

    @expose("/rehearsal")
    def rehearsal(self) -> ResponseReturnValue:
        """What the clock would fire at this moment, whom it would tell, and why the rest waits."""
        rows = list(rehearsal.rehearse(now(), most=REHEARSED))
        found = list(Timer.objects(id__in=[row.timer for row in rows]))
        subjects = subjects_of(found)
        note_listed("clock", titled(subjects))
        return self.render(
            "admin/clock/rehearsal.html",
            fires=[row for row in rows if row.fires],
            waits=[row for row in rows if not row.fires],
            timers={one.id: one for one in found},
            subjects=subjects,
            words=timer_words,
            most=REHEARSED,
        )

    def _now(self, note: Callable[[str, list[str]], None]) -> dict[str, Any]:
        aside = list(Timer.objects(state="set_aside").order_by("due").limit(SHOWN))
        coming = list(Timer.objects(state="pending").order_by("due").limit(SHOWN))
        dead = list(OutboxMessage.objects(state="dead").order_by("-created_at").limit(SHOWN))
        subjects = subjects_of([*aside, *coming])
        unsent = not_sent()
        note("clock", [*titled(subjects), *(one.number for one in (*dead, *unsent) if one.number)])
        return {
            "as_of": now().astimezone(zone()).strftime("%H:%M:%S"),
            "counts": counts(),
            "beats": [
                (one, now() - one.beat_at > SILENT_AFTER)
                for one in Heartbeat.objects.order_by("kind", "-beat_at").limit(40)
            ],
            "sight": queue_sight.look(),
            "aside": aside,
            "coming": coming,
            "dead": dead,
            "not_sent": unsent,
            "channels": CHANNELS,
            "subjects": subjects,
            "words": timer_words,
        }

    @expose("/timers/<path:timer>/release", methods=("POST",))
    def release(self, timer: str) -> ResponseReturnValue:
        """Let a timer that was set aside try again."""
        timers.release(timer, actor=me().id, now=now())
        flash(_("已重新排入，时钟下一次巡查时触发。"), "good")
        return redirect(back_or(self.address()))

    @expose("/timers/release-all", methods=("POST",))
    def release_all(self) -> ResponseReturnValue:
        """Let every timer that was set aside try again."""
        count = timers.release_all(actor=me().id, now=now())
        flash(_("%(count)s 条提醒已重新排入，时钟下一次巡查时触发。", count=count), "good")
        return redirect(self.address())

    @expose("/queues/<queue>/retry", methods=("POST",))
    def retry(self, queue: str) -> ResponseReturnValue:
        """Queue the failed jobs of a queue again."""
        if queue not in queues.NAMES:
            abort(404)
        count = queue_sight.retry(queue)
        audit.note("retry_jobs", queue, by=me().id, at=now(), count=count)
        flash(_("%(count)s 个失败的任务已重新排入。", count=count), "good")
        return redirect(self.address())

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
    return back if is_own(back) and back.startswith("/admin/") else address


def not_sent() -> list[Notice]:
    """The newest notices of a day that were not given to those they were for, with the reason kept.

    Who had to step aside is not named: it may be whom a complaint names in a field that is closed.
    """
    since = now() - timedelta(days=1)
    found = list(Notice.objects(sent=False, at__gte=since).order_by("-at").limit(SHOWN))
    for one in found:
        one.person = None if is_barred(one.reason_not_sent) else one.person
    return found


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


def is_kept(message: OutboxMessage) -> bool:
    """Whether the message is about a case that is not there for the person."""
    return message.number in kept()


def subject_of(message: OutboxMessage) -> str:
    """The subject; of such a case neither the step nor the kind: it may be a report of retaliation."""
    if is_kept(message):
        return str(_("关于%(case)s的通知", case=mark_of(message.number)))
    return veil(message.subject or "")


class OutboxView(RecordList):
    """Everything that leaves."""

    icon = "letter"
    can_view_details = True
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
        ListFilter("person", _l("收件人"), people_choices),  # the address itself lies encrypted
    )
    column_formatters = column_formatters_detail = {
        "state": lambda _view, _context, one, _name: chip(
            MAIL_STATES[one.state], MAIL_TONES.get(one.state, "outline")
        ),
        "subject": lambda _view, _context, one, _name: subject_of(one),
        "to": lambda _view, _context, one, _name: "—" if is_kept(one) else one.to,
        "id": lambda _view, _context, one, _name: "—" if is_kept(one) else one.id,
        "number": lambda _view, _context, one, _name: veil(one.number or ""),
        "channel": lambda _view, _context, one, _name: CHANNELS[one.channel],
        "created_at": lambda _view, _context, one, _name: spoken(one.created_at),
        "next_at": lambda _view, _context, one, _name: (
            spoken(one.next_at) if one.state in ("waiting", "collected") else ""
        ),
        "sent_at": lambda _view, _context, one, _name: spoken(one.sent_at),
    }

    def note_list(self, records: Sequence[Any]) -> None:
        """Addresses, and subjects of messages about cases, stand there."""
        numbers = [one.number for one in records if one.number]
        note_listed("outbox", numbers)

    def note_details(self, record: Any) -> None:
        """What a message says of a case is read here."""
        note_opened(record.number or f"message:{record.id}", "message")

    def details_title(self, record: Any) -> str:
        """The subject of the message."""
        return subject_of(record)

    def tells_all(self, record: Any) -> bool:
        """Whether the person may read the message itself."""
        return not is_kept(record)

    def row_tone(self, record: Any) -> str:
        """What could not be sent stands out."""
        return "late" if record.state == "dead" else ""
