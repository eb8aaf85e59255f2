"""Time left in words 剩余时间: what a list and a case page say about a deadline."""

from datetime import date, datetime

from documents.rules.calendars import Line, WorkCalendar
from documents.rules.deadlines import TimeLeft
from documents.rules.explanations import WEEKDAYS_EN, WEEKDAYS_ZH, clock


def words(left: TimeLeft, calendar: WorkCalendar, now: datetime, *, dated: bool = True) -> Line:
    """还剩 1 个工作日 3 小时 (周三 17:30) · 今日 17:30 到期 · 逾期 2 个工作日; or without the day."""
    due, today = calendar.local(left.due_at), calendar.local(now).date()
    if left.overdue:
        return _overdue(left, due, today)
    if due.date() == today:
        return Line(f"今日 {clock(due)} 到期", f"Due today {clock(due)}")
    when_zh, when_en = _when(due, today)
    zh, en = _amount(left)
    if not zh:
        return Line(f"{when_zh} 到期", f"Due {when_en}")
    if not dated:
        return Line(f"还剩 {zh}", f"{en} left")
    return Line(f"还剩 {zh} ({when_zh})", f"{en} left ({when_en})")


def _overdue(left: TimeLeft, due: datetime, today: date) -> Line:
    zh, en = _amount(left)
    if zh:
        return Line(f"逾期 {zh}", f"Overdue by {en}")
    when_zh, when_en = _when(due, today)
    return Line(f"已逾期 ({when_zh})", f"Overdue ({when_en})")


def _amount(left: TimeLeft) -> tuple[str, str]:
    """Days and hours; minutes only when there is no whole day."""
    days, (hours, minutes) = left.working_days, divmod(left.working_minutes, 60)
    parts = [(days, "个工作日", "working day"), (hours, "小时", "hour")]
    if not days:
        parts.append((minutes, "分钟", "minute"))
    told = [part for part in parts if part[0]]
    zh = " ".join(f"{number} {unit}" for number, unit, _ in told)
    en = " ".join(f"{number} {unit}{'s' if number > 1 else ''}" for number, _, unit in told)
    return zh, en


def _when(due: datetime, today: date) -> tuple[str, str]:
    """The weekday within the coming week, with the date beyond it."""
    weekday_zh, weekday_en, time = WEEKDAYS_ZH[due.weekday()], WEEKDAYS_EN[due.weekday()], clock(due)
    if 0 <= (due.date() - today).days < 7:
        return f"{weekday_zh} {time}", f"{weekday_en} {time}"
    if due.year == today.year:
        return f"{due.month}月{due.day}日 {weekday_zh} {time}", f"{weekday_en} {due.day} {due:%b} {time}"
    day = due.date().isoformat()
    return f"{day} {weekday_zh} {time}", f"{weekday_en} {day} {time}"
