"""Expressions as people read them, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from documents.rules.broken import PolicyInvalid
from documents.rules.expression_words import Labels, in_words
from documents.rules.expressions import compile_expression
from tests.rules.expression_cases import TEXT_OF_EXPRESSION

NAMES = {
    "severity": {"zh": "严重程度", "en": "Severity"},
    "amount": {"zh": "金额", "en": "Amount"},
    "forwarded": {"zh": "上级交办", "en": "Forwarded"},
    "channel": {"zh": "投诉方式", "en": "Channel"},
    "due": {"zh": "限期", "en": "Due"},
    "items.fee": {"zh": "明细 · 费用", "en": "Items · Fee"},
}
OPTIONS = {
    ("severity", "major"): {"zh": "重大", "en": "Major"},
    ("channel", "phone"): {"zh": "电话", "en": "Telephone"},
    ("channel", "visit"): {"zh": "来访", "en": "Visit"},
}
LABELS = Labels(NAMES.get, lambda name, value: OPTIONS.get((name, value)))

SENTENCES = [
    (
        "'major' in severity and amount >= 1000",
        "“严重程度”包含“重大”，且“金额”大于等于 1000",
        "“Severity” contains “Major” and “Amount” is at least 1000",
    ),
    ("forwarded", "“上级交办”为是", "“Forwarded” is yes"),
    ("not forwarded", "“上级交办”不为是", "“Forwarded” is not yes"),
    ("channel == 'phone'", "“投诉方式”等于“电话”", "“Channel” is “Telephone”"),
    ("'phone' != channel", "“电话”不等于“投诉方式”", "“Telephone” is not “Channel”"),
    (
        "channel in ['phone', 'visit', 'else']",
        "“投诉方式”是“电话”、“来访”、“else”之一",
        "“Channel” is one of “Telephone”, “Visit”, “else”",
    ),
    ("channel not in ['phone']", "“投诉方式”不是“电话”中的任何一个", "“Channel” is none of “Telephone”"),
    ("not contains(severity, 'major')", "“严重程度”不包含“重大”", "“Severity” does not contain “Major”"),
    ("empty(due)", "“限期”未填写", "“Due” is empty"),
    ("not empty(due)", "“限期”已填写", "“Due” is filled in"),
    ("due != null", "“限期”已填写", "“Due” is filled in"),
    (
        "forwarded and (amount > 1 or empty(due))",
        "“上级交办”为是，且（“金额”大于 1，或“限期”未填写）",
        "“Forwarded” is yes and (“Amount” is more than 1 or “Due” is empty)",
    ),
    (
        "not (forwarded or amount < 0.5)",
        "并非（“上级交办”为是，或“金额”小于 0.5）",
        "not (“Forwarded” is yes or “Amount” is less than 0.5)",
    ),
    (
        "days(today(), due) <= 3",
        "从今天到“限期”的天数小于等于 3",
        "the days from today to “Due” is at most 3",
    ),
    (
        "round(sum(items.fee) * 1.06, 2)",
        "（“明细 · 费用”的合计乘以 1.06）四舍五入到 2 位小数",
        "(the sum of “Items · Fee” times 1.06) rounded to 2 decimal places",
    ),
    ("amount - (1 - 2) * 3", "“金额”减（1 减 2）乘以 3", "“Amount” minus (1 minus 2) times 3"),
    ("-amount", "负“金额”", "minus “Amount”"),
    (
        "amount if forwarded else 0",
        "如果“上级交办”为是，则为“金额”，否则为 0",
        "“Amount” if “Forwarded” is yes, otherwise 0",
    ),
    ("max(amount, items.fee)", "“金额”、“明细 · 费用”中最大的", "the greatest of “Amount”, “Items · Fee”"),
    ("any_of(items.fee)", "“明细 · 费用”中任一成立", "any of “Items · Fee” holds"),
    ("unknown == true", "“unknown”等于是", "“unknown” is yes"),
    (
        "0 < amount <= 5",
        "0 小于“金额”，且“金额”小于等于 5",
        "0 is less than “Amount” and “Amount” is at most 5",
    ),
    (
        "(amount > 1) == forwarded",
        "（“金额”大于 1）等于“上级交办”",
        "(“Amount” is more than 1) is “Forwarded”",
    ),
]


@pytest.mark.parametrize(("text", "zh", "en"), SENTENCES)
def test_an_expression_reads_as_a_sentence(text: str, zh: str, en: str) -> None:
    assert in_words(compile_expression(text), LABELS) == {"zh": zh, "en": en}


@settings(max_examples=400, deadline=None)
@given(TEXT_OF_EXPRESSION)
def test_every_expression_can_be_said(text: str) -> None:
    try:
        tree: Any = compile_expression(text)
    except PolicyInvalid:
        return
    found = in_words(tree, LABELS)
    assert found["zh"]
    assert found["en"]
