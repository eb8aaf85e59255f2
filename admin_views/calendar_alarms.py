"""What an administrator must be told on every page while a year's notice is missing 缺年告警."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from admin_views.standing import may_do, said
from documents.missing_years import MissingYear, missing_years


def calendar_alarms(moment: datetime) -> list[tuple[str, str]]:
    """The words of each alarm and where to put it right; none for who cannot."""
    if not may_do("administer"):
        return []
    return [
        (words(one), url_for("calendars.year", key=one.calendar, year=one.year))
        for one in missing_years(moment)
    ]


def words(one: MissingYear) -> str:
    """One alarm."""
    calendar, year = said(one.name), one.year
    if one.refused:
        return str(
            _(
                "“%(calendar)s”还没有载入 %(year)s 年放假安排，%(count)s 项周期事项的日期无法确定，未予排定；"
                "落入该年的期限只能按一般周历推算。",
                calendar=calendar,
                year=year,
                count=one.refused,
            )
        )
    if one.is_used:
        return str(
            _(
                "“%(calendar)s”还没有载入 %(year)s 年放假安排，已有期限落入该年，只能按一般周历推算。",
                calendar=calendar,
                year=year,
            )
        )
    return str(
        _(
            "“%(calendar)s”还没有载入 %(year)s 年放假安排，跨年期限只能按一般周历推算。",
            calendar=calendar,
            year=year,
        )
    )
