"""What people type into each type of field, and what is kept of it or said about it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from documents.rules.field_reading import Reading, Unreadable
from documents.rules.field_times import day_bound, read_moment
from documents.rules.field_values import read_value
from documents.rules.forms import check
from documents.rules.patterns import PATTERNS

TODAY = date(2026, 2, 24)
LISTS = {
    "channels": [
        {"key": "phone"},
        {"key": "letter"},
        {"key": "visit"},
        {"key": "none"},
        {"key": "fax", "retired": True},
    ],
}
TEXT = {"zh": "本人同意。", "en": "I agree."}


def read(kind: str, raw: Any, before: Any = None, **more: Any) -> Any:
    """The value, or the code of what is wrong with it."""
    definition = {"key": "f", "type": kind, **more}
    try:
        return read_value(definition, raw, Reading(LISTS, TODAY, {"f": before}))
    except Unreadable as wrong:
        return f"!{wrong.code}"


NUMBERS: list[tuple[Any, Any]] = [
    ("1200", 1200),
    ("1,200.50", Decimal("1200.50")),
    ("１，２００．５", Decimal("1200.5")),
    (" 12 000 ", 12000),
    ("1,0000", 10000),
    ("-3", -3),
    ("－3.0", -3),
    ("1.2万", 12000),
    ("3亿", 300_000_000),
    ("12。5", Decimal("12.5")),
    ("0", 0),
    (7, 7),
    (2.5, Decimal("2.5")),
    ("1,5", "!not_number"),
    ("12,34,567", "!not_number"),
    ("1_000", "!not_number"),
    ("1e5", "!not_number"),
    ("NaN", "!not_number"),
    ("Infinity", "!not_number"),
    ("９" * 16, "!not_number"),
    ("٣", "!not_number"),
    ("一千", "!not_number"),
    (".", "!not_number"),
    (True, "!not_number"),
    (float("nan"), "!not_number"),
    (["1"], "!not_number"),
]


@pytest.mark.parametrize(("raw", "value"), NUMBERS)
def test_numbers(raw: Any, value: Any) -> None:
    assert read("number", raw) == value


def test_a_number_of_steps_places_and_units() -> None:
    assert read("number", "2.5", places=1) == Decimal("2.5")
    assert read("number", "2.55", places=1) == "!too_many_places"
    assert read("number", "2.5", places=0) == "!not_whole"
    assert read("number", "25", step=10) == "!not_a_step"
    assert read("number", "25", step=10, min=5) == 25
    assert read("number", "0.3", step=0.1) == Decimal("0.3")
    assert read("number", "5 件", unit_label={"zh": "件", "en": "pieces"}) == 5
    assert read("number", "4", min=5) == "!too_low"
    assert read("number", "0.1", min=0.1) == Decimal("0.1")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("￥1，200.5元", Decimal("1200.50")),
        ("1,200", Decimal("1200.00")),
        ("1.5万元", Decimal("15000.00")),
        ("人民币3元整", Decimal("3.00")),
        ("0.005", "!money_places"),
        ("abc", "!not_number"),
    ],
)
def test_money(raw: str, value: Any) -> None:
    assert read("money", raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("12.5", Decimal("12.5")),
        ("１２．５％", Decimal("12.5")),
        ("百分之30", Decimal(30)),
        ("0", Decimal(0)),
        ("100", Decimal(100)),
        ("100.01", "!too_high"),
        ("-1", "!too_low"),
        ("12.345", "!too_many_places"),
        ("一半", "!not_number"),
    ],
)
def test_percentages(raw: str, value: Any) -> None:
    assert read("percent", raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("90", 90),
        ("1:30", 90),
        ("１：３０", 90),
        ("1小时30分", 90),
        ("1 小时 30 分钟", 90),
        ("1个半小时", 90),
        ("1小时半", 90),
        ("半小时", 30),
        ("半个小时", 30),
        ("两小时", 120),
        ("1.5h", 90),
        ("1h30m", 90),
        ("2 hours 5 minutes", 125),
        ("45分钟", 45),
        ("1刻钟", 15),
        ("2天", 2880),
        ("1天2小时", 1560),
        (90, 90),
        ("0", 0),
        ("-5", "!not_duration"),
        (float("inf"), "!not_duration"),
        (Decimal("NaN"), "!not_duration"),
        (Decimal("1e999999999"), "!not_duration"),
        ("1:75", "!not_duration"),
        ("1.33小时", "!not_duration"),
        ("一会儿", "!not_duration"),
        ("小时", "!not_duration"),
        ("999999999", "!not_duration"),
    ],
)
def test_durations(raw: Any, value: Any) -> None:
    assert read("duration", raw) == value


def test_a_working_day_has_no_fixed_length() -> None:
    assert read("duration", "2天", counted_in="working_minutes") == "!not_duration"
    assert read("duration", "30", min="1小时") == "!too_low"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("16:40", "16:40"),
        ("9:05", "09:05"),
        ("０９：０５", "09:05"),
        ("9点半", "09:30"),
        ("9时5分", "09:05"),
        ("下午3点", "15:00"),
        ("下午3点20分", "15:20"),
        ("3:20 pm", "15:20"),
        ("12am", "00:00"),
        ("0930", "09:30"),
        ("930", "09:30"),
        ("9", "09:00"),
        ("16:40:30", "16:40"),
        ("24:00", "!not_time"),
        ("9:60", "!not_time"),
        ("早", "!not_time"),
    ],
)
def test_times_of_day(raw: str, value: Any) -> None:
    assert read("time", raw) == value


def test_a_time_of_day_within_bounds() -> None:
    assert read("time", "07:59", min="08:00") == "!too_low"
    assert read("time", "8:00", min="08:00", max="17:30") == "08:00"
    assert read("time", "17:31", max="17:30") == "!too_high"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2026-02-24", TODAY),
        ("2026-2-4", date(2026, 2, 4)),
        ("2026/2/4", date(2026, 2, 4)),
        ("2026.2.4", date(2026, 2, 4)),
        ("2026年2月4日", date(2026, 2, 4)),
        ("２０２６年２月４日", date(2026, 2, 4)),
        ("20260204", date(2026, 2, 4)),
        ("2026-02-24 周二", TODAY),
        (datetime(2026, 2, 24, 9, tzinfo=UTC), TODAY),
        ("2026-02-30", "!not_date"),
        ("26-2-4", "!not_date"),
        ("昨天", "!not_date"),
        ("0000-01-01", "!not_date"),
        ("0001-01-01", "!not_date"),
        ("9999-12-31", "!not_date"),
        ("2200-12-31", date(2200, 12, 31)),
    ],
)
def test_days(raw: Any, value: Any) -> None:
    assert read("date", raw) == value


@pytest.mark.parametrize(
    ("bound", "day"),
    [
        ("today", TODAY),
        ("today-30", date(2026, 1, 25)),
        ("today+7", date(2026, 3, 3)),
        ("today + 7", date(2026, 3, 3)),
        ("2026-01-01", date(2026, 1, 1)),
        ("tomorrow", None),
        ("today-", None),
    ],
)
def test_bounds_of_days(bound: str, day: date | None) -> None:
    assert day_bound(bound, TODAY) == day


def test_a_day_within_bounds_that_move_with_today() -> None:
    assert read("date", "2026-01-24", min="today-30") == "!too_low"
    assert read("date", "2026-01-25", min="today-30", max="today") == date(2026, 1, 25)
    assert read("date", "2026-02-25", max="today") == "!too_high"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2026-02-24T16:40", "2026-02-24T16:40:00"),
        ("2026-02-24T16:40:00+08:00", "2026-02-24T16:40:00+08:00"),
        ("2026-2-24 16:40", "2026-02-24T16:40:00"),
        ("2026/2/24 下午4点40分", "2026-02-24T16:40:00"),
        ("2026年2月24日16时40分", "2026-02-24T16:40:00"),
        ("2026-02-24 周二 16:40", "2026-02-24T16:40:00"),
        ("2026年2月24日", None),
        ("16:40", None),
    ],
)
def test_moments(raw: str, value: str | None) -> None:
    found = read_moment(raw)
    assert (found.isoformat() if found else None) == value


def test_a_moment_needs_its_zone() -> None:
    assert read("datetime", "2026-02-24 16:40") == "!not_datetime"
    assert read("datetime", "2026-02-24T08:40:00Z") == datetime(2026, 2, 24, 8, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (["phone", "letter"], ["phone", "letter"]),
        (["phone", "phone"], ["phone"]),
        ("phone", ["phone"]),
        (["phone", "letter", "visit"], "!too_many_picks"),
        (["none"], ["none"]),
        (["none", "phone"], "!exclusive_option"),
        (["pigeon"], "!not_an_option"),
        (["fax"], "!retired_option"),
        ({"phone": 1}, "!not_text"),
    ],
)
def test_choices(raw: Any, value: Any) -> None:
    assert read("choices", raw, options="channels", max=2, exclusive="none") == value


def test_at_least_two_picks_unless_none_of_them() -> None:
    assert read("choices", ["phone"], options="channels", min=2, exclusive="none") == "!too_few_picks"
    assert read("choices", ["none"], options="channels", min=2, exclusive="none") == ["none"]


def test_a_retired_option_stays_where_it_was_chosen() -> None:
    assert read("choice", "fax", options="channels") == "!retired_option"
    assert read("choice", "fax", before="fax", options="channels") == "fax"
    assert read("choices", ["fax"], before=["fax", "phone"], options="channels") == ["fax"]


def test_files_are_counted() -> None:
    assert read("files", ["a", "b", "a"], max=2) == ["a", "b"]
    assert read("files", ["a", "b", "c"], max=2) == "!too_many_files"
    assert read("files", ["a", "b", "c"], rows={"max": 2}) == "!too_many_files"
    assert read("files", ["a"], min=2) == "!too_few_files"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("zh", {"given": True, "language": "zh"}),
        ("en", {"given": True, "language": "en"}),
        (True, {"given": True, "language": "zh"}),
        ("true", {"given": True, "language": "zh"}),
        ({"given": True, "language": "en"}, {"given": True, "language": "en"}),
        ({"given": False}, None),
        ("", None),
        (False, None),
    ],
)
def test_consents(raw: Any, value: Any) -> None:
    assert read("consent", raw, text=TEXT) == value


def test_a_signature_is_a_name() -> None:
    assert read("signature", " 王  敏 ") == {"name": "王 敏"}
    assert read("signature", "王" * 61) == "!too_long"


def test_only_the_server_takes_snapshots_and_gives_numbers() -> None:
    assert read("lookup", "forged") is None
    assert read("lookup", {"snapshot": "李强", "of": "unit"}) == {"snapshot": "李强", "of": "unit"}
    assert read("series", "TS-1") is None


PATTERN_ROWS: list[tuple[str, str, Any]] = [
    ("digits", "０１２ 3", "0123"),
    ("digits", "12a", None),
    ("letters", "abC", "abC"),
    ("letters", "ab1", None),
    ("letters_digits", "ab1", "ab1"),
    ("letters_digits", "ab-1", None),
    ("chinese", "欧阳·明", "欧阳·明"),
    ("chinese", "Ou", None),
    ("mobile", "+86 138-0000-0000", "13800000000"),
    ("mobile", "12800000000", None),
    ("postcode", "518000", "518000"),
    ("postcode", "51800", None),
    ("account_number", "6222 0200 0011", "622202000011"),
    ("account_number", "12345", None),
    ("bank_card", "4111 1111 1111 1111", "4111111111111111"),
    ("bank_card", "4111 1111 1111 1112", None),
    ("credit_code", "91350100m000100y43", "91350100M000100Y43"),
    ("credit_code", "91350100M000100Y44", None),
    ("credit_code", "9135O100M000100Y43", None),
    ("licence_plate", "粤A12345", "粤A12345"),
    ("licence_plate", "粤a·d1234 5", "粤AD12345"),
    ("licence_plate", "粤BD12345", "粤BD12345"),
    ("licence_plate", "粤A1234学", "粤A1234学"),
    ("licence_plate", "粤I12345", None),
    ("licence_plate", "A12345", None),
    ("passport", "e12345678", "E12345678"),
    ("latin_name", "O'Neil, Mary-Ann", "O'Neil, Mary-Ann"),
    ("latin_name", "王", None),
    ("document_number", "清联发〔2026〕12号", "清联发〔2026〕12号"),
    ("document_number", "清联发 <12>", None),
]


@pytest.mark.parametrize(("name", "raw", "value"), PATTERN_ROWS)
def test_patterns(name: str, raw: str, value: str | None) -> None:
    assert read("text", raw, pattern=name) == (value or "!not_of_pattern")


def test_every_pattern_is_tried_here_and_says_what_it_wants() -> None:
    assert {name for name, _, _ in PATTERN_ROWS} == set(PATTERNS)
    assert all(one.message["zh"] and one.message["en"] for one in PATTERNS.values())


def test_contact_details_are_made_narrow() -> None:
    assert read("phone", "０２０—８８８８ ０１２３") == "020-8888 0123"
    assert read("email", "Ｌｉ＠example.cn") == "Li@example.cn"
    assert read("id_number", "１１０１０５１９４９１２３１００２ｘ") == "11010519491231002X"
    assert read("id_number", "110105194912310021") == "!id_checksum"


def form(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"key": "f", "sections": [{"fields": list(fields)}]}


def problems(definition: dict[str, Any], **submitted: Any) -> list[Any]:
    found = check(definition, submitted, lists=LISTS, facts={}, today=TODAY).problems
    return [(one.field, one.code, one.row, one.column) for one in found]


def test_a_check_reads_the_whole_form_and_speaks_at_its_field() -> None:
    later = {"that": "empty(last) or first <= last", "message": {"zh": "须不晚于止", "en": "too late"}}
    made = form(
        {"key": "first", "type": "date", "check": [later]},
        {"key": "last", "type": "date"},
    )
    assert problems(made, first="2026-02-25", last="2026-02-24") == [("first", "check_failed", None, None)]
    assert problems(made, first="2026-02-24", last="2026-02-24") == []
    assert problems(made, first="2026-02-24") == []
    assert problems(made, last="2026-02-24") == []


def test_a_check_of_a_column_is_held_against_each_row() -> None:
    positive = {"that": "paid <= owed", "message": {"zh": "付多了", "en": "too much"}}
    whole = {"that": "sum(rows.owed) <= most", "message": {"zh": "合计超出", "en": "over"}}
    made = form(
        {
            "key": "rows",
            "type": "table",
            "check": [whole],
            "fields": [
                {"key": "name", "type": "text", "unique": True},
                {"key": "owed", "type": "money"},
                {"key": "paid", "type": "money", "check": [positive]},
            ],
        },
        {"key": "most", "type": "money"},
    )
    rows = [
        {"name": "甲", "owed": "5", "paid": "5"},
        {"name": "", "owed": "", "paid": ""},
        {"name": "甲", "owed": "5", "paid": "6"},
    ]
    assert problems(made, rows=rows, most="10") == [
        ("rows", "not_unique", 1, "name"),
        ("rows", "check_failed", 1, "paid"),
    ]
    assert problems(made, rows=rows[:1], most="4") == [("rows", "check_failed", None, None)]


def test_what_nobody_types_is_never_missing() -> None:
    made = form(
        {"key": "head", "type": "lookup", "required": True},
        {"key": "number", "type": "series", "required": True},
        {"key": "agreed", "type": "consent", "required": True, "text": TEXT},
    )
    assert problems(made, agreed="") == [("agreed", "required", None, None)]
