"""What stays of a destroyed case 销毁后留存: numbers, dates, units, digests – and not a word about anybody.

What is not named here goes, so that a field which somebody adds later is destroyed and not forgotten.
See docs/decisions/013.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

Row = Mapping[str, Any]

CASE_KEPT: Final = (
    *("_id", "number", "series", "policy", "policy_version", "case_type", "stage", "status", "turn"),
    *("revision", "received_at", "registered_at", "closed_at", "received_kind", "units", "handler"),
    *("registrar", "scope", "recused", "known_to", "flags", "outcome", "category", "channel"),
    *("numbers", "links", "escalation", "moves"),
)
ANSWERS_KEPT: Final = ("form", "seq", "transition", "by", "at", "policy_version")
LETTER_KEPT: Final = ("seq", "key", "number", "at", "sha256", "pages", "policy_version")
EVENT_KEPT: Final = ("seq", "at", "by", "instead_of", "verb", "label", "from_stage", "to_stage", "hash")
SEAL_KEPT: Final = (
    *("number", "sequence", "sha256", "pages", "size", "retention", "fonds", "year", "unit_code"),
    *("submitted_by", "submitted_at", "sealed_at"),
)
VOLUME_KEPT: Final = (
    *("_id", "policy", "cases", "case_type", "owner", "fonds", "year", "retention", "unit", "opened_on"),
    *("closed_on", "pages", "sheets", "size", "sha256", "secrecy", "supplement_to", "sealed_at", "scope"),
    *("recused", "known_to", "sequence"),
)
CASE_EMPTIED: Final = ("attachments", "clocks", "extensions", "papers", "attrs", "grams", "texts")
VOLUME_EMPTIED: Final = ("contents", "originals", "warnings")
APPRAISAL_KEPT: Final = ("at", "by", "decision", "before", "after", "list")
AUDIT_KEPT: Final = frozenset({"sha256", "pages", "volume", "hold", "list", "kind", "loan", "sheet"})


@dataclass(frozen=True)
class Epitaph:
    """What is said of what was destroyed 销毁记录: a title without anybody's name, when, by which list."""

    title: str
    at: datetime
    list_number: str


def case_tombstone(row: Row, epitaph: Epitaph, series: Iterable[str] = ()) -> dict[str, Any]:
    """The case 投诉 with nothing but its numbers and dates; `series` names the fields that hold numbers."""
    wanted = frozenset(series)
    kept = _only(row, CASE_KEPT)
    return {
        **kept,
        **{name: [] for name in CASE_EMPTIED},
        "title": epitaph.title,
        "revision": int(row.get("revision", 1)) + 1,
        "turn": int(row.get("turn", 1)) + 1,
        "answers": [_answers(one, wanted) for one in row.get("answers", ())],
        "letters": [_only(one, LETTER_KEPT) for one in row.get("letters", ())],
        "events": [{**_only(one, EVENT_KEPT), "redacted": True} for one in row.get("events", ())],
        "volume": _only(row["volume"], SEAL_KEPT) if row.get("volume") else None,
        "supplements": [_only(one, SEAL_KEPT) for one in row.get("supplements", ())],
        **_gone(epitaph),
    }


def volume_tombstone(row: Row, epitaph: Epitaph) -> dict[str, Any]:
    """The volume 案卷 with its numbers, its digest and by which list it went."""
    appraisals = [_only(one, APPRAISAL_KEPT) for one in row.get("appraisals", ())]
    said = {"title": epitaph.title, "appraisals": appraisals, **{name: [] for name in VOLUME_EMPTIED}}
    return {**_only(row, VOLUME_KEPT), **said, **_gone(epitaph)}


def _gone(epitaph: Epitaph) -> dict[str, Any]:
    return {"destroyed_at": epitaph.at, "destroyed_by": epitaph.list_number}


def chain_of(events: Iterable[Row]) -> str:
    """A digest of all the hashes that stay, so that none of them can be exchanged later."""
    return hashlib.sha256("\n".join(str(one["hash"]) for one in events).encode()).hexdigest()


def files_in(value: Any) -> Iterator[str]:
    """Every file that a stored record names, wherever in it."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if (name == "file_id" or name.endswith("_file_id")) and isinstance(inner, str) and inner:
                yield inner
            else:
                yield from files_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from files_in(inner)


def _answers(one: Row, series: frozenset[str]) -> dict[str, Any]:
    values = {key: value for key, value in (one.get("values") or {}).items() if key in series}
    return {**_only(one, ANSWERS_KEPT), "values": values}


def _only(row: Row, names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names if row.get(name) is not None}
