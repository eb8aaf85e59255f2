"""Expressions and facts as Hypothesis makes them up, for both sides to evaluate."""

from __future__ import annotations

from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

NUMBERS = st.one_of(
    st.integers(-5, 5),
    st.integers(-(10**19), 10**19),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=2),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-1, max_value=1, places=14),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([Decimal("0.5"), Decimal("999999999999999999.999999999999"), Decimal("1E-12"), 10**18]),
)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TEXTS = st.one_of(
    st.sampled_from(
        ["", "a", "b", "ab", "收费", "😀", "\ue000", "\uffff", "3", "2026-02-30", "2026-1-1", "-"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.dates().map(lambda day: day.isoformat()),
    st.datetimes(timezones=ZONES).map(lambda moment: moment.isoformat()),
)
ATOMS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
ROWS = st.lists(st.dictionaries(st.sampled_from(["x", "y"]), ATOMS, max_size=2), max_size=4)
NAMES = ("a", "b", "c", "d", "rows", "table", "today")
FACTS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.one_of(ATOMS, st.lists(ATOMS, max_size=4)) for name in NAMES[:4]},
        "rows": ROWS,
        "table": st.dictionaries(st.sampled_from(["x", "y"]), ATOMS, max_size=2),
        "today": st.dates().map(lambda day: day.isoformat()),
    },
)


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return "'" + "".join(char for char in value if char not in "'\\" and char.isprintable()) + "'"
    if isinstance(value, float | Decimal):
        return f"{Decimal(str(value)):f}"
    return str(value)


LEAVES = st.one_of(
    st.sampled_from([*NAMES, "rows.x", "rows.y", "table.x", "a.x", "unknown", "today()"]),
    st.one_of(st.none(), st.booleans(), TEXTS).map(_literal),
    st.integers(-9, 9).map(str),
    st.decimals(-100, 100, places=3).map(_literal),
)
BINARY = ("and", "or", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "+", "-", "*", "/")
UNARY: tuple[str, ...] = (
    "not ({})",
    "-({})",
    "len({})",
    "empty({})",
    "abs({})",
    "round({})",
    "sum({})",
    "count({})",
)
UNARY += ("min({})", "max({})", "any_of({})", "all_of({})", "[{}]")
DOUBLE: tuple[str, ...] = (
    "round({}, {})",
    "days({}, {})",
    "contains({}, {})",
    "sum({}, {})",
    "count({}, {})",
    "min({}, {})",
)
DOUBLE += ("max({}, {})", "any_of({}, {})", "all_of({}, {})", "[{}, {}]")


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(BINARY), inner).map(lambda three: "({} {} {})".format(*three)),
        st.tuples(st.sampled_from(UNARY), inner).map(lambda two: two[0].format(two[1])),
        st.tuples(st.sampled_from(DOUBLE), inner, inner).map(lambda three: three[0].format(*three[1:])),
        st.tuples(inner, inner, inner).map(lambda three: "({} if {} else {})".format(*three)),
    )


TEXT_OF_EXPRESSION = st.recursive(LEAVES, _larger, max_leaves=12)
