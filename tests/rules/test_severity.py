"""Severity 定级: which level the rules give, why, and when time alone would raise it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from documents.rules.severity import Observed, Standing, Weighed, set_by_person, weigh
from documents.rules.severity_counting import Alike, complainant_of, counted, reach, type_of
from documents.rules.severity_scale import Scale, Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
ALL = {key: {"zh": key, "en": key} for key in ("general", "important", "hot", "major")}


def label(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


MONTH = {"amount": 1, "counted_in": "months"}
RULES: list[dict[str, Any]] = [
    {"key": "lawsuit", "level": "major", "when": "lawsuit"},
    {"key": "five", "level": "major", "when": "people >= 5"},
    {"key": "three", "level": "hot", "when": "people >= 3"},
    {"key": "month", "level": "major", "when": "our_cause", "unresolved": MONTH},
    {
        "key": "week",
        "level": "hot",
        "when": "our_cause",
        "unresolved": {"amount": 7, "counted_in": "natural_days"},
    },
    {"key": "same_type", "level": "hot", "similar": {"at_least": 3, **MONTH}},
    {"key": "again", "level": "important", "similar": {"at_least": 2, "by": "same", **MONTH}},
]
DEFINITION: dict[str, Any] = {
    "policy": {"zone": "Asia/Shanghai"},
    "lists": {"levels": [{"key": key, "label": text} for key, text in ALL.items()]},
    "severity": {
        "list": "levels",
        "alike": "category",
        "complainant": ["phone", "name"],
        "rules": [{**rule, "label": label(rule["key"])} for rule in RULES],
    },
}
SCALE = Scale.from_definition(DEFINITION)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


RECEIVED = at("2026-01-20 10:00")


def weighed(now: str, *, standing: Standing | None = None, similar: Any = None, **facts: Any) -> Weighed:
    return weigh(SCALE, standing, Observed(facts, RECEIVED, similar=similar or {}), at(now))


@pytest.mark.parametrize(
    ("facts", "similar", "now", "level", "by"),
    [
        pytest.param({}, {}, "2026-01-20 10:00", "general", (), id="nothing holds"),
        pytest.param({"lawsuit": True}, {}, "2026-01-20 10:00", "major", ("lawsuit",), id="a lawsuit"),
        pytest.param(
            {"people": 5}, {}, "2026-01-20 10:00", "major", ("five",), id="five people, five included"
        ),
        pytest.param({"people": 4}, {}, "2026-01-20 10:00", "hot", ("three",), id="four people are hot"),
        pytest.param({"people": 2}, {}, "2026-06-20 10:00", "general", (), id="not for our reasons"),
        pytest.param(
            {"our_cause": True}, {}, "2026-01-27 23:59", "general", (), id="a minute before the week"
        ),
        pytest.param({"our_cause": True}, {}, "2026-01-28 00:00", "hot", ("week",), id="the week is over"),
        pytest.param({"our_cause": True}, {}, "2026-02-20 23:59", "hot", ("week",), id="before the month"),
        pytest.param(
            {"our_cause": True}, {}, "2026-02-21 00:00", "major", ("month",), id="the month is over"
        ),
        pytest.param({}, {"same_type": 2}, "2026-01-20 10:00", "general", (), id="two of a type"),
        pytest.param({}, {"same_type": 3}, "2026-01-20 10:00", "hot", ("same_type",), id="three of a type"),
        pytest.param({}, {"again": 2}, "2026-01-20 10:00", "important", ("again",), id="again after closing"),
    ],
)
def test_the_level(facts: Any, similar: Any, now: str, level: str, by: tuple[str, ...]) -> None:
    found = weighed(now, similar=similar, **facts)
    assert (found.level, found.raised_by if level != "general" else ()) == (level, by)


def test_the_next_moment_is_the_first_at_which_time_alone_raises_the_level() -> None:
    found = weighed("2026-01-20 10:00", our_cause=True)
    assert found.coming is not None
    assert (found.coming.at, found.coming.level, found.coming.rule) == (at("2026-01-28 00:00"), "hot", "week")
    later = weighed("2026-01-28 00:00", our_cause=True)
    assert later.coming is not None
    assert (later.coming.at, later.coming.level) == (at("2026-02-21 00:00"), "major")
    assert weighed("2026-02-21 00:00", our_cause=True).coming is None
    assert weighed("2026-01-20 10:00", our_cause=False).coming is None, "time alone changes nothing"
    assert weighed("2026-01-20 10:00", our_cause=True, lawsuit=True).coming is None, "it is major already"


def test_a_level_never_falls_by_itself() -> None:
    before = Standing("major", frozenset({"five"}))
    found = weighed("2026-01-20 10:00", standing=before, people=1)
    assert (found.level, found.holding) == ("major", frozenset())


def test_what_a_person_decided_stands_until_another_rule_holds() -> None:
    first = weighed("2026-01-21 10:00", people=6, our_cause=True)
    lowered = set_by_person(first, "general")
    still = weighed("2026-01-22 10:00", standing=lowered, people=6, our_cause=True)
    assert (still.level, still.raised_by, still.passed_over) == ("general", (), frozenset({"five", "three"}))
    week = weighed("2026-01-28 00:00", standing=lowered, people=6, our_cause=True)
    assert (week.level, week.raised_by) == ("hot", ("week",)), "raised by what is new, not by what was known"


def test_a_rule_that_ceased_counts_again_when_it_holds_again() -> None:
    lowered = set_by_person(weighed("2026-01-21 10:00", people=6), "general")
    ceased = weighed("2026-01-22 10:00", standing=lowered, people=1)
    assert ceased.passed_over == frozenset()
    between = Standing(ceased.level, ceased.holding, ceased.passed_over)
    assert weighed("2026-01-23 10:00", standing=between, people=6).level == "major"


def test_a_closed_case_keeps_its_level() -> None:
    found = weigh(SCALE, Standing("general"), Observed({"lawsuit": True}, RECEIVED, open=False), RECEIVED)
    assert (found.level, found.coming) == ("general", None)


def test_every_rule_is_explained_in_both_languages() -> None:
    lines = weighed("2026-01-20 10:00", our_cause=True, similar={"same_type": 2}).explanation
    assert len(lines) == len(RULES)
    assert lines[4].zh == "hot · week：不符合（收到后满 7 个自然日，2026-01-27 24:00 才到）。"
    assert lines[5].en == (
        "hot · same_type: does not hold (fewer than 3 of the same type by different complainants within "
        "1 month)."
    )


def days(*found: str) -> list[Alike]:
    """Complaints by their day and complainant: 02-01a."""
    return [Alike(at(f"2026-{one[:-1]} 09:00"), one[-1]) for one in found]


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        pytest.param("02-10a", [], 1, id="alone"),
        pytest.param("02-10a", ["02-01b", "02-05c"], 3, id="three in ten days"),
        pytest.param("02-10a", ["02-01b", "02-05b"], 2, id="one of them twice counts once"),
        pytest.param("02-10a", ["02-01a", "02-05a"], 1, id="all by the same person"),
        pytest.param("02-10a", ["01-10b", "01-09c"], 2, id="the month ends at 24:00 of its last day"),
        pytest.param("02-10a", ["01-20b", "03-01c"], 2, id="before and after, but no month holds all three"),
        pytest.param("02-10a", ["02-01b", "03-01c"], 3, id="before and after within one month"),
        pytest.param("01-31a", ["02-28b", "02-20c"], 3, id="a month from the 31st ends with February"),
    ],
)
def test_complaints_of_the_same_type_in_a_month(own: str, others: list[str], expected: int) -> None:
    assert counted(SCALE, days(own)[0], days(*others))["same_type"] == expected


def test_the_same_complainant_again_after_the_first_was_closed() -> None:
    own = Alike(at("2026-03-10 09:00"), "a")
    closed, still_open = at("2026-03-01 09:00"), None
    assert counted(SCALE, own, [Alike(at("2026-02-01 09:00"), "a", closed)])["again"] == 2
    assert counted(SCALE, own, [Alike(at("2026-02-01 09:00"), "a", still_open)])["again"] == 1
    assert counted(SCALE, own, [Alike(at("2026-02-01 09:00"), "b", closed)])["again"] == 1
    assert counted(SCALE, own, [Alike(at("2026-01-01 09:00"), "a", at("2026-01-20 09:00"))])["again"] == 1


def test_who_complains_and_about_what() -> None:
    assert complainant_of(SCALE, {"name": "李 强"}) == complainant_of(SCALE, {"name": "李强"})
    assert complainant_of(SCALE, {"phone": "138", "name": "李强"}) == complainant_of(SCALE, {"phone": "138"})
    assert complainant_of(SCALE, {"phone": "", "name": None}) is None
    assert type_of(SCALE, {"category": "quality"}) == "quality"
    assert type_of(SCALE, {}) is None
    first, last = reach(SCALE, at("2026-03-31 12:00"))
    assert first <= at("2026-02-28 00:00")
    assert last > at("2026-04-30 23:59")


@pytest.mark.parametrize(
    ("span", "end"),
    [
        pytest.param(Span(7, "natural_days"), "2026-01-28 00:00", id="a week"),
        pytest.param(Span(1, "months"), "2026-02-21 00:00", id="a month"),
        pytest.param(Span(36, "hours"), "2026-01-21 22:00", id="hours to the minute"),
    ],
)
def test_when_a_span_is_over(span: Span, end: str) -> None:
    assert span.after(RECEIVED, SHANGHAI) == at(end)


@pytest.mark.parametrize(
    ("amount", "unit"), [(0, "months"), (-1, "hours"), (10**9, "natural_days"), (1, "weeks")]
)
def test_a_span_that_is_none_is_refused(amount: int, unit: str) -> None:
    with pytest.raises(ValueError, match=r"span|count"):
        Span(amount, unit)
