"""`juanzong due` answers without a server, and refuses bad input with exit code 2 and the reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.commands.due import due

NEVER = "key: closed\nweek: [[], [], [], [], [], [], []]\n"
ALWAYS_OFF = "key: monday\nweek: [['09:00-17:00'], [], [], [], [], [], []]\ndays_off: {2026-02-16: 春节}\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(due, list(arguments))


def answered(*arguments: str) -> str:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert list(told) == ["due", "explanation"]
    assert all(list(line) == ["zh", "en"] for line in told["explanation"])
    return str(told["due"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("--count|7 working_days|--start|2026-02-13T16:40", "2026-03-02T23:59:59+08:00"),
        ("--pack|P01|--limit|handle|--start|2026-02-13T16:40", "2026-03-02T23:59:59+08:00"),
        ("--pack|p04|--limit|interim|--start|2026-02-13T16:40", "2026-02-24T08:40:00+08:00"),
        # The exchange does not work on Saturday the 14th and the 28th.
        ("--count|7 working_days|--start|2026-02-13T16:40|--calendar|cn-exchange",
         "2026-03-04T23:59:59+08:00"),
        ("--count|24 hours|--start|2026-02-28T10:00+00:00", "2026-03-01T18:00:00+08:00"),
        ("--count|5 working_days|--start|2026-03-02T10:00|--pause|2026-03-04T15:00..2026-03-16T09:00",
         "2026-03-19T23:59:59+08:00"),
        ("--pack|p01|--limit|superior|--start|2026-03-02T10:00|--agreed|2026-03-06T17:00",
         "2026-03-06T17:00:00+08:00"),
    ],
)  # fmt: skip
def test_the_due_moment_is_printed(arguments: str, expected: str) -> None:
    assert answered(*arguments.split("|")) == expected


def test_every_line_is_printed_in_both_languages() -> None:
    output = run("--count", "1 working_days", "--start", "2026-05-08T15:00").output
    assert "2026-05-09 周六 为调休上班日（劳动节），计入第 1 日" in output
    assert "Sat 2026-05-09 is a make-up working day; it counts as day 1." in output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("--count|7 working_days|--start|2026-02-30", "day is out of range for month"),
        ("--count|1000000000 natural_days|--start|2026-02-13", "allowed are 0 to 3660"),
        ("--count|1 working_days|--start|2026-02-13|--calendar|mars", "没有工作日历 mars"),
        ("--count|1 working_days|--start|2026-02-13|--pause|2026-02-15..2026-02-14", "早于开始"),
        ("--count|1 working_days|--start|0001-01-01", "out of range"),
        ("--count|1 working_days|--start|9999-12-31", "out of range"),
        ("--pack|p99|--limit|handle|--start|2026-02-13", "There is no pack p99"),
        ("--pack|p01|--limit|nothing|--start|2026-02-13", "There is no limit nothing"),
        ("--pack|p01|--start|2026-02-13", "Give --limit"),
        ("--pack|p01|--limit|superior|--start|2026-02-13", "尚无日期"),
        ("--start|2026-02-13", "Give --count, or --pack and --limit"),
        ("--count|1 working_days", "--start"),
    ],
)
def test_bad_input_is_refused_with_its_reason(arguments: str, reason: str) -> None:
    result = run(*arguments.split("|"))
    assert result.exit_code == 2
    assert reason in result.output
    assert "Traceback" not in result.output


def test_a_calendar_without_a_working_day_is_refused(tmp_path: Path) -> None:
    (tmp_path / "never.yaml").write_text(NEVER)
    result = run(
        "--count", "1 working_days", "--start", "2026-02-13", "--calendar", str(tmp_path / "never.yaml")
    )
    assert (result.exit_code, "no day of the week is worked" in result.output) == (2, True)
    result = run(
        "--count", "1 working_days", "--start", "2026-02-13", "--calendar", str(tmp_path / "gone.yaml")
    )
    assert (result.exit_code, "cannot read the calendar" in result.output) == (2, True)


def test_a_calendar_of_ones_own_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "monday.yaml").write_text(ALWAYS_OFF)
    arguments = (
        "--count",
        "1 working_days",
        "--start",
        "2026-02-13",
        "--calendar",
        str(tmp_path / "monday.yaml"),
    )
    assert answered(*arguments) == "2026-02-23T23:59:59+08:00"
