"""The gate: nothing is published that would hurt what is there; open cases stay, or move as was said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents.actions import drafting, moving, publishing
from documents.actions.publishing import OpenCases
from documents.audit import AuditEntry
from documents.case_move import CaseMove
from documents.case_parts import Clock, ClockPause
from documents.complaint import Complaint
from documents.consequences import consequences
from documents.draft import Draft
from documents.events import broken_at
from documents.examination import examine, judged
from documents.person import Person
from documents.policy import Policy, roles_in_force, view_of
from documents.rules.broken import RuleBroken
from documents.rules.deadlines import deadline
from documents.rules.identity import Name, identity
from documents.rules.renaming import rename
from documents.rules.renaming_walk import Renaming
from documents.sign_in import SignInRules
from documents.timer import Timer
from documents.work_calendar import WorkCalendarRecord
from tests.documents.conftest import Perform, Register

MATTER = "forms[intake].sections[matter].fields"
LATER = datetime(2026, 2, 25, 1, 0, tzinfo=UTC)
UNSOLVED = {"reason_unsolved": "需清算中心核对流水。", "explained": "yes"}
SUPERVISED = {"validity": "valid", "handling_unit": "QH-QS", "requirements": "核实。"}


def put(path: str, value: Any = None) -> dict[str, Any]:
    return {"do": "set", "path": path, "value": value}


def gone(path: str) -> dict[str, Any]:
    return {"do": "remove", "path": path}


def drafted(*operations: Mapping[str, Any]) -> Draft:
    drafting.start("p01", actor="admin", now=LATER)
    return drafting.edit("p01", operations, actor="admin", now=LATER)


def publish(draft: Draft, **given: Any) -> Policy:
    published, _ = publishing.publish_draft(
        "p01", actor="chief", now=LATER, seen=draft.revision, open_cases=OpenCases(**given)
    )
    return published


def refusal(draft: Draft, **given: Any) -> RuleBroken:
    with pytest.raises(RuleBroken) as refused:
        publish(draft, **given)
    return refused.value


def whole(move: CaseMove | None = None) -> CaseMove:
    """Carry a move out to its end."""
    found = move or CaseMove.objects().order_by("-at").first()
    now = LATER
    while moving.advance(str(found.id), now=now, size=2):
        now += timedelta(seconds=1)
    return CaseMove.get(str(found.id))


def supervising(case: Complaint) -> Clock:
    """The running clock of the intake department."""
    found = Complaint.get(case.number).running("supervise")
    assert found is not None
    return found


@pytest.fixture
def at_intake(register: Register, perform: Perform) -> Complaint:
    return perform(register(happened_on="2026-02-20"), "report", "cd_clerk", **UNSOLVED)


def test_a_draft_becomes_the_next_version_with_an_audit_entry(policy: Policy, at_intake: Complaint) -> None:
    wider = {"do": "set", "path": "roles[clerk].reads", "value": ["public", "personal", "restricted"]}
    draft = drafted(put(f"{MATTER}[title].label.zh", "标题"), wider)
    published = publish(draft)
    assert (published.version, Policy.current("p01").version) == (2, 2)
    assert Draft.open_of("p01") is None
    closed = Draft.objects(id=draft.id).first()
    assert (closed.state, closed.published_version) == ("published", 2)
    noted = AuditEntry.objects(verb="publish_policy", by="chief").first()
    assert noted.facts["version"] == 2
    assert [(one["path"], one["old"], one["new"]) for one in noted.facts["rights"]] == [
        ("roles[clerk].reads", ["public", "personal"], wider["value"])
    ]
    assert Complaint.get(at_intake.number).policy_version == 1


def test_what_was_examined_is_what_is_published(policy: Policy) -> None:
    draft = drafted(put(f"{MATTER}[title].label.zh", "标题"))
    drafting.edit("p01", [put(f"{MATTER}[title].label.zh", "题目")], actor="other", now=LATER)
    assert refusal(draft).code == "draft_changed_meanwhile"
    assert Policy.current("p01").version == 1


def test_a_draft_whose_base_was_overtaken_is_refused(policy: Policy) -> None:
    draft = drafted(put(f"{MATTER}[title].label.zh", "标题"))
    newer = {**policy.definition, "policy": {**policy.definition["policy"], "prepared_by": "x"}}
    publishing.publish_definition(newer, seen=1, actor="command", now=LATER)
    assert refusal(draft).code == "draft_is_behind"


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (put("letters[decision].addressee"), "policy_has_problems"),
        (gone(f"{MATTER}[happened_on]"), "changes_refused"),
        (put("limits[supervise].amount", 5), "scenario_fails"),
    ],
)
def test_the_gate_refuses(policy: Policy, at_intake: Complaint, operation: dict[str, Any], code: str) -> None:
    draft = drafted(operation)
    assert refusal(draft).code == code
    assert examine("p01", now=LATER).obstacle == code
    assert Policy.current("p01").version == 1
    assert Draft.open_of("p01") is not None


def test_nothing_changed_is_nothing_to_publish(policy: Policy) -> None:
    drafting.start("p01", actor="admin", now=LATER)
    assert refusal(Draft.of("p01")).code == "nothing_changed"


def test_a_second_person_publishes_where_the_policy_says_so(policy: Policy) -> None:
    draft = drafted(put("policy.four_eyes", True))
    with pytest.raises(RuleBroken) as refused:
        publishing.publish_draft("p01", actor="admin", now=LATER, seen=draft.revision)
    assert refused.value.code == "publisher_edited_last"
    publish(draft)
    off = drafted(put("policy.four_eyes"))
    with pytest.raises(RuleBroken):
        publishing.publish_draft("p01", actor="admin", now=LATER, seen=off.revision)


def test_an_old_version_comes_back_as_a_new_one(policy: Policy, at_intake: Complaint) -> None:
    publish(drafted(put(f"{MATTER}[title].label.zh", "标题")))
    draft = publishing.go_back("p01", 1, actor="admin", now=LATER)
    assert publish(draft).sha256 == Policy.of("p01", 1).sha256
    assert Policy.current("p01").version == 3


# The scenarios of the pack say what the limits are, and would stop it.
SLOWER = [put("limits[supervise].amount", 5), put("scenarios", [])]
RENAMED = [
    put("migrate", [{"key": "when", "rename": "field", "from": "happened_on", "to": "event_on"}]),
    {
        "do": "add",
        "path": MATTER,
        "value": {"key": "event_on", "type": "date", "label": {"zh": "日期", "en": "Day"}},
    },
    gone(f"{MATTER}[happened_on]"),
]


def test_going_back_renames_back(policy: Policy, at_intake: Complaint) -> None:
    publish(drafted(*RENAMED))
    again = publish(publishing.go_back("p01", 1, actor="admin", now=LATER))
    assert (
        identity(Policy.of("p01", 2).definition, again.definition).key("field", "event_on") == "happened_on"
    )
    assert [one["key"] for one in again.definition["migrate"]] == ["when", "when_back"]


def test_a_renamed_role_is_held_on_and_takes_the_steps_of_older_versions(
    policy: Policy, at_intake: Complaint, perform: Perform
) -> None:
    """Whoever held it under its old key holds it under the new one, in cases of every version."""
    assert view_of("p01", 1).transition("complaint", "supervise")["who"][0]["role"] == "intake_clerk"
    SignInRules(roles={"intake_clerk": {"idle": 5, "most": 60, "factor": False}}).save()
    instead = {"role": "intake_clerk", "unit": "QH-SL", "person": "qh_senior"}
    Complaint.objects(id=at_intake.id).update(stand_ins=[instead])
    publish(drafted(*rename(policy.definition, Name("role", "intake_clerk"), "desk_clerk")))
    clerk = Person.get("intake_clerk")
    assert [post.role for post in clerk.posts] == ["desk_clerk"]
    assert any(role == "desk_clerk" for role, _key in clerk.reach(roles_in_force()).posts)
    assert clerk.may_do("export", roles_in_force())
    assert Complaint.get(at_intake.number).stand_ins == [{**instead, "role": "desk_clerk"}]
    assert SignInRules.objects.get().roles["desk_clerk"]["idle"] == 5
    noted = AuditEntry.objects(verb="publish_policy", by="chief").first()
    assert noted.facts["renamed_roles"] == [["intake_clerk", "desk_clerk"]]
    assert view_of("p01", 1).transition("complaint", "supervise")["who"][0]["role"] == "desk_clerk"
    assert Policy.of("p01", 1).definition == policy.definition  # what was published stays
    assert perform(at_intake, "supervise", "intake_clerk", **SUPERVISED).policy_version == 1


def test_a_role_that_alone_may_take_steps_of_cases_on_file_cannot_go(
    policy: Policy, at_intake: Complaint
) -> None:
    """Nobody holds it any more; without it nobody could, and older cases would stand for ever."""
    given_away = Renaming(policy.definition, ("roles", "unit_head"), "senior", keep=False).done()
    given_away["roles"] = [one for one in policy.definition["roles"] if one["key"] != "unit_head"]
    Person.objects.update(pull__posts__role="unit_head")
    found = judged(given_away, policy)
    assert found.problems == []
    assert {one.code for one in found.refused} == {"role_gone"}
    assert "仍须由其办理" in found.refused[0].reason.zh
    counted = consequences(policy.definition, given_away, now=LATER)
    assert "1 件未归档案件有步骤只能由“单位负责人”办理" in [one.zh for one in counted.lines]
    assert [one for one in counted.changes if one.kind == "refused"] != []
    Complaint.objects(id=at_intake.id).update(status="archived")
    assert judged(given_away, policy).refused == []
    # Who had it and left has it no more when he comes back.
    head = [{"role": "unit_head", "unit": "QH-CD"}, {"role": "clerk", "unit": "QH-CD"}]
    Person.objects(id="cd_head").update(active=False, posts=head)
    publishing.publish_definition(given_away, seen=1, actor="chief", now=LATER)
    assert [post.role for post in Person.get("cd_head").posts] == ["clerk"]


def test_open_cases_move_with_their_clocks_and_timers(policy: Policy, at_intake: Complaint) -> None:
    before = supervising(at_intake)
    publish(drafted(*SLOWER, *RENAMED), move=True)
    done = whole()
    assert (done.state, done.total, done.moved, done.stuck) == ("done", 1, 1, 0)
    case = Complaint.get(at_intake.number)
    clock = supervising(case)
    assert (case.policy_version, case.stage) == (2, at_intake.stage)
    assert clock.due_at > before.due_at
    assert clock.started_at == before.started_at
    assert any("制度改版" in line["zh"] for line in clock.explanation)
    live = Timer.objects(case=str(case.id), limit="supervise", state="pending")
    assert {timer.round for timer in live} == {clock.round}
    assert str(case.facts()["event_on"]) == "2026-02-20"
    assert "happened_on" not in case.facts()
    assert broken_at(case.events) is None
    assert (case.events[-1].verb, case.next_due) == ("move_version", clock.due_at)
    assert AuditEntry.objects(verb="move_version", subject=case.number).count() == 1


def test_a_pause_counts_in_the_new_version_too(policy: Policy, at_intake: Complaint) -> None:
    case, view = Complaint.get(at_intake.number), policy.view()
    clock = next(one for one in case.clocks if one.limit == "supervise")
    since = clock.started_at + timedelta(days=1)
    pause = ClockPause(
        since=since, until=since + timedelta(days=7), reason="送检", by="qs_head", ended_by="qs_head"
    )
    clock.pauses = [pause]
    calendar = WorkCalendarRecord.get("cn").calendar()
    paused = [(pause.since, pause.until)]
    due = deadline(view.time_limit("supervise"), clock.started_at, calendar, pauses=paused).due_at
    clock.due_at = clock.original_due_at = due
    case.save()
    publish(drafted(*SLOWER), move=True)
    assert whole().moved == 1
    moved = supervising(Complaint.get(at_intake.number))
    slower = Policy.of("p01", 2).view().time_limit("supervise")
    assert moved.due_at == deadline(slower, clock.started_at, calendar, pauses=paused).due_at > due
    assert any("暂停" in line["zh"] for line in moved.explanation)


def test_a_moved_case_goes_on_in_its_new_version(
    policy: Policy, at_intake: Complaint, perform: Perform
) -> None:
    publish(drafted(*SLOWER), move=True)
    whole()
    after = perform(Complaint.get(at_intake.number), "supervise", "intake_clerk", now=LATER, **SUPERVISED)
    assert after.policy_version == 2
    assert after.answers[0].policy_version == 1
    assert after.answers[-1].policy_version == 2


def test_a_move_can_be_taken_back(policy: Policy, at_intake: Complaint, register: Register) -> None:
    other = register()
    before = Complaint.get(at_intake.number).to_mongo().to_dict()
    publish(drafted(*SLOWER), move=True)
    move = whole()
    assert move.moved == 2
    back = whole(moving.undo(str(move.id), actor="chief", now=LATER))
    assert (back.moved, back.stuck) == (2, 0)
    case = Complaint.get(at_intake.number).to_mongo().to_dict()
    for name in ("policy_version", "stage", "case_type", "next_due", "units", "attrs", "grams"):
        assert case[name] == before[name], name
    dues = [
        [(one["limit"], one["due_at"], one["original_due_at"], one["explanation"]) for one in row["clocks"]]
        for row in (case, before)
    ]
    assert dues[0] == dues[1]
    assert Complaint.get(other.number).policy_version == 1
    with pytest.raises(RuleBroken) as refused:
        moving.undo(str(move.id), actor="chief", now=LATER)
    assert refused.value.code == "move_undone_before"


def test_a_case_that_went_on_is_not_taken_back(
    policy: Policy, at_intake: Complaint, perform: Perform
) -> None:
    publish(drafted(*SLOWER), move=True)
    move = whole()
    perform(Complaint.get(at_intake.number), "supervise", "intake_clerk", now=LATER, **SUPERVISED)
    back = whole(moving.undo(str(move.id), actor="chief", now=LATER))
    assert back.listed == [{"number": at_intake.number, "reason": "acted_on_since"}]
    assert Complaint.get(at_intake.number).policy_version == 2


def without_stage(stage: str, other: str) -> list[dict[str, Any]]:
    """The edits that take a stage out of the complaint's workflow, sending everybody elsewhere."""
    flow = Policy.current("p01").view().workflow("complaint")
    edits = [gone(f"workflows[complaint].stages[{stage}]")]
    for step in flow["transitions"]:
        path = f"workflows[complaint].transitions[{step['key']}]"
        if step["from"] != "any_open" and stage in step["from"]:
            kept = [one for one in step["from"] if one != stage] or [other]
            edits.append(put(f"{path}.from", kept))
        if step.get("to") == stage:
            edits.append(put(f"{path}.to", other))
        elif isinstance(step.get("to"), list) and any(one["go"] == stage for one in step["to"]):
            branches = [{**one, "go": other if one["go"] == stage else one["go"]} for one in step["to"]]
            edits.append(put(f"{path}.to", branches))
    to = Policy.current("p01").view().case_type("complaint")["register"]["to"]
    edits.append(
        put(
            "case_types[complaint].register.to",
            [{**one, "go": other if one["go"] == stage else one["go"]} for one in to],
        )
    )
    shown = [one for one in flow.get("path", []) if one != stage]
    return [*edits, put("workflows[complaint].path", shown), put("scenarios", [])]


