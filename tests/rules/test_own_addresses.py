"""Where a browser may be sent that says itself where it wants to go, and the numbers in addresses."""

from __future__ import annotations

import pytest

from documents.rules.own_addresses import is_own
from documents.rules.whole_numbers import number_or_none, whole

OURS = (
    "/",
    "/cases",
    "/cases?words=%0a&to=https://evil.example",
    "/cases/TS-2026-1-0001#a",
    "/admin/x/张 三",
)
OUTSIDE = (
    *("", "cases", "//evil.example", "///evil.example", "https://evil.example", "javascript:alert(1)"),
    *("/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "/\\evil.example", "/\\/evil.example"),
    *(
        "/sign-in\nX: y",
        "/x\x00",
        "/x\x7f",
        "/x\x85",
        "/x\ud83d",
        "/x\u2028",
        "/\u200b/x",
        "\t//evil.example",
        "//[",
    ),
)


@pytest.mark.parametrize("address", OURS)
def test_an_address_of_ours_is_gone_to(address: str) -> None:
    assert is_own(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_browser_is_sent_nowhere_else_and_no_header_breaks(address: str) -> None:
    assert not is_own(address)


@pytest.mark.parametrize(
    "text", ["²", "①", "৴", "", "-", "--1", "1.0", "1e3", "0x1", " 1", "1_0", "9" * 400, "Ⅷ"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert number_or_none(text) is None
    with pytest.raises(ValueError, match=r".*"):
        whole(text)


def test_digits_of_every_script_are_numbers() -> None:
    assert [number_or_none(text) for text in ("7", "-7", "２０２６", "٣", "007")] == [7, -7, 2026, 3, 7]
