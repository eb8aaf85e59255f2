"""What is sent in place of parameters 载荷: operators, programs, numbers, depths, tricks with names."""

from __future__ import annotations

from typing import Any

from tests.attack.listening import MARK

VALUES = (
    *(f'{{"$ne": "{MARK}"}}', f"{MARK}.*+?(", f"$where: {MARK}", f"{MARK}\x00", f"{MARK}[$ne]", f"${MARK}"),
    *(
        "9" * 400,
        "NaN",
        "1e400",
        "-1",
        "99999999999999999999",
        "[" * 3_000,
        '{"a":' * 700,
        " ",
        "\ufffe\u202e",
    ),
    *(
        f"{MARK}'\"><script>",
        f"../{MARK}",
        f"{MARK}\r\nX: y",
        "0",
        f"{MARK}" * 900,
        "２０２６",
        "2026-99-99",
        "{}",
        "[]",
    ),
    # Digits that no number is made of, and addresses that browsers read otherwise than servers.
    *("²", "/\n/x", "/\t/evil.example", "/\\evil.example", "//evil.example", "/sign-in\r\nX: y", "/admin/\n"),
    # Moments that only their own zone can write, as places in lists hold them.
    *("9999-12-31T23:59:59-14:00|x", f"0001-01-01T00:00:00+14:00/{'0' * 24}"),
)
# Other names for a parameter, under which some frameworks make operators of a form.
NAMES = ("{name}[$ne]", "{name}[$regex]", "{name}.$gt", "${name}", "{name}[]", "{name}[0][$where]")
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