def test_a_stage_that_is_gone_needs_a_map(policy: Policy, at_intake: Complaint) -> None:
    draft = drafted(*without_stage("at_intake", "received"))
    assert refusal(draft).code in ("changes_refused", "policy_has_problems")
    mapped = {"complaint.at_intake": "received"}
    assert examine("p01", now=LATER, stage_map=mapped).problems == []
    publish(draft, move=True, stage_map=mapped)
    whole()
    case = Complaint.get(at_intake.number)
    assert (case.stage, case.policy_version) == ("received", 2)
    assert case.events[-1].from_stage == "at_intake"


def test_what_does_not_fit_stays_and_is_listed(
    policy: Policy, at_intake: Complaint, register: Register
) -> None:
    fits = register()
    draft = drafted(*SLOWER)
    published = publish(draft)
    move = CaseMove.begin(
        "p01", published.version, {"complaint.at_intake": "completed"}, actor="chief", now=LATER
    )
    done = whole(move)
    assert (done.moved, done.stuck) == (1, 1)
    assert done.listed == [{"number": at_intake.number, "reason": "stage_ends"}]
    assert Complaint.get(fits.number).policy_version == 2


def test_moving_twice_moves_once(policy: Policy, at_intake: Complaint) -> None:
    publish(drafted(*SLOWER), move=True)
    whole()
    events = len(Complaint.get(at_intake.number).events)
    move = CaseMove.objects().first()
    assert not moving.advance(str(move.id), now=LATER)
    again = CaseMove.begin("p01", 2, {}, actor="chief", now=LATER)
    assert (whole(again).moved, len(Complaint.get(at_intake.number).events)) == (0, events)


def test_four_eyes_hold_across_a_renamed_step(policy: Policy, at_intake: Complaint) -> None:
    view = view_of("p01", 1)
    edits = [
        put("migrate", [{"key": "s", "rename": "step", "in": "complaint", "from": "report", "to": "hand_in"}])
    ]
    step = next(one for one in view.transitions("complaint") if one["key"] == "report")
    edits += [
        {"do": "add", "path": "workflows[complaint].transitions", "value": {**step, "key": "hand_in"}},
        gone("workflows[complaint].transitions[report]"),
        put("scenarios", []),
    ]
    for one in view.transitions("complaint"):
        if "report" in one.get("not_same_as", ()):
            kept = ["hand_in" if key == "report" else key for key in one["not_same_as"]]
            edits.append(put(f"workflows[complaint].transitions[{one['key']}].not_same_as", kept))
    publish(drafted(*edits), move=True)
    whole()
    performed = Complaint.get(at_intake.number).state().performed
    assert performed["hand_in"] == {"cd_clerk"}
    assert "report" not in performed
