"""Reading one field value 字段取值 in its own type: text, int, Decimal, date, datetime, bool, list, table.

What people type is read tolerantly; what cannot be read raises Unreadable with a code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from documents.rules import field_addresses, field_numbers, field_texts, field_times
from documents.rules.field_reading import Definition, Reading, Unreadable, is_empty
from documents.rules.options import walk

Reader = Callable[[Definition, Any, Reading], Any]
LANGUAGES = ("zh", "en")


def read_value(definition: Definition, raw: Any, reading: Reading) -> Any:
    """One value in its own type; raises Unreadable."""
    if is_empty(raw):
        return None
    reader = READERS.get(definition["type"])
    if reader is None:
        raise Unreadable("unknown_type", type=definition["type"])
    value = reader(definition, raw, reading)
    if definition["type"] in BOUNDED:
        _check_bounds(definition, value, reading.today)
    return value


def _check_bounds(definition: Definition, value: Any, today: date) -> None:
    compared = value.date() if isinstance(value, datetime) else value
    for name, code in (("min", "too_low"), ("max", "too_high")):
        if definition.get(name) is None:
            continue
        limit = read_bound(definition["type"], definition[name], today)
        if limit is not None and (compared < limit if name == "min" else compared > limit):
            raise Unreadable(code, bound=str(definition[name] if isinstance(limit, int) else limit))


def read_bound(kind: str, bound: Any, today: date) -> Any:
    """The least or most that a field of this type takes; nothing when it cannot be read."""
    if kind in ("date", "datetime"):
        return field_times.day_bound(bound, today)
    if kind == "time":
        return field_times.read_time(str(bound))
    if kind == "duration":
        return field_numbers.read_minutes(bound)
    try:
        return field_numbers.read_number(bound)
    except Unreadable:
        return None


def _bool(_definition: Definition, raw: Any, _reading: Reading) -> bool:
    return raw in (True, "true", "yes", "1", "on", "y", "是")


def _choice(definition: Definition, raw: Any, reading: Reading) -> str:
    options = reading.options(definition["options"])
    if not isinstance(raw, str) or raw not in options:
        raise Unreadable("not_an_option", value=str(raw)[:80])
    if options[raw] and not _was_chosen(definition, raw, reading):
        raise Unreadable("retired_option", value=str(raw)[:80])
    return str(raw)


def _was_chosen(definition: Definition, raw: Any, reading: Reading) -> bool:
    """Whether the case said so before: a retired option stays where it was chosen."""
    earlier = reading.before.get(definition["key"])
    return raw in earlier if isinstance(earlier, list) else raw == earlier


def _choices(definition: Definition, raw: Any, reading: Reading) -> list[str]:
    picked = list(dict.fromkeys(_choice(definition, item, reading) for item in _several(raw)))
    alone = definition.get("exclusive")
    if alone in picked and len(picked) > 1:
        raise Unreadable("exclusive_option", option=_label(reading, definition["options"], str(alone)))
    if alone not in picked:
        _check_count(definition, len(picked), ("too_few_picks", "too_many_picks"))
    return picked


def _label(reading: Reading, name: str, key: str) -> Any:
    found = (path[-1] for path in walk(reading.lists[name]) if path[-1]["key"] == key)
    return next(found, {}).get("label", key)


def _files(definition: Definition, raw: Any, _reading: Reading) -> list[str]:
    named = list(dict.fromkeys(str(item) for item in _several(raw)))
    _check_count(
        {**definition.get("rows", {}), **definition}, len(named), ("too_few_files", "too_many_files")
    )
    return named


def _several(raw: Any) -> Iterable[Any]:
    if isinstance(raw, str):
        return [raw]
    if not isinstance(raw, list | tuple) or not all(isinstance(one, str) for one in raw):
        raise Unreadable("not_text")
    return raw


def _check_count(limits: Mapping[str, Any], count: int, codes: tuple[str, str]) -> None:
    least, most = limits.get("min"), limits.get("max")
    if least is not None and count < least:
        raise Unreadable(codes[0], min=least, count=count)
    if most is not None and count > most:
        raise Unreadable(codes[1], max=most, count=count)


def _consent(definition: Definition, raw: Any, _reading: Reading) -> dict[str, Any] | None:
    """A consent 同意 given in one language; it is stamped when it is kept."""
    if isinstance(raw, Mapping):
        raw = raw.get("given") and raw.get("language", True)
    if raw in (False, None, "false", "no"):
        return None
    language = raw if raw in LANGUAGES else LANGUAGES[0]
    return {"given": True, "language": language} if language in definition["text"] else None


def _signature(definition: Definition, raw: Any, reading: Reading) -> dict[str, Any] | None:
    """A typed name 签名, a drawing 手写, or both; it is stamped when it is kept."""
    told = raw if isinstance(raw, Mapping) else {"name": raw}
    name, drawn = field_texts.text(definition, told.get("name") or "", reading), told.get("drawn")
    if not (name or drawn):
        return None
    return {"name": name, "drawn": drawn} if drawn else {"name": name}


def _lookup(_definition: Definition, raw: Any, _reading: Reading) -> Any:
    """A snapshot 引用 as the server took it; what a page says about it is not a snapshot."""
    return dict(raw) if isinstance(raw, Mapping) and "snapshot" in raw else None


def _unread(_definition: Definition, _raw: Any, _reading: Reading) -> None:
    """A number 编号 is given out when the form is kept, whatever anybody typed."""


READERS: Mapping[str, Reader] = {
    "text": field_texts.text,
    "longtext": field_texts.text,
    "address": field_addresses.address,
    "phone": field_texts.phone,
    "email": field_texts.email,
    "id_number": field_texts.id_number,
    "case": field_texts.text,
    "number": field_numbers.number,
    "money": field_numbers.money,
    "percent": field_numbers.percent,
    "duration": field_numbers.duration,
    "date": field_times.day,
    "datetime": field_times.moment,
    "time": field_times.clock_time,
    "bool": _bool,
    "consent": _consent,
    "signature": _signature,
    "choice": _choice,
    "choices": _choices,
    "tree": _choice,
    "person": field_texts.key,
    "unit": field_texts.key,
    "files": _files,
    "lookup": _lookup,
    "series": _unread,
}
BOUNDED = frozenset({"number", "money", "duration", "date", "datetime", "time"})
