"""The yearly notice is read as the State Council writes it, as JSON, and as an iCal file."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from documents.rules.broken import RuleBroken
from documents.rules.holiday_notices import YearDays, read_notice

# In the form of the published notices; the days of 2026 are those of the notice of November 2025.
NOTICE_2026 = """各省、自治区、直辖市人民政府：
经国务院批准，现将2026年元旦、春节、清明节等放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。"""


def days(found: YearDays, name: str) -> tuple[list[str], list[str]]:
    off = [f"{day:%m-%d}" for day in sorted(found.days_off) if found.days_off[day] == name]
    return off, [f"{day:%m-%d}" for day in sorted(found.makeup_days) if found.makeup_days[day] == name]


def test_the_notice_of_2026() -> None:
    found = read_notice(NOTICE_2026, 2026)
    assert days(found, "元旦") == (["01-01", "01-02", "01-03"], ["01-04"])
    assert days(found, "春节") == ([f"02-{day}" for day in range(15, 24)], ["02-14", "02-28"])
    assert days(found, "清明节") == (["04-04", "04-05", "04-06"], [])
    assert days(found, "国庆节") == ([f"10-0{day}" for day in range(1, 8)], ["09-20", "10-10"])
    assert (len(found.days_off), len(found.makeup_days)) == (33, 6)


@pytest.mark.parametrize(
    ("sentence", "off"),
    [
        pytest.param("1月1日（周三）放假1天，不调休。", ["2025-01-01"], id="a single day"),
        pytest.param(
            "2024年12月30日至2025年1月1日放假调休，共3天。",
            ["2024-12-30", "2024-12-31", "2025-01-01"],
            id="over the new year",
        ),
        pytest.param(
            "1月30日至2月2日放假", ["2025-01-30", "2025-01-31", "2025-02-01", "2025-02-02"], id="over a month"
        ),
        pytest.param("1月1日、1月3日放假", ["2025-01-01", "2025-01-03"], id="two single days"),
    ],
)
def test_sentences(sentence: str, off: list[str]) -> None:
    found = read_notice(f"一、元旦：{sentence}", 2025)
    assert [day.isoformat() for day in sorted(found.days_off)] == off


def test_json_with_names() -> None:
    text = json.dumps({"days_off": {"2027-01-01": "元旦"}, "makeup_days": {"2027-01-09": "元旦"}})
    found = read_notice(text, 2027)
    assert found.days_off == {date(2027, 1, 1): "元旦"}
    assert found.makeup_days == {date(2027, 1, 9): "元旦"}


def test_json_as_a_list_of_days() -> None:
    rows = [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-09", "isOffDay": False},
    ]
    for text in (json.dumps({"year": 2027, "days": rows}), json.dumps(rows)):
        found = read_notice(text, 2027)
        assert (list(found.days_off), list(found.makeup_days)) == ([date(2027, 1, 1)], [date(2027, 1, 9)])


def test_an_ical_file() -> None:
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
        "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270206\r\nDTEND;VALUE=DATE:20270209\r\n"
        "SUMMARY:春节（休\r\n ）\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270220\r\nSUMMARY:春节（班）\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    found = read_notice(text, 2027)
    assert found.days_off == dict.fromkeys([date(2027, 2, 6), date(2027, 2, 7), date(2027, 2, 8)], "春节")
    assert found.makeup_days == {date(2027, 2, 20): "春节"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "天气不错",
        "一、元旦：放假。",
        "一、元旦：13月1日放假。",
        "一、元旦：2月30日放假。",
        "一、元旦：1月5日至1日放假。",
        "一、元旦：1月1日至12月31日放假。",
        "{",
        "{}",
        "[1]",
        '{"days": 3}',
        '{"days_off": {"soon": "元旦"}}',
        '{"days_off": ["2026-01-01"], "makeup_days": ["2026-01-01"]}',
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:soon\nEND:VEVENT",
        "\x00" * 50,
        "一、" * 5000,
    ],
    ids=lambda text: repr(text[:30]),
)
def test_rubbish_is_refused_by_name(text: str) -> None:
    with pytest.raises(RuleBroken, match="notice_unreadable") as refused:
        read_notice(text, 2026)
    assert not re.search("[a-z] [a-z]", str(refused.value.facts["problem"])), "words of Python"


def test_a_notice_of_another_year_is_refused() -> None:
    with pytest.raises(RuleBroken, match="notice_other_year"):
        read_notice('{"days_off": {"2026-01-01": "元旦"}}', 2027)
