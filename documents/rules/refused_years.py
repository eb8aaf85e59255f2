"""Duties in a year without calendar 缺年的周期事项: refused with the reason, never planned on a guess."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from documents.rules.calendars import WorkCalendar
from documents.rules.periods import Occurrence

Text = Mapping[str, str]


@dataclass(frozen=True)
class RefusedYear:
    """What of a duty cannot be planned 不予排定: so many occurrences of a year whose notice is missing."""

    year: int
    first: date
    last: date
    count: int


def sorted_out(
    found: Iterable[Occurrence], calendar: WorkCalendar
) -> tuple[list[Occurrence], list[RefusedYear]]:
    """The occurrences whose days are known, and by year those whose days are not."""
    known: list[Occurrence] = []
    guessed: dict[int, list[Occurrence]] = {}
    for once in found:
        if once.certain:
            known.append(once)
        else:
            guessed.setdefault(_missing(once, calendar), []).append(once)
    return known, [
        RefusedYear(
            year, min(one.nominal for one in several), max(one.nominal for one in several), len(several)
        )
        for year, several in sorted(guessed.items())
    ]


def _missing(once: Occurrence, calendar: WorkCalendar) -> int:
    """The year that is missing: that of its own day, or the one into which the day would move."""
    return once.day.year if calendar.covers(once.nominal) else once.nominal.year


def reason(calendar: Text, year: int) -> dict[str, str]:
    """Why nothing is planned."""
    return {
        "zh": f"工作日历“{calendar['zh']}”没有载入 {year} 年放假安排，日期无法确定，不予排定；载入后自动排定",
        "en": f"the calendar “{calendar['en']}” lacks the notice of {year}: the days cannot be told; "
        "nothing is planned until it is loaded",
    }
