"""Work calendars 工作日历: a year at a glance; every change shows its consequences before it is made."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import Page, Unfinished, confirmation, keep_form
from admin_views.calendar_years import year_page
from admin_views.forms import DayForm, NewCalendarForm, NoticeForm, WeekForm
from admin_views.standing import me, now, said, today
from documents.actions import calendars
from documents.actions.new_calendars import copy_calendar
from documents.rules.broken import RuleBroken
from documents.rules.calendar_edits import FIRST_YEAR, LAST_YEAR, CalendarEdit, DayChange, read_hours
from documents.rules.calendar_files import calendar_file
from documents.rules.holiday_notices import read_notice
from documents.work_calendar import WorkCalendarRecord, official_source, shipped_year
from jobs import queues

LARGEST_NOTICE = 1_000_000  # bytes
AT_ONCE = 20_000  # more open cases are looked through by a job


class CalendarsView(Page):
    """The calendars, a year at a time."""

    group = "organisation"
    icon = "clock"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """This year of the first calendar."""
        first = WorkCalendarRecord.objects.order_by("id").first()
        if first is None:
            return self.render("admin/calendars/none.html")
        return redirect(self.get_url(".year", key=first.id, year=today().year))

    @expose("/new", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """Make a calendar like another one; units and policies may then choose it."""
        form = NewCalendarForm(request.form)
        records = WorkCalendarRecord.objects.order_by("id").only("id", "name")
        form.like.offer([(one.id, said(one.name)) for one in records])
        page = keep_form(self, "admin/calendars/new.html", form=form)
        if request.method == "GET" or not form.validate():
            return page.shown(), 200 if request.method == "GET" else 422
        name = {"zh": form.name_zh.data, "en": form.name_en.data or ""}
        made = copy_calendar(form.key.data.strip(), name, form.like.data, actor=me().id, now=now())
        words = _("已新建日历“%(name)s”。请调整节假日和工作时间，再由单位或制度选用。", name=said(made.name))
        flash(words, "good")
        return redirect(self.get_url(".year", key=made.id, year=today().year))

    @expose("/<key>/<int:year>")
    def year(self, key: str, year: int) -> ResponseReturnValue:
        """A year at a glance."""
        return self._opened(key, year).shown()

    @expose("/<key>/<int:year>/day", methods=("POST",))
    def day(self, key: str, year: int) -> ResponseReturnValue:
        """Change one day: first the consequences, then the change."""
        page = self._opened(key, year)
        form = page.given["day_form"] = DayForm(request.form)
        if not form.validate():
            return page.shown(), 422
        change = DayChange(form.kind.data, (form.name.data or "").strip(), read_hours(form.hours.data or ""))
        return self._considered(key, CalendarEdit({form.day.data: change}))

    @expose("/<key>/<int:year>/notice", methods=("POST",))
    def notice(self, key: str, year: int) -> ResponseReturnValue:
        """Take a yearly notice: first the consequences, then the change."""
        page = self._opened(key, year)
        form = page.given["notice_form"] = NoticeForm(request.form)
        if not form.validate() or not FIRST_YEAR <= form.year.data <= LAST_YEAR:
            return page.shown(None if form.errors else _("请填写 2000 至 2100 之间的年份。")), 422
        found = read_notice(_uploaded() or form.text.data or "", form.year.data)
        return self._considered(key, CalendarEdit(notice=found, source=form.source.data.strip()))

    @expose("/<key>/<int:year>/week", methods=("POST",))
    def week(self, key: str, year: int) -> ResponseReturnValue:
        """Change the weekly hours: first the consequences, then the change."""
        page = self._opened(key, year)
        form = page.given["week_form"] = WeekForm(request.form)
        if not form.validate():
            return page.shown(), 422
        week = tuple(read_hours(form[f"day{number}"].data or "") for number in range(7))
        return self._considered(key, CalendarEdit(week=week, source=(form.source.data or "").strip()))

    @expose("/<key>/<int:year>/shipped", methods=("POST",))
    def shipped(self, key: str, year: int) -> ResponseReturnValue:
        """Load a year that ships with the product."""
        self._opened(key, year)
        found = shipped_year(year)
        return self._considered(key, CalendarEdit(notice=found, source=official_source()))

    @expose("/<key>/calendar.ics")
    def ical(self, key: str) -> ResponseReturnValue:
        """Every day off and make-up day as iCal, for the calendars of others."""
        record = WorkCalendarRecord.get(key)
        content = calendar_file(record.calendar(), said(record.name), now())
        headers = {"Content-Disposition": f'attachment; filename="{quote(key)}.ics"'}
        return Response(content, mimetype="text/calendar", headers=headers)

    @expose("/<key>/delete", methods=("POST",))
    def delete(self, key: str) -> ResponseReturnValue:
        """Take a calendar away that nothing uses; what uses it is listed on the page that refuses."""
        self._opened(key, today().year)
        words = _("删除这份日历？删除后不能恢复。")
        asked = confirmation(self, words, _("删除日历"))
        if asked:
            return asked
        calendars.delete_calendar(key, actor=me(), now=now())
        flash(_("日历已删除。"), "good")
        return redirect(self.get_url(".index"))

    def _considered(self, key: str, edit: CalendarEdit) -> ResponseReturnValue:
        """Count what the edit would move, here or by a job, and show it."""
        found = calendars.consider(key, edit, actor=me().id, now=now())
        if found.total > AT_ONCE:
            queues.count_what_if(str(found.id), now=now())
        else:
            calendars.count(found, now=now())
        return redirect(self.get_url("what_ifs.show", what_if=str(found.id)))

    def _opened(self, key: str, year: int) -> Unfinished:
        """A year's page, to be shown, or shown again after a refusal."""
        record: WorkCalendarRecord | None = WorkCalendarRecord.objects(id=key).first()
        if record is None or not FIRST_YEAR <= year <= LAST_YEAR:
            abort(404)
        return keep_form(self, "admin/calendars/year.html", **year_page(record, year))


def _uploaded() -> str:
    """The text of an uploaded notice; raises RuleBroken("notice_unreadable")."""
    upload = request.files.get("file")
    content = upload.read(LARGEST_NOTICE + 1) if upload and upload.filename else b""
    if len(content) > LARGEST_NOTICE:
        raise RuleBroken("notice_unreadable", problem=_("文件超过 1 MB"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RuleBroken("notice_unreadable", problem=_("不是文本文件"))
