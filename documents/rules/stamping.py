"""What the server adds to a filled form 盖戳: to a consent what was shown, to a signature what was signed.

Both carry a SHA-256, so that it can be shown years later that neither the text nor the answers changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from documents.rules.fields import Definition, fields_of
from documents.rules.forms import Problem, Values

SHORT = 12


@dataclass(frozen=True)
class Signer:
    """Who fills in a form, and when 填表人."""

    person: str
    name: str
    now: datetime


def wrong_names(form: Definition, values: Mapping[str, Any], signer: Signer) -> Iterator[Problem]:
    """Signatures that must be the signer's own name, and are not."""
    for one in fields_of(form):
        value = values.get(one["key"]) if one["type"] == "signature" else None
        named = value and one.get("of") == "actor" and value["name"]
        if named and _letters(named) != _letters(signer.name):
            yield Problem(one["key"], "not_your_name", {"name": signer.name})


def drawn_in(form: Definition, values: Mapping[str, Any]) -> dict[str, str]:
    """The uploads that the signatures of a form were drawn in 手写签名, by field."""
    found = {}
    for one in fields_of(form):
        value = values.get(one["key"]) if one["type"] == "signature" else None
        if isinstance(value, Mapping) and isinstance(value.get("drawn"), str):
            found[str(one["key"])] = value["drawn"]
    return found


def _letters(name: str) -> str:
    return "".join(name.split()).casefold()


def stamped(form: Definition, values: Mapping[str, Any], signer: Signer) -> Values:
    """The values with every consent and signature stamped; the signatures stand for all the others."""
    kept = dict(values)
    kinds = {one["key"]: one for one in fields_of(form) if one["type"] in ("consent", "signature")}
    if not kinds:
        return kept
    for key, one in kinds.items():
        if one["type"] == "consent" and key in kept:
            text = one["text"][kept[key]["language"]]
            kept[key] = {**kept[key], "sha256": digest_of_text(text), "at": signer.now}
    digest = digest_of_answers(form, kept)
    for key, one in kinds.items():
        if one["type"] == "signature" and key in kept:
            own = signer.name if one.get("of") == "actor" else ""
            stamp = {"by": signer.person, "at": signer.now, "sha256": digest}
            kept[key] = {**kept[key], "name": kept[key]["name"] or own, **stamp}
    return kept


def digest_of_text(text: str) -> str:
    """The SHA-256 of a text that was shown."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_answers(form: Definition, values: Mapping[str, Any]) -> str:
    """The SHA-256 of everything that a signature stands for: the other answers as sorted JSON."""
    signatures = {one["key"] for one in fields_of(form) if one["type"] == "signature"}
    signed = {key: _canonical(value) for key, value in values.items() if key not in signatures}
    written = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """A value as it reads the same before and after it was stored."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    return value if value is None or isinstance(value, bool | str) else str(value)
