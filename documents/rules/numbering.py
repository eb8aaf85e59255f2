"""Numbers 编号 from a pattern such as `TS-{yyyy}-{mm}{dd}-{seq:4}`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from documents.rules.broken import PolicyInvalid

_PART = re.compile(r"\{(\w+)(?::(\d+))?\}")


def series_head(policy: str, key: str) -> str:
    """What the names of a policy's series of one kind begin with: no two policies share a series."""
    return f"{policy}.{key}"


def series(policy: str, definition: Mapping[str, Any], day: date, parts: Mapping[str, str]) -> str:
    """The name of the running series 流水: all numbers in it differ by their sequence only."""
    period = {"day": day.isoformat(), "year": str(day.year), "never": ""}
    reset = definition.get("reset", "year")
    if reset not in period:
        raise PolicyInvalid("unknown_reset", reset=reset)
    scope = "/".join(parts[name] for name in definition.get("scope", ()))
    head = series_head(policy, definition["key"])
    return ":".join(part for part in (head, scope, period[reset]) if part)


def example(definition: Mapping[str, Any], day: date, parts: Mapping[str, str]) -> str:
    """What a number of the series looks like; what is not known yet shows as …."""
    known = defaultdict(lambda: "…", parts)
    return number(definition, day, 1, {**{name: known[name] for name in _names(definition)}, **parts})


def _names(definition: Mapping[str, Any]) -> set[str]:
    return {match.group(1) for match in _PART.finditer(definition["pattern"])} - {"seq", "yyyy", "mm", "dd"}


def number(definition: Mapping[str, Any], day: date, sequence: int, parts: Mapping[str, str]) -> str:
    """The number itself."""
    known = {"yyyy": f"{day.year:04d}", "mm": f"{day.month:02d}", "dd": f"{day.day:02d}", **parts}

    def fill(match: re.Match[str]) -> str:
        name, width = match.group(1), match.group(2)
        if name == "seq":
            if len(width or "") > 2:  # a line of a million noughts is no number
                raise PolicyInvalid("number_too_wide", pattern=definition["pattern"][:80])
            return str(sequence).zfill(int(width or 1))
        if name not in known:
            raise PolicyInvalid("unknown_part", part=name, pattern=definition["pattern"])
        return known[name]

    return _PART.sub(fill, definition["pattern"])
