"""What a new version means is counted on the cases, people and units that are there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from documents import held_names
from documents.complaint import Complaint
from documents.consequences import Consequences, consequences
from documents.policy import Policy, publish
from documents.rules.edits import apply
from documents.rules.identity import Name
from documents.upload import Draft
from tests.documents.conftest import NOW, Perform, Register

MATTER = "forms[intake].sections[matter].fields"
CHANNEL = "forms[intake].sections[source].fields[channel]"
PHONE = "forms[intake].sections[complainant].fields[complainant_phone]"
NEXT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
UNSOLVED = {"reason_unsolved": "需清算中心核对流水。", "explained": "yes"}
SUPERVISED = {"validity": "valid", "handling_unit": "QH-QS", "requirements": "核实。"}


def counted(policy: Policy, *operations: dict[str, Any], now: datetime = NEXT, **given: Any) -> Consequences:
    new = apply(policy.definition, operations).definition
    return consequences(policy.definition, new, now=now, **given)


def lines(found: Consequences) -> dict[str, int]:
    return {one.code: one.count for one in found.lines}


def put(path: str, value: Any = None) -> dict[str, Any]:
    return {"do": "set", "path": path, "value": value}


def gone(path: str) -> dict[str, Any]:
    return {"do": "remove", "path": path}


@pytest.fixture
def three(register: Register, perform: Perform) -> list[Any]:
    """One just registered, one at intake, one at the handling unit with a long subject."""
    first = register(title="短事由一", happened_on="2026-02-20")
    second = perform(register(channel="fax"), "report", "cd_clerk", **UNSOLVED)
    third = perform(register(title="很长的事由" * 6), "report", "cd_clerk", **UNSOLVED)
    return [first, second, perform(third, "supervise", "intake_clerk", **SUPERVISED)]


def test_a_field_that_holds_data_is_refused_with_its_cases(policy: Policy, three: list[Any]) -> None:
    found = counted(policy, gone(f"{MATTER}[happened_on]"))
    assert lines(found)["held"] == 1
    phone = Name("field", "complainant_phone", "intake")
    closed = held_names.held("p01", policy.definition, [phone])
    assert (closed.counts[phone], closed.samples[phone]) == (3, ()), "which case has one is told to nobody"
    assert [(one.kind, one.code) for one in found.changes] == [("refused", "field_gone")]
    held = next(one for one in found.lines if one.code == "held")
    assert held.samples == (three[0].number,)
    assert held.zh == "1 件案件填有“发生日期”"


def test_a_field_that_nobody_filled_may_go(policy: Policy, three: list[Any]) -> None:
    found = counted(policy, gone("forms[intake].sections[complainant].fields[complainant_email]"))
    assert [one.code for one in found.changes] in (["unused_gone"], ["asked_elsewhere"])
    assert "held" not in lines(found)


def test_an_option_that_was_chosen_is_refused_and_one_that_was_not_may_go(
    policy: Policy, three: list[Any]
) -> None:
    assert lines(counted(policy, gone("lists.channels[fax]")))["chosen"] == 1
    assert [one.kind for one in counted(policy, gone("lists.channels[opinion_box]")).changes] == ["review"]


def test_records_that_would_fail_are_counted_exactly(policy: Policy, three: list[Any]) -> None:
    found = counted(policy, put(f"{MATTER}[title].max", 20))
    failing = next(one for one in found.lines if one.code == "would_fail")
    assert (failing.count, failing.samples) == (1, (three[2].number,))
    assert failing.grave


def test_a_new_required_field_is_lacking_but_fails_nobody(policy: Policy, three: list[Any]) -> None:
    field = {"key": "place", "type": "text", "label": {"zh": "地点", "en": "Place"}, "required": True}
    found = counted(policy, {"do": "add", "path": MATTER, "value": field})
    assert lines(found)["lacking"] == 3
    assert "would_fail" not in lines(found)


def test_a_field_that_is_required_now_fails_where_it_is_empty(policy: Policy, three: list[Any]) -> None:
    assert lines(counted(policy, put(f"{MATTER}[happened_on].required", True)))["would_fail"] == 2
    only_fax = put(f"{MATTER}[happened_on].required", 'channel == "fax"')
    assert lines(counted(policy, only_fax))["would_fail"] == 1


def test_a_draft_is_no_question_about_what_somebody_wrote(policy: Policy, three: list[Any]) -> None:
    def asked(path: str, that: str) -> dict[str, int]:
        return lines(
            counted(policy, put(f"{path}.check", [{"that": that, "message": {"zh": "问", "en": "?"}}]))
        )

    assert "would_fail" not in asked(PHONE, 'complainant_phone != "13800000000"')
    assert "would_fail" not in asked(f"{MATTER}[happened_on]", 'not contains(complainant_name, "李")')
    assert "would_fail" not in asked(f"{MATTER}[title]", 'not contains(title, "短")')
    assert asked(CHANNEL, 'channel != "fax"')["would_fail"] == 1
    Complaint.objects(number=three[1].number).update(set__known_to=["intake_head"])
    assert "would_fail" not in asked(CHANNEL, 'channel != "fax"')


def test_a_shorter_limit_says_what_would_fall_due(policy: Policy, three: list[Any]) -> None:
    shorter = put("limits[supervise].amount", 1)
    between = datetime(2026, 2, 26, 1, 0, tzinfo=UTC)
    found = counted(policy, shorter, now=between)
    assert (found.forecast.shifted, found.forecast.replanned) == (1, 1)
    assert lines(found)["overdue"] == 1
    shift = found.forecast.shifts[0]
    assert (shift.number, shift.limit["zh"]) == (three[1].number, "出具督办表")
    assert shift.old.astimezone(UTC).day == shift.new.astimezone(UTC).day + 1
    assert "overdue" not in lines(counted(policy, shorter, now=NOW))
    assert "overdue" not in lines(counted(policy, shorter, now=NEXT))  # they are late as it is


def test_a_ladder_that_changes_moves_reminders_only(policy: Policy, three: list[Any]) -> None:
    found = counted(policy, put("ladders[short].rungs[before].at", "due-2wh"))
    assert (found.forecast.shifted, found.forecast.replanned > 0) == (0, True)


def test_nothing_moves_for_words(policy: Policy, three: list[Any]) -> None:
    found = counted(policy, put(f"{MATTER}[title].label.zh", "标题"))
    assert lines(found) == {"open": 3}
    assert found.asked == 0


def test_a_stage_with_open_cases_is_refused_unless_it_is_mapped(policy: Policy, three: list[Any]) -> None:
    stage = three[1].stage
    new = gone(f"workflows[complaint].stages[{stage}]")
    found = counted(policy, new)
    assert lines(found)["at_stage"] == 1
    assert lines(found)["unmapped"] == 1
    mapped = counted(policy, new, stage_map={f"complaint.{stage}": three[0].stage})
    assert "unmapped" not in lines(mapped)


def test_people_and_units_count_too(policy: Policy, three: list[Any]) -> None:
    found = counted(policy, gone("roles[handler]"), gone("unit_kinds[outlet]"))
    assert lines(found)["holders"] >= 1
    assert lines(found)["units"] >= 1
    rights = counted(policy, put("roles[clerk].reads", ["public"]))
    assert lines(rights)["rights"] >= 1


def test_drafts_of_the_form_are_counted(policy: Policy, three: list[Any]) -> None:
    for number, form in enumerate(("/register/p01/complaint", "/register/p01/complaint", "/register/p02/x")):
        Draft.keep(f"d{number}", by="cd_clerk", form=form, values={}, now=NOW)
    assert lines(counted(policy, put(f"{MATTER}[title].max", 40)))["drafts"] == 2


def test_cases_of_older_versions_are_found_under_their_own_keys(
    policy: Policy, three: list[Any], register: Register
) -> None:
    second = dict(policy.definition)
    second["migrate"] = [{"key": "when", "rename": "field", "from": "happened_on", "to": "event_on"}]
    renamed = apply(
        second,
        [
            {"do": "remove", "path": f"{MATTER}[happened_on]"},
            {
                "do": "add",
                "path": MATTER,
                "value": {"key": "event_on", "type": "date", "label": {"zh": "日期", "en": "Day"}},
            },
        ],
    ).definition
    newer = publish(renamed, by="test", now=NEXT)
    found = counted(newer, gone(f"{MATTER}[event_on]"))
    assert lines(found)["held"] == 1
    assert Name("field", "event_on", "intake") in found.changes[0].held
    assert lines(counted(newer, put(f"{MATTER}[event_on].max", "2026-01-01")))["would_fail"] == 1
