"""What a mask leaves of an answer; without one nothing is left."""

from __future__ import annotations

from typing import Any

import pytest

from documents.rules.grammar.forms import MASKS as NAMED
from documents.rules.masks import MASKS, masked

TOWN = {"province": "北京市", "city": "北京市", "county": "东城区"}
ADDRESS = {**TOWN, "detail": "1 号", "text": "北京市东城区1 号"}


@pytest.mark.parametrize(
    ("kind", "mask", "value", "shown"),
    [
        ("phone", "phone", "13812345678", "138****5678"),
        ("phone", "phone", "020-88880123", "020****0123"),
        ("phone", "phone", "12345", "****"),
        ("id_number", "id_number", "11010519491231002X", "110****002X"),
        ("text", "account", "6222021234561111", "**** 1111"),
        ("text", "account", "1111", "****"),
        ("email", "email", "li@example.cn", "l****@example.cn"),
        ("email", "email", "@", "****"),
        ("text", "name", "张三丰", "张**"),
        ("signature", "name", {"name": "张三", "at": "x"}, "张**"),
        ("lookup", "name", {"snapshot": 3, "words": {"zh": "李四", "en": "Li"}}, "李**"),
        ("address", "address", ADDRESS, "北京市东城区****"),
        ("address", "address", {"detail": "1 号", "text": "1 号"}, "****"),
        ("address", "address", "福建省福州市东街 1 号", "福建省****"),
        ("phone", "none", "13812345678", ""),
        ("phone", None, "13812345678", ""),
        ("phone", "phone", None, ""),
        ("phone", "gone", "13812345678", ""),
    ],
)
def test_what_is_left(kind: str, mask: str | None, value: Any, shown: str) -> None:
    assert masked({"key": "x", "type": kind, "mask": mask}, value) == shown


def test_every_mask_of_the_grammar_is_one() -> None:
    assert {*MASKS, "none"} == set(NAMED)


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("value", ["x", "ab", "1234567", "12345678", "张", "a@b", " "])
def test_no_mask_shows_a_short_answer_whole(mask: str, value: str) -> None:
    assert masked({"key": "x", "type": "text", "mask": mask}, value) != value
