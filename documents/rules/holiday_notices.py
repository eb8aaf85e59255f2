"""Reading a yearly notice 放假安排: the State Council's text, JSON, or an iCal file, as days of one year."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from documents.rules.broken import RuleBroken

LONGEST_HOLIDAY = 31
ITEM = re.compile(r"[一二三四五六七八九十]+、\s*([^：:。\n]{1,16})[：:]")
DAY = re.compile(r"(?:(\d{4})年)?\s*(?:(\d{1,2})月)?\s*(\d{1,2})日(?:[（(][^）)]*[）)])?\s*(至|到|-|—|–)?")
BRACKETS = re.compile(r"[（(\[【].*?[）)\]】]|[\s·\-]*(?:休|班|补班|上班|假期)$")
WORKED = re.compile(r"班|work", re.IGNORECASE)
ESCAPED = re.compile(r"\\([\\,;])")
OWN_HOURS = "X-JUANZONG-HOURS"


@dataclass
class YearDays:
    """The days off and the make-up working days 调休上班日 that a notice names."""

    year: int
    days_off: dict[date, str] = field(default_factory=dict)
    makeup_days: dict[date, str] = field(default_factory=dict)

    @property
    def both(self) -> tuple[dict[date, str], dict[date, str]]:
        """The days off and the make-up days."""
        return self.days_off, self.makeup_days

    def add(self, days: Iterable[date], name: str, *, worked: bool) -> None:
        """Put the days down under the name of their holiday."""
        for day in days:
            (self.makeup_days if worked else self.days_off)[day] = name


def read_notice(text: str, year: int) -> YearDays:
    """The days of a year's notice; raises RuleBroken("notice_unreadable") or ("notice_other_year")."""
    found = YearDays(year)
    try:
        _reader(text)(text, found)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise RuleBroken("notice_unreadable", problem="") from error
    if not found.days_off or set(found.days_off) & set(found.makeup_days):
        raise RuleBroken("notice_unreadable", problem="")
    years = {day.year for day in (*found.days_off, *found.makeup_days)}
    if year not in years or not years <= {year - 1, year, year + 1}:
        raise RuleBroken("notice_other_year", year=year, found="、".join(map(str, sorted(years))))
    return found


def _reader(text: str) -> Any:
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        return _read_json
    return _read_calendar_file if start.upper().startswith("BEGIN:VCALENDAR") else _read_prose


def _read_prose(text: str, found: YearDays) -> None:
    marks = list(ITEM.finditer(text))
    for mark, following in zip(marks, [*marks, None][1:], strict=True):
        body = text[mark.end() : following.start() if following else len(text)]
        for sentence in re.split(r"[。；;\n]", body):
            _read_sentence(sentence, mark.group(1).strip(), found)


def _read_sentence(sentence: str, name: str, found: YearDays) -> None:
    worked = "上班" in sentence and "放假" not in sentence
    if worked or "放假" in sentence:
        told = sentence if worked else sentence.partition("放假")[0]
        found.add(_days(told, found.year), name, worked=worked)


def _days(told: str, year: int) -> Iterator[date]:
    """Every day of a list such as “1月28日至2月4日、2月8日”; a month or year left out is the one before."""
    month, begun = 0, None
    for match in DAY.finditer(told):
        own_year, own_month, day, dash = match.groups()
        month = int(own_month or month)
        year = int(own_year or year)
        here = _day(f"{year:04}-{month:02}-{int(day):02}")
        if begun is not None:
            yield from _stretch(begun, here)
        elif not dash:
            yield here
        begun = here if dash else None


def _stretch(first: date, last: date) -> list[date]:
    if not 0 <= (last - first).days <= LONGEST_HOLIDAY:
        raise RuleBroken("notice_unreadable", problem=f"{first} – {last}")
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def _read_json(text: str, found: YearDays) -> None:
    """{"days_off": {day: name}, "makeup_days": …}, or {"days": [{"date", "name", "isOffDay"}]}."""
    given = json.loads(text)
    rows = given if isinstance(given, list) else given.get("days")
    if rows is not None:
        for row in rows:
            found.add([_day(row["date"])], str(row.get("name", "")), worked=not row["isOffDay"])
        return
    for name, worked in (("days_off", False), ("makeup_days", True)):
        for day, holiday in _named(given.get(name, {})).items():
            found.add([_day(day)], holiday, worked=worked)


def _named(given: Any) -> Mapping[str, str]:
    return given if isinstance(given, Mapping) else dict.fromkeys(given, "")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError as error:
        raise RuleBroken("notice_unreadable", problem=str(text)[:40]) from error


def _read_calendar_file(text: str, found: YearDays) -> None:
    lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()
    event: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        event[name.partition(";")[0].upper()] = value.strip()
        if line.upper().startswith("BEGIN:VEVENT"):
            event = {}
        elif line.upper().startswith("END:VEVENT"):
            _read_event(event, found)
    _keep_year(found)


def _keep_year(found: YearDays) -> None:
    """A file of many years is read for the one that is asked for; a file of other years says so later."""
    own = [{day: name for day, name in days.items() if day.year == found.year} for days in found.both]
    if any(own):
        found.days_off, found.makeup_days = own


def _read_event(event: Mapping[str, str], found: YearDays) -> None:
    first = _compact(event["DTSTART"])
    end = _compact(event["DTEND"]) if event.get("DTEND") else first + timedelta(days=1)
    last = max(first, end - timedelta(days=1))
    if event.get(OWN_HOURS):
        return  # hours of a single day, which no notice sets
    title = ESCAPED.sub(r"\1", event.get("SUMMARY", ""))
    worked = bool(WORKED.search(title))
    found.add(_stretch(first, last), BRACKETS.sub("", title).strip() or title, worked=worked)


def _compact(text: str) -> date:
    return _day(f"{text[:4]}-{text[4:6]}-{text[6:8]}")
