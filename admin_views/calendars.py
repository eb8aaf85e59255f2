"""Work calendars 工作日历: a year at a glance; every change shows its consequences before it is made."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import Page, Unfinished, confirmation, keep_form
from admin_views.calendar_uses import shown_uses
from admin_views.forms import DayForm, NoticeForm
from admin_views.history import past_of
from admin_views.standing import may_do, me, now, said, today
from documents.actions import calendars
from documents.actions.calendars import CalendarEdit
from documents.rules.calendars import WorkCalendar
from documents.rules.durations import ONE_DAY
from documents.rules.explanations import name_en
from documents.rules.holiday_notices import read_notice
from documents.work_calendar import WorkCalendarRecord

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_SHOWN = 200


@dataclass(frozen=True)
class Cell:
    """One day of a month as it is drawn."""

    day: date
    kind: str
    name: str


@dataclass(frozen=True)
class Month:
    """One small month: its weeks from Monday, and how many days are worked."""

    number: int
    weeks: list[list[Cell | None]]
    working: int


@dataclass(frozen=True)
class Holiday:
    """A stretch of days off, or make-up days, under one name."""

    name: str
    kind: str
    first: date
    last: date
    days: int


def calendar_alarm(moment: datetime) -> str:
    """What an administrator must be told on every page when a year's notice is missing; else nothing."""
    if not may_do("administer"):
        return ""
    for record in WorkCalendarRecord.objects.only("id", "name", "definition"):
        year = calendars.missing_year(record, record.calendar().local(moment).date())
        if year is not None:
            return str(
                _(
                    "%(calendar)s还没有载入 %(year)s 年放假安排，跨年期限只能按一般周历推算。",
                    calendar=said(record.name),
                    year=year,
                )
            )
    return ""


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
        edit = CalendarEdit({form.day.data: (form.kind.data, (form.name.data or "").strip())})
        return self._ask_or_do(key, form.day.data.year, edit)

    @expose("/<key>/<int:year>/notice", methods=("POST",))
    def notice(self, key: str, year: int) -> ResponseReturnValue:
        """Take a yearly notice: first the consequences, then the change."""
        page = self._opened(key, year)
        form = page.given["notice_form"] = NoticeForm(request.form)
        if not form.validate() or not FIRST_YEAR <= form.year.data <= LAST_YEAR:
            return page.shown(None if form.errors else _("请填写 2000 至 2100 之间的年份。")), 422
        found = read_notice(form.text.data, form.year.data)
        return self._ask_or_do(key, found.year, CalendarEdit(notice=found, source=form.source.data.strip()))

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

    def _ask_or_do(self, key: str, year: int, edit: CalendarEdit) -> ResponseReturnValue:
        record = WorkCalendarRecord.get(key)
        if request.form.get("confirmed") != "yes":
            found = calendars.preview(key, edit)
            sent = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
            shown = {"found": found, "sent": sent, "seen": mark(record), "most": MOST_SHOWN, "edit": edit}
            return self.render("admin/calendars/preview.html", record=record, year=year, **shown)
        seen = record.changed_at if request.form.get("seen") == mark(record) else None
        done = calendars.change_calendar(key, edit, seen=seen, actor=me(), now=now())
        flash(_("日历已保存，%(count)s 件在办投诉的期限随之重算。", count=done.cases), "good")
        return redirect(self.get_url(".year", key=key, year=year))

    def _opened(self, key: str, year: int) -> Unfinished:
        """A year's page, to be shown, or shown again after a refusal."""
        record: WorkCalendarRecord | None = WorkCalendarRecord.objects(id=key).first()
        if record is None or not FIRST_YEAR <= year <= LAST_YEAR:
            abort(404)
        return keep_form(self, "admin/calendars/year.html", **year_page(record, year))


def mark(record: WorkCalendarRecord) -> str:
    """Which state of the calendar a person has seen."""
    return record.changed_at.isoformat() if record.changed_at else ""


def year_page(record: WorkCalendarRecord, year: int) -> dict[str, Any]:
    """Everything that the year's page shows."""
    found, chosen = record.calendar(), asked_day()
    covered = sorted(found.covered_years)
    return {
        "record": record,
        "year": year,
        "records": list(WorkCalendarRecord.objects.order_by("id").only("id", "name")),
        "months": [month(found, year, number) for number in range(1, 13)],
        "holidays": sorted(holidays(found, year), key=lambda one: one.first),
        "covered": covered,
        "years": sorted({*range(year - 2, year + 3), today().year, today().year + 1}),
        "source": record.sources.get(str(year), ""),
        "missing": calendars.missing_year(record, today()),
        "hours": week_in_words(found),
        "day_form": DayForm(data=day_data(found, chosen)),
        "notice_form": NoticeForm(data={"year": calendars.missing_year(record, today()) or year}),
        "chosen": chosen,
        "holiday_name": holiday_name,
        "uses": shown_uses(record.id),
        "past": past_of(f"calendar:{record.id}"),
    }


def asked_day() -> date | None:
    """The day that was clicked."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def day_data(calendar: WorkCalendar, day: date | None) -> dict[str, Any]:
    """What the form of one day begins with."""
    if day is None:
        return {}
    cell = cell_of(calendar, day)
    kind = cell.kind if cell.kind in ("off", "makeup") else "ordinary"
    return {"day": day, "kind": kind, "name": cell.name}


def month(calendar: WorkCalendar, year: int, number: int) -> Month:
    """One month with its days."""
    weeks = [
        [cell_of(calendar, day) if day.month == number else None for day in week]
        for week in months.Calendar().monthdatescalendar(year, number)
    ]
    worked = sum(calendar.is_working(cell.day) for week in weeks for cell in week if cell)
    return Month(number, weeks, worked)


def cell_of(calendar: WorkCalendar, day: date) -> Cell:
    """What a day is, and what it is called."""
    if day in calendar.makeup_days:
        return Cell(day, "makeup", calendar.makeup_days[day])
    if day in calendar.days_off:
        return Cell(day, "off", calendar.days_off[day])
    return Cell(day, "worked" if calendar.is_working(day) else "rest", "")


def holidays(calendar: WorkCalendar, year: int) -> Iterator[Holiday]:
    """The days off and the make-up days of a year as stretches."""
    for kind, days in (("off", calendar.days_off), ("makeup", calendar.makeup_days)):
        own = sorted(day for day in days if day.year == year)
        runs = groupby(enumerate(own), key=lambda pair: (pair[1] - pair[0] * ONE_DAY, days[pair[1]]))
        for (_start, name), run in runs:
            stretch = [day for _, day in run]
            yield Holiday(name, kind, stretch[0], stretch[-1], len(stretch))


def week_in_words(calendar: WorkCalendar) -> list[tuple[int, str]]:
    """The working hours of each weekday."""
    spoken = [
        "、".join(
            f"{start:%H:%M}–{'24:00' if end.hour == end.minute == 0 else end.strftime('%H:%M')}"
            for start, end in day
        )
        for day in calendar.week
    ]
    return list(enumerate(spoken))


def holiday_name(name: str, language: str) -> str:
    """The name of a day off in the language of the page."""
    return name_en(name) if language == "en" else name
