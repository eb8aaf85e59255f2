"""Figures: shares, first drafts and conditions, without a database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from documents.rules.broken import PolicyInvalid
from documents.rules.figures import Span, condition, group_value, measures_text, per_cent, shares_text

SPAN = Span(
    "QH",
    first=datetime(2026, 1, 1, tzinfo=UTC),
    after=datetime(2026, 6, 1, tzinfo=UTC),
    known=datetime(2026, 6, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, "—"), (0, 7, "0.0%"), (1, 3, "33.3%"), (2, 3, "66.7%"), (1, 8, "12.5%"), (7, 7, "100.0%"),
     (1, 2000, "0.1%"), (1, 2001, "0.0%")],
)  # fmt: skip
def test_shares_are_rounded_as_people_do(part: int, whole: int, expected: str) -> None:
    assert per_cent(part, whole) == expected


def test_a_table_becomes_a_sentence_with_the_most_in_front() -> None:
    rows = [("收费", 5), ("排队", 3), ("态度", 1), ("其他", 1), ("存款", 0)]
    assert shares_text(rows, 10) == (
        "本期10件投诉中，居前的是：收费5件（50.0%）、排队3件（30.0%）、态度1件（10.0%）。"
        "其余为：其他1件（10.0%）。"
    )


def test_a_table_with_one_row_or_none_has_its_own_sentence() -> None:
    assert shares_text([("收费", 4)], 4) == "本期4件投诉均属收费4件（100.0%）。"
    assert shares_text([], 0) == "本期没有相应的投诉。"


def test_measures_are_numbered_and_name_their_cases() -> None:
    found = [("加强培训。", ["TS-1"]), ("核对公示", ["TS-2", "TS-3", "TS-4", "TS-5"])]
    assert measures_text(found) == "1．加强培训（TS-1）。\n2．核对公示（TS-2、TS-3、TS-4等）。"
    assert measures_text([]) == "本期没有登记整改措施。"


def test_a_count_nobody_knows_is_refused() -> None:
    with pytest.raises(PolicyInvalid, match="unknown_count"):
        condition({"colour": ["red"]}, SPAN)
    with pytest.raises(PolicyInvalid, match="unknown_group"):
        group_value("colour", SPAN)


def test_every_condition_is_bound_to_the_unit_the_days_and_what_was_known() -> None:
    parts = condition({"case_type": ["complaint"]}, SPAN)["$and"]
    assert parts[:2] == [
        {"scope": "t:QH", "registered_at": {"$lt": SPAN.known}},
        {"received_at": {"$gte": SPAN.first, "$lt": SPAN.after}},
    ]
