"""Changing examples 变异: bytes, texts, and tables of plain values, each from a seeded chance."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from random import Random
from typing import Any

LONGEST = 64 * 1024
EDGES = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xfe\xff", b"\r\n")
WORDS = (
    *(
        "0",
        "-1",
        "1e400",
        "NaN",
        "99999999999999999999",
        "2147483648",
        "0x10",
        "１２",
        "二〇二六",
        "null",
        "true",
    ),
    *(
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        ",",
        ":",
        "\\",
        "\n",
        "\t",
        "&a",
        "*a",
        "!!python/object:os.system",
        "<<: ",
    ),
    *(
        "|",
        ">",
        "- ",
        "? ",
        "%YAML 1.2",
        "---",
        "...",
        "#",
        "@",
        "`",
        "\u2028",
        "\x00",
        "\ud7ff",
        "\U0001f600",
    ),
    *("\u202e", "\ufeff", "é", "\u0300" * 9, "=", "$where", "$ne", "a.b", "../", "{{ x }}", "{0.__class__}"),
    *(
        "{seq:999999999}",
        "(",
        ")",
        " and ",
        " or ",
        " not ",
        " if ",
        " else ",
        "lambda:0",
        "**",
        "//",
        "9" * 400,
    ),
    *(
        "[" * 3_000,
        '{"a":' * 800,
        "(" * 90,
        "-" * 90,
        "not " * 90,
        "a.b.c." * 30 + "d",
        "\x1d",
        "%0A",
        "\ue000",
    ),
    *(
        "days(",
        "sum(",
        "min(",
        "x.y",
        "today()",
        "2026-02-30",
        "9999-12-31",
        "0001-01-01",
        "24:00",
        "1月31日",
    ),
)
VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        10**18,
        1.5,
        "",
        "x",
        "\x00",
        "\ud83d",
        [],
        {},
        [[]],
        [None],
        {"key": "x"},
        {"": ""},
    ),
    *(
        "a" * 5_000,
        "{{ x }}",
        "{seq:999999}",
        "today()",
        "1 / 0",
        "((((",
        "2026-13-45",
        "25:61",
        "９９",
        -(2**63),
    ),
    *([{"key": "x"}, {"key": "x"}], {"zh": 1, "en": None}, {"of": "x", "field": "x"}, float("1e308")),
)


class Chance(Random):
    """A seeded chance 随机. Under atheris `stirred` is that of libFuzzer, which knows what was compared."""

    def stirred(self, data: bytes, others: Sequence[bytes]) -> bytes:
        """The bytes with one to six changes."""
        made = bytearray(data)
        for _ in range(self.choice((1, 1, 1, 2, 3, 6))):
            self.choice(ON_BYTES)(self, made, others)
        return bytes(made[:LONGEST])


def changed_bytes(chance: Chance, example: bytes, others: Sequence[bytes]) -> bytes:
    """The bytes, changed."""
    return chance.stirred(example, others)


def _place(chance: Random, data: Sequence[Any]) -> int:
    return chance.randrange(len(data) + 1)


def _insert(chance: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    place = _place(chance, data)
    written = chance.choice((chance.choice(EDGES), chance.choice(WORDS).encode(), chance.randbytes(4)))
    data[place : place + chance.choice((0, 0, len(written)))] = written


def _cut(chance: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    place = _place(chance, data)
    del data[place : place + chance.choice((1, 1, 4, 16, 256, len(data)))]


def _repeat(chance: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    place = _place(chance, data)
    piece = data[place : place + chance.choice((1, 4, 32, 256))]
    data[place:place] = piece * chance.choice((1, 2, 8, 200))


def _splice(chance: Random, data: bytearray, others: Sequence[bytes]) -> None:
    other = chance.choice(others)
    begin, place = _place(chance, other), _place(chance, data)
    data[place:] = other[begin:]


ON_BYTES = (_insert, _insert, _cut, _repeat, _splice)


def changed_text(chance: Chance, example: str, others: Sequence[str]) -> str:
    """A text, changed as bytes and read again as far as it can be."""
    raw = [one.encode("utf-8", "replace") for one in others]
    return changed_bytes(chance, example.encode("utf-8", "replace"), raw).decode("utf-8", "replace")


def changed_value(chance: Chance, example: Any, others: Sequence[Any]) -> Any:
    """A table of plain values with one to four changes anywhere in it."""
    made = copy.deepcopy(example)
    for _ in range(chance.choice((1, 1, 2, 4))):
        made = _changed_inside(chance, made, others)
    return made


def _changed_inside(chance: Chance, value: Any, others: Sequence[Any]) -> Any:
    holder, name = None, None
    inner = value
    while isinstance(inner, dict | list) and inner and (holder is None or chance.random() < 0.85):
        holder, name = inner, chance.choice(list(inner) if isinstance(inner, dict) else range(len(inner)))
        inner = inner[name]
    if holder is None:
        return _another(chance, value, others)
    chance.choice(ON_VALUES)(chance, holder, name, others)
    return value


def _another(chance: Chance, value: Any, others: Sequence[Any]) -> Any:
    if isinstance(value, str) and chance.random() < 0.6:
        return changed_text(chance, value, [value, "x", "zh"])
    if isinstance(value, int | float) and chance.random() < 0.5:
        return chance.choice((-value, value + 1, value * 1000, str(value), value / 2))
    if chance.random() < 0.1:
        return copy.deepcopy(chance.choice(others))
    return copy.deepcopy(chance.choice(VALUES))


def _set(chance: Chance, holder: Any, name: Any, others: Sequence[Any]) -> None:
    holder[name] = _another(chance, holder[name], others)


def _drop(_chance: Chance, holder: Any, name: Any, _others: Sequence[Any]) -> None:
    del holder[name]


def _double(chance: Chance, holder: Any, name: Any, _others: Sequence[Any]) -> None:
    copied = copy.deepcopy(holder[name])
    if isinstance(holder, list):
        holder.insert(_place(chance, holder), copied)
    else:
        holder[f"{name}x" if isinstance(name, str) else "x"] = copied


def _swap(chance: Chance, holder: Any, name: Any, _others: Sequence[Any]) -> None:
    other = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    holder[name], holder[other] = holder[other], holder[name]


def _nest(chance: Chance, holder: Any, name: Any, _others: Sequence[Any]) -> None:
    for _ in range(chance.choice((1, 3, 40))):
        holder[name] = chance.choice(([holder[name]], {"key": holder[name]}, {"fields": [holder[name]]}))


ON_VALUES = (_set, _set, _set, _set, _drop, _double, _swap, _nest)
