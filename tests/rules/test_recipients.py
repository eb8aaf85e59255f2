"""Who is told: never the recused, the deputy of the absent, the head where nobody is assigned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents.rules.recipients import Absence, Concern, Officer, Seat, Staff, addressees

NOW = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)
AWAY = (Absence(NOW - timedelta(days=1), NOW + timedelta(days=1)),)
PEOPLE = ("zhao", "chen", "fang", "wu", "xu", "liang")
STAFF = Staff(
    officers={person: Officer(person) for person in PEOPLE},
    seats={
        "union": Seat("union", None, "liang"),
        "intake": Seat("intake", "union", "wu", "xu"),
        "branch": Seat("branch", "union", "chen", "fang"),
    },
    holders={("clerk", "branch"): ("zhao", "fang"), ("senior", "union"): ("liang",)},
)
CONCERN = Concern(
    slots={"handling": "branch", "intake": "intake", "union": "union"}, handler="zhao", registrar="xu"
)
HANDLER, HEAD = {"is": "handler"}, {"is": "head", "at": "handling"}


def told(*tell: dict[str, Any], concern: Concern = CONCERN, staff: Staff = STAFF) -> list[str]:
    return [one.person for one in addressees(tell, concern, staff, NOW) if one.not_sent is None]


def passed_over(
    *tell: dict[str, Any], concern: Concern = CONCERN, staff: Staff = STAFF
) -> dict[str, str | None]:
    return {one.person: one.not_sent for one in addressees(tell, concern, staff, NOW) if one.not_sent}


def without(person: str, **changes: Any) -> Staff:
    officers = {**STAFF.officers, person: replace(STAFF.officers[person], **changes)}
    return replace(STAFF, officers=officers)


def barred(*people: str, handler: str | None = "zhao") -> Concern:
    return replace(CONCERN, barred=frozenset(people), handler=handler)


SECRETARY = {"contact": "secretary", "at": "intake"}


def bound(staff: Staff = STAFF) -> Staff:
    """The house has chosen Zhao as the secretary of this policy; another policy means somebody else."""
    return replace(staff, contacts={("p", "secretary"): "zhao", ("other", "secretary"): "liang"})


def of_policy(*people: str) -> Concern:
    return replace(CONCERN, policy="p", barred=frozenset(people))


def test_a_named_contact_is_whom_the_house_chose_for_this_policy():
    assert told(SECRETARY, concern=of_policy(), staff=bound()) == ["zhao"]
    assert told({"contact": "secretary"}, concern=of_policy(), staff=bound()) == ["zhao"]


def test_a_named_contact_nobody_was_chosen_for_is_the_head_of_the_unit_with_the_reason():
    found = addressees([SECRETARY], of_policy(), STAFF, NOW)
    assert [(one.person, one.why) for one in found] == [("wu", "unbound")]
    # Without a unit, of the unit that watches the case.
    assert told({"contact": "secretary"}, concern=of_policy()) == ["chen"]


def test_a_recused_contact_is_passed_over_for_one_higher():
    found = addressees([SECRETARY], of_policy("zhao"), bound(), NOW)
    assert [(one.person, one.why, one.not_sent) for one in found] == [
        ("wu", "higher", None),
        ("zhao", None, "barred"),
    ]
    assert told(SECRETARY, concern=of_policy("zhao", "wu"), staff=bound()) == ["liang"]


def test_an_absent_contact_is_represented_and_one_who_left_is_the_head():
    away = replace(AWAY[0], deputy="fang")
    assert told(SECRETARY, concern=of_policy(), staff=bound(without("zhao", absences=(away,)))) == ["fang"]
    assert told(SECRETARY, concern=of_policy(), staff=bound(without("zhao", active=False))) == ["wu"]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        pytest.param(HANDLER, ["zhao"], id="the handler"),
        pytest.param({"is": "registrar"}, ["xu"], id="the registrar"),
        pytest.param(HEAD, ["chen"], id="the head"),
        pytest.param({"is": "deputy", "at": "handling"}, ["fang"], id="the deputy"),
        pytest.param({"is": "deputy", "at": "union"}, ["liang"], id="no deputy: the head"),
        pytest.param({"role": "clerk", "at": "handling"}, ["zhao", "fang"], id="everyone in a role"),
        pytest.param({"role": "nurse", "at": "handling"}, ["chen"], id="a vacant role: the head"),
        pytest.param({"person": "wu"}, ["wu"], id="a named person"),
        pytest.param({"role": "clerk", "at": "respondent"}, ["wu"], id="an empty slot: intake"),
    ],
)
def test_whom_a_rung_names(who: dict[str, Any], expected: list[str]) -> None:
    assert told(who) == expected


def test_nobody_is_told_twice() -> None:
    assert told(HANDLER, {"role": "clerk", "at": "handling"}, HEAD) == ["zhao", "fang", "chen"]


def test_unassigned_goes_to_the_head_of_the_unit_that_has_the_case() -> None:
    unassigned = replace(CONCERN, handler=None)
    assert told(HANDLER, concern=unassigned) == ["chen"]
    at_intake = replace(unassigned, slots={"intake": "intake", "received": "branch"})
    assert told(HANDLER, concern=at_intake) == ["wu"]


def test_whoever_is_barred_is_passed_over_for_the_next_higher() -> None:
    assert told(HANDLER, concern=barred("zhao")) == ["chen"]
    assert told(HANDLER, concern=barred("zhao", "chen")) == ["liang"]
    assert told(HEAD, concern=barred("chen")) == ["liang"]
    assert passed_over(HANDLER, concern=barred("zhao", "chen")) == {"zhao": "barred", "chen": "barred"}


def test_a_barred_deputy_does_not_stand_in_for_the_absent_head() -> None:
    staff = without("chen", absences=AWAY)
    assert told(HEAD, staff=staff) == ["fang"]
    assert told(HEAD, staff=staff, concern=barred("fang")) == ["liang"]


def test_the_absent_are_represented_by_whom_they_named() -> None:
    named = (replace(AWAY[0], deputy="xu"),)
    assert told(HANDLER, staff=without("zhao", absences=named)) == ["xu"]
    assert told(HANDLER, staff=without("zhao", absences=AWAY)) == ["chen"]
    assert passed_over(HANDLER, staff=without("zhao", absences=named)) == {"zhao": "absent"}


def test_an_absence_counts_on_both_its_ends_and_not_after() -> None:
    for moment, expected in ((NOW, True), (NOW - timedelta(days=1), True), (NOW + timedelta(days=2), False)):
        assert AWAY[0].covers(moment) is expected


def test_deputies_who_name_each_other_do_not_go_round_in_circles() -> None:
    both = without("zhao", absences=(replace(AWAY[0], deputy="fang"),))
    fang = replace(STAFF.officers["fang"], absences=(replace(AWAY[0], deputy="zhao"),))
    circle = replace(both, officers={**both.officers, "fang": fang})
    assert told(HANDLER, staff=circle) == ["chen"]


def test_a_closed_account_is_passed_over() -> None:
    assert told(HANDLER, staff=without("zhao", active=False)) == ["chen"]
    assert passed_over(HANDLER, staff=without("zhao", active=False)) == {"zhao": "inactive"}


def test_when_everyone_is_barred_intake_hears_of_it_and_nobody_is_noted() -> None:
    concern = barred("zhao", "chen", "liang")
    assert told(HEAD, concern=concern) == ["wu"]
    assert passed_over(HEAD, concern=concern)[""] == "nobody"


def test_a_tree_that_is_no_tree_ends() -> None:
    loop = {"union": Seat("union", "branch", None), "branch": Seat("branch", "union", None)}
    assert told(HEAD, staff=replace(STAFF, seats=loop)) == []


def test_what_a_ladder_cannot_mean_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot tell"):
        told({"is": "customer"})


LED = replace(
    STAFF,
    officers={**STAFF.officers, "deng": Officer("deng")},
    seats={**STAFF.seats, "branch": Seat("branch", "union", "chen", "fang", "deng")},
)


@pytest.mark.parametrize(
    ("who", "staff", "expected"),
    [
        pytest.param({"is": "leader", "at": "handling"}, LED, ["deng"], id="the leader in charge"),
        pytest.param({"is": "leader", "at": "handling"}, STAFF, ["liang"], id="no leader: the head above"),
        pytest.param({"is": "leader", "at": "union"}, STAFF, ["liang"], id="nothing above: the head"),
        pytest.param({"is": "head", "at": "handling", "up": 1}, STAFF, ["liang"], id="the head above"),
        pytest.param({"role": "senior", "at": "handling", "up": 1}, STAFF, ["liang"], id="a role above"),
        pytest.param({"is": "head", "at": "handling", "up": 9}, STAFF, ["liang"], id="the top"),
    ],
)
def test_leaders_and_superior_units(who: dict[str, Any], staff: Staff, expected: list[str]) -> None:
    assert told(who, staff=staff) == expected


def test_above_a_recused_head_stands_the_leader_then_the_unit_above() -> None:
    assert told(HEAD, concern=barred("chen"), staff=LED) == ["deng"]
    assert told(HEAD, concern=barred("chen", "deng"), staff=LED) == ["liang"]
    assert told({"is": "leader", "at": "handling"}, concern=barred("deng"), staff=LED) == ["liang"]


def test_nobody_below_a_recused_leader_is_told_instead() -> None:
    found = addressees(({"is": "leader", "at": "handling"},), barred("deng"), LED, NOW)
    assert [(one.person, one.why, one.not_sent) for one in found] == [
        ("liang", "higher", None),
        ("deng", None, "barred"),
    ]


def test_the_policy_says_where_an_unassigned_case_is_watched() -> None:
    unassigned = replace(CONCERN, handler=None, watching=("union",))
    assert told(HANDLER, concern=unassigned) == ["liang"]


def confidential(*people: str) -> Concern:
    return replace(CONCERN, known_to=people)


def test_of_a_confidential_case_the_word_goes_up_to_who_may_know():
    found = addressees([HANDLER], confidential("liang"), STAFF, NOW)
    assert [(one.person, one.not_sent) for one in found] == [
        ("liang", None),
        ("zhao", "confidential"),
        ("chen", "confidential"),
    ]
    assert told(HANDLER, HEAD, concern=confidential("chen")) == ["chen"]


def test_of_a_confidential_case_somebody_hears_and_nobody_off_the_list_does():
    found = addressees([HANDLER], confidential("fang"), STAFF, NOW)
    assert [(one.person, one.why) for one in found if one.not_sent is None] == [("fang", "listed")]
    assert told(HANDLER, concern=replace(confidential("fang"), barred=frozenset({"fang"}))) == []
