"""Conditions and calculations of a form: in any order, through chains of hidden fields, inside rows."""

from __future__ import annotations

import copy
import itertools
import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.rules.field_order import circles
from documents.rules.fields import placed
from documents.rules.forms import Checked, Problem, check
from documents.rules.policy_checking import problems

TODAY = date(2026, 3, 2)


def field(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": {"zh": key, "en": key}, **more}


def form(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"key": "form", "sections": [{"key": "s", "fields": list(fields)}]}


def filled(*fields: dict[str, Any], facts: dict[str, Any] | None = None, **submitted: Any) -> Checked:
    return check(form(*fields), submitted, lists={}, facts=facts or {}, today=TODAY)


CHAIN = (
    field("a"),
    field("b", visible="a == 'open'"),
    field("c", visible="not empty(b)"),
    field("d", "computed", value="'seen' if c == 'x' else 'unseen'"),
    field("e", visible="d == 'seen'", required=True),
)


@pytest.mark.parametrize("order", list(itertools.permutations(range(5)))[::7])
def test_the_order_of_the_fields_changes_nothing(order: tuple[int, ...]) -> None:
    fields = [CHAIN[place] for place in order]
    everything = filled(*fields, a="open", b="y", c="x", e="z")
    assert everything.values == {"a": "open", "b": "y", "c": "x", "d": "seen", "e": "z"}
    assert list(everything.values) == [one["key"] for one in fields]
    shut = filled(*fields, a="shut", b="y", c="x", e="z")
    assert shut == Checked({"a": "shut", "d": "unseen"}, ())
    assert filled(*fields, a="open", b="y", c="x").problems == (Problem("e", "required"),)


def test_a_requirement_may_read_any_field_even_one_that_reads_it() -> None:
    pair = (field("a", required="empty(b)"), field("b", required="empty(a)"))
    assert {one.field for one in filled(*pair).problems} == {"a", "b"}
    assert filled(*pair, b="x").problems == ()


def test_what_an_earlier_form_said_is_read_unless_the_form_asks_for_it_itself() -> None:
    facts = {"a": "open", "amount": Decimal("5.00")}
    outer = field("z", visible="a == 'open' and amount == 5")
    assert filled(outer, facts=facts, z="x").values == {"z": "x"}
    assert filled(outer, field("a"), facts=facts, z="x").values == {}


def test_today_is_the_day_of_filling_in() -> None:
    late = field("late", visible="days(due, today()) > 3")
    due = field("due", "date")
    assert "late" in filled(late, due, due="2026-02-20", late="x").values
    assert "late" not in filled(late, due, due="2026-03-01", late="x").values


def test_a_problem_stands_where_the_field_stands() -> None:
    fields = (field("late", required="number > 1"), field("number", "number"), field("other", required=True))
    found = filled(*fields, number="2").problems
    assert [one.field for one in found] == ["late", "other"]


# rows

COLUMNS = [
    field("kind"),
    field("amount", "money", visible="kind != 'free'", required="kind == 'fee' and total > limit"),
    field("tax", "computed", value="round(amount * rate, 2)", visible="not empty(amount)"),
    field("note", visible="tax > 1", required=True),
]
TABLE = (
    field("items", "table", fields=COLUMNS),
    field("rate", "number"),
    field("total", "computed", value="sum(items.amount, items.tax)"),
    field("reason", visible="any_of(items.note)", required="count(items.tax) > 1"),
)
LIMIT = {"limit": 100, "amount": 999, "note": "outer"}


def test_a_computed_column_is_kept_and_the_form_reads_its_sum() -> None:
    rows = [{"kind": "fee", "amount": "0.10"}, {"kind": "fee", "amount": "0.20"}]
    found = filled(*TABLE, facts=LIMIT, rate="0.1", items=rows)
    assert found.values["items"] == [
        {"kind": "fee", "amount": Decimal("0.10"), "tax": Decimal("0.01")},
        {"kind": "fee", "amount": Decimal("0.20"), "tax": Decimal("0.02")},
    ]
    assert found.values["total"] == Decimal("0.33")


def test_a_hidden_cell_has_no_value_and_nothing_is_asked_of_it() -> None:
    rows = [{"kind": "free", "amount": "50", "note": "x"}, {"kind": "paid", "amount": "5"}]
    found = filled(*TABLE, facts=LIMIT, rate="0.1", items=rows)
    assert found.values["items"] == [
        {"kind": "free"},
        {"kind": "paid", "amount": Decimal("5.00"), "tax": Decimal("0.5")},
    ]
    assert found.problems == ()


def test_a_row_reads_the_form_and_its_own_columns_before_it() -> None:
    own = field("same", "computed", value="amount == row.amount and note == row.note")
    outer = field("outer", "computed", value="limit")
    table = field("items", "table", fields=[field("amount", "number"), field("note"), own, outer])
    found = filled(table, facts=LIMIT, items=[{"amount": "1"}, {"note": "x"}])
    assert found.values["items"] == [
        {"amount": 1, "same": True, "outer": 100},
        {"note": "x", "same": True, "outer": 100},
    ]


def test_a_condition_in_one_row_never_reaches_another() -> None:
    rows = [{"kind": "fee", "amount": "100"}, {"kind": "fee", "amount": "1"}, {"kind": "free"}]
    found = filled(*TABLE, facts=LIMIT, rate="0.1", items=rows)
    assert found.problems == (Problem("items", "required", {}, 0, "note"),)


def test_the_requirement_of_a_cell_reads_what_is_calculated_from_all_rows() -> None:
    rows = [{"kind": "fee"}, {"kind": "paid", "amount": "200"}]
    assert [one.row for one in filled(*TABLE, facts=LIMIT, items=rows).problems] == [0]
    rows[1]["amount"] = "20"
    assert filled(*TABLE, facts=LIMIT, items=rows).problems == ()


def test_the_order_of_the_columns_changes_nothing() -> None:
    rows = [{"kind": "fee", "amount": "100", "note": "x"}, {"kind": "free", "amount": "3", "note": "x"}]
    backwards = ({**TABLE[0], "fields": COLUMNS[::-1]}, *TABLE[1:])
    straight = filled(*TABLE, facts=LIMIT, rate="0.1", items=rows, reason="y")
    assert filled(*backwards, facts=LIMIT, rate="0.1", items=rows, reason="y") == straight
    assert straight.values["reason"] == "y"


def test_a_row_that_only_says_what_is_hidden_is_no_row() -> None:
    table = field(
        "items",
        "table",
        rows={"min": 1},
        fields=[
            field("kind", required=True),
            field("amount", "number", visible="kind == 'fee'"),
            field("double", "computed", value="0 if empty(amount) else amount * 2"),
        ],
    )
    assert filled(table, items=[{"amount": "5"}]) == Checked({}, ())
    assert filled(table, items=[{"amount": "5"}, {"kind": "fee", "amount": "5"}]).values == {
        "items": [{"kind": "fee", "amount": 5, "double": 10}]
    }


def test_what_cannot_be_read_is_said_at_its_cell() -> None:
    found = filled(*TABLE, facts=LIMIT, items=[{"kind": "a", "amount": "1"}, {"kind": "b", "amount": "much"}])
    assert found.problems == (Problem("items", "not_number", {}, 1, "amount"),)


# circles

CIRCLES: list[tuple[list[dict[str, Any]], list[tuple[str, ...]]]] = [
    ([field("a", visible="b"), field("b", visible="a")], [("a", "b")]),
    ([field("a", visible="a")], [("a",)]),
    ([field("a", visible="c"), field("b", visible="a"), field("c", visible="b")], [("a", "c", "b")]),
    ([field("a", "computed", value="b + 1"), field("b", "computed", value="a + 1")], [("a", "b")]),
    ([field("a", visible="b"), field("b"), field("c", visible="a and b")], []),
    ([field("a", required="b"), field("b", required="a")], []),
    ([field("a", visible="b"), field("b", visible="a"), field("x", visible="x")], [("a", "b"), ("x",)]),
    ([field("t", "table", fields=[field("x", visible="sum(t.y) > 1"), field("y", "number")])], [("t",)]),
    ([field("t", "table", fields=[field("x", visible="n")]), field("n", visible="t.x")], [("t", "n")]),
    ([field("t", "table", fields=[field("x", visible="t2")]), field("t2")], []),
    ([field("g", "group", fields=[field("a")], visible="a == 'x'")], [("a",)]),
    ([field("a", visible="b +")], []),
]


@pytest.mark.parametrize(("fields", "expected"), CIRCLES)
def test_fields_that_wait_for_one_another(
    fields: list[dict[str, Any]], expected: list[tuple[str, ...]]
) -> None:
    assert circles(list(placed(form(*fields)))) == expected


def test_a_circle_is_refused_where_it_stands() -> None:
    policy = copy.deepcopy(pack_definition("p01"))
    intake = policy["forms"][0]["sections"][0]["fields"]
    intake.append(field("one", visible="not empty(two)"))
    intake.append(field("two", visible="empty(one)"))
    rows = [
        field("x", visible="row.y == 'a'"),
        field("y", visible="x == 'a'"),
        field("z", visible="row.gone"),
    ]
    intake.append(field("items", "table", fields=rows))
    found = {one.path: one.zh for one in problems(policy)}
    assert "one → two → one" in found["forms[intake].fields[one]"]
    assert "x → y → x" in found["forms[intake].fields[items].fields[x]"]
    assert "row.gone" in next(zh for path, zh in found.items() if path.endswith("fields[z].visible"))


def test_a_circle_that_got_in_all_the_same_ends() -> None:
    pair = (field("a", visible="empty(b)"), field("b", visible="empty(a)"))
    assert filled(*pair, a="x", b="y").values == {"a": "x"}


# speed


def test_two_hundred_fields_and_a_table_of_a_thousand_cells_are_checked_at_once() -> None:
    many = [field("f0", "number")]
    many += [
        field(f"f{n}", "number", visible=f"f{n - 1} > 0", required=f"f{n // 2} > 5") for n in range(1, 200)
    ]
    columns = [field("c0", "number")]
    columns += [
        field(f"c{n}", "number", visible=f"c{n - 1} > 0 and f3 > 0", required=f"c{n // 2} > 5")
        for n in range(1, 19)
    ]
    columns.append(field("c19", "computed", value="(c1 + c2) * 1.06"))
    whole = (
        field("items", "table", fields=columns),
        field("total", "computed", value="sum(items.c19)"),
        *many,
    )
    answers: dict[str, Any] = {f"f{n}": "7" for n in range(200)}
    answers["items"] = [{f"c{n}": "7" for n in range(19)} for _ in range(50)]
    spent = []
    for _ in range(5):
        started = time.process_time()
        found = filled(*whole, **answers)
        spent.append(time.process_time() - started)
    assert found.problems == ()
    assert found.values["total"] == 742
    assert min(spent) < 0.1


# what may be written


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("a ** 2", "不支持“Pow”"),
        ("sum(", "写得不完整或有误"),
        ("x" * 2_000, "超过 1000 个字符"),
        ("not " * 90 + "a", "太复杂"),
        ("1000000000000000 > 1", "位数太多"),
        ("round(1, 2, 3)", "round() 的参数应为 1 到 2 个"),
        (7, "应为表达式"),
        (["a"], "应为表达式"),
    ],
)
def test_a_condition_that_is_none_says_why(condition: Any, said: str) -> None:
    policy = copy.deepcopy(pack_definition("p01"))
    policy["forms"][0]["sections"][0]["fields"].append(field("odd", visible=condition))
    found = [one.zh for one in problems(policy) if one.path.endswith("fields[odd].visible")]
    assert any(said in zh for zh in found)
    assert all(len(zh) < 300 for zh in found)


@pytest.mark.parametrize("key", ["class", "row", "today", "true", "null", "stage", "outcome"])
def test_a_key_that_means_something_else_to_conditions_is_refused(key: str) -> None:
    policy = copy.deepcopy(pack_definition("p01"))
    policy["forms"][0]["sections"][0]["fields"].append(field(key))
    assert any("保留字" in one.zh for one in problems(policy))
