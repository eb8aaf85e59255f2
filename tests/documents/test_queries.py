"""Lists, similar cases and the desk on a real MongoDB."""

from __future__ import annotations

from datetime import timedelta

import pytest

from documents.complaint import Complaint
from documents.desk import desk, tasks_of
from documents.person import Person
from documents.policy import Policy, view_of
from documents.queries import Filters, case_page, condition_of
from documents.sight import Sight, sight_of
from documents.similar import similar_cases
from tests.documents.conftest import NOW, Perform, Register
from tests.documents.test_paths import UNSOLVED, handled


def sight(_policy: Policy, who: str) -> Sight:
    return sight_of(Person.get(who))


def numbers(policy: Policy, who: str, **filters: object) -> list[str]:
    page = case_page(sight(policy, who), Filters(**filters), now=NOW)  # type: ignore[arg-type]
    return [row["number"] for row in page.rows]


def test_each_sees_the_cases_of_the_own_unit_and_intake_sees_all(policy: Policy, register: Register) -> None:
    east, river = register("cd_clerk").number, register("hk_clerk").number
    assert numbers(policy, "cd_clerk") == [east]
    assert numbers(policy, "hk_clerk") == [river]
    assert set(numbers(policy, "intake_clerk")) == {east, river}
    assert numbers(policy, "admin") == []
    assert numbers(policy, "bs_officer") == [river, east]  # the relief body is a unit of each case


def test_a_recused_person_neither_sees_nor_counts(policy: Policy, register: Register) -> None:
    register(respondent_name="黄伟")
    page = case_page(sight(policy, "intake_head"), Filters(), now=NOW)
    assert (len(page.rows), page.counted) == (0, 0)


@pytest.mark.parametrize(
    "words", ["手续费", "公示", "转账 公示", "转", "TS-2026-0224", "13800000000", "李小明"]
)
def test_words_find_the_case(policy: Policy, register: Register, words: str) -> None:
    number = register().number
    register(
        title="排队两小时无人解释",
        facts="等待时间过长。",
        complainant_phone="13900000000",
        complainant_name="王大山",
        received_at="2026-02-23T08:40:00+08:00",
    )
    found = numbers(policy, "cd_clerk", words=words)
    assert number in found
    if words != "TS-2026-0224":
        assert found == [number]


@pytest.mark.parametrize("words", ["手公", "费手续", "手续费公示", "$where", ".*", "   "])
def test_words_that_do_not_stand_there_find_nothing_or_all_for_blank(
    policy: Policy, register: Register, words: str
) -> None:
    register()
    assert len(numbers(policy, "cd_clerk", words=words)) == (1 if not words.strip() else 0)


def test_filters_combine(policy: Policy, register: Register, perform: Perform) -> None:
    handling = handled(register, perform)
    register(category="service_attitude", channel="visit")
    assert numbers(policy, "intake_clerk", stage="handling", unit="QH-QS") == [handling.number]
    assert numbers(policy, "intake_clerk", stage="handling", unit="QH-XD") == []
    assert len(numbers(policy, "intake_clerk", channel="visit", category=("service_attitude",))) == 1
    assert numbers(policy, "intake_clerk", due="overdue") == []
    late = case_page(sight(policy, "intake_clerk"), Filters(due="overdue"), now=NOW + timedelta(days=30))
    assert late.counted == 2


def test_pages_meet_without_gap_or_overlap_both_ways(policy: Policy, register: Register) -> None:
    for _ in range(7):
        register()
    eyes = sight(policy, "cd_clerk")
    first = case_page(eyes, Filters(), now=NOW, size=3)
    second = case_page(eyes, Filters(), now=NOW, cursor=first.next, size=3)
    third = case_page(eyes, Filters(), now=NOW, cursor=second.next, size=3)
    seen = [row["number"] for page in (first, second, third) for row in page.rows]
    assert len(seen) == len(set(seen)) == 7
    assert (first.previous, third.next) == (None, None)
    back = case_page(eyes, Filters(), now=NOW, cursor=third.previous, size=3)
    assert [row["number"] for row in back.rows] == [row["number"] for row in second.rows]


# [10**30, "0" * 24, false]: more than the eight bytes that the database has for a number.
HUGE = "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAsICIwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAiLCBmYWxzZV0"


def test_a_cursor_that_makes_no_sense_is_the_first_page(policy: Policy, register: Register) -> None:
    number = register().number
    for cursor in ("", "x", "////", "W10", "WzEsMiwzXQ", HUGE):
        page = case_page(sight(policy, "cd_clerk"), Filters(), now=NOW, cursor=cursor)
        assert [row["number"] for row in page.rows] == [number]


def test_similar_cases_of_the_same_person_come_first(policy: Policy, register: Register) -> None:
    same = register(title="存折密码重置").number
    alike = register(
        title="转账手续费与公示不一致", complainant_phone="13700000000", complainant_name="张三"
    ).number
    found = similar_cases(
        sight(policy, "cd_clerk"), title="转账手续费与公示不符", people=[("complainant_phone", "13800000000")]
    )
    assert [(one.row["number"], one.same_person) for one in found] == [(same, True), (alike, False)]


def test_the_desk_holds_what_the_person_must_do(policy: Policy, register: Register, perform: Perform) -> None:
    case = register()
    view = [(policy.version, view_of(policy.key, policy.version))]
    assert [task.step["key"] for task in tasks_of(Person.get("cd_clerk"), view)] == ["solve"]
    assert tasks_of(Person.get("intake_clerk"), view) == []
    perform(case, "report", "cd_clerk", **UNSOLVED)
    assert tasks_of(Person.get("cd_clerk"), view) == []
    assert [task.step["key"] for task in tasks_of(Person.get("intake_clerk"), view)] == ["supervise"]


def test_a_waiting_extension_is_on_the_desk_of_who_decides(
    policy: Policy, register: Register, perform: Perform
) -> None:
    case = handled(register, perform)
    view = [(policy.version, view_of(policy.key, policy.version))]
    assert tasks_of(Person.get("intake_head"), view) == []
    perform(
        case, "ask_extension", "qs_handler", extension_until="2026-03-20", extension_reason="需外部核查。"
    )
    assert [task.step["key"] for task in tasks_of(Person.get("intake_head"), view)] == ["approve_extension"]


def test_the_desk_counts_the_late(policy: Policy, register: Register) -> None:
    register()
    found = desk(
        Person.get("cd_clerk"),
        [(policy.version, view_of(policy.key, policy.version))],
        sight(policy, "cd_clerk"),
        now=NOW + timedelta(days=3),
    )
    assert (found.overdue, found.due_today, sum(found.received)) == (1, 0, 1)


def test_every_list_query_runs_on_an_index(policy: Policy, register: Register) -> None:
    register()
    for filters in (
        Filters(),
        Filters(status="open"),
        Filters(sort="due"),
        Filters(words="手续"),
        Filters(stage="received"),
    ):
        plan = Complaint.collection().find(condition_of(sight(policy, "cd_clerk"), filters, NOW)).explain()
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
