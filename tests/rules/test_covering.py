"""What a reader may not know is covered wherever it stands; a digest is no telephone number."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from documents.rules.covering import Cover
from documents.rules.papers import FilledForm, FormField, FormSection


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("电话13812345678，", "电话138****5678，"),
        ("证件 44180219700101001X。", "证件 441****01X。"),
        ("卡号6217000012345678901", "卡号**** 8901"),
        ("发到 li.ming@example.cn", "发到 l****@example.cn"),
        ("SHA-256：9f138123456780a1", "SHA-256：9f138123456780a1"),
        ("TS-2026-0224-0001，2026-02-24", "TS-2026-0224-0001，2026-02-24"),
        ("李小明说李小明的母亲李小", "李**说李**的母亲李小"),
    ],
)
def test_numbers_and_known_words_are_covered(text: str, covered: str) -> None:
    assert Cover({"李小明": "李**"}).text(text) == covered


def test_the_longest_word_goes_first_and_one_character_is_none() -> None:
    assert (
        Cover({"李": "*", "李小": "甲", "李小明": "乙"}, numbers=False).text("李小明、李小、李")
        == "乙、甲、李"
    )


def test_every_text_of_a_paper_is_covered() -> None:
    at = datetime(2026, 2, 24, tzinfo=UTC)
    form = FilledForm("李小明的表", "f", "1", (FormSection("", (FormField("谁", "李小明"),)),), "王敏", at)
    found = Cover({"李小明": "李**"}).value(form)
    assert (found.title, found.sections[0].fields[0].value, found.filled_by) == ("李**的表", "李**", "王敏")
