"""What is sent in place of parameters 载荷: operators, programs, numbers, depths, tricks with names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.attack.listening import MARK

PLAIN = "{name}"
OPERATOR = f'{{"$ne": "{MARK}"}}'
# Kinds of payloads: each is sent in place of every parameter, one of its writings in turn for the next one.
WRITINGS: Mapping[str, tuple[str, ...]] = {
    "operator": (OPERATOR, f"{MARK}[$ne]", f"${MARK}", "{}", "[]"),
    "program": (f"$where: {MARK}",),
    "pattern": (f"{MARK}.*+?(",),
    "nul": (f"{MARK}\x00",),
    "number": ("9" * 400, "1e400", "99999999999999999999"),
    "no number": ("NaN", "²", "２０２６"),  # digits that no number is made of, too
    "below": ("-1", "0"),
    "deep": ("[" * 3_000, '{"a":' * 700),
    "blank": (" ",),
    "controls": ("\ufffe\u202e",),
    "markup": (f"{MARK}'\"><script>",),
    "folder": (f"../{MARK}",),
    "line": (f"{MARK}\r\nX: y", "/sign-in\r\nX: y"),
    "long": (MARK * 900,),
    # Moments that only their own zone can write, as places in lists hold them.
    "day": ("2026-99-99", "9999-12-31T23:59:59-14:00|x", f"0001-01-01T00:00:00+14:00/{'0' * 24}"),
    # Addresses that browsers read otherwise than servers.
    "address": ("/\n/x", "/\t/evil.example", "/\\evil.example", "//evil.example", "/admin/\n"),
}
# Other names for a parameter, under which some frameworks make operators of a form.
NAMES = ("{name}[$ne]", "{name}[$regex]", "{name}.$gt", "${name}", "{name}[]", "{name}[0][$where]")
# By its kind, each payload: how the parameter is called, and what it says.
KINDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    **{kind: tuple((PLAIN, value) for value in values) for kind, values in WRITINGS.items()},
    "name": tuple((name, OPERATOR) for name in NAMES),
}
BODIES: tuple[Any, ...] = (
    *(None, [], {}, 1, "x", True, {"operations": []}, {"operations": {"$ne": MARK}}, {"at": {"$gt": MARK}}),
    {"operations": [{"do": {"$gt": MARK}, "path": "policy"}]},
    {"operations": [{"do": "set", "path": {"$ne": MARK}, "value": MARK}]},
    {"operations": [{"do": "set", "path": f"policy.{MARK}.$where", "value": {"$where": MARK}}]},
    {"operations": [{"do": "add", "path": "forms", "value": {"key": {"$ne": MARK}}}]},
    {"operations": [{"do": "set", "path": "policy.name.zh", "value": {f"${MARK}": 1}}]},
    {"operations": [{"do": "set", "path": "policy.title.zh", "value": "\ud83d"}], "at": "\ud83d"},
    {
        "section": {"$ne": MARK},
        "element": [MARK],
        "at": 7,
        "operations": [{"do": "remove", "path": "forms[x]"}],
    },
    {f"${MARK}": 1, "fields": {"$ne": MARK}, "kind": {"$gt": ""}, "value": 1e308},
)
RAW_BODIES = (
    '{"operations": NaN}',
    "[" * 5_000,
    '{"a":' * 5_000,
    '{"x": 1e999}',
    "\x00",
    '{"operations": [{"do"',
)
