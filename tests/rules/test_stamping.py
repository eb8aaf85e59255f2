"""Consents and signatures carry what they stand for, and words for it in both languages."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from documents.case_parts import plain_value, stored_value
from documents.rules.field_files import FileFacts, extensions, wrong_files
from documents.rules.field_words import duration_words, number_words, percent_words, typed_duration
from documents.rules.forms import Problem
from documents.rules.stamping import Signer, digest_of_answers, stamped, wrong_names

NOW = datetime(2026, 2, 24, 1, 2, 3, 456789, tzinfo=UTC)
WANG = Signer("wang", "王 敏", NOW)
TEXT = {"zh": "本人同意。", "en": "I agree."}
FORM: dict[str, Any] = {
    "key": "f",
    "sections": [
        {
            "fields": [
                {"key": "amount", "type": "money"},
                {
                    "key": "box",
                    "type": "group",
                    "fields": [{"key": "agreed", "type": "consent", "text": TEXT}],
                },
                {"key": "own", "type": "signature", "of": "actor"},
                {"key": "customer", "type": "signature"},
                {"key": "papers", "type": "files", "max_mb": 2, "total_mb": 3, "accept": [".pdf", "JPG"]},
            ]
        }
    ],
}
VALUES: dict[str, Any] = {
    "amount": Decimal("5.00"),
    "day": date(2026, 2, 24),
    "agreed": {"given": True, "language": "en"},
    "own": {"name": "王敏"},
    "rows": [{"price": Decimal("1.50"), "at": NOW}],
}


def test_a_consent_carries_the_hash_of_the_text_in_the_language_that_was_shown() -> None:
    kept = stamped(FORM, VALUES, WANG)["agreed"]
    digest = hashlib.sha256(b"I agree.").hexdigest()
    assert kept == {"given": True, "language": "en", "sha256": digest, "at": NOW}


def test_a_signature_stands_for_all_other_answers_and_still_does_when_they_were_stored() -> None:
    kept = stamped(FORM, VALUES, WANG)
    assert kept["own"] == {"name": "王敏", "by": "wang", "at": NOW, "sha256": digest_of_answers(FORM, kept)}
    back = plain_value({key: stored_value(value) for key, value in kept.items()})
    assert digest_of_answers(FORM, back) == kept["own"]["sha256"]
    back["amount"] = Decimal("6.00")
    assert digest_of_answers(FORM, back) != kept["own"]["sha256"]


def test_one_signature_does_not_change_what_another_stands_for() -> None:
    both = stamped(FORM, {**VALUES, "customer": {"name": "李小明"}}, WANG)
    assert both["customer"]["sha256"] == both["own"]["sha256"] == stamped(FORM, VALUES, WANG)["own"]["sha256"]


@pytest.mark.parametrize(("name", "wrong"), [("王敏", False), ("王 敏", False), ("李强", True)])
def test_the_own_signature_is_the_own_name(name: str, wrong: bool) -> None:
    found = list(wrong_names(FORM, {"own": {"name": name}, "customer": {"name": "李小明"}}, WANG))
    assert found == ([Problem("own", "not_your_name", {"name": "王 敏"})] if wrong else [])


def files(*sizes: tuple[str, int]) -> list[tuple[str, dict[str, Any]]]:
    known = {name: FileFacts(name, size) for name, size in sizes}
    return [(one.code, dict(one.facts)) for one in wrong_files(FORM, {"papers": [*known, "gone"]}, known)]


def test_files_are_held_against_size_type_and_total() -> None:
    megabyte = 1024 * 1024
    assert files(("a.PDF", megabyte), ("b.jpg", megabyte)) == []
    assert files(("a.pdf", 2 * megabyte + 1)) == [
        ("file_larger", {"name": "a.pdf", "size": "2.0", "most": 2})
    ]
    assert files(("a.exe", 1)) == [("file_extension", {"name": "a.exe", "accept": ".pdf、.jpg"})]
    assert [code for code, _ in files(("a.pdf", 2 * megabyte), ("b.pdf", 2 * megabyte))] == [
        "files_too_large"
    ]


def test_what_a_browser_calls_a_type_is_no_ending() -> None:
    assert extensions({"accept": "image/*,.pdf"}) == (".pdf",)
    assert extensions({}) == ()


@pytest.mark.parametrize(
    ("minutes", "zh", "en", "typed"),
    [
        (0, "0分钟", "0 min", "0"),
        (45, "45分钟", "45 min", "45"),
        (60, "1小时", "1 h", "1:00"),
        (90, "1小时30分", "1 h 30 min", "1:30"),
        (1505, "25小时5分", "25 h 5 min", "25:05"),
    ],
)
def test_lengths_of_time_in_words(minutes: int, zh: str, en: str, typed: str) -> None:
    assert (duration_words(minutes), duration_words(minutes, "en"), typed_duration(minutes)) == (
        zh,
        en,
        typed,
    )


def test_numbers_in_words() -> None:
    assert percent_words(Decimal("12.50")) == "12.5%"
    assert number_words({"unit_label": {"zh": "件", "en": "pieces"}}, 5) == "5 件"
    assert number_words({"unit_label": {"zh": "件", "en": "pieces"}}, Decimal("2.50"), "en") == "2.5 pieces"
    assert number_words({}, 1200) == "1200"
