"""An address in parts: what is asked, what is missing, one canonical text, and lines from before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from documents.rules.field_addresses import in_parts, joined, sent, text_of
from documents.rules.field_reading import Reading, Unreadable
from documents.rules.field_values import read_value

READING = Reading({}, date(2026, 3, 2))
ALL = ["province", "city", "county", "street", "detail"]
FIELD = {"key": "home", "type": "address", "parts": ALL, "parts_needed": ["province", "detail"]}
FULL = {
    "province": "福建省",
    "city": "福州市",
    "county": "鼓楼区",
    "street": "东街街道",
    "detail": "八一七北路 1 号",
}


def test_the_parts_make_one_text() -> None:
    assert read_value(FIELD, FULL, READING) == {**FULL, "text": "福建省福州市鼓楼区东街街道八一七北路 1 号"}


def test_only_the_parts_that_are_asked_are_kept() -> None:
    short = {**FIELD, "parts": ["county", "detail"], "parts_needed": []}
    assert read_value(short, FULL, READING)["text"] == "鼓楼区八一七北路 1 号"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        pytest.param({"province": "北京市", "city": "北京市", "county": "东城区"}, "北京市东城区", id="once"),
        pytest.param({"city": "London", "detail": "1 Fleet Street"}, "London 1 Fleet Street", id="latin"),
        pytest.param({"detail": " "}, " ", id="as it is"),
        pytest.param({}, "", id="nothing"),
    ],
)
def test_the_canonical_text(parts: dict[str, str], text: str) -> None:
    assert joined(parts) == text


def test_what_is_missing_is_named_in_both_languages() -> None:
    with pytest.raises(Unreadable) as refused:
        read_value(FIELD, {"city": "福州市"}, READING)
    assert refused.value.code == "parts_missing"
    assert refused.value.facts["parts"] == {"zh": "省、详址", "en": "Province, House and room"}


@pytest.mark.parametrize("nothing", [None, "", {}, {"province": "  "}, {"province": "", "text": "旧"}])
def test_nothing_typed_is_no_address(nothing: Any) -> None:
    assert read_value({**FIELD, "parts_needed": []}, nothing, READING) is None


@pytest.mark.parametrize("bad", [{"province": 3, "detail": "x"}, {"province": ["x"]}, 7, ["x"]])
def test_what_is_no_text_is_refused(bad: Any) -> None:
    with pytest.raises(Unreadable) as refused:
        read_value(FIELD, bad, READING)
    assert refused.value.code in ("not_text", "parts_missing")


def test_a_part_and_the_whole_have_their_length() -> None:
    for parts in ({**FULL, "city": "长" * 121}, dict.fromkeys(ALL, "长" * 119)):
        with pytest.raises(Unreadable, match="too_long"):
            read_value({**FIELD}, {**parts, "street": "x" * 100, "county": "区" * 100}, READING)


def test_a_line_from_before_stays_and_stands_in_the_last_part() -> None:
    assert in_parts(FIELD, "清河县城东路 1 号") == {"detail": "清河县城东路 1 号"}
    line = {"key": "home", "type": "address"}
    assert read_value(line, "清河县城东路 1 号", READING) == "清河县城东路 1 号"
    assert read_value(line, {**FULL, "text": "福建省福州市"}, READING) == "福建省福州市"
    assert text_of(FULL) == joined(FULL)


def test_a_page_sends_the_parts_or_a_line() -> None:
    parts = {f"q_home-{name}": value for name, value in FULL.items()}
    assert sent(FIELD, "q_home", parts.get) == FULL
    assert sent(FIELD, "q_home", {"q_home": "城东路"}.get) == {"detail": "城东路"}
    assert sent(FIELD, "q_home", dict[str, str]().get) is None
    assert sent({"key": "home", "type": "address"}, "q_home", parts.get) == joined(FULL)


def test_a_field_that_once_asked_for_all_parts_still_does() -> None:
    assert read_value({"key": "home", "type": "address", "parts": True}, FULL, READING)["city"] == "福州市"
