"""Which calendar counts 适用日历: that of the unit which answers for the case, else the policy's."""

from collections.abc import Mapping, Sequence

from documents.rules.calendars import Line, WorkCalendar

# Who answers for a case 承担单位, unless the limit names another slot.
ANSWERING = ("handling", "received")
Text = Mapping[str, str]


def answering_unit(units: Mapping[str, str], slot: str | None = None) -> str | None:
    """The unit that answers: the one in the limit's own slot, the handling one, the one that received."""
    slots = (slot, *ANSWERING) if slot else ANSWERING
    return next((units[name] for name in slots if units.get(name)), None)


def nearest(line: Sequence[str], own: Mapping[str, str]) -> tuple[str, str] | None:
    """The first unit of a line upwards that has a calendar of its own, and that calendar."""
    return next(((unit, own[unit]) for unit in line if own.get(unit)), None)


def reason(calendar: WorkCalendar, holder: Text | None, unit: Text | None) -> Line:
    """The calendar by name and why it counts: chosen by a unit, followed by one below it, the policy's."""
    name = calendar.title or Line(calendar.key, calendar.key)
    if holder is None:
        return Line(f"按“{name.zh}”计算（制度指定）", f"Counted in “{name.en}” (the policy's calendar).")
    zh, en = f"{holder['zh']}采用", f"used by {holder.get('en') or holder['zh']}"
    if unit is not None and unit != holder:
        zh, en = f"{zh}，{unit['zh']}沿用", f"{en} and so by {unit.get('en') or unit['zh']}"
    return Line(f"按“{name.zh}”计算（{zh}）", f"Counted in “{name.en}” ({en}).")
